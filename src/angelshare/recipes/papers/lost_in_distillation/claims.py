"""The claims of Chvasta et al. (2022), each with the function that tests it against our numbers."""

from angelshare.recipes.papers.lost_in_distillation.by_function import (
    mostly_worse_on_functions,
    negation_swaps_and_implication_lose_most,
    teacher_is_worse_beyond_identities,
)
from angelshare.recipes.papers.lost_in_distillation.by_identity import (
    false_positives_remain_with_mitigation,
    identities_lose_by_false_positives,
    identities_lose_more_than_all,
)
from angelshare.recipes.papers.lost_in_distillation.by_set import (
    covert_toxicity_is_unsolved,
    distillation_does_not_help_identities,
    distillation_gives_a_little,
    hard_sets_lose_more,
    in_domain_is_near,
)
from angelshare.recipes.papers.lost_in_distillation.by_training import (
    cnn_is_as_large_as_printed,
    mitigation_helps_the_teacher_more,
    more_text_is_flat,
    students_lean_on_words,
)
from angelshare.recipes.papers.lost_in_distillation.parts import Parts
from angelshare.recipes.studies.claims import PaperClaim

CLAIMS: tuple[PaperClaim[Parts], ...] = (
    PaperClaim(
        "In-domain, distilled CNNs come within about .016 of the teacher's AUC-ROC.",
        "Section 5, Table 2",
        in_domain_is_near,
    ),
    PaperClaim("Harder test sets show losses that in-domain figures hide.", "Section 5, Table 2", hard_sets_lose_more),
    PaperClaim(
        "Distillation lifts a CNN above the same CNN without a teacher, in-domain.",
        "Table 2",
        distillation_gives_a_little,
    ),
    PaperClaim(
        "On synthetic sets of identity terms a distilled CNN is no better than one without a teacher, or worse.",
        "Section 5, Table 2",
        distillation_does_not_help_identities,
    ),
    PaperClaim(
        "The student is worse in most functionalities of HateCheck (22 of 29).", "Section 5", mostly_worse_on_functions
    ),
    PaperClaim(
        "It loses most on negated hate (F15; F14 in the paper), swapped letters (F25) and implied derogation (F4).",
        "Section 5",
        negation_swaps_and_implication_lose_most,
    ),
    PaperClaim(
        "The teacher is worse than the student on abuse of what is no protected group (F22, F23).",
        "Section 5",
        teacher_is_worse_beyond_identities,
    ),
    PaperClaim(
        "Distilled CNNs flag harmless mentions of identities more than the teacher: BPSN AUC falls.",
        "Section 6, Figures 4 and 6",
        identities_lose_by_false_positives,
    ),
    PaperClaim(
        "That loss is larger than the loss of AUC-ROC on all comments.", "Section 6", identities_lose_more_than_all
    ),
    PaperClaim(
        "With mitigation data in both, the student still loses BPSN AUC.",
        "Section 6.1, Figure 7",
        false_positives_remain_with_mitigation,
    ),
    PaperClaim(
        "No model reaches an AUC-ROC of .6 on covert toxicity.", "Section 5, Table 2", covert_toxicity_is_unsolved
    ),
    PaperClaim(
        "Beyond some size, more transfer text has little effect.", "Section 7, Figures 2 and 3", more_text_is_flat
    ),
    PaperClaim(
        "Mitigation data help the teacher more than the student.",
        "Sections 6 and 8",
        mitigation_helps_the_teacher_more,
    ),
    PaperClaim("The CNN has 8 million parameters.", "Table 2", cnn_is_as_large_as_printed),
    PaperClaim("Students emphasise lexical features.", "Section 8", students_lean_on_words),
)
