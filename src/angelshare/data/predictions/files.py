"""Files of predictions: the contract between angelshare and whatever produced a model's outputs.

One row per item: `id`; then `logit:LABEL` or `probability:LABEL` for every class, or `score` (binary), or `label`
(`label:LABEL` for multi_label), or `value` (regression). Optional: `truth` (`truth:LABEL` for multi_label),
`slice:NAME`, `cluster`, `weight`, `seed`, `text` and `text_pair`, or their `text_key`, and what suites say about their
items: `functionality`, `template`, `target`, `identity`, `pair`, `variant`. Logs of lm-evaluation-harness
and inspect_ai are read as such files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from angelshare.core.alignment import Observed
from angelshare.core.arrays import Array
from angelshare.core.errors import InputError, LabelError
from angelshare.core.factories import unknown_name
from angelshare.core.items import ITEM_COLUMNS, UNLABELLED
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.task import TASKS, ModelRole, Task
from angelshare.data.predictions.harness_logs import read_harness_log
from angelshare.data.predictions.inspect_logs import read_inspect_log
from angelshare.data.predictions.judged_answers import JUDGED, Log
from angelshare.data.predictions.member_rows import read_items, read_seeds, rows_of_seed
from angelshare.data.predictions.metadata import Declared, read_declared
from angelshare.data.predictions.output_columns import OutputColumns, labels_in_use, read_outputs
from angelshare.data.predictions.stated_decisions import refuse_contradictions
from angelshare.data.predictions.writing import write_predictions
from angelshare.data.tables.columns import read_codes, read_ids, read_numbers, read_texts
from angelshare.data.tables.file_kinds import FileKind, file_kind
from angelshare.data.tables.reading import read_table
from angelshare.data.texts.labelling import read_flags
from angelshare.data.texts.truth import attach_truth

__all__ = ["attach_truth", "read_population", "read_prediction_texts", "read_predictions", "write_predictions"]


def read_predictions(
    path: str | Path,
    *,
    name: str,
    task: Task | None = None,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
    seed: int | None = None,
) -> Observed[Predictions]:
    """Return one member's predictions from a Parquet, CSV or JSON lines file, or from a log of evaluation.

    With them come the items, as the file has them.

    Probabilities that are all exactly 0 or 1 are hard decisions in another form and are read as such: what needs
    scores, such as AUC or KL, is then not measured.

    Args:
        path: of the file.
        name: of the member, such as `mlp/0`.
        task: declared here, in Parquet metadata or by a log, never guessed.
        labels: the classes, in index order. Columns named by label are put into this order; hard decisions keep all of
            them even if some occur nowhere in the file. None: the file's own. Not looked at for regression.
        columns: the house's name -> the file's. Of logs see `read_harness_log` and `read_inspect_log`.
        positive: the positive label of a binary task, which becomes `labels[1]`; needed for `score`.
        threshold: at or above it a `score` means the positive label, and a log's graded answer is right.
        clip: raise probabilities of 0 to 1e-12, so that KL and NLL can be measured.
        seed: of the member; else the file's column `seed`.

    Raises:
        InputError: for anything that cannot be measured, naming file, row, id and column.
        LabelError: for labels that do not fit the task, or are not the ones declared.
    """
    table = _read(path, columns, task, threshold)
    frame, chosen = rows_of_seed(table.frame, seed, where=table.where)
    table = replace(table, frame=frame)
    return _predictions(table, name=name, labels=labels, positive=positive, clip=clip, seed=chosen)


def read_population(
    paths: Sequence[str | Path],
    role: ModelRole,
    name: str,
    *,
    task: Task | None = None,
    labels: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
) -> Population[Observed[Predictions]]:
    """Return the members of one role: one file each, or one file with a column `seed`. Other arguments as above.

    Raises:
        InputError: as `read_predictions`, and for two members with one seed.
    """
    members: list[Observed[Predictions]] = []
    for position, path in enumerate(paths):
        table = _read(path, columns, task, threshold)
        seeds = np.array(read_seeds(table.frame, where=table.where), dtype=np.int64)
        if seeds.size and not (labels or table.said.labels):
            shown = labels_in_use(table.frame, table.where)
            table = replace(table, said=replace(table.said, labels=shown))
        for seed in np.unique(seeds).tolist() or [None]:
            rows = table if seed is None else replace(table, frame=table.frame[seeds == seed].reset_index(drop=True))
            member = f"{name}/{position if seed is None else seed}"
            chosen = position if seed is None else seed
            members.append(_predictions(rows, name=member, labels=labels, positive=positive, clip=clip, seed=chosen))
    names = [member.name for member in members]
    repeated = sorted({member for member in names if names.count(member) > 1})
    if repeated:
        msg = f"The files of {name} hold {repeated[0]!r} more than once. Give every member a seed of its own."
        raise InputError(msg)
    if not members:
        raise InputError(f"{name} has no file of predictions. Give at least one.")
    return Population(role, name, tuple(members))


def read_prediction_texts(
    path: str | Path, *, columns: Mapping[str, str] | None = None, threshold: float | None = None
) -> Mapping[str, str] | None:
    """Return id -> text of a file of predictions; None if it has no texts."""
    if file_kind(Path(path)) in _LOGS:
        frame, _ = _opened(Path(path), columns or {}, threshold)
    else:
        frame = read_table(path, columns=columns, only=("id", "text"))
    if "text" not in frame.columns:
        return None
    first = ~frame["id"].duplicated() if "id" in frame.columns else slice(None)
    frame = frame[first].reset_index(drop=True)
    ids = read_ids(frame, "id", path=path).tolist()
    return dict(zip(ids, read_texts(frame, "text", path=path), strict=True))


@dataclass(frozen=True, slots=True)
class _Table:
    """A file as read, with its declared task; the threshold is that of its column `score`."""

    frame: pd.DataFrame
    where: str
    task: Task
    said: Declared
    threshold: float | None


def _read(path: str | Path, columns: Mapping[str, str] | None, task: Task | None, threshold: float | None) -> _Table:
    """Read a file and settle its task."""
    frame, said = _opened(Path(path), columns or {}, threshold)
    if frame.empty:
        raise InputError(f"{path} has no rows. Give at least one item.")
    if task is not None and task not in TASKS:
        raise InputError(unknown_name("task", task, TASKS))
    if task is not None and said.task not in (None, task):
        raise InputError(
            f"{path} says that it answers a {said.task} task, and {task} was declared. Leave the task out."
        )
    declared = task or said.task
    if declared is None:
        msg = f"{path} does not say which task it answers. Declare it: --task {'|'.join(TASKS)}."
        raise InputError(msg)
    # the threshold on a log's grades has made decisions of them already
    kept = None if "label" in frame.columns and said is JUDGED else threshold
    return _Table(frame, str(path), declared, said, said.threshold if kept is None else kept)


def _opened(path: Path, columns: Mapping[str, str], threshold: float | None) -> tuple[pd.DataFrame, Declared]:
    """Return a file's columns under the house's names, and what it declares."""
    kind = file_kind(path)
    if kind in _LOGS:
        log = _LOGS[kind](path, columns=columns, threshold=threshold)
        # the `target` of a log is the right answer, not whom a text is about
        unmapped = [name for name in ITEM_COLUMNS if name in log.frame.columns and name not in columns]
        return log.frame.drop(columns=unmapped), log.declared
    return read_table(path, columns=columns), read_declared(path) if kind == "parquet" else Declared()


def _predictions(
    table: _Table,
    *,
    name: str,
    labels: Sequence[str] | None,
    positive: str | None,
    clip: bool,
    seed: int | None,
) -> Observed[Predictions]:
    """Return one member from its rows, and the items that they are about."""
    frame, where, task = table.frame, table.where, table.task
    ids = read_ids(frame, "id", path=where)
    outputs = read_outputs(
        frame,
        task=task,
        where=where,
        ids=ids,
        labels=labels,
        written=table.said.labels,
        positive=positive,
        threshold=table.threshold,
        clip=clip,
    )
    predictions = Predictions(
        name=name,
        task=task,
        labels=outputs.labels,
        outputs=outputs.kind,
        values=outputs.values,
        threshold=outputs.threshold,
        seed=seed,
        fingerprint=table.said.fingerprint,
        parent_fingerprint=table.said.parent_fingerprint,
    )
    items = read_items(frame, ids, source=name, where=where, truth=_truth(frame, task, outputs, where))
    refuse_contradictions(predictions, ids, frame, where=where)
    return Observed(items, predictions)


def _truth(frame: pd.DataFrame, task: Task, outputs: OutputColumns, where: str) -> Array | None:
    """Return the human labels of a file; None where it has none."""
    if task == "multi_label":
        names = [f"truth:{label}" for label in outputs.labels]
        present = [name for name in names if name in frame.columns]
        if present and present != names:
            raise InputError(f"{where} has {present} but not all of {names}. Give one column of truth for every label.")
        if "truth" in frame.columns and not present:
            msg = f"{where} has one column 'truth' for all labels, and a multi_label task needs {names}."
            raise InputError(f"{msg} Give truth:LABEL with 0 and 1 for every label, or leave 'truth' out.")
        return np.stack([read_flags(frame, name, where=where) for name in names], axis=1) if present else None
    if "truth" not in frame.columns:
        return None
    if task == "regression":
        return read_numbers(frame, "truth", path=where, gaps=True)
    named = read_codes(frame, "truth", path=where)
    index = {**{label: i for i, label in enumerate(outputs.labels)}, "": UNLABELLED}
    unknown = [name for name in named.distinct if name not in index]
    if unknown:
        n_rows = int(np.isin(named.codes, [named.distinct.index(name) for name in unknown]).sum())
        raise LabelError(
            f"{where}, column truth, row {named.row_of(unknown[0]) + 1}: the label {unknown[0]!r} is none of "
            f"{list(outputs.labels)} ({n_rows} such rows). Correct the column, or name all labels: --labels A,B,..."
        )
    return np.asarray(np.array([index[name] for name in named.distinct], dtype=np.int64)[named.codes])


_LOGS: Mapping[FileKind, Callable[..., Log]] = {"harness log": read_harness_log, "inspect log": read_inspect_log}
