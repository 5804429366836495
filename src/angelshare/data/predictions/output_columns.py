"""The columns with a model's outputs in a file of predictions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Scores, Vector
from angelshare.core.errors import InputError, LabelError
from angelshare.core.items import label_indices
from angelshare.core.task import N_BINARY, Outputs, Task
from angelshare.data.tables.columns import read_codes, read_names, read_numbers
from angelshare.data.texts.labelling import read_flags

SUM_TOLERANCE = 1e-3
"""The largest distance of an item's summed probabilities from 1."""

SMALLEST = 1e-12
"""The value to which probabilities of 0 are raised on request."""

_PREFIXES: dict[str, Outputs] = {"logit:": "logits", "probability:": "probabilities"}


@dataclass(frozen=True, slots=True)
class OutputColumns:
    """A model's outputs: values (n, labels), or (n, 1) for `score` and `values`."""

    kind: Outputs
    labels: tuple[str, ...]
    values: Scores
    threshold: float | None = None


def read_outputs(
    frame: pd.DataFrame,
    *,
    task: Task,
    where: str,
    ids: Array,
    labels: Sequence[str] | None = None,
    written: Sequence[str] = (),
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
) -> OutputColumns:
    """Return the outputs; arguments as in `read_predictions`, and `written`: the labels in the metadata.

    Raises:
        InputError: if there are no outputs, several kinds, or values that are none.
        LabelError: if the labels do not fit the task or are not those declared, or `positive` is none of them.
    """
    if task == "regression":
        return OutputColumns("values", ("value",), _numbers(frame, ["value"], where, ids))
    _check_declared(labels or (), written, where)
    prefixes = [prefix for prefix in _PREFIXES if any(str(name).startswith(prefix) for name in frame.columns)]
    if len(prefixes) > 1:
        raise InputError(f"{where} has columns of both {prefixes[0]}LABEL and {prefixes[1]}LABEL. Keep one kind.")
    if threshold is not None and (prefixes or "score" not in frame.columns):
        raise InputError(f"{where} has no score for the threshold {threshold:g}. Leave the threshold out.")
    if prefixes:
        outputs = _decided(_class_scores(frame, prefixes[0], task, where, ids))
        outputs = _clipped(outputs, task) if clip else outputs
    elif task == "multi_label":
        outputs = _label_flags(frame, where)
    elif "score" in frame.columns:
        ranked = positive or next(iter(written[1:]), None)
        return _score(frame, task, where, ids, labels=labels or written, positive=ranked, threshold=threshold)
    elif "label" in frame.columns:
        outputs = _decisions(frame, task, where, labels or written)
    else:
        _refuse_without_outputs(frame, task, where)
    return _with_positive(_in_order(outputs, tuple(labels or ()), where), positive, task, where)


def _check_declared(labels: Sequence[str], written: Sequence[str], where: str) -> None:
    """Refuse declared labels that repeat a name, or differ from those of the file's metadata."""
    if len(set(labels)) != len(labels):
        raise LabelError(f"The declared labels {list(labels)} repeat a name. Name every class once.")
    if labels and written and sorted(labels) != sorted(written):
        raise LabelError(_other_labels(written, labels, where))


def _other_labels(present: Sequence[str], declared: Sequence[str], where: str) -> str:
    """Return the message about labels other than the declared ones."""
    return (
        f"{where} has the labels {list(present)}, and {list(declared)} are declared. "
        "Rename or map the columns, or declare these labels."
    )


def _class_scores(frame: pd.DataFrame, prefix: str, task: Task, where: str, ids: Array) -> OutputColumns:
    """Return the columns `logit:LABEL` or `probability:LABEL`, in the file's order."""
    names = [str(name) for name in frame.columns if str(name).startswith(prefix)]
    labels = tuple(name.removeprefix(prefix) for name in names)
    _refuse_nameless(labels, prefix, where)
    _check_labels(labels, task, where)
    values = _numbers(frame, names, where, ids)
    if prefix == "probability:":
        _check_probabilities(values, names, task, where, ids)
    return OutputColumns(_PREFIXES[prefix], labels, values)


def _refuse_nameless(labels: Sequence[str], prefix: str, where: str) -> None:
    """Refuse a column for a label without a name."""
    if not all(label.strip() for label in labels):
        raise LabelError(f"{where} has a column {prefix!r} that names no label. Call it {prefix}LABEL.")


