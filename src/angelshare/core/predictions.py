"""What models said about the same items: predictions, populations of seeds, and who is compared with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.core.errors import InputError, LabelError
from angelshare.core.task import Outputs, Task

UNLABELLED = -1
ITEM_COLUMNS = ("functionality", "template", "target", "identity", "pair", "variant")
"""The house's names for what suites say about their items: kept, as text, wherever they are."""
MIN_DISTINCT = 20
"""Distinct scores from which two models that agree on all of them are one."""
IDENTITIES = ("mentions_*", "identity*")
"""Names of slices that are identities, where the user names none."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """One model's outputs on one text set.

    Attributes:
        name: the member, such as `mlp/0`.
        task: declared, never guessed.
        labels: one name per class, in column order; ("value",) for regression.
        outputs: what the numbers are.
        ids: (n,) text.
        values: (n, outputs) as given: one column per label, or one column for `score` and `values`.
        truth: None, or: binary and single_label (n,) class index, -1 where unlabelled; multi_label (n, labels) 0, 1 or
            nan; regression (n,) float, nan where unlabelled.
        threshold: binary `score` only: at or above it the decision is positive; None: ranking only.
        slices: name -> (n,) mask.
        clusters: (n,) integer codes of items that are not independent, or None.
        weights: (n,) how many items of the population each stands for, or None: all alike. Finite, not negative, and
            not all 0.
        seed: of the member.
        fingerprint: of the model, "" where it is not known (files of predictions).
        parent_fingerprint: of the teacher it was distilled from, where declared.
        text_keys: (n,) content keys of the texts, where known.
        columns: name -> (n,) texts, "" where missing: what the data say about the items under `ITEM_COLUMNS`.
    """

    name: str
    task: Task
    labels: tuple[str, ...]
    outputs: Outputs
    ids: Array
    values: Scores
    truth: Array | None = None
    threshold: float | None = None
    slices: Mapping[str, Mask] = field(default_factory=dict)
    clusters: Labels | None = None
    weights: Vector | None = None
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None
    text_keys: Array | None = None
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no statistic may ever see: numbers that are not finite, repeated ids, wrong shapes."""
        _check_items(self.name, self.ids, self.values)
        _check_weights(self.name, self.ids, self.weights)
        width = 1 if self.outputs in ("score", "values") else len(self.labels)
        if self.values.shape[1] != width:
            msg = (
                f"{self.name} has {self.values.shape[1]} output columns, its labels {list(self.labels)} need {width}. "
                "Give one column for every label."
            )
            raise LabelError(msg)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def take(self, index: Array) -> "Predictions":
        """Return the items at these positions (or under this mask), in this order."""
        return replace(
            self,
            ids=self.ids[index],
            values=self.values[index],
            truth=None if self.truth is None else self.truth[index],
            slices={name: mask[index] for name, mask in self.slices.items()},
            clusters=None if self.clusters is None else self.clusters[index],
            weights=None if self.weights is None else self.weights[index],
            text_keys=None if self.text_keys is None else self.text_keys[index],
            columns={name: values[index] for name, values in self.columns.items()},
        )

    @property
    def has_decisions(self) -> bool:
        """Whether a hard label can be read off (a bare ranking score without threshold has none)."""
        return self.outputs not in ("score", "values") or self.threshold is not None

    @property
    def has_scores(self) -> bool:
        """Whether items can be ranked: hard decisions cannot."""
        return self.outputs != "decisions"

    def n_distinct(self) -> int:
        """Return how many distinct scores there are: few say no more than decisions do."""
        return max(len(np.unique(column)) for column in self.values.T)

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
        msg = f"{self.name} holds {self.outputs}: probabilities are not known from them."
        raise InputError(msg)


def _log_sum_exp(values: Scores) -> Scores:
    """Return (n, 1) log sum exp over the columns, without overflow; ten times as fast as `np.logaddexp.reduce`."""
    highest = values.max(axis=1, keepdims=True)
    return np.asarray(highest + np.log(np.exp(values - highest).sum(axis=1, keepdims=True)))


def _check_items(name: str, ids: Array, values: Array) -> None:
    """Check one member's ids and values."""
    if values.ndim != 2 or len(ids) != len(values):  # noqa: PLR2004  (items and outputs)
        msg = f"{name} has {len(ids)} ids and values of shape {values.shape}: give one row of outputs for every id."
        raise InputError(msg)
    if len(ids) == 0:
        msg = f"{name} has no items. Give at least one."
        raise InputError(msg)
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        msg = (
            f"{name} has {int((~finite).sum())} items with a NaN or infinite output, the first under id "
            f"{str(ids[row])!r}: {values[row].tolist()}. Score these texts again, or drop them for every model."
        )
        raise InputError(msg)
    rising = bool((ids[1:] > ids[:-1]).all())
    if not rising and len(set(ids.tolist())) != len(ids):
        distinct, counts = np.unique(ids, return_counts=True)
        repeated = distinct[counts > 1]
        msg = (
            f"{name} repeats {len(repeated)} ids, the first {str(repeated[0])!r}, {counts.max()} times at most. "
            "Give every item an id of its own."
        )
        raise InputError(msg)


def _check_weights(name: str, ids: Array, weights: Vector | None) -> None:
    """Check that every weight can be one: finite, not negative, and that some item counts at all."""
    if weights is None:
        return
    bad = ~np.isfinite(weights) | (weights < 0)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(
            f"{name} has {int(bad.sum())} weights that are negative or no number, the first under id "
            f"{str(ids[row])!r}: {weights[row]}. A weight says how many items one stands for: give 0 or more."
        )
    if len(weights) and not weights.any():
        raise InputError(
            f"All weights of {name} are 0, so that no item counts. Leave the weights out, or correct them."
        )


def n_labelled(truth: Array | None) -> int:
    """Return how many items carry a human label."""
    return 0 if truth is None else int(labelled(truth).sum())


def labelled(truth: Array) -> Mask:
    """Return the mask of the items that carry a human label (of multi-label items: every label)."""
    known = ~np.isnan(truth) if truth.dtype.kind == "f" else truth != UNLABELLED
    return np.asarray(known if known.ndim == 1 else known.all(axis=1))


def any_label(truth: Array) -> Mask:
    """Return the mask of the items of which anything is known (of multi-label items: any label)."""
    if truth.dtype.kind == "f":
        return np.asarray(~np.isnan(truth.reshape(len(truth), -1)).all(axis=1))
    return np.asarray(truth != UNLABELLED)


def label_indices(names: Sequence[str], labels: Sequence[str], *, where: str) -> Labels:
    """Return the class index of every label name.

    Raises:
        LabelError: if a name is not among the labels; it is named with its row.
    """
    index = {label: i for i, label in enumerate(labels)}
    unknown = [(row, name) for row, name in enumerate(names) if name not in index]
    if unknown:
        row, name = unknown[0]
        msg = f"{where}, row {row + 1}: the label {name!r} is none of {list(labels)} ({len(unknown)} such rows)."
        raise LabelError(msg)
    return np.array([index[name] for name in names], dtype=np.int64)
