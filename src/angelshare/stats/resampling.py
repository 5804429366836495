"""Statistics of counts by resampling: cells of a table, or whole clusters."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.core.estimate import Inference, Interval
from angelshare.stats.components import SIMPLE, Design
from angelshare.stats.confusion import Counts, CountStatistic, Decisions, linear_counts
from angelshare.stats.floor import with_floor
from angelshare.stats.hull import Hull

N_DRAWS = 10_000
MOST_CELLS = 2_000
"""Distinct cells beyond which resampling costs more than it tells: items are many there, and t serves."""
MOST_BITS = 62
CHUNK = 2_000_000
"""Cells times draws held at once."""
SEED = 20_240_229
"""Seed of the resampling: a statement must come out the same twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Percentiles:
    """The percentile interval of resampled differences, and its p-value: all values beyond the draws are alike.

    Attributes:
        draws: (B,) sorted.
    """

    draws: Vector

    def interval(self, level: float = 0.95) -> Interval:
        """Return the draws between which `level` of them lie."""
        k = math.floor((1 - level) / 2 * len(self.draws) + 1e-9)
        return Interval(float(self.draws[k]), float(self.draws[-1 - k]), level, "percentiles")

    def p_value(self, null: float = 0.0) -> float:
        """Return twice the smaller share of draws on either side of `null`, it included."""
        below = int(np.searchsorted(self.draws, null, side="right"))
        above = len(self.draws) - int(np.searchsorted(self.draws, null, side="left"))
        return min(1.0, 2 * min(below, above) / len(self.draws))


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Counts of resampled items, or clusters: one set of draws for all statistics.

    Attributes:
        left, right: (B, C) counts of either side.
        symmetric: exchanging the sides changes nothing in the table: every draw counts with its mirror image.
    """

    left: Counts
    right: Counts
    symmetric: bool = False

    def percentiles(self, statistic: CountStatistic) -> Percentiles:
        """Return the differences of a statistic over the draws."""
        draws = statistic.value(self.left) - statistic.value(self.right)
        return Percentiles(np.sort(np.concatenate([draws, -draws]) if self.symmetric else draws))


def paired_counts(
    left: Decisions,
    right: Decisions,
    statistic: CountStatistic,
    design: Design = SIMPLE,
    *,
    rare: Labels | None = None,
    draws: Callable[[], Draws | None] | None = None,
) -> Inference:
    """Return the inference on statistic(left) - statistic(right) on the same items.

    One pair of members: the cells of (meant, said left, said right) are resampled (multinomial: the law of resampling
    items, at a cost that does not grow with them); clustered, cells are whole clusters' counts. The interval is the
    hull of the percentile interval and of t with the influence function's variance and unseen items (`stats.floor`): a
    percentile interval is short by a factor sqrt(1 - 1/n), and has no tail beyond its draws. Several members, weights,
    or more than `MOST_CELLS` cells: without the percentiles.

    Args:
        left: decisions of K members.
        right: of 1 or K members, on the same items.
        statistic: such as `f1(1)`.
        design: of the items.
        rare: positions of the items on which the statistic rests, such as the positives; None: all.
        draws: a substitute for `resampled`, where several statistics share its result.
    """
    linear = linear_counts(left, right, statistic, design, rare=rare)
    floored = with_floor(linear, design, method="influence function, t")
    if len(linear.by_seed) > 1 or design.weights is not None:
        return floored
    drawn = resampled(left, right, design) if draws is None else draws()
    if drawn is None:
        return floored
    what = "cells" if design.clusters is None else "clusters"
    method = f"{what} resampled, never narrower than {floored.method}"
    return Hull(floored.t, (drawn.percentiles(statistic), floored), method, limit=linear.limit)


def resampled(left: Decisions, right: Decisions, design: Design = SIMPLE) -> Draws | None:
    """Return the counts of resampled cells, or clusters; None where the distinct ones are too many.

    Exchanging the sides mirrors the draws exactly: both orders draw from the one that sorts first. Where neither does,
    the law itself is symmetric, and every draw counts with its mirror image.

    Args:
        left: decisions of one member.
        right: of one member, on the same items.
        design: of the items, without weights.
    """
    cells = [_cells(*sides, design) for sides in ((left, right), (right, left))]
    if len(cells[0][0]) > MOST_CELLS:
        return None
    here, there = (rows.tobytes() + sizes.tobytes() for rows, sizes in cells)
    rows, sizes = cells[there < here]
    rng, n = np.random.default_rng(SEED), int(sizes.sum())
    chunk, widths = max(1, CHUNK // len(rows)), rows.astype(np.float64)
    drawn = [
        rng.multinomial(n, sizes / n, size=min(chunk, N_DRAWS - start)) @ widths for start in range(0, N_DRAWS, chunk)
    ]
    meant, *of_sides = np.split(np.concatenate(drawn), 5, axis=1)
    first, second = (Counts(hits, meant, said) for said, hits in (of_sides[:2], of_sides[2:]))
    left_counts, right_counts = (second, first) if there < here else (first, second)
    return Draws(left_counts, right_counts, symmetric=here == there)


def _cells(left: Decisions, right: Decisions, design: Design) -> tuple[Array, Array]:
    """Return the distinct rows of (meant, said left, hits left, said right, hits right), and how often each occurs.

    A row is an item, or the sum over a cluster.
    """
    distinct, which = _item_cells(left.meant, left.said[0], right.said[0])
    meant, *said = np.split(distinct, 3, axis=1)
    rows = np.concatenate([meant, said[0], said[0] & meant, said[1], said[1] & meant], axis=1).astype(np.int64)
    if design.clusters is None:
        return rows, np.bincount(which, minlength=len(rows))
    sums = [np.bincount(design.clusters, column[which]) for column in rows.T]
    clusters = np.stack(sums, axis=1).astype(np.int64)[np.bincount(design.clusters) > 0]
    return np.unique(clusters, axis=0, return_counts=True)


def _item_cells(*columns: Array) -> tuple[Array, Labels]:
    """Return the distinct rows of 0 and 1, sorted, and (n,) which one every item is."""
    bits = np.concatenate(columns, axis=1)
    if bits.shape[1] > MOST_BITS:
        return np.unique(bits, axis=0, return_inverse=True)
    # a number for every row, the first column counting most, sorts as the rows do
    codes = bits @ (1 << np.arange(bits.shape[1], dtype=np.int64)[::-1])
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return bits[first], which
