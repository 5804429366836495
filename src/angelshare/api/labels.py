"""The labels of answers in memory, where the user does not name them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from angelshare.core.errors import LabelError
from angelshare.core.task import N_BINARY, Task
from angelshare.data.predictions.at_hand import AnswersAtHand

_NUMBERS = ("integer", "boolean", "floating", "mixed-integer-float")
_FAMILIES = ("logit:", "probability:", "label:")
_REMEDY = (
    "Say which is which: labels=[...] in the order of the columns (of a scikit-learn model, list(model.classes_))."
)


def labels_in_memory(
    answers: Sequence[AnswersAtHand],
    truth: "pd.Series[Any] | None",
    n_truths: int,
    *,
    task: Task | None,
    positive: str | None,
) -> tuple[str, ...] | None:
    """Return the labels that answers are about, where it needs no guess; None where the reader of each one sees them.

    Whole numbers are the positions of labels that have no other names: `0`, `1` and so on. Names are put into order by
    `positive`, or alphabetically where no column needs to know which is which.

    Args:
        answers: in memory.
        truth: human labels; None: there are none, or `n_truths` columns of them.
        n_truths: columns of human labels of a multi-label task.
        task: of the models.
        positive: the second label of a binary task.

    Raises:
        LabelError: if columns without names are about labels that have names, or some labels are names and others
            positions.
    """
    widths = [_width(each) for each in answers if each.values is not None] + ([n_truths] if n_truths else [])
    named = {label for each in answers for label in _of_columns(each)}
    columns = [("data", truth), *((str(each), each.table.frame.get("label")) for each in answers)]
    used = named.union(*(_names(column, where) for where, column in columns if column is not None))
    if task == "regression" or (named and not widths) or not (widths or used):
        return None
    positions = {name for name in used if name.isdecimal()}
    if positions == used:
        return _numbered(used, [*widths, N_BINARY if task == "binary" else 1])
    if positions:
        raise LabelError(
            f"Some labels are the names {sorted(used - positions)[:10]}, others the numbers {sorted(positions)[:10]}. "
            f"{_REMEDY}"
        )
    if positive in used and len(used) == N_BINARY:
        return (*sorted(used - {positive}), positive)
    if widths:
        first = next((str(each) for each in answers if each.values is not None), "data")
        raise LabelError(
            f"The numbers of {first} do not say which label they are about, and the labels are called "
            f"{sorted(used)[:10]}. {_REMEDY}"
        )
    ranked = any("score" in each.table.frame.columns for each in answers)
    return None if ranked else tuple(sorted(used))


def declared_labels(given: object) -> tuple[str, ...]:
    """Return labels that are declared, as names in their order.

    Raises:
        LabelError: if they have no order, or one stands there twice.
    """
    if isinstance(given, str | set | frozenset | Mapping) or not isinstance(given, Iterable):
        raise LabelError(f"`labels` is a {type(given).__name__}. Give a list of names, in the order of the columns.")
    names = tuple(map(str, given))
    for i, name in enumerate(names):
        if name in names[:i]:
            raise LabelError(f"`labels` has {name!r} more than once. Give every label a name of its own.")
    return names


def _numbered(used: set[str], least: Sequence[int]) -> tuple[str, ...]:
    """Return the positions up to the highest that is used, and at least so many."""
    return tuple(str(i) for i in range(max([*least, *(int(name) + 1 for name in used)])))


def _width(answers: AnswersAtHand) -> int:
    """Return how many labels columns without names are about."""
    assert answers.values is not None, "it has such columns"
    width: int = answers.values.shape[1]
    return width if answers.outputs == "decisions" else max(width, N_BINARY)


def _of_columns(answers: AnswersAtHand) -> set[str]:
    """Return the labels that columns are called by."""
    names = map(str, answers.table.frame.columns)
    return {name.partition(":")[2] for name in names if name.startswith(_FAMILIES)}


def _names(values: "pd.Series[Any]", where: str) -> set[str]:
    """Return the labels in a column; whole numbers written out, and nothing where there is no label.

    Raises:
        LabelError: for fractions.
    """
    there = values.dropna()
    if pd.api.types.infer_dtype(there, skipna=True) not in _NUMBERS:
        return {str(each).strip() for each in there.unique().tolist()} - {""}
    numbers = np.unique(there.to_numpy(dtype=np.float64))
    fractions = numbers[numbers % 1 != 0]
    if fractions.size:
        raise LabelError(
            f"{where} has the label {fractions[0]:g}. Labels are texts, or whole numbers, which are their positions."
        )
    return {f"{number:.0f}" for number in numbers[numbers >= 0].tolist()}
