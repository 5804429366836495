"""Claims on losses by set (Section 5 and Table 2)."""

from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.parts import Parts
from angelshare.recipes.studies.answers import Answer, above, below, listed, numbers, told, without
from angelshare.recipes.studies.evidence import TEACHER, Evidence, Measured, baseline_of, measure
from angelshare.stats.pooling import Sampled

HARD = ("short_synthetic", "long_synthetic", "hatecheck", "false_positives", "identity_swaps")
SYNTHETIC = ("short_synthetic", "long_synthetic", "identity_swaps")
COVERT = "covert_toxicity"
NEAR = 0.016
"""The largest in-domain loss of AUC-ROC of a CNN in the paper's Table 2."""
POOR = 0.6
"""The AUC-ROC that no model of the paper reaches on covert toxicity."""


def _loss(evidence: Evidence, student: str, data: str) -> Measured:
    """Return a student's AUC less its teacher's on a set."""
    return measure(evidence.difference(data, student, TEACHER))


def in_domain_is_near(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether a distilled CNN comes close in-domain."""
    students = {"distilled": parts.distilled, "without a teacher": baseline_of(parts.distilled)}
    losses = {what: _loss(evidence, name, IN_DOMAIN) for what, name in students.items()}
    finding = f"AUC-ROC less the teacher's: {listed(losses)}."
    return Answer(above(losses["distilled"], -NEAR), finding, losses["distilled"], bounds=(-NEAR,))


def hard_sets_lose_more(evidence: Evidence, parts: Parts) -> Answer:
    """Test the central claim: harder sets show losses that in-domain figures hide."""

    def loss(data: str) -> Sampled:
        return evidence.difference(data, parts.distilled, TEACHER)

    number, sets = evidence.over(HARD, loss, less=IN_DOMAIN)
    losses = {data: measure(loss(data)) for data in (IN_DOMAIN, *sets)}
    finding = (
        f"Loss of AUC-ROC on harder sets less that in-domain, mean of {len(sets)}: {told(number)}. {listed(losses)}."
    )
    return Answer(below(number), finding, number, without(sets, of_all=HARD))


def distillation_gives_a_little(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether a transfer set lifts a CNN in-domain."""
    number = measure(evidence.difference(IN_DOMAIN, parts.distilled, baseline_of(parts.distilled)))
    finding = f"AUC-ROC of the distilled CNN less that of the same CNN without a teacher, in-domain: {told(number)}."
    return Answer(above(number), finding, number)


def distillation_does_not_help_identities(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether distillation gives little on synthetic identity sets, as in the paper."""

    def gain(data: str) -> Sampled:
        return evidence.difference(data, parts.distilled, baseline_of(parts.distilled))

    number, sets = evidence.over(SYNTHETIC, gain)
    finding = (
        f"AUC-ROC of the distilled CNN less that of the CNN without a teacher, mean of {len(sets)} sets: "
        f"{told(number)}. {listed({data: measure(gain(data)) for data in sets})}."
    )
    return Answer(below(number), finding, number, without(sets, of_all=SYNTHETIC))


def covert_toxicity_is_unsolved(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether even the teacher fails to detect covert toxicity."""
    number = evidence.level(COVERT, TEACHER)
    names = (TEACHER, parts.distilled, baseline_of(parts.distilled), parts.small_bert)
    values = {name: evidence.value(COVERT, name) for name in names}
    finding = f"AUC-ROC {numbers(values, sign=False)}; the teacher's interval {number.low:.3f} to {number.high:.3f}."
    return Answer(below(number, POOR), finding, number, bounds=(POOR,))
