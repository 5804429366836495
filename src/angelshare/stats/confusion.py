"""F1 and Matthews' correlation: smooth functions of counts, resampled by cells."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.core.estimate import Inference, Interval
from angelshare.stats.components import SIMPLE, Design, Linear, Part
from angelshare.stats.floor import with_floor
from angelshare.stats.hull import Hull

N_DRAWS = 10_000
MOST_CELLS = 3_000
"""Distinct cells beyond which resampling them costs more than it tells: there, items are many, and t serves."""
MOST_BITS = 62
CHUNK = 2_000_000
"""Cells times draws that are held at once."""
SEED = 20_240_229
"""Of the resampling: a statement must come out the same twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often each label was meant, said, and both; every array (..., C) over C labels, the same leading shape.

    Attributes:
        hits: said and meant. meant: the truth. said: the decision.
    """

    hits: Array
    meant: Array
    said: Array


@dataclass(frozen=True, slots=True)
class Gradient:
    """Derivatives of a statistic by `Counts`, each (C,), at counts that are shares of the items."""

    hits: Vector
    meant: Vector
    said: Vector


@dataclass(frozen=True, slots=True)
class CountStatistic:
    """A statistic that only depends on counts, whatever their scale.

    Attributes:
        value: counts (..., C) -> (...). gradient: counts (C,), as shares -> derivatives.
    """

    value: Callable[[Counts], Array]
    gradient: Callable[[Counts], Gradient]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Who said what about which items: 0 or 1 for every item and label.

    Attributes:
        meant: (n, C). said: (K, n, C), one layer per member.
    """

    meant: Array
    said: Array

    @classmethod
    def of_classes(cls, truth: Labels, said: Labels, n_classes: int) -> "Decisions":
        """Return the decisions of a task with one label an item, from class indices (n,) and (K, n)."""
        one_hot = np.eye(n_classes, dtype=np.int8)
        return cls(one_hot[truth], one_hot[said])

    def counts(self, weights: Vector | None = None) -> list[Counts]:
        """Return every member's counts, as weighted shares of the items."""
        n = len(self.meant)
        w = np.full(n, 1 / n) if weights is None else weights / weights.sum()
        meant = w @ self.meant
        return [Counts(w @ (layer & self.meant), meant, w @ layer) for layer in self.said]


def f1(label: int) -> CountStatistic:
    """Return F1 of one label: 2 hits / (meant + said); 0 where it is neither meant nor said."""
    return _f1(lambda part: part[..., label : label + 1])


def macro_f1() -> CountStatistic:
    """Return the mean F1 over the labels that are meant or said."""
    return _f1(lambda part: part)


def micro_f1() -> CountStatistic:
    """Return F1 over all labels' counts together."""
    return _f1(lambda part: part.sum(axis=-1, keepdims=True))


def accuracy_and_f1(label: int) -> CountStatistic:
    """Return the mean of accuracy and F1 of one label, as GLUE scores MRPC and QQP."""
    of_label = f1(label)

    def value(counts: Counts) -> Array:
        return np.asarray((counts.hits.sum(axis=-1) / counts.meant.sum(axis=-1) + of_label.value(counts)) / 2)

    def gradient(counts: Counts) -> Gradient:
        partial = of_label.gradient(counts)
        return Gradient((1 + partial.hits) / 2, partial.meant / 2, partial.said / 2)

    return CountStatistic(value, gradient)


def matthews() -> CountStatistic:
    """Return Matthews' correlation of one label an item (Gorodkin 2004 for more than two); 0 where a side is constant.

    With n items, c hits: (c n - sum meant said) / sqrt((n^2 - sum said^2) (n^2 - sum meant^2)).
    """
    return CountStatistic(_matthews, _matthews_gradient)