def _check_labels(labels: tuple[str, ...], task: Task, where: str) -> None:
    """Refuse fewer labels than the task has."""
    if task == "binary" and len(labels) != N_BINARY:
        msg = f"{where}: a binary task has two labels, but there are columns for {len(labels)}: {list(labels)}."
        msg += " Give both, or `score`."
        raise LabelError(msg)
    if task == "single_label" and len(labels) < N_BINARY:
        raise LabelError(f"{where} has a column for one label only, {labels[0]!r}. Give one for every label.")


def _numbers(frame: pd.DataFrame, names: Sequence[str], where: str, ids: Array) -> Scores:
    """Return finite columns side by side, without blanks."""
    values = np.stack([read_numbers(frame, name, path=where, ids=ids) for name in names], axis=1)
    blank = np.isnan(values)
    if blank.any():
        row, j = (int(i) for i in np.argwhere(blank)[0])
        n_rows = int(blank.any(axis=1).sum())
        msg = (
            f"{where}, row {row + 1} (id {str(ids[row])!r}): the {names[j]} is blank (such rows: {n_rows}). "
            "Score these texts again, or drop these rows for every model."
        )
        raise InputError(msg)
    return values


def _check_probabilities(values: Scores, names: Sequence[str], task: Task, where: str, ids: Array) -> None:
    """Refuse values outside 0 to 1, and for single labels sums other than 1."""
    outside = (values < 0) | (values > 1)
    if outside.any():
        row, j = (int(i) for i in np.argwhere(outside)[0])
        msg = (
            f"{where}, row {row + 1} (id {str(ids[row])!r}): {names[j]} is {values[row, j]:g}, not a probability. "
            "Call the columns logit:LABEL if they are logits."
        )
        raise InputError(msg)
    sums = values.sum(axis=1)
    wrong = np.abs(sums - 1) > SUM_TOLERANCE
    if task != "multi_label" and wrong.any():
        row = int(np.argmax(wrong))
        msg = (
            f"{where}, row {row + 1} (id {str(ids[row])!r}): the probabilities sum to {sums[row]:.6g} "
            f"(such rows: {int(wrong.sum())}); 1 +- {SUM_TOLERANCE:g} is accepted. "
            "Give every class, or declare the task multi_label."
        )
        raise InputError(msg)


def _decided(outputs: OutputColumns) -> OutputColumns:
    """Return probabilities that are all 0 or 1 as decisions."""
    if outputs.kind != "probabilities" or not np.isin(outputs.values, (0, 1)).all():
        return outputs
    return replace(outputs, kind="decisions")


def _clipped(outputs: OutputColumns, task: Task) -> OutputColumns:
    """Return probabilities of at least 1e-12, of single labels also of at most 1 - 1e-12; logits as they are."""
    if outputs.kind != "probabilities":
        return outputs
    # where a label is by itself, the probability that it does not apply may be 0 too
    most = 1 - SMALLEST if task == "multi_label" else np.inf
    return replace(outputs, values=np.clip(outputs.values, SMALLEST, most))


def _label_flags(frame: pd.DataFrame, where: str) -> OutputColumns:
    """Return the columns `label:LABEL` of a multi-label task."""
    names = [str(name) for name in frame.columns if str(name).startswith("label:")]
    if not names:
        _refuse_without_outputs(frame, "multi_label", where)
    _refuse_nameless([name.removeprefix("label:") for name in names], "label:", where)
    values = np.stack([read_flags(frame, name, where=where) for name in names], axis=1)
    if np.isnan(values).any():
        row, j = (int(i) for i in np.argwhere(np.isnan(values))[0])
        raise InputError(f"{where}, row {row + 1}: {names[j]} is blank. Write 0 or 1.")
    return OutputColumns("decisions", tuple(name.removeprefix("label:") for name in names), values)


def _score(
    frame: pd.DataFrame,
    task: Task,
    where: str,
    ids: Array,
    *,
    labels: Sequence[str],
    positive: str | None,
    threshold: float | None,
) -> OutputColumns:
    """Return a ranking score, with the given threshold or that of a column `label`."""
    if task != "binary":
        raise InputError(
            f"{where} has one score, which answers a binary task, not {task}. Give a column for every label."
        )
    if positive is None:
        raise InputError(f"{where} has a score, but nothing says for which label. Name it: --positive LABEL.")
    used = set(labels) | _used(frame, "truth", where) | _used(frame, "label", where)
    others = sorted(used - {positive})
    if len(others) > 1:
        named = sorted(used | {positive})
        msg = f"{where}: a binary task has two labels, but there are {named}. Check --positive {positive!r}."
        raise LabelError(msg)
    both = (others[0] if others else f"not {positive}", positive)
    values = _numbers(frame, ["score"], where, ids)
    if threshold is None and "label" in frame.columns:
        threshold = _shown_threshold(values[:, 0], frame, both, where)
    return OutputColumns("score", both, values, threshold)


