"""Average precision, the area under the precision-recall curve, and paired differences of it."""

import math
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Mask, Scores, Vector
from angelshare.stats.auc import ranked
from angelshare.stats.components import SIMPLE, Design, Linear, Part


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionComponents:
    """Average precision and its influence function.

    Attributes:
        average_precision: sum over thresholds of (R_k - R_(k-1)) P_k: the mean over positives of the precision at
            their score.
        influence: (n,) of each item, with mean 0.
    """

    average_precision: float
    influence: Vector


def precision_components(scores: Array, positive: Mask, weights: Vector | None = None) -> PrecisionComponents:
    """Return average precision and the influence of every item; O(n) on dense ranks, else O(n log n).

    With a(s) = P(positive, score >= s), b(s) = P(score >= s) and p = P(positive), AP = E[y a / b] / p. Adding mass at
    an item (y, s) moves numerator and precision at all scores below it: influence = (y a(s) / b(s) + E[Y 1(s >= S)
    (y - a(S) / b(S)) / b(S)]) / p - AP y / p.

    Args:
        scores: (n,) floats, or integers from `stats.auc.dense_ranks`.
        positive: (n,) mask.
        weights: (n,), or None: all alike.

    Raises:
        ValueError: if there is no positive.
    """
    ranks = ranked(scores)
    w = np.ones(len(ranks)) if weights is None else weights
    w = w / w.sum()
    at_rank = np.bincount(ranks, w)
    hits = np.bincount(ranks[positive], w[positive], minlength=len(at_rank))
    p = float(hits.sum())
    if p == 0:
        raise ValueError(f"{len(ranks)} items without a positive have no average precision.")
    a, b = np.cumsum(hits[::-1])[::-1], np.cumsum(at_rank[::-1])[::-1]
    # at the top, items without weight hold nothing: what is divided by then is 0
    b = np.where(b > 0, b, 1.0)
    precision = a / b
    average = float((hits * precision).sum() / p)
    # of all positives at or below a score: E[Y / b] and E[Y precision / b]
    gained, kept = np.cumsum(hits / b), np.cumsum(hits * precision / b)
    y = positive.astype(np.float64)
    influence = (y * precision[ranks] + y * gained[ranks] - kept[ranks] - average * y) / p
    return PrecisionComponents(average, influence)


def linear_precision(left: Scores, right: Scores, positive: Mask, design: Design = SIMPLE) -> Linear:
    """Return AP(left) - AP(right) with what each positive and each negative contributes.

    A negative that jumps above m positives costs up to (1 + 1/2 + ... + 1/m) / m, about log(m) / m.

    Args:
        left: (K, n) scores or dense ranks, one row per member.
        right: (1, n), or (K, n) paired row by row.
        positive: (n,) mask.
        design: of the items.
    """
    sides = [[precision_components(row, positive, design.weights) for row in side] for side in (left, right)]
    left_values, right_values = (np.array([c.average_precision for c in side]) for side in sides)
    influence = np.mean([c.influence for c in sides[0]], axis=0) - np.mean([c.influence for c in sides[1]], axis=0)
    n, n_positive = len(positive), int(positive.sum())
    return Linear(
        left_values - right_values,
        (Part(np.arange(n), np.asarray(influence)),),
        n,
        rare=np.flatnonzero(positive),
        sides=(left_values, right_values),
        unseen=n_positive / max(1.0, math.log(n_positive)),
        limit=1.0,
    )