def paired_counts(
    left: Decisions, right: Decisions, statistic: CountStatistic, design: Design = SIMPLE, *, rare: Labels | None = None
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
    """
    linear = linear_counts(left, right, statistic, design, rare=rare)
    floored = with_floor(linear, design, method="influence function, t")
    draws = None
    if len(linear.by_seed) == 1 and design.weights is None:
        draws = resampled(left, right, statistic, design)
    if draws is None:
        return floored
    what = "cells" if design.clusters is None else "clusters"
    return Hull(floored.t, (draws, floored), f"{what} resampled, never narrower than {floored.method}")


def linear_counts(
    left: Decisions, right: Decisions, statistic: CountStatistic, design: Design = SIMPLE, *, rare: Labels | None = None
) -> Linear:
    """Return statistic(left) - statistic(right) with the influence of every item; see `paired_counts`."""
    sides = [side.counts(design.weights) for side in (left, right)]
    left_values, right_values = (np.array([float(statistic.value(counts)) for counts in side]) for side in sides)
    influence = [_influence(one, counts, statistic) for one, counts in zip((left, right), sides, strict=True)]
    n = len(left.meant)
    parts = (Part(np.arange(n), influence[0] - influence[1]),)
    return Linear(left_values - right_values, parts, n, rare, sides=(left_values, right_values))


@dataclass(frozen=True, slots=True, eq=False)
class Percentiles:
    """The percentile interval of resampled differences, and its p-value; beyond the draws it excludes nothing less.

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


def resampled(
    left: Decisions, right: Decisions, statistic: CountStatistic, design: Design = SIMPLE
) -> Percentiles | None:
    """Return the difference over resampled cells, or clusters; None where the distinct ones are too many.

    Exchanging the sides mirrors the draws exactly: both orders draw from the one that sorts first. Where neither does,
    the law itself is symmetric, and every draw counts with its mirror image.
    """
    cells = [_cells(*sides, design) for sides in ((left, right), (right, left))]
    if len(cells[0][0]) > MOST_CELLS:
        return None
    here, there = (rows.tobytes() + sizes.tobytes() for rows, sizes in cells)
    rows, sizes = cells[there < here]
    rng, n = np.random.default_rng(SEED), int(sizes.sum())
    chunk = max(1, CHUNK // len(rows))
    found = []
    for start in range(0, N_DRAWS, chunk):
        drawn = rng.multinomial(n, sizes / n, size=min(chunk, N_DRAWS - start)) @ rows
        meant, *of_sides = np.split(drawn.astype(np.float64), 5, axis=1)
        values = [statistic.value(Counts(hits, meant, said)) for said, hits in (of_sides[:2], of_sides[2:])]
        found.append(values[0] - values[1])
    draws = np.sort(np.concatenate([*found, *(-one for one in found)] if here == there else found))
    return Percentiles(-draws[::-1] if there < here else draws)


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


def _influence(decisions: Decisions, counts: list[Counts], statistic: CountStatistic) -> Vector:
    """Return (n,) the influence of every item on the mean over members; a constant added to all says nothing."""
    total = np.zeros(len(decisions.meant))
    for layer, of_member in zip(decisions.said, counts, strict=True):
        by = statistic.gradient(of_member)
        total += (layer & decisions.meant) @ by.hits + decisions.meant @ by.meant + layer @ by.said
    return total / len(counts)


def _f1(of: Callable[[Array], Array]) -> CountStatistic:
    """Return the mean F1 over the labels, or groups of labels, into which `of` shapes the counts (linear in them)."""

    def value(counts: Counts) -> Array:
        hits, total = of(counts.hits), of(counts.meant) + of(counts.said)
        seen = total > 0
        scores = np.where(seen, 2 * hits / np.where(seen, total, 1), 0.0)
        return np.asarray(scores.sum(axis=-1) / np.maximum(1, seen.sum(axis=-1)))

    def gradient(counts: Counts) -> Gradient:
        # how much each label's count moves each group's: `of` is linear, so the identity shows it
        moves = of(np.eye(len(counts.hits)))
        hits, total = of(counts.hits), of(counts.meant) + of(counts.said)
        seen = total > 0
        safe, n = np.where(seen, total, 1), max(1, int(seen.sum()))
        by_hits, by_total = np.where(seen, 2 / safe, 0), np.where(seen, -2 * hits / safe**2, 0)
        return Gradient(moves @ by_hits / n, moves @ by_total / n, moves @ by_total / n)

    return CountStatistic(value, gradient)


def _matthews(counts: Counts) -> Array:
    """Return Matthews' correlation of counts of any scale."""
    n, covariances = _covariances(counts)
    shared, own_said, own_meant = covariances
    scale = np.sqrt(np.maximum(0.0, own_said * own_meant))
    # what rounding leaves of a constant side is no spread
    seen = scale > 1e-12 * n**2
    return np.asarray(np.where(seen, shared / np.where(seen, scale, 1), 0.0))


def _covariances(counts: Counts) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return the items, and n^2 times the covariances of (said, meant), (said, said) and (meant, meant)."""
    n = counts.meant.sum(axis=-1)
    shared = n * counts.hits.sum(axis=-1) - (counts.meant * counts.said).sum(axis=-1)
    return n, (shared, n**2 - (counts.said**2).sum(axis=-1), n**2 - (counts.meant**2).sum(axis=-1))


def _matthews_gradient(counts: Counts) -> Gradient:
    """Return the derivatives at shares: the quotient rule on the three covariances, n = 1 being the sum of `meant`."""
    _, (shared, own_said, own_meant) = _covariances(counts)
    scale = math.sqrt(max(0.0, float(own_said * own_meant)))
    n_labels = len(counts.hits)
    if scale <= 1e-12:  # noqa: PLR2004  (a constant side: the value is 0 whatever a single item says)
        return Gradient(*(np.zeros(n_labels) for _ in range(3)))
    r = float(shared) / scale
    # n moves with every item alike, which adds a constant to all influences: it is left out
    by_said = -counts.meant / scale + r * counts.said / float(own_said)
    by_meant = -counts.said / scale + r * counts.meant / float(own_meant)
    return Gradient(np.full(n_labels, 1 / scale), by_meant, by_said)
