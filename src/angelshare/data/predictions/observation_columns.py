"""Columns of vectors, likelihoods and lists of texts, or the row in which they are none."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
from jaxtyping import Float

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.core.errors import InputError
from angelshare.data.tables.columns import column, read_numbers

_NO_LISTS = "CSV has no lists: write Parquet or JSON lines."


def read_vectors(
    frame: pd.DataFrame, name: str, *, path: str | Path, ids: Sequence[str] | Array
) -> Float[np.ndarray, "items width"]:
    """Return a column of lists of finite numbers, all of one length, as the file has them: float32 stays float32.

    Raises:
        InputError: for anything else, with its row and id.
    """
    vectors = [_vector(value) for value in column(frame, name, path=path).tolist()]
    missing = [row for row, vector in enumerate(vectors) if vector is None]
    if missing:
        value = frame[name].iloc[missing[0]]
        remedy = _NO_LISTS if isinstance(value, str) else "Write a list of numbers in every row."
        _refuse(path, missing, ids, f"the {name} is {_short(value)}, not a list of numbers", remedy)
    known = [vector for vector in vectors if vector is not None]
    width = len(known[0])
    other = [row for row, vector in enumerate(known) if len(vector) != width]
    if other:
        fault = f"the {name} has {len(known[other[0]])} numbers, that of the first row {width}"
        _refuse(path, other, ids, fault, "Give all from one model.")
    stacked = np.stack(known)
    strange = np.flatnonzero(~np.isfinite(stacked).all(axis=1)).tolist()
    if strange:
        _refuse(path, strange, ids, f"the {name} holds NaN or an infinite number", "Embed these texts again.")
    return stacked


def read_nats(frame: pd.DataFrame, name: str, *, path: str | Path, ids: Sequence[str] | Array) -> Vector:
    """Return a column of finite numbers that are at least 0.

    Raises:
        InputError: for anything else, with its row and id.
    """
    nats = read_numbers(frame, name, path=path, ids=ids)
    _refuse_blank(nats, name, path=path, ids=ids)
    negative = np.flatnonzero(nats < 0).tolist()
    if negative:
        fault = f"the {name} are {nats[negative[0]]:g}"
        _refuse(path, negative, ids, fault, "They are negative log-likelihoods: turn the sign of log-likelihoods.")
    return nats


def read_counts(frame: pd.DataFrame, name: str, *, path: str | Path, ids: Sequence[str] | Array) -> Labels:
    """Return a column of positive whole numbers.

    Raises:
        InputError: for anything else, with its row and id.
    """
    counts = read_numbers(frame, name, path=path, ids=ids)
    _refuse_blank(counts, name, path=path, ids=ids)
    wrong = np.flatnonzero((counts < 1) | (counts != np.round(counts))).tolist()
    if wrong:
        fault = f"the {name} are {counts[wrong[0]]:g}, not a positive whole number"
        _refuse(path, wrong, ids, fault, "An empty text has no likelihood: leave it out for every model.")
    return counts.astype(np.int64)


def read_text_lists(
    frame: pd.DataFrame, name: str, *, path: str | Path, ids: Sequence[str] | Array
) -> tuple[tuple[str, ...], ...]:
    """Return a column of lists of texts, at least one in each.

    Raises:
        InputError: for anything else, with its row and id.
    """
    values = column(frame, name, path=path).tolist()
    wrong = [row for row, value in enumerate(values) if not _are_texts(value)]
    if wrong:
        value = values[wrong[0]]
        remedy = (
            _NO_LISTS
            if isinstance(value, str)
            else "Write at least one; a model that stops at once gives an empty text."
        )
        _refuse(path, wrong, ids, f"the {name} are {_short(value)}, not a list of texts", remedy)
    return tuple(tuple(value) for value in values)


def _vector(value: object) -> Array | None:
    """Return a list of numbers as an array; None if it is none."""
    if isinstance(value, list) and not all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in value
    ):
        return None
    if not isinstance(value, list | np.ndarray):
        return None
    vector = np.asarray(value)
    floating = vector if vector.dtype.kind == "f" else vector.astype(np.float64) if vector.dtype.kind in "iu" else None
    return floating if floating is not None and floating.size else None


def _are_texts(value: object) -> bool:
    """Return whether a value is a list of at least one text."""
    return isinstance(value, list | np.ndarray) and len(value) > 0 and all(isinstance(each, str) for each in value)


def _refuse_blank(numbers: Vector, name: str, *, path: str | Path, ids: Sequence[str] | Array) -> None:
    """Refuse rows without a number."""
    blank = np.flatnonzero(np.isnan(numbers)).tolist()
    if blank:
        _refuse(path, blank, ids, f"the {name} are blank", "Give a number for every item.")


def _refuse(path: str | Path, rows: Sequence[int], ids: Sequence[str] | Array, fault: str, remedy: str) -> NoReturn:
    """Say what is wrong with the first of these rows, how many there are, and what to do."""
    first = rows[0]
    raise InputError(f"{path}, row {first + 1} (id {str(ids[first])!r}): {fault} (such rows: {len(rows)}). {remedy}")


def _short(value: object, most: int = 40) -> str:
    """Return a value as an error shows it."""
    shown = repr(list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value)
    return shown if len(shown) <= most else f"{shown[:most]}..."
