"""Tables as users have them: Parquet, CSV, JSON lines. Texts stay verbatim and ids never become numbers."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.items import ITEM_COLUMNS
from angelshare.data.tables.file_kinds import SUFFIXES, FileKind, file_kind
from angelshare.data.tables.text_files import decoded, first_line, read_json_rows

UNWRITABLE = re.compile("[\\0\\ud800-\\udfff]")
"""Characters that names and ids must not hold: NumPy drops NUL at the end, and UTF-8 has no half surrogate pairs."""

HOUSE_COLUMNS = (
    *("id", "text", "text_pair", "text_key", "split", "cluster", "seed", "weight", "fraction"),
    *("label", "label_name", "truth", "score", "value"),
    *("embedding", "nats", "tokens", "bytes", "continuations"),
    *ITEM_COLUMNS,
)
"""The house's names of single columns."""

HOUSE_FAMILIES = ("logit:", "probability:", "label:", "truth:", "slice:")
"""The beginnings of the house's names where every label or slice has a column."""

_BLANK_LINES = re.compile(r"\A([ \t]*\r?\n)+")

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


def read_table(
    path: str | Path, *, columns: Mapping[str, str] | None = None, only: Collection[str] = ()
) -> pd.DataFrame:
    """Return a file's columns in order: texts as objects, missing values as None.

    In CSV every value is text, and a blank is the empty text. In Parquet integers stay integers, with or without gaps.

    Args:
        path: of a `.parquet`, `.csv`, `.jsonl`, `.ndjson` or `.json` (one object a line) file.
        columns: the house's name -> the file's own name.
        only: the house's names of the columns to read, if they exist; all by default.

    Raises:
        InputError: for a file that is missing, empty, truncated or of another kind; invalid UTF-8, with its row; a
            broken line; columns whose names are repeated or cannot be written; a column to rename that is missing, or
            a new name that is unknown.
    """
    path = Path(path)
    reader = _READERS.get(file_kind(path))
    if reader is None:
        raise InputError(f"{path} is a log of inspect_ai, not a table. Give it as a model's answers.")
    mapped = {ours: theirs for ours, theirs in (columns or {}).items() if not only or ours in only}
    return renamed(reader(path, {mapped.get(ours, ours) for ours in only}), mapped, path)


def renamed(frame: pd.DataFrame, columns: Mapping[str, str], path: str | Path) -> pd.DataFrame:
    """Return the frame under the house's names; a column whose name went to another is left out.

    A column that is read as one of `ITEM_COLUMNS` stays under its own name too, for slices and other roles.

    Raises:
        InputError: if a column to rename is missing, or its new name unknown; the nearest name is told.
    """
    for ours, theirs in columns.items():
        _refuse_unknown_name(ours, theirs, path)
        if theirs not in frame.columns:
            near = get_close_matches(theirs, list(frame.columns), n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"{path} has no column {theirs!r} to read as {ours!r}.{hint} It has: {', '.join(frame.columns)}."
            raise InputError(msg)
    taken = {ours: frame[theirs] for ours, theirs in columns.items()}
    moved = {theirs for ours, theirs in columns.items() if ours not in ITEM_COLUMNS}
    kept = {name: frame[name] for name in frame.columns if name not in taken and name not in moved}
    return pd.DataFrame({**taken, **kept}, index=frame.index)


def _refuse_unknown_name(ours: str, theirs: str, path: str | Path) -> None:
    """Refuse to read a column under a name that nobody reads: it would be lost."""
    family, _, label = ours.partition(":")
    if ours in HOUSE_COLUMNS or (label.strip() and f"{family}:" in HOUSE_FAMILIES):
        return
    known = (*HOUSE_COLUMNS, *(each + (label.strip() or "LABEL") for each in HOUSE_FAMILIES))
    raise InputError(f"{path}: {theirs!r} cannot be read as {ours!r}. {unknown_name('column', ours, known)}")


def check_names(names: Sequence[str], path: str | Path) -> None:
    """Refuse a header with repeated names, or names that cannot be written."""
    for name in names:
        if UNWRITABLE.search(name):
            msg = f"{path} has a column called {name!r}: a name cannot hold NUL or half a surrogate pair. Rename it."
            raise InputError(msg)
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise InputError(f"{path} has more than one column called {repeated[0]!r}. Rename or remove the others.")


def _read_parquet(path: Path, only: Collection[str]) -> pd.DataFrame:
    """Read Parquet; all columns if `only` is empty."""
    try:
        # a ParquetFile reads just this file, whatever its folder is called
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            check_names(names, path)
            # without metadata of pandas, which may be anything
            table = file.read([name for name in names if name in only] if only else None).replace_schema_metadata()
            _refuse_invalid_utf8(table, path)
            frame = table.to_pandas(types_mapper=_INTEGERS.get, ignore_metadata=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: names of columns
        msg = f"{path} is not Parquet, or is truncated or damaged ({first_line(error)}). Write or copy it again."
        raise InputError(msg) from error
    return as_objects(frame)


def _refuse_invalid_utf8(table: pa.Table, path: Path) -> None:
    """Refuse text that is not UTF-8, which Parquet does not check; other damage is the caller's."""
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


def _read_csv(path: Path, only: Collection[str]) -> pd.DataFrame:
    """Read CSV, every value as text; all columns if `only` is empty."""
    text = _BLANK_LINES.sub("", decoded(path))
    names = next(csv.reader(io.StringIO(text, newline="")), [])
    check_names(names, path)
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
        msg = f"{path} cannot be read as CSV: {first_line(error)} Quote values that hold commas, quotes or line ends."
        raise InputError(msg) from error
    return as_objects(table.select([name for name in names if name in only or not only]).to_pandas())


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
                f"{path}: a quote is opened and never closed: the file ends inside a value. Close or double the quote."
            )
            raise InputError(msg) from error


def _read_json_lines(path: Path, only: Collection[str]) -> pd.DataFrame:
    """Read one JSON object a line; a key that a line lacks is missing there. All keys if `only` is empty."""
    rows = read_json_rows(path)
    names = list(dict.fromkeys(name for row in rows for name in row))
    check_names(names, path)
    kept = [name for name in names if name in only or not only]
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in kept})


def as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with texts as Python objects, missing ones as None."""
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype):
            values = frame[name].astype(object)
            frame[name] = values.where(values.notna(), None)
    return frame


_READERS: Mapping[FileKind, Callable[[Path, Collection[str]], pd.DataFrame]] = {
    "parquet": _read_parquet,
    "csv": _read_csv,
    "json lines": _read_json_lines,
    "harness log": _read_json_lines,
}

TABLE_SUFFIXES = tuple(suffix for suffix, kind in SUFFIXES.items() if kind in _READERS)
"""The suffixes of the files that `read_table` reads."""


def rows_of(frame: pd.DataFrame, where: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of one set in a file with several; a column of blank second texts is dropped."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    if where and "text_pair" in frame.columns and (frame["text_pair"].fillna("") == "").all():
        frame = frame.drop(columns="text_pair")
    return frame.reset_index(drop=True) if where else frame
