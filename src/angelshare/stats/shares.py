"""Differences of shares: on independent items, in clusters, with weights, and of recipes."""

import math
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Mask, Scores
from angelshare.core.estimate import Inference, Interval
from angelshare.stats.components import (
    MIN_CLUSTERS,
    SIMPLE,
    Design,
    effective_size,
    inference,
    item_spread,
    linear_mean,
)
from angelshare.stats.distributions import beta_quantile, binomial_cdf
from angelshare.stats.hull import Hull, Recovered
from angelshare.stats.proportions import PairedProportions

MIN_CONTRIBUTING = 3
"""The fewest contributing clusters with which a variance is believed."""


@dataclass(frozen=True, slots=True)
class ClusterBound:
    """How large a difference of shares can be, from the clusters in which any item is discordant.

    The clusters with any discordance are a binomial sample; the upper exact limit of their share (Clopper & Pearson
    1934), times the largest cluster's size over the mean, bounds the discordant items, and so |left - right|. It is for
    where clusters are too few, or too much alike, for their spread to be estimated. Laid around 0, it can show that
    something was preserved, never that something was lost or gained.

    Attributes:
        n_discordant, n_clusters: number of clusters with any discordant item, and of all.
        ratio: largest / mean size.
    """

    n_discordant: int
    n_clusters: int
    ratio: float

    def interval(self, level: float = 0.95) -> Interval:
        """Return +- the bound."""
        share = 1.0
        if self.n_discordant < self.n_clusters:
            share = beta_quantile((1 + level) / 2, self.n_discordant + 1, self.n_clusters - self.n_discordant)
        bound = min(1.0, share * self.ratio)
        return Interval(-bound, bound, level, "exact bound on discordant clusters")

    def p_value(self, null: float = 0.0) -> float:
        """Return the p-value of the hypothesis that the true difference is `null`: 1 - the level that excludes it."""
        if abs(null) > 1:
            return 0.0
        if self.n_discordant == self.n_clusters:
            return 1.0
        share = min(1.0, abs(null) / self.ratio)
        return min(1.0, 2 * binomial_cdf(self.n_discordant, self.n_clusters, share))


def share_difference(differences: Scores, design: Design = SIMPLE) -> Inference:
    """Return the inference on left - right of two shares on the same items.

    Independent items, one pair of members: Tango's score interval. Else the t inference over items, clusters and seeds,
    never narrower than Tango's interval on the discordant items of an average member: one item of 200 that both seeds
    lose would be counted by t as nearly certain to lie within a margin of 1.5 points, although a single seed with
    the same outcomes is not. With fewer than 10 clusters, or where half of them or fewer are discordant and the
    variance rests on fewer than three, `ClusterBound` takes the place of Tango's interval.

    Args:
        differences: (seeds, n) of -1, 0 or 1, one row per pair of members.
        design: of the items.

    Raises:
        ValueError: with fewer than two items or clusters.
    """
    if len(differences) == 1 and design.is_simple:
        return tango(differences)
    t = inference(linear_mean(differences, design), design, method="t")
    region = _region(differences, design)
    return Hull(t, (region,), f"{t.method}, never narrower than {_name(region)}", lent=_lent(region), limit=1.0)


def share_excess(differences: Scores, in_slice: Mask, design: Design = SIMPLE) -> Inference:
    """Return the inference on the difference of shares on a slice less that on all other items.

    t over the joint items, clusters and seeds, never narrower than MOVER of what `share_difference` leaves open on
    either side.

    Args:
        differences: (seeds, n) of -1, 0 or 1, one row per pair of members.
        in_slice: (n,) mask.
        design: of all items.

    Raises:
        ValueError: where either side has fewer than two items or clusters.
    """
    sides = [np.flatnonzero(in_slice), np.flatnonzero(~in_slice)]
    n = differences.shape[1]
    linear = [linear_mean(differences[:, items], design.take(items)).at(items, n) for items in sides]
    t = inference(linear[0].minus(linear[1]), design, method="t")
    regions = [_region(differences[:, items], design.take(items)) for items in sides]
    recovered = Recovered(linear[0].value, regions[0], linear[1].value, regions[1])
    return Hull(t, (recovered,), f"{t.method}, never narrower than MOVER of {_name(regions[0])}", limit=2.0)


def tango(differences: Scores, design: Design = SIMPLE) -> PairedProportions:
    """Return Tango's inference on the discordant items of an average member, rounded up.

    Weights leave (sum w)^2 / sum w^2 items, of which the weighted share is discordant.
    """
    n = effective_size(design.weights, differences.shape[1])
    weights = design.weights_of(np.arange(differences.shape[1]))
    shares = [float(((differences * sign > 0) @ weights).mean() / weights.sum()) for sign in (1, -1)]
    # what rounding left above a whole number is no item
    wins, losses = (math.ceil(share * n - 1e-9) for share in shares)
    # rounded up, the two can exceed the items by one
    return PairedProportions(wins, losses, max(n, wins + losses))


def _region(differences: Scores, design: Design) -> ClusterBound | PairedProportions:
    """Return what is left open besides t: by the clusters where their spread cannot be believed, else by the items."""
    if design.clusters is None:
        return tango(differences, design)
    weights = design.weights_of(np.arange(differences.shape[1]))
    sizes = np.bincount(design.clusters, weights)
    discordant = np.bincount(design.clusters, (differences != 0).any(axis=0) * weights)[sizes > 0]
    sizes = sizes[sizes > 0]
    bound = ClusterBound(int((discordant > 0).sum()), len(sizes), float(sizes.max() / sizes.mean()))
    contributing = item_spread(linear_mean(differences, design), design).n_contributing
    rare = bound.n_discordant <= len(sizes) / 2 and contributing < MIN_CONTRIBUTING
    return bound if rare or len(sizes) < MIN_CLUSTERS else tango(differences, design)


def _lent(region: ClusterBound | PairedProportions) -> PairedProportions | None:
    """Return the inference with a standard error where nothing varies."""
    return region if isinstance(region, PairedProportions) else None


def _name(region: ClusterBound | PairedProportions) -> str:
    """Return the name of a region's procedure."""
    return region.interval().method
