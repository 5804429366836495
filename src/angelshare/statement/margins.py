"""How much worse is still acceptable, where the user does not say."""

from collections.abc import Mapping
from dataclasses import dataclass

from angelshare.core.errors import InputError
from angelshare.core.estimate import Direction, Scale
from angelshare.core.factories import unknown_name


@dataclass(frozen=True, slots=True)
class DefaultMargin:
    """A margin and why it is this one.

    Attributes:
        limit: margins reach up to here, exclusively: of shares and AUC all could be lost within a margin of 1.
        direction, scale: of the metric, as its differences have them. A margin of a `target` metric is about the
            distance from the target, one of a `log_ratio` about the logarithm of left / right.
    """

    value: float
    reason: str
    limit: float = 1.0
    direction: Direction = "higher"
    scale: Scale = "difference"


def _slower(reason: str, direction: Direction = "lower") -> DefaultMargin:
    """Return the margin of a time or a throughput, which are compared by their ratio."""
    return DefaultMargin(0.05, reason, limit=10.0, direction=direction, scale="log_ratio")


DEFAULT_MARGINS: Mapping[str, DefaultMargin] = {
    "accuracy": DefaultMargin(
        0.01, "One text in a hundred: about the spread of a fine-tuned encoder over seeds, so less is seldom noticed."
    ),
    "exact_match": DefaultMargin(0.01, "As accuracy: one text in a hundred."),
    "f1": DefaultMargin(0.01, "A mean of precision and recall, so as strict as accuracy's margin."),
    "macro_f1": DefaultMargin(0.01, "As f1: the mean over classes lies on the same scale."),
    "micro_f1": DefaultMargin(0.01, "As f1: one decision in a hundred."),
    "accuracy_and_f1": DefaultMargin(0.01, "As the two metrics that it is the mean of."),
    "mcc": DefaultMargin(
        0.02, "With two classes of one size it is 2 accuracy - 1, so that accuracy's margin becomes twice as large."
    ),
    "recall": DefaultMargin(
        0.02, "One class has fewer items than the whole set: two texts in a hundred of that class."
    ),
    "auc": DefaultMargin(
        0.01, "One pair of a positive and a negative in a hundred changes order; as strict as accuracy's margin."
    ),
    "average_precision": DefaultMargin(0.01, "A mean of precisions, each a share of texts: as accuracy's margin."),
    "mse": DefaultMargin(
        0.0,
        "Its scale is that of the target squared, which no default can know: any loss counts until a margin is given.",
        limit=1e6,
        direction="lower",
    ),
    "mae": DefaultMargin(
        0.0,
        "Its scale is that of the target, which no default can know: any loss counts until a margin is given.",
        limit=1e6,
        direction="lower",
    ),
    "pearson": DefaultMargin(0.01, "As GLUE prints correlations: one point, a change in the second decimal."),
    "spearman": DefaultMargin(0.01, "As pearson: one point, a change in the second decimal."),
    "pearson_and_spearman": DefaultMargin(0.01, "As the two metrics that it is the mean of."),
    "nll": DefaultMargin(
        0.02,
        "In nats: the true label's probability, in the geometric mean over texts, may fall by two in a hundred.",
        limit=1e6,
        direction="lower",
    ),
    "brier": DefaultMargin(
        0.01, "As accuracy: for hard decisions it is the share of errors, or twice that.", direction="lower"
    ),
    "overconfidence": DefaultMargin(
        0.01,
        "Confidence may lie one point further from accuracy than the teacher's: as strict as accuracy's margin.",
        direction="target",
    ),
    "case_accuracy": DefaultMargin(0.02, "A function has a tenth of a usual test set's items: two cases in a hundred."),
    "macro_accuracy": DefaultMargin(0.02, "As case_accuracy: two cases in a hundred, of the average function."),
    "macro_recall": DefaultMargin(0.02, "As macro_accuracy, of the cases of one label."),
    "score_sense": DefaultMargin(
        0.02, "A probability: an identity may shift it by two points more than with the teacher.", direction="target"
    ),
    "score_dev": DefaultMargin(
        0.01,
        "A probability: half of score_range's, since values spread evenly deviate by less than half their range.",
        direction="lower",
    ),
    "score_range": DefaultMargin(
        0.02, "A probability: between two identities scores may differ by two points more.", direction="lower"
    ),
    "swap_flips": DefaultMargin(0.01, "As accuracy: one template in a hundred.", direction="lower"),
    "swap_auc": DefaultMargin(0.01, "As auc: one pair of a positive and a negative in a hundred changes order."),
    "variant_accuracy": DefaultMargin(0.01, "As accuracy: one text in a hundred."),
    "flip_rate": DefaultMargin(0.01, "As accuracy: one partner in a hundred.", direction="lower"),
    "pair_accuracy": DefaultMargin(0.01, "As accuracy: one pair in a hundred."),
    "missed_changes": DefaultMargin(0.01, "As accuracy: one partner in a hundred.", direction="lower"),
    "one_word_flip_rate": DefaultMargin(0.01, "As accuracy: one text in a hundred.", direction="lower"),
    "subgroup_auc": DefaultMargin(
        0.02, "An identity has fewer items than the whole set: two pairs in a hundred, twice what auc may lose."
    ),
    "bpsn_auc": DefaultMargin(0.02, "As subgroup_auc: two pairs in a hundred."),
    "bnsp_auc": DefaultMargin(0.02, "As subgroup_auc: two pairs in a hundred."),
    "aeg_positive": DefaultMargin(
        0.02,
        "As subgroup_auc, of which it has the scale: two pairs in a hundred further from even.",
        direction="target",
    ),
    "aeg_negative": DefaultMargin(
        0.02, "As aeg_positive: two pairs in a hundred further from even.", direction="target"
    ),
    "mean_subgroup_auc": DefaultMargin(0.01, "As auc: a mean over identities rests on as many items as a whole set."),
    "mean_bpsn_auc": DefaultMargin(0.01, "As mean_subgroup_auc."),
    "mean_bnsp_auc": DefaultMargin(0.01, "As mean_subgroup_auc."),
    "power_mean_subgroup_auc": DefaultMargin(0.02, "As subgroup_auc: the worst identities decide it."),
    "power_mean_bpsn_auc": DefaultMargin(0.02, "As bpsn_auc: the worst identities decide it."),
    "power_mean_bnsp_auc": DefaultMargin(0.02, "As bnsp_auc: the worst identities decide it."),
    "final_bias_score": DefaultMargin(
        0.01, "As auc, a quarter of which it is: three quarters are generalised means of AUCs."
    ),
    "latency_p50_ms": _slower("A logarithm: 5% slower, which is what one machine's runs differ by from day to day."),
    "latency_p99_ms": _slower("As latency_p50_ms: 5% slower."),
    "texts_per_second": _slower("As latency_p50_ms: 5% fewer texts.", "higher"),
}


def default_margin(metric: str) -> DefaultMargin:
    """Return the margin of a metric.

    Raises:
        InputError: if no audit judges this metric.
    """
    if metric not in DEFAULT_MARGINS:
        raise InputError(unknown_name("metric with a margin", metric, DEFAULT_MARGINS))
    return DEFAULT_MARGINS[metric]


def check_margin(metric: str, margin: float) -> None:
    """Refuse a margin that says nothing: negative, no number, or so large that all may be lost.

    Raises:
        InputError: if no audit judges the metric, or the margin is not in [0, limit).
    """
    if metric not in DEFAULT_MARGINS:
        raise InputError(unknown_name("metric", metric, DEFAULT_MARGINS))
    limit = DEFAULT_MARGINS[metric].limit
    if not 0 <= margin < limit:
        advice = "Write 0.01 for one point." if limit == 1 else "Give a number such as 0.01."
        raise InputError(
            f"The margin of {metric} says how much worse is still acceptable: at least 0 and less than {limit:,.0f}, "
            f"so it cannot be {margin}. {advice}"
        )
