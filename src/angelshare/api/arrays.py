"""Arrays, series and frames of any library as NumPy arrays and pandas frames, or the sentence that says why not."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array
from angelshare.core.errors import InputError

_READABLE = "biufUTO"
"""Kinds of NumPy arrays that are read: bool, integers, floats, texts of both kinds, objects."""
_DIMENSIONS = (1, 2)
_ROW = (list, tuple, np.ndarray)
"""What a cell of a column holds where each item has a row of values."""
_WIDER = {"e": np.float32, "T": object}
"""What half floats and NumPy's texts of any length are read as, which few functions take."""


def as_frame(given: object, name: str) -> pd.DataFrame | None:
    """Return a data frame of any library, or a mapping of columns, as pandas' data frame; None if it is none.

    Raises:
        InputError: if a mapping's columns are of different lengths.
    """
    if isinstance(given, Mapping):
        columns = {str(column): as_array(values, f"{name}[{column!r}]", most=1) for column, values in given.items()}
        refuse_other_lengths({f"{name}[{column!r}]": len(values) for column, values in columns.items()})
        return pd.DataFrame(columns)
    converted = _in_pandas(given)
    return converted if isinstance(converted, pd.DataFrame) else None


def as_array(given: object, name: str, *, most: int = 2) -> Array:
    """Return one or two dimensions of values, (n,) or (n, k); missing ones stay missing.

    Args:
        given: an array, series, tensor, or list of values.
        name: of the argument, for messages.
        most: dimensions.

    Raises:
        InputError: for anything else, masked values, rows of different lengths, or values that are neither numbers nor
            texts.
    """
    values = _in_numpy(_in_pandas(given), name)
    if values.ndim == 0:
        raise InputError(f"{name} is a {type(given).__name__}. Give an array or a data frame, or where it lies.")
    if values.ndim not in _DIMENSIONS[:most]:
        wanted = "one value for every item" if most == 1 else "one value, or one row of values, for every item"
        raise InputError(f"{name} has {values.ndim} dimensions, of shape {values.shape}. Give {wanted}.")
    if values.dtype.kind not in _READABLE:
        raise InputError(f"{name} holds {values.dtype}. Give numbers or texts.")
    return values.astype(_WIDER.get(values.dtype.char, values.dtype), copy=False)


def refuse_missing(values: Array, name: str) -> None:
    """Refuse answers that are not there: nobody can tell what the model would have said.

    Raises:
        InputError: naming the first such row.
    """
    if not len(values):
        raise InputError(f"{name} has no items. Give at least one.")
    missing = np.asarray(pd.isna(values)).reshape(len(values), -1).any(axis=1)
    if missing.any():
        first = int(np.argmax(missing)) + 1
        raise InputError(
            f"{name} has {int(missing.sum())} items with a missing value, the first in row {first}. Score these items "
            "again, or drop them for every model."
        )


def refuse_other_lengths(lengths: Mapping[str, int]) -> None:
    """Refuse arrays that are not about the same items.

    Raises:
        InputError: naming the first two that differ.
    """
    first, n = next(iter(lengths.items()), ("", 0))
    for name, length in lengths.items():
        if length != n:
            raise InputError(f"{first} has {n} items, and {name} has {length}. Give one value for every item in each.")


def refuse_other_index(given: Mapping[str, object]) -> None:
    """Refuse series and frames whose indices say that their rows are of other items, or in another order.

    An index that only numbers the rows says nothing, unless another has the same numbers in another order: rows are
    then taken as they come. Where there are ids these say it.

    Raises:
        InputError: naming the first two that differ.
    """
    in_pandas = {name: each for name, each in given.items() if isinstance(each, pd.Series | pd.DataFrame)}
    nameless = {name: each.index for name, each in in_pandas.items() if each.ndim == 1 or "id" not in each}
    telling = {name: index for name, index in nameless.items() if not _numbers_rows(index)}
    first, reference = next(iter(telling.items()), ("", pd.Index([])))
    reordered = bool(telling) and set(reference) == set(range(len(reference)))
    for name, index in (nameless if reordered else telling).items():
        if len(index) == len(reference) and not index.equals(reference):
            raise InputError(
                f"{first} and {name} have different indices, so their rows are not the same items in one order. Sort "
                "them alike, or drop the indices: reset_index(drop=True)."
            )


def _numbers_rows(index: "pd.Index[Any]") -> bool:
    """Whether an index says no more than which row comes first."""
    return index.equals(pd.RangeIndex(len(index)))


def is_list_of_values(given: object) -> bool:
    """Whether a list holds the values of an array, such as numbers, or rows of them; texts are paths."""
    if not isinstance(given, list | tuple) or not given:
        return False
    first = given[0]
    row = isinstance(first, list | tuple) and bool(first) and isinstance(first[0], int | float)
    return row or (isinstance(first, bool | int | float | np.generic) and not isinstance(first, str))


def _in_pandas(given: object) -> object:
    """Return frames and series of other libraries as pandas'."""
    convert = getattr(given, "to_pandas", None)
    return given if convert is None else convert()


def _in_numpy(given: object, name: str) -> Array:
    """Return whatever it is as an array of any shape and kind."""
    if isinstance(given, np.ma.MaskedArray):
        return _unmasked(given, name)
    if isinstance(given, pd.Series | pd.Index | pd.DataFrame):
        given = given.to_numpy()
    if hasattr(given, "detach"):  # a tensor, wherever it lies
        given = (
            cast("Any", given).detach().cpu().tolist()
            if "bfloat16" in str(getattr(given, "dtype", ""))
            else cast("Any", given).numpy(force=True)
        )
    try:
        values = np.asarray(given)
        rows = values.dtype == object and values.ndim == 1 and values.size and isinstance(values[0], _ROW)
        return np.asarray(values.tolist()) if rows else values
    except (ValueError, TypeError):
        what = "has rows of different lengths" if isinstance(given, Sequence) else "cannot be read as an array"
        raise InputError(f"{name} {what}. Give one value, or one row of values, for every item.") from None


def _unmasked(given: "np.ma.MaskedArray[Any, Any]", name: str) -> Array:
    """Return an array in which nothing is masked.

    Raises:
        InputError: if something is.
    """
    hidden = np.atleast_1d(np.ma.getmaskarray(given))
    if hidden.any():
        row = int(np.argwhere(hidden)[0][0])
        raise InputError(
            f"{name} has {int(hidden.sum())} masked values, the first in row {row + 1}. Fill them, or drop these items "
            "for every model."
        )
    return np.asarray(given.data)
