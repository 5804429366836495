"""Sums of statistics that share items: one variance, from what each item contributes to all of them."""

from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.arrays import Labels, Mask, Vector
from angelshare.stats.components import Design, Linear, Part, item_spread, unit_sizes
from angelshare.stats.floor import hidden_by_units


@dataclass(slots=True, eq=False)
class Joint:
    """A weighted sum of statistics, each of which runs over some positives and over some negatives.

    Every term is kept as the shifts of the sum that its items cause, item by item, so that all covariances of the terms
    are in the variance of the sum. A sum of one term has that term's own variance: exactly where items are independent
    and alike, to about a hundredth elsewhere.

    Attributes:
        classes: (m,) positions of the positives, and of the negatives. design: of the items.
        values: (n,) what the items contribute, as a part over all of their class.
        reach: (n,) how much one more item like these would move the sum at most.
        variance: of all terms if they shared no item. squares: the sum of variance^2 / df over them.
        hidden: the loss that unsampled clusters or heavy items could hide: see `hidden_by_units`.
    """

    classes: tuple[Labels, Labels]
    design: Design
    values: Vector
    reach: Vector
    variance: float = 0.0
    squares: float = 0.0
    hidden: float = 0.0

    @classmethod
    def empty(cls, positive: Mask, design: Design) -> "Joint":
        """Return the sum of no terms."""
        classes = np.flatnonzero(positive), np.flatnonzero(~positive)
        return cls(classes, design, np.zeros(len(positive)), np.zeros(len(positive)))

    def add(self, term: Linear, *, moves: float = 1.0) -> None:
        """Add a term: a statistic with a part of positives and a part of negatives.

        Args:
            term: its contributions as they enter the sum.
            moves: how much the sum changes if its statistic changes by 1.
        """
        self._count(term, moves, 1)

    def without(self, term: Linear) -> "Joint":
        """Return the sum without one of its terms, which moved it by 1."""
        rest = replace(self, values=self.values.copy(), reach=self.reach.copy())
        rest._count(term, 1.0, -1)  # noqa: SLF001  (its own class)
        return rest

    def plus(self, other: "Joint") -> "Joint":
        """Return the sum of both, over the same items."""
        return replace(
            self,
            values=self.values + other.values,
            reach=self.reach + other.reach,
            variance=self.variance + other.variance,
            squares=self.squares + other.squares,
            hidden=self.hidden + other.hidden,
        )

    def times(self, by: float) -> "Joint":
        """Return a multiple of the sum."""
        return replace(
            self,
            values=by * self.values,
            reach=abs(by) * self.reach,
            variance=by**2 * self.variance,
            squares=by**4 * self.squares,
            hidden=abs(by) * self.hidden,
        )

    def linear(self, left: Vector, right: Vector) -> Linear:
        """Return the statistic; the degrees of freedom are Satterthwaite's over the terms.

        Args:
            left: (K,) its value for every member on the left.
            right: (1 or K,) its value for every member on the right.
        """
        parts = tuple(Part(items, self.values[items]) for items in self.classes)
        df = np.inf if self.squares <= 0 else self.variance**2 / self.squares
        unseen = 1 / float(self.reach.max())
        return Linear(
            left - right, parts, len(self.values), sides=(left, right), unseen=unseen, df=float(df), limit=1.0
        )

    def _count(self, term: Linear, moves: float, times: int) -> None:
        """Add a term `times` times."""
        for part, of_class in zip(term.parts, self.classes, strict=True):
            weights = self.design.weights_of(part.items)
            deviations = part.values - np.average(part.values, weights=weights)
            self.values[part.items] += times * deviations * self._shift(term, part.items, of_class)
            self.reach[part.items] += times * moves / len(part.items)
        spread = item_spread(term, self.design)
        self.variance += times * spread.variance
        self.squares += times * spread.variance**2 / spread.df
        self.hidden += times * moves * hidden_by_units(term, self.design)

    def _shift(self, term: Linear, items: Labels, of_class: Labels) -> Vector | float:
        """Return what makes contributions to a mean over some items contributions to a mean over all of their class.

        The shift of the mean, when a unit is left out, stays what it is; of independent items, so does the variance.
        """
        if self.design.is_simple:
            m, n = len(items), len(of_class)
            return float(np.sqrt(n * (n - 1) / (m * (m - 1))))
        part, whole = (unit_sizes(term, self.design, some) for some in (items, of_class))
        units = items if self.design.clusters is None else self.design.clusters[items]
        return np.asarray(((whole.sum() - whole) / (part.sum() - part))[units])
