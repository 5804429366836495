"""Metrics of a contrast: what all have in common, and the kinds that are shares of items or means over them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np

from angelshare.audits.frame.contrasts import Contrast, M, undecided
from angelshare.audits.frame.sample import Cut, PerItem, Sample
from angelshare.core.arrays import Scores, Vector
from angelshare.core.estimate import Inference
from angelshare.core.items import Items
from angelshare.core.metric import MetricFacts
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import Linear, inference, linear_mean
from angelshare.stats.floor import with_floor
from angelshare.stats.shares import share_difference, share_excess

Sides = tuple[Vector, Vector]
"""The metric of every member on the left (K,), and on the right (1 or K,)."""


@dataclass(frozen=True, kw_only=True)
class Metric(ABC, Generic[M]):
    """A metric of one contrast on one sample of items.

    Attributes:
        facts: of the metric.
        label: the class that it is about; None for all.
        in_slices: whether it is measured in every slice; if not, only where a gate asks.
        is_bounded: whether the weight of a single item is limited.
    """

    facts: MetricFacts
    label: int | None = None
    in_slices: bool = True
    is_bounded: bool = True

    @property
    def name(self) -> str:
        """Return its name in rows and gates."""
        return self.facts.name

    def output(self, contrast: Contrast[M]) -> str | None:
        """Return the name of the label that it is about; None for all."""
        if self.label is None:
            return None
        scores = contrast.left[0]
        assert isinstance(scores, Predictions)
        return scores.labels[self.label]

    def problem(self, sample: Sample[M]) -> str | None:
        """Return why it cannot be measured on these items, as the end of a sentence; None if it can."""
        return None

    def population(self, sample: Sample[M]) -> Sample[M]:
        """Return the items that it is about: all, or for a recall those of its class."""
        return sample

    @abstractmethod
    def linear(self, sample: Sample[M]) -> Linear:
        """Return left - right, and what each item contributes to it."""

    @abstractmethod
    def difference(self, sample: Sample[M]) -> Inference:
        """Return the inference on left - right."""

    @abstractmethod
    def excess(self, cut: Cut[M]) -> Inference:
        """Return the inference on left - right in a slice, less left - right on all other items."""

    def values(self, sample: Sample[M]) -> Sides:
        """Return the metric of every member on the left (K,), and on the right (1 or K,)."""
        sides = self.once(sample).sides
        assert sides is not None
        return sides

    def once(self, sample: Sample[M]) -> Linear:
        """Return `linear`, computed once for each sample."""
        return sample.once((self.name, self.label), self.linear)


@dataclass(frozen=True, kw_only=True)
class Share(Metric):
    """A mean of 0 and 1 over items: accuracy, exact match, and the recall of one class."""

    per_item: PerItem

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no decisions, or too few items of the class."""
        n = len(self.population(sample))
        if self.label is not None and n < MIN_CLASS:
            return f"{n} items of this class, at least {MIN_CLASS} are needed"
        return undecided(sample.contrast)

    def population(self, sample: Sample) -> Sample:
        """Return all items, or those of the class."""
        return sample if self.label is None else sample.take(sample.truth == self.label)

    def linear(self, sample: Sample) -> Linear:
        """Return the difference of the (weighted) shares."""
        return linear_means(sample, self.per_item)

    def difference(self, sample: Sample) -> Inference:
        """Return Tango's inference, or that over clusters, weights and seeds."""
        return share_difference(_differences(sample, self.per_item), sample.design)

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess."""
        return share_excess(_differences(cut.whole, self.per_item), cut.in_slice, cut.whole.design)


@dataclass(frozen=True, kw_only=True)
class Mean(Metric[M]):
    """A mean over items of anything else, such as a squared error.

    Attributes:
        per_item: a member's (n,) contributions.
        reach: all members and the items -> the most by which two members can differ on one item. For what the sample
            may have missed, n items count as n / reach that differ by at most 1: see `stats.floor.Floored`.
    """

    per_item: PerItem[M]
    reach: Callable[[Sequence[M], Items], float]

    def linear(self, sample: Sample[M]) -> Linear:
        """Return the difference of the (weighted) means."""
        unseen = len(sample) / max(1.0, self.reach(sample.contrast.members, sample.contrast.items))
        return replace(linear_means(sample, self.per_item), unseen=unseen)

    def difference(self, sample: Sample[M]) -> Inference:
        """Return the t inference over items (or clusters) and seeds, with unseen items."""
        return with_floor(self.once(sample), sample.design, method="paired t")

    def excess(self, cut: Cut[M]) -> Inference:
        """Return the inference on the excess."""
        return with_floor(cut.linear(self.once), cut.whole.design, method="t")

    def right(self, sample: Sample[M]) -> Inference:
        """Return the inference on the value of the right side."""
        _, right = sample.of_members(self.per_item)
        return inference(linear_mean(right, sample.design), sample.design, method="t")


def _differences(sample: Sample[M], per_item: PerItem[M]) -> Scores:
    """Return (K, n) contributions of the items to left - right, one row per pair of members."""
    left, right = sample.of_members(per_item)
    return np.asarray(left - right)


def linear_means(sample: Sample[M], per_item: PerItem[M]) -> Linear:
    """Return the difference of two (weighted) means."""
    weights = sample.design.weights
    left, right = (np.average(side, axis=1, weights=weights) for side in sample.of_members(per_item))
    return replace(linear_mean(_differences(sample, per_item), sample.design), sides=(left, right))
