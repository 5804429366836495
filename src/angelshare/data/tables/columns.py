"""The columns of a table as ids, numbers, names and texts, or the row in which they are not."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.core.errors import InputError
from angelshare.data.tables.reading import HOUSE_COLUMNS, UNWRITABLE

LARGEST = 1e30
"""Eighth powers of larger numbers come near the end of float64: the spread of a squared error takes the fourth, and the
spread of that spread its square."""

LONGEST = 1000
"""Characters of an id or a name; longer ones are texts in the wrong column."""

_EXACT = 2**53
_FRACTION = re.compile(r"[+-]?\d*\.\d*(e[+-]?\d+)?", re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """A column of names: the distinct ones, in order of appearance, and (n,) the position of each row's name."""

    distinct: tuple[str, ...]
    codes: Labels

    def each(self) -> list[str]:
        """Return every row's name."""
        return [self.distinct[code] for code in self.codes.tolist()]

    def row_of(self, name: str) -> int:
        """Return the first row of a name, from 0."""
        return int(np.argmax(self.codes == self.distinct.index(name)))


def column(frame: pd.DataFrame, name: str, *, path: str | Path) -> "pd.Series[Any]":
    """Return a column that must be there.

    Raises:
        InputError: if it is missing; the nearest existing name is told, unless it means something else.
    """
    if name not in frame.columns:
        others = [other for other in frame.columns if other not in HOUSE_COLUMNS]
        near = get_close_matches(name, others, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}? Map it with --columns {name}={near[0]}." if near else ""
        raise InputError(f"{path} has no column {name!r}.{hint} It has: {', '.join(map(str, frame.columns))}.")
    return frame[name]


