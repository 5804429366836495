"""How far a student's probabilities are from its teacher's: KL divergence and probability loyalty."""

from collections.abc import Callable

import numpy as np
import scipy

from angelshare.audits.answers.decisions import has_probabilities, log_chances
from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.item_estimates import Figure, design_of, mean
from angelshare.core.arrays import Array, Vector


def divergences(contrast: Contrast, level: float) -> tuple[dict[str, Figure], list[str]]:
    """Return `kl` and `probability_loyalty` of a student, and why one of them is not measured.

    `kl` is the mean of KL(teacher || student) in nats. `probability_loyalty` is the mean of 1 - sqrt(JS), with the
    Jensen-Shannon divergence in bits, so that it lies between 0 and 1 (Xu et al. 2021, "Beyond Preserved Accuracy").
    With several labels, both are means over the labels, each a yes or no of its own.
    """
    name, members = contrast.student, contrast.members
    without = [member.name for member in members if not has_probabilities(member)]
    if without:
        return {}, [
            f"KL and probability loyalty of {name} are not measured: {', '.join(without)} give no probabilities."
        ]
    pairs = [(log_chances(teacher), log_chances(student)) for student, teacher in contrast.pairs]
    design = design_of(contrast.items)
    figures = {"probability_loyalty": mean(_each(loyalty, pairs), design, level, within=(0.0, 1.0))}
    n_zero = int(np.any([~np.isfinite(logs).all(axis=(1, 2)) for pair in pairs for logs in pair], axis=0).sum())
    if n_zero:
        return figures, [f"KL of {name} is not measured: {n_zero} items have a probability of 0."]
    return {"kl": mean(_each(divergence, pairs), design, level), **figures}, []


def divergence(teacher: Array, student: Array) -> Vector:
    """Return (n,) sum_y p_t(y) (log p_t(y) - log p_s(y)) in nats, from (n, questions, outcomes) log-probabilities."""
    by_question = (np.exp(teacher) * (teacher - student)).sum(axis=2)
    # the sum cannot be negative but for rounding
    return np.asarray(np.maximum(0.0, by_question).mean(axis=1))


def loyalty(teacher: Array, student: Array) -> Vector:
    """Return (n,) 1 - sqrt(JS), JS in bits, from (n, questions, outcomes) log-probabilities."""
    left, right = np.exp(teacher), np.exp(student)
    middle = (left + right) / 2
    bits = (scipy.special.rel_entr(left, middle) + scipy.special.rel_entr(right, middle)).sum(axis=2) / (2 * np.log(2))
    return np.asarray(1 - np.sqrt(np.clip(bits, 0.0, 1.0)).mean(axis=1))


def _each(measure: Callable[[Array, Array], Vector], pairs: list[tuple[Array, Array]]) -> Array:
    """Return (K, n) values of a measure, one row per pair."""
    return np.array([measure(teacher, student) for teacher, student in pairs])
