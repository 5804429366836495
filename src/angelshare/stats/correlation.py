"""Pearson's and Spearman's correlation with a truth, and paired differences of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Scores, Vector
from angelshare.stats.components import SIMPLE, Design, Linear, Part


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """A correlation and its influence function.

    Attributes:
        value: in [-1, 1]. influence: (n,) of every item, with (weighted) mean 0.
        reach: n times the most that one item within the range of these can move it.
    """

    value: float
    influence: Vector
    reach: float


Correlate = Callable[[Vector, Vector, Vector], Correlation]
"""(x, y, weights that sum to 1) -> correlation."""


def pearson(x: Vector, y: Vector, weights: Vector) -> Correlation:
    """Return Pearson's r; influence u v - r (u^2 + v^2) / 2 in standard units u, v (Devlin et al. 1975).

    Raises:
        ValueError: if a side is constant.
    """
    u, v = (_standardised(side, weights) for side in (x, y))
    r = float(weights @ (u * v))
    furthest = float(np.abs(u).max()), float(np.abs(v).max())
    reach = furthest[0] * furthest[1] + (furthest[0] ** 2 + furthest[1] ** 2) / 2
    return Correlation(r, u * v - r * (u**2 + v**2) / 2, reach)


def spearman(x: Vector, y: Vector, weights: Vector) -> Correlation:
    """Return Spearman's rho: Pearson's r of midranks, so that ties count one half.

    An item moves the correlation of the ranks, and it moves the ranks of all items above it (Croux & Dehon 2010, here
    for ties too): influence = that of Pearson on the ranks + E_j[d rho / d F(x_j) 1(x <= x_j)] + the same for y, where
    a tie counts one half. (- E_j[d rho / d F(x_j) F(x_j)] is 0: stretched ranks leave the correlation as it is.)

    Raises:
        ValueError: if a side is constant.
    """
    ranks = [_midranks(side, weights) for side in (x, y)]
    on_ranks = pearson(ranks[0], ranks[1], weights)
    u, v = (_standardised(side, weights) for side in ranks)
    rho, influence = on_ranks.value, on_ranks.influence
    for values, rank, side, other in ((x, ranks[0], u, v), (y, ranks[1], v, u)):
        spread = np.sqrt(weights @ (rank - weights @ rank) ** 2)
        by_rank = weights * (other - rho * side) / spread
        influence = influence + _share_above(values, by_rank)
    return Correlation(rho, influence, on_ranks.reach)


def mean_of_both(x: Vector, y: Vector, weights: Vector) -> Correlation:
    """Return the mean of Pearson's and Spearman's, as GLUE scores STS-B.

    Raises:
        ValueError: if a side is constant.
    """
    r, rho = pearson(x, y, weights), spearman(x, y, weights)
    return Correlation((r.value + rho.value) / 2, (r.influence + rho.influence) / 2, (r.reach + rho.reach) / 2)


def linear_correlation(
    left: Scores, right: Scores, truth: Vector, correlate: Correlate, design: Design = SIMPLE
) -> Linear:
    """Return correlate(left, truth) - correlate(right, truth) with the influence of every item.

    Args:
        left: (K, n) values, one row per member.
        right: (1, n), or (K, n) paired row by row.
        truth: (n,).
        correlate: `pearson`, `spearman` or `mean_of_both`.
        design: of the items.

    Raises:
        ValueError: if a side is constant.
    """
    n = len(truth)
    weights = design.weights_of(np.arange(n))
    weights = weights / weights.sum()
    sides = [[correlate(row, truth, weights) for row in side] for side in (left, right)]
    left_values, right_values = (np.array([of_member.value for of_member in side]) for side in sides)
    influence = [np.mean([of_member.influence for of_member in side], axis=0) for side in sides]
    parts = (Part(np.arange(n), influence[0] - influence[1]),)
    unseen = n / max(of_member.reach for side in sides for of_member in side)
    return Linear(left_values - right_values, parts, n, sides=(left_values, right_values), unseen=unseen, limit=2.0)


def _standardised(values: Vector, weights: Vector) -> Vector:
    """Return the values with mean 0 and variance 1."""
    # by the values: rounding leaves a constant a variance of 1e-34
    if np.ptp(values[weights > 0]) == 0:
        raise ValueError("A constant side has no correlation.")
    # in its own unit, so that squares neither overflow nor vanish
    scaled = values / np.abs(values).max()
    centred = scaled - weights @ scaled
    return np.asarray(centred / np.sqrt(weights @ centred**2))


def _midranks(values: Vector, weights: Vector) -> Vector:
    """Return (n,) the weighted share of items below each value, and half of those at it."""
    codes = np.unique(values, return_inverse=True)[1]
    at = np.bincount(codes, weights)
    return np.asarray((np.cumsum(at) - at / 2)[codes])


def _share_above(values: Vector, amounts: Vector) -> Vector:
    """Return (n,) the sum of the amounts of all items above each value, and half of those at it."""
    codes = np.unique(values, return_inverse=True)[1]
    at = np.bincount(codes, amounts)
    return np.asarray((at.sum() - np.cumsum(at) + at / 2)[codes])
