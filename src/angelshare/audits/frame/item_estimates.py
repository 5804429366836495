"""Shares of items and means over them, with intervals that take clusters, weights and seeds into account."""

import math
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Scores
from angelshare.core.estimate import Interval
from angelshare.core.items import Items
from angelshare.stats.components import MIN_CLUSTERS, Design, Linear, effective_size, inference, linear_mean, n_units
from angelshare.stats.proportions import wilson

MIN_UNITS = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure about one model or pair, with its uncertainty.

    Attributes:
        value: the figure. se, interval: its standard error and interval; None for a single cluster, which cannot tell.
        n: the number of items. n_clusters: that of their clusters; None if items are independent.
    """

    value: float
    se: float | None
    interval: Interval | None
    n: int
    n_clusters: int | None

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Return the ends of the interval; None where there is none."""
        return (None, None) if self.interval is None else (self.interval.low, self.interval.high)

    @property
    def cells(self) -> tuple[float | None, ...]:
        """Return the value and the ends of its interval, as the cells of a table."""
        return (self.value, *self.ends)


def design_of(items: Items) -> Design:
    """Return how the items were drawn; clusters of one item each count as none."""
    return Design.from_codes(items.clusters, items.weights).without_singles()


def share(by_seed: Scores, design: Design, level: float) -> Figure:
    """Return the share of items that are 1.

    For one model on independent items this is Wilson's interval; else the t interval over items or clusters, and seeds,
    within 0 and 1 and never narrower than Wilson's on the mean share: neither a recipe nor a set of clusters is ever
    known better than one model on independent items. With fewer than 10 clusters, or where nothing varies, Wilson's
    counts each cluster as one item.

    Args:
        by_seed: (K, n) zeros and ones, or shares between them, one row per member or pair of members.
        design: of the items.
        level: of the interval.
    """
    n = by_seed.shape[1]
    linear = linear_mean(by_seed, design)
    value = float(np.clip(linear.value, 0.0, 1.0))
    if len(by_seed) == 1 and design.is_simple:
        return Figure(value, math.sqrt(value * (1 - value) / n), _wilson(value, n, level), n, None)
    (units,) = n_units(linear, design)
    n_clusters = None if design.clusters is None else units
    if units < MIN_UNITS:
        return Figure(value, None, None, n, n_clusters)
    t = inference(linear, design, method="t")
    alike = design.clusters is not None and (units < MIN_CLUSTERS or t.se == 0)
    size = units if alike else effective_size(design.weights, n)
    spread, least = t.interval(level), _wilson(value, size, level)
    low, high = max(0.0, min(spread.low, least.low)), min(1.0, max(spread.high, least.high))
    method = f"{spread.method}, never narrower than {least.method}"
    return Figure(value, t.se, Interval(low, high, level, method), n, n_clusters)


def mean(by_seed: Scores, design: Design, level: float, *, within: tuple[float, float] = (0.0, math.inf)) -> Figure:
    """Return the mean over items with the t interval over items or clusters, and seeds.

    Args:
        by_seed: (K, n), one row per member or pair of members.
        design: of the items.
        level: of the interval.
        within: the possible values, to which the interval is cut.
    """
    return mean_of(linear_mean(by_seed, design), design, level, within=within)


def mean_of(linear: Linear, design: Design, level: float, *, within: tuple[float, float] = (0.0, math.inf)) -> Figure:
    """Return a mean that is there already, with its interval: see `mean`."""
    (units,) = n_units(linear, design)
    n, n_clusters = linear.n, None if design.clusters is None else units
    if units < MIN_UNITS:
        return Figure(linear.value, None, None, n, n_clusters)
    t = inference(linear, design, method="t")
    spread = t.interval(level)
    low, high = max(within[0], spread.low), min(within[1], spread.high)
    # with a few clusters of very different sizes the degrees of freedom may be too few to bound the mean
    interval = Interval(low, high, level, spread.method) if math.isfinite(low) and math.isfinite(high) else None
    return Figure(linear.value, t.se, interval, n, n_clusters)


def _wilson(value: float, n: int, level: float) -> Interval:
    """Return Wilson's interval for a share of n items; between two counts, it spans the intervals of both."""
    # a rounding error above or below a whole number is no further item
    below, above = (wilson(count, n, level) for count in (math.floor(value * n + 1e-9), math.ceil(value * n - 1e-9)))
    return Interval(below.low, above.high, level, below.method)
