"""Kinds of metrics: what each needs, and its difference between two sides of a contrast."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np

from angelshare.audit.frame.contrasts import Contrast, M
from angelshare.audit.frame.sample import Cut, PerItem, Sample
from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.core.estimate import Inference
from angelshare.core.items import Items
from angelshare.core.metric import MetricFacts
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import Design, Linear, inference, linear_mean
from angelshare.stats.confusion import CountStatistic, Decisions, linear_counts
from angelshare.stats.correlation import Correlate, linear_correlation
from angelshare.stats.floor import with_floor
from angelshare.stats.resampling import Draws, paired_counts, resampled
from angelshare.stats.shares import share_difference, share_excess

Sides = tuple[Vector, Vector]
"""The metric of every member on the left (K,), and on the right (1 or K,)."""


@dataclass(frozen=True, kw_only=True)
class Metric(ABC, Generic[M]):
    """A metric of one contrast on one sample of items.

    Attributes:
        facts: its name, direction, target.
        label: the class that it is about; None: all.
        in_slices: whether every slice is measured, too; the others only where a gate asks.
        is_bounded: whether single items cannot weigh without limit.
    """

    facts: MetricFacts
    label: int | None = None
    in_slices: bool = True
    is_bounded: bool = True

    @property
    def name(self) -> str:
        """Return what rows and gates call it."""
        return self.facts.name

    def output(self, contrast: Contrast[M]) -> str | None:
        """Return the label that it is about, by name; None: all."""
        if self.label is None:
            return None
        scores = contrast.left[0]
        assert isinstance(scores, Predictions)
        return scores.labels[self.label]

    def problem(self, sample: Sample[M]) -> str | None:
        """Return why it cannot be measured on these items, as the end of a sentence; None if it can."""
        return None

    def population(self, sample: Sample[M]) -> Sample[M]:
        """Return the items that it is about: all, but of a recall those of its class."""
        return sample

    @abstractmethod
    def linear(self, sample: Sample[M]) -> Linear:
        """Return left - right, and what each item contributes to it."""

    @abstractmethod
    def difference(self, sample: Sample[M]) -> Inference:
        """Return the inference on left - right."""

    @abstractmethod
    def excess(self, cut: Cut[M]) -> Inference:
        """Return the inference on left - right of a slice, less that of all other items."""

    def values(self, sample: Sample[M]) -> Sides:
        """Return the metric of every member on the left (K,), and on the right."""
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
        return _no_decisions(sample)

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
        reach: all members and items -> how far apart the contributions of one item can be. What n items may have missed
            counts as if they were n / reach that differ by 1: see `stats.floor.Floored`.
    """

    per_item: PerItem[M]
    reach: Callable[[Sequence[M], Items], float]

    def linear(self, sample: Sample[M]) -> Linear:
        """Return the difference of the (weighted) means."""
        unseen = len(sample) / max(1.0, self.reach(_members(sample), sample.contrast.items))
        return replace(linear_means(sample, self.per_item), unseen=unseen)

    def difference(self, sample: Sample[M]) -> Inference:
        """Return the t inference over items (or clusters) and seeds, with unseen items."""
        return with_floor(self.once(sample), sample.design, method="paired t")

    def excess(self, cut: Cut[M]) -> Inference:
        """Return the inference on the excess."""
        return with_floor(cut.linear(self.once), cut.whole.design, method="t")

    def right(self, sample: Sample[M]) -> Inference:
        """Return the inference on the right side's own value."""
        _, right = sample.of_members(self.per_item)
        return inference(linear_mean(right, sample.design), sample.design, method="t")


@dataclass(frozen=True, kw_only=True)
class Ranking(Metric):
    """How well the scores of one label rank its items above the others: AUC, average precision."""

    label: int
    components: Callable[[Scores, Scores, Mask, Design], Linear]
    method: str

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no scores, or too few of either class."""
        if not all(member.has_scores for member in _members(sample)):
            return f"hard decisions do not rank ({', '.join(m.name for m in _members(sample) if not m.has_scores)})"
        return _too_few(self._positive(sample))

    def linear(self, sample: Sample) -> Linear:
        """Return the difference."""
        return self.components(*sample.rankings(self.label), self._positive(sample), sample.design)

    def difference(self, sample: Sample) -> Inference:
        """Return the inference by the influence of every item, never narrower than the smaller class allows."""
        return with_floor(self.once(sample), sample.design, method=self.method)

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess."""
        return with_floor(cut.linear(self.once), cut.whole.design, method=self.method)

    def _positive(self, sample: Sample) -> Mask:
        """Return the mask of the items that bear the label."""
        return _bears(sample, self.label)


