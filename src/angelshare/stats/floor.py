"""An interval that counts what was not sampled: rare items on which two models would differ."""

import math
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Vector
from angelshare.core.estimate import Interval
from angelshare.stats.components import Design, Linear, effective_size, inference, unit_sizes
from angelshare.stats.distributions import normal_quantile, t_quantile, t_two_sided
from angelshare.stats.inference import StudentT, Widened

LEVEL = 0.95
TYPICAL_LOSS = 1 / 3
MIN_UNBOUNDED = 1000
MAX_SHARE = 0.05
CARRIED = 0.25
"""Share of the variance: a correlation in which one item makes up more has no interval worth the name."""


@dataclass(frozen=True, slots=True)
class Floored(Widened):
    """A t inference whose variance knows of items that were not sampled; see `core.estimate.Inference`.

    The variance of a sample knows only what is in it: a rare positive that falls to the bottom costs an AUC 1 / k, with
    k the items of the smaller class, and where none is among k, t says that none exists. At a distance d from the
    estimate, a share d of such items is what the hypothesis says, and its variance d (1 - d) / k is added, as a score
    test does: d^2 = q^2 (se^2 + d (1 - d) / k). Without any spread that leaves +- q^2 / (k + q^2), Tango's interval
    on k items without discordance; as k grows, t's. Spread and degrees of freedom are those of t.

    Attributes:
        t: the inference on what was sampled.
        k: the number of items it is worth: see `Linear.unseen`.
        limit: the largest possible distance from 0: few degrees of freedom would leave more open.
    """

    t: StudentT
    k: float
    limit: float = math.inf

    def se_at(self, distance: float) -> float:
        """Return the standard error to expect at a loss of this size.

        An item that loses is taken to lose a third of the most that it can (of an AUC: it falls by a third of the
        ranks), which adds d (1/3 - d) / k to the variance. The third was found by simulation.
        """
        return math.sqrt(self.se**2 + max(0.0, distance * (TYPICAL_LOSS - distance)) / self.k)

    @property
    def method(self) -> str:
        """The name of the procedure."""
        return f"{self.t.method}, with unseen items"

    def interval(self, level: float = 0.95) -> Interval:
        """Return all possible values that are not rejected."""
        half = self.half_width(level)
        low, high = max(-self.limit, self.value - half), min(self.limit, self.value + half)
        return Interval(low, high, level, self.method)

    def half_width(self, level: float = 0.95) -> float:
        """Return the larger root of d^2 (1 + a) - a d - q^2 se^2, with a = q^2 / k."""
        squared = t_quantile((1 + level) / 2, self.df) ** 2
        a = squared / self.k
        half = (a + math.sqrt(a**2 + 4 * (1 + a) * squared * self.se**2)) / (2 * (1 + a))
        # t's own half is the larger beyond a distance of 1, where no share is left to be unseen, and where few seeds
        # are alike
        return max(half, self.t.half_width(level))

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the true difference is `null`; 0 beyond the limit."""
        if abs(null) > self.limit:
            return 0.0
        distance = abs(self.value - null)
        variance = self.se**2 + max(0.0, distance * (1 - distance)) / self.k
        if variance == 0:
            return 1.0 if distance == 0 else 0.0
        return max(self.t.p_value(null), t_two_sided(distance / math.sqrt(variance), self.df))


def with_floor(linear: Linear, design: Design, *, method: str) -> Floored:
    """Return the inference on a statistic, with the unseen items that it leaves open: more where items are weighted.

    Args:
        linear: the statistic.
        design: of its items.
        method: the name of the test on independent items and one seed.

    Raises:
        ValueError: if a part has fewer than two items or clusters.
    """
    kept = effective_size(design.weights, linear.n) / linear.n
    return Floored(inference(linear, design, method=method), linear.worth * kept, linear.limit)


def hidden_by_units(linear: Linear, design: Design) -> float:
    """Return how much could be lost in whole clusters, or in heavy items, of which none was sampled.

    An interval over clusters knows of a cluster that is lost as a whole only if one is in the sample. With units whose
    largest has a share s of the weight, z^2 s / (1 + z^2 s) is left open at 95%: Tango's bound on 1 / s units without
    any discordance. (The exact bound on few clusters takes the largest over the mean size for the same reason.)
    Independent items of equal weight: 0, since their intervals count unseen items themselves.
    """
    if design.is_simple:
        return 0.0
    sizes = [unit_sizes(linear, design, items) for items in linear.groups]
    left_open = normal_quantile((1 + LEVEL) / 2) ** 2 * max(
        float(of_units.max() / of_units.sum()) for of_units in sizes
    )
    smallest = min(len(items) for items in linear.groups)
    return min(1.0, left_open / (1 + left_open) * smallest / min(smallest, linear.worth))


def rests_on_few(contributions: Vector, design: Design) -> bool:
    """Whether these items cannot show that an unbounded error was preserved.

    The spread of a sample says nothing of large errors too rare to be in it. With fewer than `MIN_UNBOUNDED` items, or
    where one item (or cluster) makes up more than `MAX_SHARE` of the variance, that is to be expected.

    Args:
        contributions: (n,) of the items to left - right, the mean over seeds.
        design: of the items.
    """
    few = effective_size(design.weights, len(contributions)) < MIN_UNBOUNDED
    return few or largest_share(contributions, design) > MAX_SHARE


def largest_share(contributions: Vector, design: Design) -> float:
    """Return the largest share that one item (or cluster) has of the sum of squared deviations; 0 where there is none.

    Args:
        contributions: (n,) of the items to left - right, the mean over seeds.
        design: of the items.
    """
    weights = design.weights_of(np.arange(len(contributions)))
    deviations = weights * (contributions - np.average(contributions, weights=weights))
    squares = (deviations if design.clusters is None else np.bincount(design.clusters, deviations)) ** 2
    return float(squares.max() / squares.sum()) if squares.any() else 0.0
