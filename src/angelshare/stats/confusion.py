"""F1 and Matthews' correlation: smooth functions of how often labels are meant, said, and both."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.stats.components import SIMPLE, Design, Linear, Part

ROUNDING = 1e-12
"""Variances of n items over n^2 up to this are rounding: the side is constant."""


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
        worth: counts (C,), as shares -> the share of the items that it is worth: see `Linear.unseen`.
        limit: the largest possible distance of two of its values.
    """

    value: Callable[[Counts], Array]
    gradient: Callable[[Counts], Gradient]
    worth: Callable[[Counts], float]
    limit: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """The truth and what members said of it: 0 or 1 for every item and label.

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
    """Return F1 of one label: 2 hits / (meant + said); 0 where it is neither meant nor said. It is worth the label."""
    return _f1(lambda part: part[..., label : label + 1], lambda counts: float(counts.meant[label]))


def macro_f1() -> CountStatistic:
    """Return the mean F1 over the C labels that are meant or said; it is worth 2 C times the rarest that is meant."""

    def worth(counts: Counts) -> float:
        return 2 * float(((counts.meant + counts.said) > 0).sum() * counts.meant[counts.meant > 0].min(initial=1.0))

    return _f1(lambda part: part, worth)


def micro_f1() -> CountStatistic:
    """Return F1 over all labels' counts together; it is worth the most frequent label."""
    return _f1(lambda part: part.sum(axis=-1, keepdims=True), lambda counts: float(counts.meant.max()))


def accuracy_and_f1(label: int) -> CountStatistic:
    """Return the mean of accuracy and F1 of one label, as GLUE scores MRPC and QQP."""
    of_label = f1(label)

    def value(counts: Counts) -> Array:
        return np.asarray((counts.hits.sum(axis=-1) / counts.meant.sum(axis=-1) + of_label.value(counts)) / 2)

    def gradient(counts: Counts) -> Gradient:
        partial = of_label.gradient(counts)
        return Gradient((1 + partial.hits) / 2, partial.meant / 2, partial.said / 2)

    return CountStatistic(value, gradient, of_label.worth)


def matthews() -> CountStatistic:
    """Return Matthews' correlation of one label an item (Gorodkin 2004 for more than two); 0 where a side is constant.

    With n items, c hits: (c n - sum meant said) / sqrt((n^2 - sum said^2) (n^2 - sum meant^2)). A share e of errors
    costs about e / (1 - sum p^2), with p the labels' shares: of a rare label it is worth twice its items.
    """
    return CountStatistic(_matthews, _matthews_gradient, lambda counts: 1 - float((counts.meant**2).sum()), limit=2.0)


def linear_counts(
    left: Decisions, right: Decisions, statistic: CountStatistic, design: Design = SIMPLE, *, rare: Labels | None = None
) -> Linear:
    """Return statistic(left) - statistic(right) with the influence of every item; see `paired_counts`."""
    sides = [side.counts(design.weights) for side in (left, right)]
    left_values, right_values = (np.array([float(statistic.value(counts)) for counts in side]) for side in sides)
    influence = [_influence(side, counts, statistic) for side, counts in zip((left, right), sides, strict=True)]
    n = len(left.meant)
    parts = (Part(np.arange(n), influence[0] - influence[1]),)
    unseen = n * min(statistic.worth(counts) for side in sides for counts in side)
    sides_values = (left_values, right_values)
    return Linear(left_values - right_values, parts, n, rare, sides=sides_values, unseen=unseen, limit=statistic.limit)


def _influence(decisions: Decisions, counts: list[Counts], statistic: CountStatistic) -> Vector:
    """Return (n,) the influence of every item on the mean over members; a constant added to all changes nothing."""
    total = np.zeros(len(decisions.meant))
    for layer, of_member in zip(decisions.said, counts, strict=True):
        by = statistic.gradient(of_member)
        total += (layer & decisions.meant) @ by.hits + decisions.meant @ by.meant + layer @ by.said
    return total / len(counts)


def _f1(grouped: Callable[[Array], Array], worth: Callable[[Counts], float]) -> CountStatistic:
    """Return the mean F1 over the labels, or groups of labels, that `grouped` makes of the counts (linearly)."""

    def value(counts: Counts) -> Array:
        hits, total = grouped(counts.hits), grouped(counts.meant) + grouped(counts.said)
        seen = total > 0
        scores = np.where(seen, 2 * hits / np.where(seen, total, 1), 0.0)
        return np.asarray(scores.sum(axis=-1) / np.maximum(1, seen.sum(axis=-1)))

    def gradient(counts: Counts) -> Gradient:
        # how much each label's count moves each group's: `grouped` is linear, so the identity shows it
        moves = grouped(np.eye(len(counts.hits)))
        hits, total = grouped(counts.hits), grouped(counts.meant) + grouped(counts.said)
        seen = total > 0
        safe, n = np.where(seen, total, 1), max(1, int(seen.sum()))
        by_hits, by_total = np.where(seen, 2 / safe, 0), np.where(seen, -2 * hits / safe**2, 0)
        return Gradient(moves @ by_hits / n, moves @ by_total / n, moves @ by_total / n)

    return CountStatistic(value, gradient, worth)


def _matthews(counts: Counts) -> Array:
    """Return Matthews' correlation of counts of any scale."""
    n, covariances = _covariances(counts)
    shared, var_said, var_meant = covariances
    seen = np.minimum(var_said, var_meant) > ROUNDING * n**2
    return np.asarray(np.where(seen, shared / np.sqrt(np.where(seen, var_said * var_meant, 1)), 0.0))


def _covariances(counts: Counts) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return the items, and n^2 times the covariances of (said, meant), (said, said) and (meant, meant)."""
    n = counts.meant.sum(axis=-1)
    shared = n * counts.hits.sum(axis=-1) - (counts.meant * counts.said).sum(axis=-1)
    return n, (shared, n**2 - (counts.said**2).sum(axis=-1), n**2 - (counts.meant**2).sum(axis=-1))


def _matthews_gradient(counts: Counts) -> Gradient:
    """Return the derivatives at shares: the quotient rule on the three covariances, n = 1 being the sum of `meant`."""
    _, (shared, var_said, var_meant) = _covariances(counts)
    n_labels = len(counts.hits)
    if min(var_said, var_meant) <= ROUNDING:
        # a constant side: the value is 0 whatever a single item says
        return Gradient(*(np.zeros(n_labels) for _ in range(3)))
    scale = math.sqrt(float(var_said * var_meant))
    r = float(shared) / scale
    # n moves with every item alike, which adds a constant to all influences: it is left out
    by_said = -counts.meant / scale + r * counts.said / float(var_said)
    by_meant = -counts.said / scale + r * counts.meant / float(var_meant)
    return Gradient(np.full(n_labels, 1 / scale), by_meant, by_said)
