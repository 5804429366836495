"""The metrics that are means over items: what one member contributes to each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Vector
from angelshare.core.estimate import Direction
from angelshare.core.predictions import Predictions
from angelshare.core.task import Task


@dataclass(frozen=True, slots=True)
class ItemMetric:
    """A metric that is a mean over items.

    Attributes:
        name, direction: of the metric. per_item: a member's (n,) contributions.
        share: contributions are 0 or 1, so that proportions are compared.
    """

    name: str
    direction: Direction
    per_item: Callable[[Predictions], Vector]
    share: bool


def truth_of(member: Predictions) -> Array:
    """Return the labels of a member that is known to have some."""
    assert member.truth is not None
    return member.truth


def correct(member: Predictions) -> Vector:
    """Return 1 where the decision is the true label."""
    return np.asarray(member.decisions() == truth_of(member), dtype=np.float64)


def _exact(member: Predictions) -> Vector:
    """Return 1 where all labels of a multi-label item are right."""
    return np.asarray((member.label_decisions() == (truth_of(member) == 1)).all(axis=1), dtype=np.float64)


def _squared_error(member: Predictions) -> Vector:
    """Return (value - truth)^2."""
    return np.asarray((member.values[:, 0].astype(np.float64) - truth_of(member)) ** 2)


METRICS: dict[Task, ItemMetric] = {
    "binary": ItemMetric("accuracy", "higher", correct, share=True),
    "single_label": ItemMetric("accuracy", "higher", correct, share=True),
    "multi_label": ItemMetric("exact_match", "higher", _exact, share=True),
    "regression": ItemMetric("mse", "lower", _squared_error, share=False),
}