def _shown_threshold(scores: Vector, frame: pd.DataFrame, labels: tuple[str, str], where: str) -> float:
    """Return the threshold that the decisions in the column `label` follow."""
    decided = label_indices(read_names(frame, "label", path=where), labels, where=f"{where}, column label") == 1
    lowest = float(scores[decided].min()) if decided.any() else float(np.nextafter(scores.max(), np.inf))
    below = scores[~decided]
    if below.size and below.max() >= lowest:
        msg = (
            f"{where}: no threshold on `score` gives the column `label`: {labels[1]!r} is decided at {lowest:g} "
            f"and not at {float(below.max()):g}. Remove one of the columns."
        )
        raise InputError(msg)
    return lowest


def _decisions(frame: pd.DataFrame, task: Task, where: str, labels: Sequence[str]) -> OutputColumns:
    """Return hard labels as a column of 0 and 1 for each label: the known ones, else those in use, sorted."""
    decided = read_names(frame, "label", path=where)
    if "" in decided:
        raise InputError(f"{where}, row {decided.index('') + 1}: the label is blank. Every row needs a decision.")
    known = tuple(labels) or tuple(sorted(set(decided) | _used(frame, "truth", where)))
    if task == "binary" and len(known) != N_BINARY:
        said = "declared are" if labels else "`label` and `truth` show"
        msg = f"{where}: a binary task has two labels, {said} {list(known)[:10]}. Check the columns."
        raise LabelError(msg)
    indices = label_indices(decided, known, where=f"{where}, column label")
    return OutputColumns("decisions", known, np.eye(len(known))[indices])


def labels_in_use(frame: pd.DataFrame, where: str) -> tuple[str, ...]:
    """Return the labels in hard decisions and their truth; none where columns name the labels.

    All seeds of a file share them, even if one never decides for some label.
    """
    scored = "score" in frame.columns or any(str(name).startswith(tuple(_PREFIXES)) for name in frame.columns)
    if scored or "label" not in frame.columns:
        return ()
    return tuple(sorted(_used(frame, "label", where) | _used(frame, "truth", where)))


def _used(frame: pd.DataFrame, name: str, where: str) -> set[str]:
    """Return the labels that a column names."""
    return set(read_codes(frame, name, path=where).distinct) - {""} if name in frame.columns else set()


def _in_order(outputs: OutputColumns, labels: tuple[str, ...], where: str) -> OutputColumns:
    """Return the outputs in the order of the declared labels: their columns are named, so nothing is guessed."""
    if not labels or outputs.labels == labels:
        return outputs
    if sorted(outputs.labels) != sorted(labels):
        raise LabelError(_other_labels(outputs.labels, labels, where))
    order = [outputs.labels.index(label) for label in labels]
    return replace(outputs, labels=labels, values=outputs.values[:, order])


def _with_positive(outputs: OutputColumns, positive: str | None, task: Task, where: str) -> OutputColumns:
    """Return binary outputs with the positive label second."""
    if positive is None or task != "binary":
        return outputs
    if positive not in outputs.labels:
        raise LabelError(f"{where}: the positive label {positive!r} is none of {list(outputs.labels)}.")
    if outputs.labels[1] == positive:
        return outputs
    return replace(outputs, labels=outputs.labels[::-1], values=np.flip(outputs.values, axis=1))


def _refuse_without_outputs(frame: pd.DataFrame, task: Task, where: str) -> NoReturn:
    """Refuse a table without outputs; the expected columns are told."""
    if task == "multi_label":
        msg = f"{where} has no outputs: columns logit:LABEL, probability:LABEL or label:LABEL."
        raise InputError(f"{msg} It has: {', '.join(map(str, frame.columns))}. Map or add them.")
    wanted = "score or label" if task == "binary" else "label"
    msg = f"{where} has no outputs: columns logit:LABEL or probability:LABEL for every label, or {wanted}."
    raise InputError(f"{msg} It has: {', '.join(map(str, frame.columns))}. Map or add them.")
