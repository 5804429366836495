"""Unweighted means over groups of items: every group counts alike, however many items it has."""

from dataclasses import dataclass, replace

import numpy as np

from angelshare.audits.frame.contrasts import undecided
from angelshare.audits.frame.metric_kinds import Metric
from angelshare.audits.frame.sample import Cut, PerItem, Sample
from angelshare.core.arrays import Labels, Vector
from angelshare.core.estimate import Inference
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import Design, Linear, Part
from angelshare.stats.floor import with_floor

METHOD = "t over groups"


@dataclass(frozen=True, kw_only=True)
class Macro(Metric):
    """The mean over groups of the share of items for which something holds.

    With F groups an item of a group of n_f items weighs n / (F n_f). The groups are given, not drawn: an item's (or a
    cluster's) contribution is its distance from its own group's mean, times sqrt(G_f / (G_f - 1)) with G_f the group's
    clusters, so that small groups do not look less variable than they are. Groups of a single cluster have no spread of
    their own; they are measured around their common mean (collapsed strata, Hansen, Hurwitz & Madow 1953), which errs
    on the wide side. So no group is left out of the mean.

    Attributes:
        per_item: a member's (n,) contributions, from 0 to 1.
        column: the one of `ITEM_COLUMNS` that names the groups.
    """

    per_item: PerItem
    column: str
    in_slices: bool = False

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no decisions, or too few items of the class."""
        why = undecided(sample.contrast)
        if why is not None:
            return why
        n = len(sample) if self.label is None else int((sample.truth == self.label).sum())
        return f"{n} items of this class, at least {MIN_CLASS} are needed" if n < MIN_CLASS else None

    def population(self, sample: Sample) -> Sample:
        """Return the items (of its class, if it has one), weighted so that every group counts alike."""
        kept = sample if self.label is None else sample.take(sample.truth == self.label)
        codes, weights_before = self._groups(kept), kept.design.weights_of(np.arange(len(kept)))
        totals = np.bincount(codes, weights_before)
        weights = np.zeros(len(sample.contrast.items))
        weights[kept.items] = weights_before / totals[codes] * len(kept) / len(totals)
        return replace(kept, whole_design=Design(kept.whole_design.clusters, weights), memo={})

    def linear(self, sample: Sample) -> Linear:
        """Return the difference of the means over groups."""
        population = self.population(sample)  # weighted anew, so that the groups of a slice count alike
        left, right = population.of_members(self.per_item)
        sides = tuple(np.average(side, axis=1, weights=population.design.weights) for side in (left, right))
        values = _within_groups((left - right).mean(axis=0), self._groups(population), population.design)
        parts = (Part(np.arange(len(population)), values),)
        return Linear(sides[0] - sides[1], parts, len(population), sides=(sides[0], sides[1]), limit=1.0)

    def difference(self, sample: Sample) -> Inference:
        """Return the t inference over the clusters within groups, and seeds, with unseen items."""
        return with_floor(self.once(sample), sample.design, method=METHOD)

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess; each side's groups count alike."""
        weights = np.empty(len(cut.whole))
        for mask, side in ((cut.in_slice, cut.here), (~cut.in_slice, cut.rest)):
            weights[mask] = self.population(side).design.weights
        design = Design(cut.whole.design.clusters, weights)
        return with_floor(cut.linear(self.once), design, method=METHOD)

    def _groups(self, sample: Sample) -> Labels:
        """Return (n,) the group of every item, from 0 on."""
        return np.unique(sample.contrast.items.columns[self.column][sample.items], return_inverse=True)[1]


def clusters_of(groups: Labels, design: Design) -> Labels:
    """Return (groups,) how many clusters every group has; without clusters, how many items."""
    units = np.arange(len(groups)) if design.clusters is None else design.clusters
    return np.bincount(np.unique(np.stack([groups, units]), axis=1)[0])


def _within_groups(values: Vector, groups: Labels, design: Design) -> Vector:
    """Return (n,) the items' distances from their group's mean; see `Macro`."""
    weights = design.weights_of(np.arange(len(values)))
    means = np.bincount(groups, weights * values) / np.bincount(groups, weights)
    n_clusters = clusters_of(groups, design)
    alone = n_clusters == 1
    pooled = alone if alone.sum() > 1 else np.ones(len(means), dtype=np.bool_)
    centres = np.where(alone, means[pooled].mean(), means)
    counted = np.where(alone, max(2, pooled.sum()), n_clusters)
    return np.asarray((values - centres[groups]) * np.sqrt(counted / (counted - 1))[groups])
