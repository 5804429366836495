"""How much worse is still acceptable, where the user does not say."""

from collections.abc import Mapping
from dataclasses import dataclass

from angelshare.core.errors import InputError
from angelshare.core.registry import unknown_name


@dataclass(frozen=True, slots=True)
class DefaultMargin:
    """A margin and why it is this one.

    Attributes:
        limit: margins reach up to here, exclusively: of shares and AUC all could be lost within a margin of 1.
    """

    value: float
    reason: str
    limit: float = 1.0


DEFAULT_MARGINS: Mapping[str, DefaultMargin] = {
    "accuracy": DefaultMargin(
        0.01, "One text in a hundred: about the spread of a fine-tuned encoder over seeds, so less is seldom noticed."
    ),
    "exact_match": DefaultMargin(0.01, "As accuracy: one text in a hundred."),
    "auc": DefaultMargin(
        0.01, "One pair of a positive and a negative in a hundred changes order; as strict as accuracy's margin."
    ),
    "mse": DefaultMargin(
        0.0,
        "Its scale is that of the target squared, which no default can know: any loss counts until a margin is given.",
        limit=1e6,
    ),
}


def default_margin(metric: str) -> DefaultMargin:
    """Return the margin of a metric.

    Raises:
        InputError: if no audit judges this metric.
    """
    if metric not in DEFAULT_MARGINS:
        raise InputError(unknown_name("metric with a margin", metric, DEFAULT_MARGINS))
    return DEFAULT_MARGINS[metric]
