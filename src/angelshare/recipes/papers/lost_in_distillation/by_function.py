"""Claims on HateCheck's functionalities (Section 5)."""

from collections.abc import Mapping, Sequence

import numpy as np

from angelshare.audits.answers.quality_metrics import correct
from angelshare.audits.frame.macro import Macro
from angelshare.audits.hatecheck import MACRO_ACCURACY
from angelshare.core.arrays import Array
from angelshare.recipes.papers.lost_in_distillation.parts import HATECHECK, Parts
from angelshare.recipes.studies.answers import Answer, above, below, numbers, told
from angelshare.recipes.studies.evidence import TEACHER, Evidence, NotMeasured, measure
from angelshare.stats.pooling import Sampled, pooled

OVER_FUNCTIONS = Macro(facts=MACRO_ACCURACY, per_item=correct, column="functionality")
ROUNDING = 1e-12
"""Differences of means of 0 and 1 up to this size count as 0."""
LARGEST = ("negate_neg_nh", "spell_char_swap_h", "derog_impl_h")
"""F15 (F14 in the paper), F25 and F4, on which the paper's student loses most, as named in the suite's files."""
NON_PROTECTED = ("target_obj_nh", "target_indiv_nh")
"""F22 and F23, on which the paper's teacher is worse than its student."""


def mostly_worse_on_functions(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether the student is worse in most functionalities, by their mean too, since single ones are small."""
    deltas = _by_function(evidence, parts.distilled)
    number = measure(evidence.difference(HATECHECK, parts.distilled, TEACHER, OVER_FUNCTIONS))
    n_lower = sum(delta < -ROUNDING for delta in deltas.values())
    n_equal = sum(abs(delta) <= ROUNDING for delta in deltas.values())
    finding = (
        f"Accuracy is lower in {n_lower} of {len(deltas)} functionalities, equal in {n_equal}; mean over them "
        f"{told(number)}."
    )
    verdict = below(number)
    return Answer("undecided" if verdict == "holds" and n_lower <= len(deltas) / 2 else verdict, finding, number)


def teacher_is_worse_beyond_identities(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether the teacher is worse where abuse is not aimed at a protected group."""
    number = measure(_on_functions(evidence, parts.distilled, NON_PROTECTED))
    return Answer(above(number), f"Mean accuracy on F22 and F23, less the teacher's: {told(number)}.", number)


def negation_swaps_and_implication_lose_most(evidence: Evidence, parts: Parts) -> Answer:
    """Test whether negated hate, swapped letters and implied derogation lose more than the other functionalities.

    The claim names three: if one of them loses less than the others do on average, it does not hold as a whole.
    """
    deltas = _by_function(evidence, parts.distilled)
    here = _on_functions(evidence, parts.distilled, LARGEST)
    others = [name for name in deltas if name not in LARGEST]
    elsewhere = _on_functions(evidence, parts.distilled, others)
    number = measure(pooled([(1.0, here), (-1.0, elsewhere)]))
    mean = elsewhere.linear.value
    finding = (
        f"Mean accuracy difference there less that elsewhere: {told(number)}; "
        f"{numbers({name: deltas[name] for name in LARGEST} | {'elsewhere': mean})}."
    )
    against = [name for name in LARGEST if deltas[name] >= mean]
    if not against:
        return Answer(below(number), finding, number)
    differs = f"Not so on {', '.join(against)}, so that the claim does not hold as a whole."
    verdict = below(number)
    return Answer("undecided" if verdict == "holds" else verdict, finding, number, differs)


def _by_function(evidence: Evidence, student: str) -> Mapping[str, float]:
    """Return a student's accuracy less its teacher's in every functionality, as means over seeds.

    Raises:
        NotMeasured: if the set is not at hand, or has no functionalities.
    """
    column = _functions(evidence)
    items = evidence.panel(HATECHECK).items
    sides = [evidence.members(HATECHECK, name) for name in (student, TEACHER)]
    left, right = (np.mean([correct(member, items) for member in side], axis=0) for side in sides)
    return {name: float((left - right)[column == name].mean()) for name in sorted(set(column.tolist()) - {""})}


def _on_functions(evidence: Evidence, student: str, names: Sequence[str]) -> Sampled:
    """Return the mean over some functionalities of a student's accuracy less its teacher's.

    Raises:
        NotMeasured: if one of them is missing.
    """
    column = _functions(evidence)
    missing = [name for name in names if name not in column]
    if missing:
        raise NotMeasured(f"The set in HateCheck's place has no functionality {', '.join(missing)}.")
    return evidence.difference(HATECHECK, student, TEACHER, OVER_FUNCTIONS, np.isin(column, names))


def _functions(evidence: Evidence) -> Array:
    """Return (n,) the functionality of every case.

    Raises:
        NotMeasured: if the set is not at hand, or has no functionalities.
    """
    columns = evidence.panel(HATECHECK).columns
    if "functionality" not in columns:
        raise NotMeasured("The set in HateCheck's place has no functionalities.")
    return columns["functionality"]
