"""Declarations of a Parquet file of predictions, beside its columns."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.task import TASKS, Task
from angelshare.data.predictions.writing import METADATA
from angelshare.data.tables.file_kinds import file_kind
from angelshare.data.tables.reading import UNWRITABLE

_REMEDY = "Write the file with `write_predictions`, or leave this key out."


@dataclass(frozen=True, slots=True)
class Declared:
    """What the metadata declare; everything else is empty."""

    task: Task | None = None
    labels: tuple[str, ...] = ()
    fingerprint: str = ""
    parent_fingerprint: str | None = None
    threshold: float | None = None


def read_declared(path: Path) -> Declared:
    """Return what the metadata declare; nothing for CSV and JSON lines. Other tools' metadata are ignored.

    Raises:
        InputError: for a key or value of ours that is not UTF-8, an unknown task, labels that are no JSON list of
            distinct names, or a threshold that is no finite number.
    """
    metadata = own_metadata(path)
    task = metadata.get("task")
    if task is not None and task not in TASKS:
        raise InputError(f"{path}: the metadata name the task {task!r}. {unknown_name('task', task, TASKS)}")
    return Declared(
        task=task,
        labels=_labels(metadata["labels"], path) if "labels" in metadata else (),
        fingerprint=metadata.get("fingerprint", ""),
        parent_fingerprint=metadata.get("parent_fingerprint"),
        threshold=_threshold(metadata["threshold"], path) if "threshold" in metadata else None,
    )


def own_metadata(path: Path) -> dict[str, str]:
    """Return the keys under our prefix, without it, and their values; nothing for CSV and JSON lines.

    Raises:
        InputError: for a key or value of ours that is not UTF-8.
    """
    if file_kind(path) != "parquet":
        return {}
    ours = {}
    for key, value in (pq.read_schema(path).metadata or {}).items():
        if key.startswith(METADATA.encode()):
            try:
                ours[key.decode().removeprefix(METADATA)] = value.decode()
            except UnicodeDecodeError as error:
                msg = f"{path}: the metadata {key!r}: {value[:60]!r} are not UTF-8 ({error.reason}). {_REMEDY}"
                raise InputError(msg) from error
    return ours


def _labels(written: str, path: Path) -> tuple[str, ...]:
    """Return the labels from a JSON list of distinct names."""
    wrong = f"{path}: the metadata {METADATA}labels are {written[:60]!r}, not a JSON list of distinct names. {_REMEDY}"
    try:
        labels = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InputError(wrong) from error
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.strip() for label in labels):
        raise InputError(wrong)
    if len(set(labels)) != len(labels) or any(UNWRITABLE.search(label) for label in labels):
        raise InputError(wrong)
    return tuple(labels)


def _threshold(written: str, path: Path) -> float:
    """Return the threshold as a finite number."""
    wrong = f"{path}: the metadata {METADATA}threshold is {written[:60]!r}, not a finite number. {_REMEDY}"
    try:
        threshold = float(written)
    except ValueError as error:
        raise InputError(wrong) from error
    if not np.isfinite(threshold):
        raise InputError(wrong)
    return threshold
