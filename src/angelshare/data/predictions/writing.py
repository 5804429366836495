"""Predictions as a file that can be read again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from angelshare.core.arrays import Array
from angelshare.core.atomic import whole_file
from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED, Items
from angelshare.core.panel import Member
from angelshare.core.predictions import Predictions
from angelshare.core.task import Outputs
from angelshare.core.text import as_utf8, text_key

Column = Array | Sequence[object]
METADATA = "angelshare."
"""Prefix of the keys in Parquet metadata: task, labels, fingerprints, threshold."""


def write_predictions(
    items: Items, predictions: Predictions, path: str | Path, *, texts: Sequence[str] | None = None
) -> None:
    """Write a Parquet file that `read_predictions` reads back without further arguments.

    This is how other software hands its models' outputs to `angelshare audit`, which itself only reads such files.
    Probabilities that are all 0 or 1 are read back as the decisions that they are.

    The file is there whole or not at all. Half surrogate pairs, which UTF-8 has no place for, become
    "?" in the column `text`; the column `text_key` still is the true texts'.

    Raises:
        InputError: if the path is not `.parquet`, or there are more or fewer answers or texts than items.
    """
    if texts is not None and len(texts) != len(predictions):
        raise InputError(
            f"{predictions.name} has {len(predictions)} items and {len(texts)} texts. Give one for every item."
        )
    answers = _output_columns(predictions) | _truth_columns(items, predictions)
    write_member(path, items, predictions, answers, _metadata(predictions), texts=texts)


def write_member(
    path: str | Path,
    items: Items,
    member: Member,
    answers: Mapping[str, Column],
    metadata: Mapping[str, str | None],
    *,
    texts: Sequence[str] | None = None,
) -> None:
    """Write one member's answers with what is known of the items, as Parquet; whole or not at all.

    Args:
        path: of the file.
        items: what was answered.
        member: whose seed and fingerprints are written.
        answers: columns.
        metadata: what the columns cannot say; without what is None or empty.
        texts: of the items, where they are to be written.

    Raises:
        InputError: if the path is not `.parquet`, or there are more or fewer answers than items.
    """
    path = Path(path)
    if path.suffix.lower() != ".parquet":
        raise InputError(
            f"{path}: answers of models are written as Parquet, which keeps what they are. Call it {path.stem}.parquet."
        )
    if len(items) != len(member):
        raise InputError(f"{member.name} has {len(items)} items and {len(member)} answers. Give one for every item.")
    said = dict(metadata) | {"fingerprint": member.fingerprint, "parent_fingerprint": member.parent_fingerprint}
    table = pa.table({"id": items.ids.tolist(), **answers, **_item_columns(items, member.seed, texts)})
    kept = {METADATA + key: value for key, value in said.items() if value}
    with whole_file(path) as file:
        pq.write_table(table.replace_schema_metadata(kept), file, compression="zstd")


def _item_columns(items: Items, seed: int | None, texts: Sequence[str] | None) -> dict[str, Column]:
    """Return what is known of the items, in order."""
    columns: dict[str, Column] = {f"slice:{name}": mask.astype(np.int8) for name, mask in items.slices.items()}
    columns |= {name: values.tolist() for name, values in items.columns.items()}
    if items.clusters is not None:
        columns["cluster"] = items.clusters
    if items.weights is not None:
        columns["weight"] = items.weights
    if seed is not None:
        columns["seed"] = np.full(len(items), seed, dtype=np.int64)
    if texts is not None:
        columns["text"] = [as_utf8(text) for text in texts]
    keys = items.keys
    if keys is None and texts is not None:
        keys = np.array([text_key(text) for text in texts])
    if keys is not None:
        columns["text_key"] = keys.tolist()
    return columns


def _output_columns(predictions: Predictions) -> dict[str, Column]:
    """Return the columns of the model's outputs."""
    single: Mapping[Outputs, str] = {"score": "score", "values": "value"}
    if predictions.outputs in single:
        return {single[predictions.outputs]: predictions.values[:, 0]}
    if predictions.outputs == "decisions" and predictions.task != "multi_label":
        return {"label": [predictions.labels[i] for i in predictions.decisions()]}
    prefix = {"logits": "logit", "probabilities": "probability", "decisions": "label"}[predictions.outputs]
    return {f"{prefix}:{label}": predictions.values[:, i] for i, label in enumerate(predictions.labels)}


def _truth_columns(items: Items, predictions: Predictions) -> dict[str, Column]:
    """Return the columns of human labels, blank where unlabelled."""
    truth = items.truth
    if truth is None:
        return {}
    if predictions.task == "multi_label":
        return {f"truth:{label}": _nan_as_none(truth[:, i]) for i, label in enumerate(predictions.labels)}
    if predictions.task == "regression":
        return {"truth": _nan_as_none(truth)}
    return {"truth": [None if index == UNLABELLED else predictions.labels[index] for index in truth]}


def _nan_as_none(values: Array) -> Array:
    """Return the values for Parquet, missing where nan."""
    return cast("Array", pa.array(values, from_pandas=True))  # pyarrow takes its own arrays as columns


def _metadata(predictions: Predictions) -> dict[str, str | None]:
    """Return what the columns cannot hold."""
    return {
        "task": predictions.task,
        "labels": json.dumps(predictions.labels),
        "threshold": None if predictions.threshold is None else repr(predictions.threshold),
    }
