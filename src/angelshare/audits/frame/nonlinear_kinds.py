"""Kinds of metrics that are no means over items: rankings, functions of counted decisions, correlations."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.audits.frame.contrasts import undecided, unranked
from angelshare.audits.frame.metric_kinds import Metric
from angelshare.audits.frame.sample import Cut, Sample
from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.core.estimate import Inference
from angelshare.core.items import Items
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import Design, Linear
from angelshare.stats.confusion import CountStatistic, Decisions, linear_counts
from angelshare.stats.correlation import Correlate, linear_correlation
from angelshare.stats.floor import with_floor
from angelshare.stats.resampling import Draws, paired_counts, resampled


@dataclass(frozen=True, kw_only=True)
class Ranking(Metric):
    """How well the scores of one label rank its items above the others: AUC, average precision.

    Attributes:
        components: both sides' ranks, which items are positive, the design -> the statistic.
        method: the name of the inference.
    """

    label: int
    components: Callable[[Scores, Scores, Mask, Design], Linear]
    method: str

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no scores, or too few of either class."""
        return unranked(sample.contrast) or _too_few(self._positive(sample))

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
    """A smooth function of the counts of labels meant, said, and both: F1, Matthews' correlation.

    Attributes:
        statistic: the function.
        needs_two_classes: whether it is not measured where all but a few items are of one class.
    """

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
        return undecided(sample.contrast)

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
        """Return why it cannot be measured: a member, or the truth, does not vary."""
        constant = [m.name for m in sample.contrast.members if np.ptp(m.values[sample.items, 0]) == 0]
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


def _bears(sample: Sample, label: int) -> Mask:
    """Return the mask of the items whose truth is, or holds, a label."""
    truth = sample.truth
    return np.asarray(truth == label if truth.ndim == 1 else truth[:, label] == 1)


def _decisions(sample: Sample) -> tuple[Decisions, Decisions]:
    """Return the decisions of either side, beside the truth."""
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
    """Return (n,) the label that the member decides for."""
    return member.decisions()


def _label_decisions(member: Predictions, _items: Items) -> Array:
    """Return (n, labels) 1 where the member decides for the label, else 0."""
    return member.label_decisions().astype(np.int8)


def _draws(sample: Sample) -> Draws | None:
    """Return the resampled counts of one pair of members, for every statistic of counts."""
    return resampled(*_decisions(sample), sample.design)


def _too_few(positive: Mask) -> str | None:
    """Return why a class has too few items, if so."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if min(n_positive, n_negative) >= MIN_CLASS:
        return None
    return f"{n_positive} positives and {n_negative} negatives, at least {MIN_CLASS} of each are needed"
