"""Text files: CSV and JSON lines in UTF-8; errors name the row."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from angelshare.core.errors import InputError

Row = dict[str, Any]  # what a JSON line may hold

MOST_DIGITS = 1000
"""Digits of a whole number in JSON: Python's own limit is a few thousand, and can be moved."""


def decoded(path: Path) -> str:
    """Return a file's text without byte order marks, of which tools in a row may each write one.

    Raises:
        InputError: for invalid UTF-8, with its line and row.
    """
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        row = _n_rows_before(before, path)
        msg = (
            f"{path}, line {line} (row {row}) is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start} "
            f"({error.reason}). Save the file as UTF-8."
        )
        raise InputError(msg) from error


def read_json_rows(path: Path) -> list[Row]:
    """Return the JSON objects of a file, one a line; blank lines are skipped.

    Raises:
        InputError: for a line that is no object, repeats a key, or is cut off.
    """
    lines = enumerate(decoded(path).split("\n"), start=1)
    return [_json_row(line, number, path) for number, line in lines if line.strip()]


def first_line(error: Exception) -> str:
    """Return the first line of another library's message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _json_row(line: str, number: int, path: Path) -> Row:
    """Parse one line."""
    try:
        row = json.loads(line, object_pairs_hook=_without_repeats, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        msg = (
            f"{path}, line {number} is not a JSON object ({first_line(error)}): {line[:60]!r}. Write one object a line."
        )
        raise InputError(msg) from error
    if not isinstance(row, dict):
        raise InputError(f"{path}, line {number} holds {line[:60]!r}, not an object. Write one object a line.")
    return row


def _whole(digits: str) -> int:
    """Return a whole number, unless it is too long to be read."""
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits, to be written as text if it is an id")
    return int(digits)


def _without_repeats(pairs: list[tuple[str, Any]]) -> Row:
    """Return the pairs as a dictionary, unless a key is repeated."""
    row = dict(pairs)
    if len(row) != len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {repeated!r} is repeated")
    return row


def _n_rows_before(before: bytes, path: Path) -> int:
    """Return the data row in which the bytes stop, from 1; quoted line ends do not count."""
    if path.suffix.lower() != ".csv":
        return before.count(b"\n") + 1
    quote = b'"'
    outside = before.split(quote)[::2]
    # a header takes the first line
    return sum(part.count(b"\n") for part in outside)
