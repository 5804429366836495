"""A model's answers in memory, where a file of predictions could be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError, LabelError
from angelshare.core.items import UNLABELLED
from angelshare.core.task import N_BINARY, Outputs
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.tables.columns import read_numbers

PREFIXES: dict[Outputs, str] = {"logits": "logit", "probabilities": "probability", "decisions": "label"}
"""What the columns of `AnswersAtHand.values` are called."""
_NUMBERS = frozenset(("integer", "boolean", "floating", "mixed-integer-float"))


@dataclass(frozen=True, slots=True, eq=False)
class AnswersAtHand:
    """What the members of one population answered.

    Attributes:
        table: columns under the house's names. Without `id` its rows are the items of the data, in their order.
        outputs: what `values` are, one of `PREFIXES`; None: the table's columns hold the outputs.
        values: (n, k), one column for every label, in their order; of a binary task, the second label's will do.
    """

    table: TableAtHand
    outputs: Outputs | None = None
    values: Array | None = None

    def __str__(self) -> str:
        """Return what messages call them."""
        return self.table.name

    def under(self, frame: pd.DataFrame, labels: Sequence[str] | None, ids: Array | None) -> pd.DataFrame:
        """Return the table with ids, with `values` under the labels' names, and with names for positions of labels.

        Args:
            frame: the table as read.
            labels: in order; None: not known.
            ids: of the rows, where the table has none; None: they are numbered.

        Raises:
            InputError: if there are more or fewer ids than rows.
            LabelError: if `values` have more or fewer columns than there are labels, or these are not known; or for a
                position that no label has.
        """
        named = {} if self.values is None else self._named(self.values, labels)
        for column in ("label", "truth"):
            if labels and column in frame.columns:
                frame = frame.assign(**{column: as_names(frame, column, labels, str(self))})
        return self.with_ids(frame, ids).assign(**named)

    def with_ids(self, frame: pd.DataFrame, ids: Array | None = None) -> pd.DataFrame:
        """Return the table with a column `id`: its own, else these in order, else the rows' numbers from 0.

        Raises:
            InputError: if there are more or fewer ids than rows.
        """
        if "id" in frame.columns:
            return frame
        if ids is None:
            ids = np.arange(len(frame)).astype(str)
        if len(ids) != len(frame):
            raise InputError(
                f"{self} has {len(frame)} rows, and the data {len(ids)}. Give one row for every item, in the order of "
                "the data, or a column `id`."
            )
        return frame.assign(id=ids.astype(object))

    def _named(self, values: Array, labels: Sequence[str] | None) -> dict[str, Array]:
        """Return the values as columns under the labels' names."""
        assert self.outputs is not None, "values say what they are"
        n_columns, prefix = values.shape[1], PREFIXES[self.outputs]
        if labels is None:
            raise LabelError(
                f"Nothing says which labels the {n_columns} columns of {self} are about. Name them in the order of "
                "the columns: --labels A,B,..."
            )
        if n_columns == 1 and len(labels) == N_BINARY and self.outputs != "decisions":
            numbers = read_numbers(pd.DataFrame({prefix: values[:, 0]}), prefix, path=str(self))
            rest = np.zeros(len(numbers)) if self.outputs == "logits" else 1 - numbers
            values = np.column_stack([rest, numbers])
        elif n_columns != len(labels):
            raise LabelError(
                f"{self} has {n_columns} columns, and the labels are {list(labels)}. Give one column for every "
                "label, in their order."
            )
        return {f"{prefix}:{label}": values[:, i] for i, label in enumerate(labels)}


def as_names(frame: pd.DataFrame, column: str, labels: Sequence[str], where: str) -> "pd.Series[Any]":
    """Return a column of labels by name: whole numbers that are no names themselves are positions among the labels.

    Raises:
        LabelError: for a position that no label has.
    """
    values = frame[column]
    if pd.api.types.infer_dtype(values, skipna=True) not in _NUMBERS:
        return values
    numbers = read_numbers(frame.assign(**{column: values.astype("Float64")}), column, path=where, gaps=True)
    known = ~np.isnan(numbers)
    whole = numbers[known].astype(np.int64)
    if not np.array_equal(whole, numbers[known]):
        return values
    if set(map(str, np.unique(whole))) <= set(labels):
        return pd.Series(numbers).astype("Int64")
    lowest = UNLABELLED if column == "truth" else 0
    outside = known & ~((numbers >= lowest) & (numbers < len(labels)))
    if outside.any():
        row = int(np.argmax(outside))
        raise LabelError(
            f"{where}, row {row + 1}: the {column} {numbers[row]:g} is neither a name nor a position among the labels "
            f"{list(labels)} (such rows: {int(outside.sum())}). Give 0 to {len(labels) - 1}, or names."
        )
    names = np.array([*labels, None], dtype=object)  # the last for what is not known, at -1 too
    return pd.Series(names[np.where(known, numbers, UNLABELLED).astype(np.int64)], dtype=object)
