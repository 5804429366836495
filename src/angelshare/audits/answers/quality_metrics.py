"""The metrics of quality, by task."""

from collections.abc import Sequence

import numpy as np

from angelshare.audits.frame.metric_kinds import Mean, Metric, Share
from angelshare.audits.frame.nonlinear_kinds import Correlated, Counted, Ranking, value_of
from angelshare.core.arrays import Array, Vector
from angelshare.core.items import Items
from angelshare.core.metric import PLAIN, MetricFacts
from angelshare.core.predictions import Predictions
from angelshare.core.task import Task
from angelshare.stats.auc import linear_auc
from angelshare.stats.confusion import accuracy_and_f1, f1, macro_f1, matthews, micro_f1
from angelshare.stats.correlation import mean_of_both, pearson, spearman
from angelshare.stats.precision import linear_precision

ACCURACY = MetricFacts(
    "accuracy",
    "accuracy",
    "The share of items whose label is right.",
    direction="higher",
    margin=0.01,
    reason="One text in a hundred: about the spread of a fine-tuned encoder over seeds, so less is seldom noticed.",
)
EXACT_MATCH = MetricFacts(
    "exact_match",
    "exact match",
    "The share of items of which all labels are right.",
    direction="higher",
    margin=0.01,
    reason="As accuracy: one text in a hundred.",
)
F1 = MetricFacts(
    "f1",
    "F1",
    "The harmonic mean of precision and recall of one label.",
    direction="higher",
    margin=0.01,
    reason="A mean of precision and recall, so as strict as accuracy's margin.",
)
MACRO_F1 = MetricFacts(
    "macro_f1",
    "macro F1",
    "The unweighted mean of F1 over labels.",
    direction="higher",
    margin=0.01,
    reason="As f1: the mean over classes lies on the same scale.",
)
MICRO_F1 = MetricFacts(
    "micro_f1",
    "micro F1",
    "F1 of the decisions on all labels together.",
    direction="higher",
    margin=0.01,
    reason="As f1: one decision in a hundred.",
)
ACCURACY_AND_F1 = MetricFacts(
    "accuracy_and_f1",
    "mean of accuracy and F1",
    "The mean of accuracy and F1, as GLUE has it for MRPC and QQP.",
    direction="higher",
    margin=0.01,
    reason="As the two metrics that it is the mean of.",
)
MCC = MetricFacts(
    "mcc",
    "Matthews correlation",
    "The correlation of decisions with true labels, as GLUE has it for CoLA.",
    direction="higher",
    margin=0.02,
    reason="With two classes of one size it is 2 accuracy - 1, so that accuracy's margin becomes twice as large.",
)
RECALL = MetricFacts(
    "recall",
    "recall",
    "The share of one label's items that get it.",
    direction="higher",
    margin=0.02,
    reason="One class has fewer items than the whole set: two texts in a hundred of that class.",
)
AUC = MetricFacts(
    "auc",
    "AUC",
    "The probability that an item with the label scores higher than one without it; ties count one half.",
    direction="higher",
    margin=0.01,
    reason="One pair of a positive and a negative in a hundred changes order; as strict as accuracy's margin.",
)
AVERAGE_PRECISION = MetricFacts(
    "average_precision",
    "average precision",
    "The area under the curve of precision over recall.",
    direction="higher",
    margin=0.01,
    reason="A mean of precisions, each a share of texts: as accuracy's margin.",
)
MSE = MetricFacts(
    "mse",
    "mean squared error",
    "The mean squared distance of the value from the truth.",
    unit=PLAIN,
    direction="lower",
    margin=0.0,
    reason="Its scale is that of the target squared, which no default can know: "
    "any loss counts until a margin is given.",
    limit=1e6,
)
MAE = MetricFacts(
    "mae",
    "mean absolute error",
    "The mean distance of the value from the truth.",
    unit=PLAIN,
    direction="lower",
    margin=0.0,
    reason="Its scale is that of the target, which no default can know: any loss counts until a margin is given.",
    limit=1e6,
)
PEARSON = MetricFacts(
    "pearson",
    "Pearson correlation",
    "The linear correlation of values with the truth.",
    direction="higher",
    margin=0.01,
    reason="As GLUE prints correlations: one point, a change in the second decimal.",
)
SPEARMAN = MetricFacts(
    "spearman",
    "Spearman correlation",
    "The correlation of the ranks of values and truth.",
    direction="higher",
    margin=0.01,
    reason="As pearson: one point, a change in the second decimal.",
)
PEARSON_AND_SPEARMAN = MetricFacts(
    "pearson_and_spearman",
    "mean of Pearson and Spearman correlation",
    "The mean of both correlations, as GLUE has it for STS-B.",
    direction="higher",
    margin=0.01,
    reason="As the two metrics that it is the mean of.",
)
METRICS = (
    *(ACCURACY, EXACT_MATCH, F1, MACRO_F1, MICRO_F1, ACCURACY_AND_F1, MCC, RECALL, AUC, AVERAGE_PRECISION),
    *(MSE, MAE, PEARSON, SPEARMAN, PEARSON_AND_SPEARMAN),
)