def read_ids(frame: pd.DataFrame, name: str, *, path: str | Path) -> Array:
    """Return a column of ids as text: "007" stays "007".

    Raises:
        InputError: for an id that is missing or blank, a fraction, repeated, longer than 1,000 characters, no text or
            integer, with white space around it, or with NUL or half a surrogate pair in it.
    """
    series = column(frame, name, path=path)
    values = series.tolist()
    # texts without a point are no fractions: that is quicker to see than what each value is
    plain = is_text(series) and not any("." in value or not value.strip() for value in values)
    read = values if plain else [_as_id(value) for value in values]
    ids = [value for value in read if value is not None]
    if len(ids) < len(values):
        row = read.index(None)
        msg = (
            f"{path}, row {row + 1}: the {name} {values[row]!r} is not an id (such rows: {read.count(None)}). "
            "Ids are texts or integers; fractions, even whole ones, lose digits. Write ids as text."
        )
        raise InputError(msg)
    _refuse_unwritable(ids, name, path)
    _refuse_long(ids, name, path)
    padded = [row for row, value in enumerate(ids) if value != value.strip()]
    if padded:
        msg = (
            f"{path}, row {padded[0] + 1}: the {name} {ids[padded[0]]!r} begins or ends with white space "
            f"(such rows: {len(padded)}), so that it pairs with no id that does not. Leave the white space out."
        )
        raise InputError(msg)
    if len(set(ids)) != len(ids):
        repeated, count = Counter(ids).most_common(1)[0]
        msg = (
            f"{path}, row {_second(ids, repeated) + 1}: the {name} {repeated!r} is in {count} rows "
            f"(rows that repeat an id: {len(ids) - len(set(ids))}). Give every row an id of its own."
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
    """Return a column of finite float64 numbers, nan where blank or missing.

    Args:
        frame: the table.
        name: of the column.
        path: the table's name in errors.
        ids: the rows' names in errors.
        gaps: whether nan in a Parquet column of floats is a gap, and no failed computation.

    Raises:
        InputError: for a value that is no number, NaN (in JSON too, which has null for what is blank), infinite, or
            beyond 1e30, with its row and id; or for dates and durations.
    """
    values = column(frame, name, path=path)
    if values.dtype.kind in "mM":
        kind = "points in time" if values.dtype.kind == "M" else "durations"
        raise InputError(f"{path}: the {name} holds {kind}, not numbers. Write numbers, or map another column.")
    numbers = values.to_numpy() if values.dtype == np.float64 else _exact(values)
    blank = np.zeros(len(values), dtype=np.bool_)
    if values.dtype != np.float64 or gaps:
        missing = np.isnan(numbers)
        blank[missing] = is_blank(values[missing])
        if not gaps:  # JSON has null for what is blank; NaN is a computation that failed
            blank[missing] &= np.array([not isinstance(value, float) for value in values[missing]], dtype=np.bool_)
    bad = ~blank & ~(np.abs(numbers) <= LARGEST)
    if bad.any():
        row = int(np.argmax(bad))
        at = "" if ids is None else f" (id {str(ids[row])!r})"
        value = str(values.iloc[row])
        msg = (
            f"{path}, row {row + 1}{at}: the {name} {value[:40]} is {_fault(value, float(numbers[row]))} "
            f"(such rows: {int(bad.sum())}). Score these texts again, or drop these rows for every model."
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
            f"{path}, row {wrong[0] + 1}: the {name} is {values[wrong[0]]!r}, not text (such rows: {len(wrong)}). "
            "Write an empty text where there is none, or leave the rows out."
        )
        raise InputError(msg)
    return tuple(values)


def read_names(frame: pd.DataFrame, name: str, *, path: str | Path) -> list[str]:
    """Return a column as names, "" where blank; integers are written out, even if a tool made them floats.

    Raises:
        InputError: for fractions, nested values, names longer than 1,000 characters, and names with NUL or half a
            surrogate pair in them.
    """
    return read_codes(frame, name, path=path).each()


def read_codes(frame: pd.DataFrame, name: str, *, path: str | Path) -> Names:
    """Return a column of names as `read_names` does, each distinct one read once.

    Raises:
        InputError: as `read_names`.
    """
    values = column(frame, name, path=path)
    codes = np.arange(len(values))
    if values.dtype != object or is_text(values):  # among others, 1, 1.0 and True would be one value
        codes = pd.factorize(values, use_na_sentinel=False)[0]
    rows = np.unique(codes, return_index=True)[1]
    given = values.iloc[rows]
    blank = is_blank(given)
    names = ["" if blank[i] else _as_name(value, int(rows[i]), name, path) for i, value in enumerate(given.tolist())]
    distinct = tuple(dict.fromkeys(names))
    _refuse_long(distinct, name, path)
    wrong = [each for each in distinct if UNWRITABLE.search(each)]
    if wrong:
        first = names.index(wrong[0])
        n_rows = int(np.isin(codes, [i for i, each in enumerate(names) if each in wrong]).sum())
        raise _unwritable(wrong[0], int(rows[first]), n_rows, name, path)
    position = {each: i for i, each in enumerate(distinct)}
    return Names(distinct, np.array([position[each] for each in names], dtype=np.int64)[codes])


def _as_name(value: object, row: int, name: str, path: str | Path) -> str:
    """Return a value as a name, or refuse it with its row."""
    if isinstance(value, (str, int, np.integer)):
        return str(value).strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        # a column of integers with gaps, as pandas writes it
        return str(int(value))
    msg = f"{path}, row {row + 1}: the {name} is {value!r}. Write it as text or as an integer."
    raise InputError(msg)


def is_text(values: "pd.Series[Any]") -> bool:
    """Return whether all values are texts."""
    return values.dtype == object and pd.api.types.infer_dtype(values, skipna=False) == "string"


def is_blank(values: "pd.Series[Any]") -> Array:
    """Return the mask of the values that are missing or white space."""
    missing = values.isna().to_numpy(dtype=np.bool_)
    if values.dtype != object:
        return missing
    return missing | np.fromiter(
        (isinstance(v, str) and not v.strip() for v in values), dtype=np.bool_, count=len(values)
    )


def _exact(values: "pd.Series[Any]") -> Vector:
    """Return numbers to the last bit, nan for other values: pandas finds the numbers, Python reads them."""
    if values.dtype == object:
        # converting such integers to float64 would end in an OverflowError
        huge = () if is_text(values) else [isinstance(each, int) and abs(each) > LARGEST for each in values]
        values = values.mask(np.array(huge, dtype=np.bool_), np.inf) if any(huge) else values
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if values.dtype == object:
        there = ~np.isnan(numbers)
        numbers = np.where(there, numbers, np.nan)
        numbers[there] = values.to_numpy()[there].astype(np.float64)
    return np.asarray(numbers)


def _fault(value: str, number: float) -> str:
    """Return the fault of a value that was read as this number."""
    if _NOT_FINITE.fullmatch(value.strip()):
        return "not finite"
    return "not a number" if np.isnan(number) else f"too large: beyond {LARGEST:g} statistics overflow"


def _refuse_unwritable(values: Sequence[str], name: str, path: str | Path) -> None:
    """Refuse names and ids that would be changed, or cannot be written."""
    if not UNWRITABLE.search("".join(values)):
        return
    wrong = [row for row, value in enumerate(values) if UNWRITABLE.search(value)]
    raise _unwritable(values[wrong[0]], wrong[0], len(wrong), name, path)


def _refuse_long(names: Sequence[str], name: str, path: str | Path) -> None:
    """Refuse ids and names of more than 1,000 characters, each of which would take as much room in every row."""
    long = [each for each in names if len(each) > LONGEST]
    if long:
        raise InputError(
            f"{path}: the {name} {long[0][:40]!r}... has {len(long[0]):,} characters (such values: {len(long)}). "
            f"Ids and names have at most {LONGEST:,}: number them, or map another column."
        )


def _unwritable(value: str, row: int, n_rows: int, name: str, path: str | Path) -> InputError:
    """Return the error for a name or id with characters that cannot be written."""
    return InputError(
        f"{path}, row {row + 1}: the {name} {value!r} holds NUL or half a surrogate pair (such rows: {n_rows}). "
        "Leave these characters out."
    )


def _second(ids: Sequence[object], repeated: object) -> int:
    """Return the position of an id's second occurrence."""
    return ids.index(repeated, ids.index(repeated) + 1)


def _as_id(value: object) -> str | None:
    """Return an id as text; None if it is no id."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, np.integer)):
        return str(value)
    if isinstance(value, str) and value.strip() and not (value.strip(".") and _FRACTION.fullmatch(value.strip())):
        return value
    return None
