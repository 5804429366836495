"""Tables as users have them: Parquet, CSV, JSON lines. Texts stay verbatim and ids never become numbers."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from angelshare.core.errors import InputError
from angelshare.core.registry import unknown_name

Row = dict[str, Any]  # what a JSON line may hold

UNWRITABLE = re.compile("[\\0\\ud800-\\udfff]")
"""What no name and no id may hold: NumPy drops NUL at the end, so that other ids pair, and UTF-8 has no half pairs."""

HOUSE_COLUMNS = (
    *("id", "text", "text_pair", "text_key", "split", "cluster", "seed"),
    *("label", "label_name", "truth", "score", "value"),
)
"""The house's names for columns of which there is one."""

HOUSE_FAMILIES = ("logit:", "probability:", "label:", "truth:", "slice:")
"""What the house's names begin with where there is a column for every label or slice."""

MOST_DIGITS = 1000
"""Of a whole number in JSON: Python stops at some thousand, wherever it is told to."""

_INTEGERS = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def read_table(path: str | Path, *, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return a file's columns, all of them, in order; texts as objects, what is missing as None.

    In CSV every value is text, and a blank is the empty text. In Parquet integers stay integers, with or without gaps.

    Args:
        path: of a `.parquet`, `.csv`, `.jsonl`, `.ndjson` or `.json` (one object a line) file.
        columns: the house's name -> the file's own name.

    Raises:
        InputError: for a file that is missing, empty, truncated or of another kind; invalid UTF-8, with its row; a
            broken line; columns whose names are repeated or cannot be written; a column to rename that is not there,
            or to a name that the house does not have.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path} is none of {', '.join(_READERS)}. Convert it, or rename it if it is one of these.")
    if not path.is_file():
        raise InputError(f"There is no file {path}. Check the path.")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes). Write it again.")
    return renamed(reader(path), columns or {}, path)


def renamed(frame: pd.DataFrame, columns: Mapping[str, str], path: str | Path) -> pd.DataFrame:
    """Return the frame under the house's names; a column that had such a name and gave it up is left out.

    Raises:
        InputError: if a column to rename is not there, or the house has no such name; the nearest one is given.
    """
    for ours, theirs in columns.items():
        _refuse_unknown_name(ours, theirs, path)
        if theirs not in frame.columns:
            near = get_close_matches(theirs, list(frame.columns), n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"{path} has no column {theirs!r} to read as {ours!r}.{hint} It has: {', '.join(frame.columns)}."
            raise InputError(msg)
    taken = {ours: frame[theirs] for ours, theirs in columns.items()}
    kept = {name: frame[name] for name in frame.columns if name not in taken and name not in columns.values()}
    return pd.DataFrame({**taken, **kept})


def _refuse_unknown_name(ours: str, theirs: str, path: str | Path) -> None:
    """Refuse to read a column under a name that nothing looks for: it would be lost."""
    family, _, label = ours.partition(":")
    if ours in HOUSE_COLUMNS or (label.strip() and f"{family}:" in HOUSE_FAMILIES):
        return
    known = (*HOUSE_COLUMNS, *(each + (label.strip() or "LABEL") for each in HOUSE_FAMILIES))
    raise InputError(f"{path}: {theirs!r} cannot be read as {ours!r}. {unknown_name('column', ours, known)}")


def _check_names(names: Sequence[str], path: Path) -> None:
    """Refuse a header that names a column twice, or as nothing can be written."""
    for name in names:
        if UNWRITABLE.search(name):
            msg = f"{path} has a column called {name!r}: NUL and half surrogate pairs can stand in no name. Rename it."
            raise InputError(msg)
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise InputError(f"{path} has more than one column called {repeated[0]!r}. Rename or remove the others.")


def _read_parquet(path: Path) -> pd.DataFrame:
    """Read Parquet."""
    try:
        # a ParquetFile reads just this file, whatever its folder is called
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _check_names(names, path)
            table = file.read()
            _refuse_invalid_utf8(table, path)
            frame = table.to_pandas(types_mapper=_INTEGERS.get, ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        msg = f"{path} is no Parquet, or truncated or damaged ({_first_line(error)}). Write or copy it again."
        raise InputError(msg) from error
    return as_objects(frame)


def _refuse_invalid_utf8(table: pa.Table, path: Path) -> None:
    """Refuse text that is not UTF-8, which Parquet does not check; other damage is left to the caller."""
    for name, values in zip(table.column_names, table.columns, strict=True):
        try:
            values.validate(full=True)
        except pa.ArrowInvalid:
            for row, value in enumerate(values):
                try:
                    value.as_py()
                except UnicodeDecodeError as error:
                    msg = f"{path}, row {row + 1}: the {name} is not UTF-8 ({error.reason}). Write it again as UTF-8."
                    raise InputError(msg) from error
            raise


def _read_csv(path: Path) -> pd.DataFrame:
    """Read CSV, every value as text."""
    text = _decoded(path)
    names = next(csv.reader(io.StringIO(text, newline="")), [])
    _check_names(names, path)
    _refuse_open_quote(text, path)
    content = text.encode()
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(content),
            read_options=pa_csv.ReadOptions(
                block_size=len(content) + 1, use_threads=False
            ),  # one block: rows may be long
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowException as error:
        msg = f"{path} cannot be read as CSV: {_first_line(error)} Quote values that hold commas, quotes or line ends."
        raise InputError(msg) from error
    return as_objects(table.to_pandas())


def _refuse_open_quote(text: str, path: Path) -> None:
    """Refuse a quote that is never closed: it would swallow every row after it."""
    if text.count('"') % 2 == 0:
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for _ in rows:
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            msg = (
                f"{path}: a quote is opened and never closed, the file ends inside a value. Close or double the quote."
            )
            raise InputError(msg) from error


def _read_json_lines(path: Path) -> pd.DataFrame:
    """Read one JSON object a line; a key that a line lacks is missing there."""
    rows: list[Row] = []
    for number, line in enumerate(_decoded(path).split("\n"), start=1):
        if line.strip():
            rows.append(_json_row(line, number, path))
    names = list(dict.fromkeys(name for row in rows for name in row))
    _check_names(names, path)
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})