@dataclass(frozen=True, kw_only=True)
class Counted(Metric):
    """A smooth function of the counts of labels meant, said, and both: F1, Matthews' correlation."""

    statistic: CountStatistic
    needs_two_classes: bool = False

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no decisions, or too few of either class."""
        if self.label is not None:
            few = _too_few(_bears(sample, self.label))
            if few is not None:
                return few
        if self.needs_two_classes and np.bincount(sample.truth).max() > len(sample) - MIN_CLASS:
            return f"all but {len(sample) - np.bincount(sample.truth).max()} items are of one class"
        return _no_decisions(sample)

    def difference(self, sample: Sample) -> Inference:
        """Return the inference by resampled cells, or by influence."""
        left, right = _decisions(sample)
        rare = self._rare(sample)
        return paired_counts(
            left, right, self.statistic, sample.design, rare=rare, draws=lambda: sample.once("draws", _draws)
        )

    def linear(self, sample: Sample) -> Linear:
        """Return the difference."""
        left, right = _decisions(sample)
        return linear_counts(left, right, self.statistic, sample.design, rare=self._rare(sample))

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess."""
        return with_floor(cut.linear(self.once), cut.whole.design, method="influence function, t")

    def _rare(self, sample: Sample) -> Labels | None:
        """Return the positions of the label's items, on which its F1 rests."""
        return None if self.label is None else np.flatnonzero(_bears(sample, self.label))


@dataclass(frozen=True, kw_only=True)
class Correlated(Metric):
    """A correlation of the values with the truth."""

    correlate: Correlate

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: a constant side."""
        constant = [m.name for m in _members(sample) if np.ptp(m.values[sample.items, 0]) == 0]
        if np.ptp(sample.truth) == 0:
            constant.append("the truth")
        return f"{', '.join(constant)} does not vary" if constant else None

    def difference(self, sample: Sample) -> Inference:
        """Return the inference by the influence of every item."""
        return with_floor(self.once(sample), sample.design, method="influence function, t")

    def linear(self, sample: Sample) -> Linear:
        """Return the difference."""
        left, right = sample.of_members(_value)
        return linear_correlation(left, right, sample.truth, self.correlate, sample.design)

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess."""
        return with_floor(cut.linear(self.once), cut.whole.design, method="influence function, t")


def value_of(member: Predictions) -> Vector:
    """Return the regression's values."""
    return np.asarray(member.values[:, 0], dtype=np.float64)


def _members(sample: Sample[M]) -> Sequence[M]:
    """Return all members of a contrast."""
    return (*sample.contrast.left, *sample.contrast.right)


def _differences(sample: Sample[M], per_item: PerItem[M]) -> Scores:
    """Return (K, n) what every item contributes to left - right, one row per pair of members."""
    left, right = sample.of_members(per_item)
    return np.asarray(left - right)


def linear_means(sample: Sample[M], per_item: PerItem[M]) -> Linear:
    """Return the difference of two (weighted) means."""
    weights = sample.design.weights
    left, right = (np.average(side, axis=1, weights=weights) for side in sample.of_members(per_item))
    return replace(linear_mean(_differences(sample, per_item), sample.design), sides=(left, right))


def _bears(sample: Sample, label: int) -> Mask:
    """Return the mask of the items whose truth is, or holds, a label."""
    truth = sample.truth
    return np.asarray(truth == label if truth.ndim == 1 else truth[:, label] == 1)


def _decisions(sample: Sample) -> tuple[Decisions, Decisions]:
    """Return what either side decides for."""
    if sample.contrast.left[0].task == "multi_label":
        left, right = sample.of_members(_label_decisions)
        meant = (sample.truth == 1).astype(np.int8)
        return Decisions(meant, left), Decisions(meant, right)
    n_labels = len(sample.contrast.left[0].labels)
    left, right = sample.of_members(_decision)
    return Decisions.of_classes(sample.truth, left, n_labels), Decisions.of_classes(sample.truth, right, n_labels)


def _value(member: Predictions, _items: Items) -> Vector:
    """Return the regression's values."""
    return value_of(member)


def _decision(member: Predictions, _items: Items) -> Labels:
    """Return (n,) the label that is decided for."""
    return member.decisions()


def _label_decisions(member: Predictions, _items: Items) -> Array:
    """Return (n, labels) 0 and 1."""
    return member.label_decisions().astype(np.int8)


def _draws(sample: Sample) -> Draws | None:
    """Return the resampled counts of one pair of members, for every statistic of counts."""
    return resampled(*_decisions(sample), sample.design)


def _no_decisions(sample: Sample) -> str | None:
    """Return why there are no decisions, if so."""
    names = [member.name for member in _members(sample) if not member.has_decisions]
    return f"a ranking score without threshold decides nothing ({', '.join(names)})" if names else None


def _too_few(positive: Mask) -> str | None:
    """Return why a class has too few items, if so."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if min(n_positive, n_negative) >= MIN_CLASS:
        return None
    return f"{n_positive} positives and {n_negative} negatives, at least {MIN_CLASS} of each are needed"
