"""Decisions that a file states beside the scores they should follow from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError
from angelshare.core.predictions import Predictions
from angelshare.core.task import Outputs
from angelshare.data.tables.columns import read_names
from angelshare.data.texts.labelling import read_flags


@dataclass(frozen=True, slots=True, eq=False)
class _Where:
    """A file, its items' ids (n,), and what its scores are."""

    file: str
    ids: Array
    outputs: Outputs


def refuse_contradictions(predictions: Predictions, ids: Array, frame: pd.DataFrame, *, where: str) -> None:
    """Refuse a column `label` (`label:LABEL` of a multi_label task) that differs from what the scores decide.

    Nothing says which of the two the model did; often such a column holds human labels.

    Raises:
        InputError: with the count of such rows, the first one's id and both decisions.
    """
    if predictions.task == "multi_label":
        decided = predictions.label_decisions()
        for i, label in enumerate(predictions.labels):
            name = f"label:{label}"
            if name in frame.columns:
                flags = ["blank" if np.isnan(flag) else f"{flag:g}" for flag in read_flags(frame, name, where=where)]
                follows = [str(int(decision)) for decision in decided[:, i]]
                _compare(flags, follows, name, where=_Where(where, ids, predictions.outputs))
    elif "label" in frame.columns and predictions.has_decisions:
        stated = read_names(frame, "label", path=where)
        follows = [predictions.labels[index] for index in predictions.decisions()]
        _compare(stated, follows, "label", where=_Where(where, ids, predictions.outputs))


def _compare(stated: Sequence[str], follows: Sequence[str], name: str, *, where: _Where) -> None:
    """Refuse a column that differs from the decisions that follow from the scores."""
    differs: Array = np.flatnonzero(np.array(stated, dtype=object) != np.array(follows, dtype=object))
    if differs.size:
        first = int(differs[0])
        human = name.replace("label", "truth", 1)
        msg = (
            f"{where.file}: the column {name!r} contradicts the {where.outputs} in {differs.size} rows, the first "
            f"under id {str(where.ids[first])!r}: {stated[first]!r} is written, and {follows[first]!r} follows "
            f"from the {where.outputs}. Leave one of the two out; human labels are called {human!r}."
        )
        raise InputError(msg)
