"""The columns of a table as ids, numbers, names and texts, or the row in which they are not."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Vector
from angelshare.core.errors import InputError
from angelshare.data.tables import UNWRITABLE

LARGEST = 1e150
"""Beyond it, the square of a number or of an error is no float64."""

_EXACT = 2**53
_FRACTION = re.compile(r"[+-]?\d*\.\d*(e[+-]?\d+)?", re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def column(frame: pd.DataFrame, name: str, *, path: str | Path) -> "pd.Series[Any]":
    """Return a column that must be there.

    Raises:
        InputError: if it is not; the nearest existing name is given.
    """
    if name not in frame.columns:
        near = get_close_matches(name, list(frame.columns), n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}? Map it with --columns {name}={near[0]}." if near else ""
        raise InputError(f"{path} has no column {name!r}.{hint} It has: {', '.join(map(str, frame.columns))}.")
    return frame[name]


def read_ids(frame: pd.DataFrame, name: str, *, path: str | Path) -> Array:
    """Return a column of ids as text: "007" stays "007".

    Raises:
        InputError: for an id that is missing or blank, a fraction, repeated, no text or integer, or with NUL or half a
            surrogate pair in it.
    """
    values = column(frame, name, path=path).tolist()
    ids = [_as_id(value) for value in values]
    if None in ids:
        row = ids.index(None)
        msg = (
            f"{path}, row {row + 1}: the {name} {values[row]!r} is no id ({ids.count(None)} such rows). "
            "Ids are texts or integers; fractions, even whole ones, lose digits. Write ids as text."
        )
        raise InputError(msg)
    _refuse_unwritable(ids, name, path)
    repeated, count = Counter(ids).most_common(1)[0]
    if count > 1:
        msg = (
            f"{path}, row {_second(ids, repeated) + 1}: the {name} {repeated!r} stands in {count} rows "
            f"({len(ids) - len(set(ids))} rows repeat an id). Give every row an id of its own."
        )
        raise InputError(msg)
    return np.array(ids, dtype=np.str_)


def read_numbers(
    frame: pd.DataFrame,
    name: str,
    *,
    path: str | Path,
    ids: Sequence[str] | Array | None = None,
    gaps: bool = False,
) -> Vector:
    """Return a column of finite float64 numbers; what is blank or missing is nan.

    Args:
        frame: the table.
        name: of the column.
        path: what to call the table in an error.
        ids: to name the row by.
        gaps: nan in a Parquet column of floats is a gap, not somebody's failed computation.

    Raises:
        InputError: for a value that is no number, NaN spelt out, infinite, or beyond 1e150, with its row and id.
    """
    values = column(frame, name, path=path)
    if values.dtype == np.float64 and not gaps:
        numbers, blank = values.to_numpy(), np.zeros(len(values), dtype=np.bool_)
    else:
        blank = is_blank(values)
        numbers = _exact(values)
    bad = ~blank & ~(np.abs(numbers) <= LARGEST)
    if bad.any():
        row = int(np.argmax(bad))
        at = "" if ids is None else f" (id {str(ids[row])!r})"
        value = str(values.iloc[row])
        msg = (
            f"{path}, row {row + 1}{at}: the {name} {value[:40]} is {_fault(value, float(numbers[row]))} "
            f"({int(bad.sum())} such rows). Score these texts again, or drop these rows for every model."
        )
        raise InputError(msg)
    return np.where(blank, np.nan, numbers)


def read_texts(frame: pd.DataFrame, name: str, *, path: str | Path) -> tuple[str, ...]:
    """Return a column of texts, verbatim.

    Raises:
        InputError: for a row without text, or with something else in its place.
    """
    values = column(frame, name, path=path).tolist()
    wrong = [row for row, value in enumerate(values) if not isinstance(value, str)]
    if wrong:
        msg = (
            f"{path}, row {wrong[0] + 1}: the {name} is {values[wrong[0]]!r}, not text ({len(wrong)} such rows). "
            "Write an empty text where there is none, or leave the rows out."
        )
        raise InputError(msg)
    return tuple(values)


def read_names(frame: pd.DataFrame, name: str, *, path: str | Path) -> list[str]:
    """Return a column as names, "" where blank; integers are written out, also those that a tool made floats.

    Raises:
        InputError: for fractions, nested values, and names with NUL or half a surrogate pair in them.
    """
    values = column(frame, name, path=path)
    blank = is_blank(values)
    names = []
    for row, value in enumerate(values.tolist()):
        if blank[row]:
            names.append("")
        elif isinstance(value, (str, int, np.integer)):
            names.append(str(value).strip())
        elif isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
            # a column of integers with gaps, as pandas writes it
            names.append(str(int(value)))
        else:
            msg = f"{path}, row {row + 1}: the {name} is {value!r}. Write it as text or as an integer."
            raise InputError(msg)
    _refuse_unwritable(names, name, path)
    return names


def is_blank(values: "pd.Series[Any]") -> Array:
    """Return the mask of the values that are missing or nothing but white space."""
    missing = values.isna().to_numpy(dtype=np.bool_)
    if values.dtype != object:
        return missing
    return missing | np.fromiter(
        (isinstance(v, str) and not v.strip() for v in values), dtype=np.bool_, count=len(values)
    )


def _exact(values: "pd.Series[Any]") -> Vector:
    """Return numbers to the last bit, nan for what is none: pandas finds the numbers, Python reads them."""
    if values.dtype == object:
        # no float64 holds such integers, and whoever tries stops with an OverflowError
        huge = [isinstance(value, int) and abs(value) > LARGEST for value in values]
        values = values.mask(np.array(huge, dtype=np.bool_), np.inf)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if values.dtype == object:
        there = ~np.isnan(numbers)
        numbers = np.where(there, numbers, np.nan)
        numbers[there] = values.to_numpy()[there].astype(np.float64)
    return np.asarray(numbers)


def _fault(value: str, number: float) -> str:
    """Return what is wrong with a value that was read as this number."""
    if _NOT_FINITE.fullmatch(value.strip()):
        return "not finite"
    return "no number" if np.isnan(number) else f"too large: beyond {LARGEST:g} squares overflow"


def _refuse_unwritable(values: Sequence[str | None], name: str, path: str | Path) -> None:
    """Refuse names and ids that would turn into others, or cannot be written."""
    wrong = [row for row, value in enumerate(values) if value is not None and UNWRITABLE.search(value)]
    if wrong:
        msg = (
            f"{path}, row {wrong[0] + 1}: the {name} {values[wrong[0]]!r} holds NUL or half a surrogate pair "
            f"({len(wrong)} such rows). Leave these characters out."
        )
        raise InputError(msg)


def _second(ids: Sequence[object], repeated: object) -> int:
    """Return the position where an id comes a second time."""
    return ids.index(repeated, ids.index(repeated) + 1)


def _as_id(value: object) -> str | None:
    """Return an id as text, or None if it cannot be one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, np.integer)):
        return str(value)
    if isinstance(value, str) and value.strip() and not (value.strip(".") and _FRACTION.fullmatch(value.strip())):
        return value
    return None
