"""Where answers come from: tables, logs of evaluation, and memory; all become one kind of table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.items import ITEM_COLUMNS
from angelshare.core.task import TASKS, Task
from angelshare.data.predictions.at_hand import AnswersAtHand
from angelshare.data.predictions.harness_logs import read_harness_log
from angelshare.data.predictions.inspect_logs import read_inspect_log
from angelshare.data.predictions.judged_answers import JUDGED, Log
from angelshare.data.predictions.metadata import Declared, read_declared
from angelshare.data.tables.columns import read_ids, read_texts
from angelshare.data.tables.file_kinds import FileKind, file_kind
from angelshare.data.tables.reading import read_table

Source = str | Path | AnswersAtHand


@dataclass(frozen=True, slots=True)
class Answers:
    """A file as read, with its declared task; the threshold is that of its column `score`."""

    frame: pd.DataFrame
    where: str
    task: Task
    said: Declared
    threshold: float | None


def open_source(
    source: Source,
    columns: Mapping[str, str] | None,
    task: Task | None,
    threshold: float | None,
    *,
    labels: Sequence[str] | None = None,
    ids: Array | None = None,
) -> Answers:
    """Return a source as read, with its task; `labels` and `ids` are for answers in memory.

    Raises:
        InputError: if it cannot be read, has no rows, or names no task or another.
    """
    if threshold is not None and not (isinstance(threshold, int | float | np.number) and np.isfinite(threshold)):
        raise InputError(f"{source}: the threshold {threshold} is not finite. Give a number on the score's own scale.")
    frame, said = _opened(source, columns or {}, threshold)
    if not len(frame):
        raise InputError(f"{source} has no rows. Give at least one item.")
    if task is not None and task not in TASKS:
        raise InputError(unknown_name("task", str(task), TASKS))
    if task is not None and said.task not in (None, task):
        raise InputError(
            f"{source} says that it answers a {said.task} task, but {task} was declared. Leave the task out."
        )
    declared = task or said.task
    if declared is None:
        msg = f"{source} does not say which task it answers. Declare it: --task {'|'.join(TASKS)}."
        raise InputError(msg)
    if isinstance(source, AnswersAtHand):
        frame = source.under(frame, None if declared == "regression" else labels, ids)
    # the threshold on a log's grades has made decisions of them already
    kept = None if "label" in frame.columns and said is JUDGED else threshold
    return Answers(frame, str(source), declared, said, said.threshold if kept is None else kept)


def _opened(source: Source, columns: Mapping[str, str], threshold: float | None) -> tuple[pd.DataFrame, Declared]:
    """Return a source's columns under the house's names, and what it declares."""
    if isinstance(source, AnswersAtHand):
        return source.table.read(), Declared()
    path = Path(source)
    kind = file_kind(path)
    if kind in _LOGS:
        log = _LOGS[kind](path, columns=columns, threshold=threshold)
        # a log's own `target` is the right answer, not whom a text is about
        taken = [name for name in ITEM_COLUMNS if name in log.frame.columns and name not in columns]
        return log.frame.drop(columns=taken), log.declared
    return read_table(path, columns=columns), read_declared(path) if kind == "parquet" else Declared()


def read_prediction_texts(
    source: Source, *, columns: Mapping[str, str] | None = None, threshold: float | None = None
) -> Mapping[str, str] | None:
    """Return id -> text of a file of predictions, or of answers in memory; None if there are no texts."""
    if isinstance(source, AnswersAtHand):
        frame = source.with_ids(source.table.read())
    elif file_kind(Path(source)) in _LOGS:
        frame, _ = _opened(source, columns or {}, threshold)
    else:
        frame = read_table(source, columns=columns, only=("id", "text"))
    if "text" not in frame.columns:
        return None
    first = ~frame["id"].duplicated() if "id" in frame.columns else slice(None)
    frame = frame[first].reset_index(drop=True)
    ids = read_ids(frame, "id", path=str(source)).tolist()
    return dict(zip(ids, read_texts(frame, "text", path=str(source)), strict=True))


_LOGS: Mapping[FileKind, Callable[..., Log]] = {"harness log": read_harness_log, "inspect log": read_inspect_log}
