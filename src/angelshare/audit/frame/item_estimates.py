"""Shares of items and means over them, with intervals that count clusters, weights and seeds."""

import math
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Scores
from angelshare.core.estimate import Interval
from angelshare.core.items import Items
from angelshare.stats.components import MIN_CLUSTERS, Design, effective_size, inference, linear_mean, n_units
from angelshare.stats.proportions import wilson

MIN_UNITS = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one model or pair, with what is known about its error.

    Attributes:
        value: the figure. se, interval: None where there is a single cluster, which says nothing of others.
        n: items. n_clusters: None where items are independent.
    """

    value: float
    se: float | None
    interval: Interval | None
    n: int
    n_clusters: int | None


def design_of(items: Items) -> Design:
    """Return how the items were drawn; clusters of one item each are none."""
    return Design.of(items.clusters, items.weights).without_singles()


def share(by_seed: Scores, design: Design, level: float) -> Figure:
    """Return the share of items that are 1.

    One model on independent items: Wilson's interval. Else the t interval over items or clusters, and seeds, kept
    within 0 and 1 and never narrower than Wilson's on the mean share: a recipe, or a set of clusters, is never known
    better than the items alone let one model be known. With fewer than 10 clusters, or where nothing varies, each
    cluster counts as one item there.

    Args:
        by_seed: (K, n) of 0 and 1, or of shares between them, one row per member or pair of members.
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
    own, least = t.interval(level), _wilson(value, size, level)
    low, high = max(0.0, min(own.low, least.low)), min(1.0, max(own.high, least.high))
    method = f"{own.method}, never narrower than {least.method}"
    return Figure(value, t.se, Interval(low, high, level, method), n, n_clusters)


def mean(by_seed: Scores, design: Design, level: float, *, within: tuple[float, float] = (0.0, math.inf)) -> Figure:
    """Return the mean over items with the t interval over items or clusters, and seeds.

    Args:
        by_seed: (K, n), one row per member or pair of members.
        design: of the items.
        level: of the interval.
        within: values that are possible: the interval is cut to them.
    """
    linear = linear_mean(by_seed, design)
    (units,) = n_units(linear, design)
    n, n_clusters = by_seed.shape[1], None if design.clusters is None else units
    if units < MIN_UNITS:
        return Figure(linear.value, None, None, n, n_clusters)
    t = inference(linear, design, method="t")
    own = t.interval(level)
    low, high = max(within[0], own.low), min(within[1], own.high)
    # a few clusters of very different size leave so few degrees of freedom that nothing bounds the mean
    interval = Interval(low, high, level, own.method) if math.isfinite(low) and math.isfinite(high) else None
    return Figure(linear.value, t.se, interval, n, n_clusters)


def _wilson(value: float, n: int, level: float) -> Interval:
    """Return Wilson's interval of a share of n items; where it is no whole number of them, of both next to it."""
    # what rounding left above or below a whole number is no item
    below, above = (wilson(count, n, level) for count in (math.floor(value * n + 1e-9), math.ceil(value * n - 1e-9)))
    return Interval(below.low, above.high, level, below.method)