def _json_row(line: str, number: int, path: Path) -> Row:
    """Parse one line."""
    try:
        row = json.loads(line, object_pairs_hook=_without_repeats, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        msg = f"{path}, line {number} is no JSON object ({_first_line(error)}): {line[:60]!r}. Write one object a line."
        raise InputError(msg) from error
    if not isinstance(row, dict):
        raise InputError(f"{path}, line {number} holds {line[:60]!r}, not an object. Write one object a line.")
    return row


def _whole(digits: str) -> int:
    """Return a whole number; one that is too long to be read is an error."""
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits, to be written as text if it is an id")
    return int(digits)


def _without_repeats(pairs: list[tuple[str, Any]]) -> Row:
    """Return the pairs as a dictionary; a repeated key is an error."""
    row = dict(pairs)
    if len(row) != len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {repeated!r} is repeated")
    return row


def _decoded(path: Path) -> str:
    """Return a file's text without byte order mark.

    Raises:
        InputError: for invalid UTF-8, with its line and row.
    """
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        row = _n_rows_before(before, path)
        msg = (
            f"{path}, line {line} (row {row}) is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start} "
            f"({error.reason}). Save the file as UTF-8."
        )
        raise InputError(msg) from error


def _n_rows_before(before: bytes, path: Path) -> int:
    """Return the data row that the bytes stop in, from 1; quoted line ends do not count."""
    if path.suffix.lower() != ".csv":
        return before.count(b"\n") + 1
    quote = b'"'
    outside = before.split(quote)[::2]
    # a header takes the first line
    return sum(part.count(b"\n") for part in outside)


def as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with texts as Python objects, missing ones as None."""
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype):
            values = frame[name].astype(object)
            frame[name] = values.where(values.notna(), None)
    return frame


def _first_line(error: Exception) -> str:
    """Return the first line of a foreign message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


_READERS: Mapping[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": _read_parquet,
    ".csv": _read_csv,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".json": _read_json_lines,
}

TABLE_SUFFIXES = tuple(_READERS)
"""Of the files that `read_table` reads."""
