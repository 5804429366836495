"""The metrics of quality, by task."""

from collections.abc import Sequence

import numpy as np

from angelshare.audit.frame.metric_kinds import Correlated, Counted, Mean, Metric, Ranking, Share, value_of
from angelshare.core.arrays import Array, Vector
from angelshare.core.predictions import Predictions
from angelshare.core.task import Task
from angelshare.stats.auc import linear_auc
from angelshare.stats.confusion import accuracy_and_f1, f1, macro_f1, matthews, micro_f1
from angelshare.stats.correlation import mean_of_both, pearson, spearman
from angelshare.stats.precision import linear_precision


def quality_metrics(task: Task, n_labels: int) -> Sequence[Metric]:
    """Return the metrics of a task; the positive label of a binary one is the second."""
    if task == "regression":
        return _regression()
    if task == "multi_label":
        return _multi_label(range(n_labels))
    recalls = [Share(name="recall", per_item=correct, label=label, in_slices=False) for label in range(n_labels)]
    accuracy, mcc = (
        Share(name="accuracy", per_item=correct),
        Counted(name="mcc", statistic=matthews(), in_slices=False, needs_two_classes=True),
    )
    if task == "binary":
        both = Counted(name="accuracy_and_f1", statistic=accuracy_and_f1(1), label=1, in_slices=False)
        return (accuracy, _f1(1), both, mcc, *recalls, auc(1), average_precision(1))
    return (
        accuracy,
        Counted(name="macro_f1", statistic=macro_f1(), in_slices=False),
        mcc,
        *recalls,
        *(_f1(label) for label in range(n_labels)),
    )


def auc(label: int) -> Ranking:
    """Return the area under the ROC curve of one label."""
    return Ranking(
        name="auc",
        label=label,
        components=linear_auc,
        method="paired DeLong, t",
    )


def average_precision(label: int) -> Ranking:
    """Return the area under the precision-recall curve of one label."""
    return Ranking(
        name="average_precision",
        label=label,
        components=linear_precision,
        method="influence function, t",
        in_slices=False,
    )


def truth_of(member: Predictions) -> Array:
    """Return the labels of a member that is known to have some."""
    assert member.truth is not None
    return member.truth


def correct(member: Predictions) -> Vector:
    """Return 1 where the decision is the true label."""
    return np.asarray(member.decisions() == truth_of(member), dtype=np.float64)


def exact(member: Predictions) -> Vector:
    """Return 1 where all labels of a multi-label item are right."""
    return np.asarray((member.label_decisions() == (truth_of(member) == 1)).all(axis=1), dtype=np.float64)


def squared_error(member: Predictions) -> Vector:
    """Return (value - truth)^2."""
    return np.asarray((value_of(member) - truth_of(member)) ** 2)


def absolute_error(member: Predictions) -> Vector:
    """Return |value - truth|."""
    return np.asarray(np.abs(value_of(member) - truth_of(member)))


def value_range(members: Sequence[Predictions]) -> float:
    """Return how far apart truth and values lie: the largest error to be expected of an item that was not sampled."""
    seen = [side for member in members for side in (value_of(member), truth_of(member))]
    return float(max(side.max() for side in seen) - min(side.min() for side in seen))


def squared_range(members: Sequence[Predictions]) -> float:
    """Return the square of `value_range`."""
    return value_range(members) ** 2


def _regression() -> Sequence[Metric]:
    """Return errors, which have no bound, and correlations."""
    correlations = {"pearson": pearson, "spearman": spearman, "pearson_and_spearman": mean_of_both}
    return (
        Mean(name="mse", per_item=squared_error, reach=squared_range, direction="lower", is_bounded=False),
        Mean(name="mae", per_item=absolute_error, reach=value_range, direction="lower", is_bounded=False),
        *(
            # a single item can weigh without limit in Pearson's, not among ranks
            Correlated(name=name, correlate=correlate, in_slices=False, is_bounded=name == "spearman")
            for name, correlate in correlations.items()
        ),
    )


def _multi_label(labels: range) -> Sequence[Metric]:
    """Return what all labels say together, and each label's own."""
    return (
        Share(name="exact_match", per_item=exact),
        Counted(name="micro_f1", statistic=micro_f1(), in_slices=False),
        Counted(name="macro_f1", statistic=macro_f1(), in_slices=False),
        *(_f1(label) for label in labels),
        *(metric for label in labels for metric in (auc(label), average_precision(label))),
    )


def _f1(label: int) -> Counted:
    """Return F1 of one label."""
    return Counted(name="f1", statistic=f1(label), label=label, in_slices=False)
