"""The area under the ROC curve and paired differences of it (DeLong et al. 1988, Biometrics 44:837)."""

from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.stats.components import SIMPLE, Design, Linear, Part

MIN_CLASS = 10
"""The fewest positives, and negatives, with which DeLong's variance can be used."""
SPARSE = 8
"""Ranks per item from which ranking the items anew is cheaper than counting every rank."""


@dataclass(frozen=True, slots=True, eq=False)
class AucComponents:
    """The AUC and what each item contributes to it.

    Attributes:
        auc: the share of (positive, negative) pairs in the right order; ties count one half.
        positives: (m,) for each positive, the share of negatives below it.
        negatives: (n,) for each negative, the share of positives above it.
    """

    auc: float
    positives: Vector
    negatives: Vector


def dense_ranks(scores: Vector) -> Labels:
    """Return (n,) the rank of every score among the distinct scores, from 0: sorted once, cheap on every subset."""
    return np.asarray(np.unique(scores, return_inverse=True)[1])


def auc_components(scores: Array, positive: Mask, weights: Vector | None = None) -> AucComponents:
    """Return AUC and structural components; O(n) where the scores are dense ranks, else O(n log n).

    Args:
        scores: (n,) floats, or integers from `dense_ranks` of these items or of more.
        positive: (n,) mask.
        weights: (n,), or None: all alike. Shares are weighted.

    Raises:
        ValueError: if there is no positive or no negative (of positive weight).
    """
    ranks = ranked(scores)
    w = np.ones(len(ranks)) if weights is None else weights
    of_positives = np.bincount(ranks[positive], w[positive], minlength=int(ranks.max(initial=0)) + 1)
    of_negatives = np.bincount(ranks[~positive], w[~positive], minlength=len(of_positives))
    totals = float(of_positives.sum()), float(of_negatives.sum())
    if min(totals) == 0:
        n = int(positive.sum())
        raise ValueError(f"{n} positives and {len(ranks) - n} negatives have no AUC: both are needed.")
    below = (np.cumsum(of_negatives) - of_negatives / 2) / totals[1]
    above = 1 - (np.cumsum(of_positives) - of_positives / 2) / totals[0]
    shares = below[ranks[positive]]
    return AucComponents(float(np.average(shares, weights=w[positive])), shares, above[ranks[~positive]])


def ranked(scores: Array) -> Labels:
    """Return (n,) dense ranks, made anew where the scores are floats or far fewer than their ranks."""
    if scores.dtype.kind != "f" and int(scores.max(initial=0)) < SPARSE * max(1, len(scores)):
        return scores
    return dense_ranks(scores)


def linear_auc(left: Scores, right: Scores, positive: Mask, design: Design = SIMPLE) -> Linear:
    """Return AUC(left) - AUC(right) with what each positive and each negative contributes (DeLong's components).

    In clusters `components.inference` sums them by cluster, as Obuchowski (1997) does.

    Args:
        left: (K, n) scores or dense ranks, one row per member.
        right: (1, n), or (K, n) paired row by row.
        positive: (n,) mask.
        design: of the items.

    Raises:
        ValueError: if the rows do not pair, or there is no positive or no negative.
    """
    if len(right) not in (1, len(left)):
        raise ValueError(f"{len(left)} members on the left do not pair with {len(right)} on the right.")
    sides = [[auc_components(row, positive, design.weights) for row in side] for side in (left, right)]
    left_values, right_values = (np.array([c.auc for c in side]) for side in sides)
    parts = tuple(
        Part(np.flatnonzero(mask), _mean([getattr(c, name) for c in sides[0]], [getattr(c, name) for c in sides[1]]))
        for name, mask in (("positives", positive), ("negatives", ~positive))
    )
    return Linear(left_values - right_values, parts, len(positive), sides=(left_values, right_values), limit=1.0)


def _mean(left: list[Vector], right: list[Vector]) -> Vector:
    """Return the mean over members of the left, less that of the right."""
    return np.asarray(np.mean(left, axis=0) - np.mean(right, axis=0))