def quality_metrics(task: Task, n_labels: int) -> Sequence[Metric]:
    """Return the metrics of a task; the positive label of a binary task is the second."""
    if task == "regression":
        return _regression()
    if task == "multi_label":
        return _multi_label(range(n_labels))
    recalls = [Share(facts=RECALL, per_item=correct, label=label, in_slices=False) for label in range(n_labels)]
    accuracy, mcc = (
        Share(facts=ACCURACY, per_item=correct),
        Counted(facts=MCC, statistic=matthews(), in_slices=False, needs_two_classes=True),
    )
    if task == "binary":
        both = Counted(facts=ACCURACY_AND_F1, statistic=accuracy_and_f1(1), label=1, in_slices=False)
        return (accuracy, _f1(1), both, mcc, *recalls, auc(1), average_precision(1))
    return (
        accuracy,
        Counted(facts=MACRO_F1, statistic=macro_f1(), in_slices=False),
        mcc,
        *recalls,
        *(_f1(label) for label in range(n_labels)),
    )


def auc(label: int) -> Ranking:
    """Return the area under the ROC curve of one label."""
    return Ranking(
        facts=AUC,
        label=label,
        components=linear_auc,
        method="paired DeLong, t",
    )


def average_precision(label: int) -> Ranking:
    """Return the area under the precision-recall curve of one label."""
    return Ranking(
        facts=AVERAGE_PRECISION,
        label=label,
        components=linear_precision,
        method="influence function, t",
        in_slices=False,
    )


def truth_of(items: Items) -> Array:
    """Return the human labels of items that are known to have some."""
    assert items.truth is not None
    return items.truth


def correct(member: Predictions, items: Items) -> Vector:
    """Return 1 where the decision is the true label."""
    return np.asarray(member.decisions() == truth_of(items), dtype=np.float64)


def exact(member: Predictions, items: Items) -> Vector:
    """Return 1 where all labels of a multi-label item are right."""
    return np.asarray((member.label_decisions() == (truth_of(items) == 1)).all(axis=1), dtype=np.float64)


def squared_error(member: Predictions, items: Items) -> Vector:
    """Return (value - truth)^2."""
    return np.asarray((value_of(member) - truth_of(items)) ** 2)


def absolute_error(member: Predictions, items: Items) -> Vector:
    """Return |value - truth|."""
    return np.asarray(np.abs(value_of(member) - truth_of(items)))


def value_range(members: Sequence[Predictions], items: Items) -> float:
    """Return how far apart truth and values lie: the largest error to expect of an item outside the sample."""
    seen = [truth_of(items), *(value_of(member) for member in members)]
    return float(max(side.max() for side in seen) - min(side.min() for side in seen))


def squared_range(members: Sequence[Predictions], items: Items) -> float:
    """Return the square of `value_range`."""
    return value_range(members, items) ** 2


def _regression() -> Sequence[Metric]:
    """Return errors, which have no bound, and correlations."""
    correlations = ((PEARSON, pearson), (SPEARMAN, spearman), (PEARSON_AND_SPEARMAN, mean_of_both))
    return (
        Mean(facts=MSE, per_item=squared_error, reach=squared_range, is_bounded=False),
        Mean(facts=MAE, per_item=absolute_error, reach=value_range, is_bounded=False),
        *(
            # one item can weigh without limit in Pearson's correlation, but not among ranks
            Correlated(facts=facts, correlate=correlate, in_slices=False, is_bounded=facts is SPEARMAN)
            for facts, correlate in correlations
        ),
    )


def _multi_label(labels: range) -> Sequence[Metric]:
    """Return the metrics of all labels together, and those of each label."""
    return (
        Share(facts=EXACT_MATCH, per_item=exact),
        Counted(facts=MICRO_F1, statistic=micro_f1(), in_slices=False),
        Counted(facts=MACRO_F1, statistic=macro_f1(), in_slices=False),
        *(_f1(label) for label in labels),
        *(metric for label in labels for metric in (auc(label), average_precision(label))),
    )


def _f1(label: int) -> Counted:
    """Return F1 of one label."""
    return Counted(facts=F1, statistic=f1(label), label=label, in_slices=False)
