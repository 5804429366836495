"""One model's answers on the items of a text set."""

from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.core.errors import InputError, LabelError
from angelshare.core.task import Outputs, Task

ITEMS_AND_OUTPUTS = 2
"""Dimensions of a member's values."""
MIN_DISTINCT = 20
"""Distinct scores from which two models that agree on all items are copies."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """One model's class scores, decisions or values on the items of one text set.

    Attributes:
        name: the member, such as `mlp/0`.
        task: declared, never guessed.
        labels: one name per class, in column order; ("value",) for regression.
        outputs: the kind of the values.
        values: (n, outputs) as given: one column per label, or one column for `score` and `values`.
        threshold: of a binary `score`: the least one of a positive decision; None: ranking only.
        seed: of the member.
        fingerprint: of the model, "" where unknown (files of predictions).
        parent_fingerprint: of its teacher, where declared.
    """

    name: str
    task: Task
    labels: tuple[str, ...]
    outputs: Outputs
    values: Scores
    threshold: float | None = None
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None

    def __post_init__(self) -> None:
        """Refuse what statistics must never see: no items, numbers that are not finite, wrong shapes."""
        if len(self.values) == 0:
            raise InputError(f"{self.name} has no items. Give at least one.")
        if self.values.ndim != ITEMS_AND_OUTPUTS:
            raise InputError(f"{self.name} has values of shape {self.values.shape}: give one row for every item.")
        finite = np.isfinite(self.values).all(axis=1)
        if not finite.all():
            row = int(np.argmin(finite))
            raise InputError(
                f"{self.name} has {int((~finite).sum())} items with a NaN or infinite output, the first in row "
                f"{row + 1}: {self.values[row].tolist()}. Score these texts again, or drop them for every model."
            )
        width = 1 if self.outputs in ("score", "values") else len(self.labels)
        if self.values.shape[1] != width:
            raise LabelError(
                f"{self.name} has {self.values.shape[1]} output columns, its labels {list(self.labels)} need {width}. "
                "Give one column for every label."
            )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.values)

    def take(self, index: Array) -> "Predictions":
        """Return the answers at these positions (or under this mask), in this order."""
        return replace(self, values=self.values[index])

    @property
    def has_decisions(self) -> bool:
        """Whether there are hard labels: a ranking score without threshold has none."""
        return self.outputs not in ("score", "values") or self.threshold is not None

    @property
    def has_scores(self) -> bool:
        """Whether items can be ranked: hard decisions cannot."""
        return self.outputs != "decisions"

    def n_distinct(self) -> int:
        """Return the number of distinct scores: few say no more than decisions do."""
        return max(len(np.unique(column)) for column in self.values.T)

    def same_answers(self, other: "Predictions") -> bool:
        """Return whether both are one model, as far as the numbers tell.

        Equal decisions alone do not make models equal, nor do scores that say no more than decisions, of few distinct
        values; equal fingerprints do.
        """
        same_meaning = self.outputs == other.outputs and self.threshold == other.threshold
        if not (same_meaning and np.array_equal(self.values, other.values)):
            return False
        if self.fingerprint != "" and self.fingerprint == other.fingerprint:
            return True
        return self.has_scores and self.n_distinct() >= min(MIN_DISTINCT, len(self))

    def decisions(self) -> Labels:
        """Return the predicted class index (n,), for binary and single_label tasks; the first of equal scores wins.

        Raises:
            InputError: if the values are a bare ranking score, or the task has no single label.
        """
        if self.task not in ("binary", "single_label") or not self.has_decisions:
            msg = (
                f"{self.name} holds {self.outputs} for a {self.task} task, which do not decide for one label. "
                "Give a threshold, or a label column."
            )
            raise InputError(msg)
        if self.outputs == "score":
            return np.asarray(self.values[:, 0] >= self.threshold, dtype=np.int64)
        return np.asarray(np.argmax(self.values, axis=1), dtype=np.int64)

    def label_decisions(self) -> Mask:
        """Return (n, labels) decisions of a multi-label task: logit >= 0, or probability >= 1/2."""
        cut = 0.0 if self.outputs == "logits" else 0.5
        return np.asarray(self.values >= cut, dtype=np.bool_)

    def ranking(self, label: int = 1) -> Vector:
        """Return the float64 score that ranks items by one label: the logit margin for binary logits, else the column.

        Binary logits are ranked by z1 - z0 in float64, never by a float32 softmax, whose saturation makes ties.
        """
        values = self.values.astype(np.float64)
        if self.outputs == "score":
            return values[:, 0]
        if self.task == "binary" and self.outputs == "logits":
            margin = values[:, 1] - values[:, 0]
            return margin if label == 1 else -margin
        if self.task == "single_label" and self.outputs == "logits":
            # log-odds of the softmax probability: monotone in it, and does not saturate
            others = np.delete(values, label, axis=1)
            return np.asarray(values[:, label] - _log_sum_exp(others)[:, 0])
        return np.asarray(values[:, label])

    def log_probabilities(self) -> Scores:
        """Return (n, labels) natural logarithms of the class probabilities (single-label tasks).

        Raises:
            InputError: if the values are neither logits nor probabilities.
        """
        values = self.values.astype(np.float64)
        if self.outputs == "logits":
            return np.asarray(values - _log_sum_exp(values))
        if self.outputs == "probabilities":
            with np.errstate(divide="ignore"):
                return np.asarray(np.log(values / values.sum(axis=1, keepdims=True)))
        msg = f"{self.name} holds {self.outputs}, which give no probabilities."
        raise InputError(msg)


def _log_sum_exp(values: Scores) -> Scores:
    """Return (n, 1) log sum exp over the columns, without overflow; ten times as fast as `np.logaddexp.reduce`."""
    highest = values.max(axis=1, keepdims=True)
    return np.asarray(highest + np.log(np.exp(values - highest).sum(axis=1, keepdims=True)))
