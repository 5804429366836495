"""A statement's file as plain values of a sane depth, verified."""

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from angelshare.core.errors import StatementError

MAX_DEPTH = 100
"""Nested lists and objects; a recipe has a handful."""

MOST_BYTES = 2**28
"""A statement has a few megabytes at most."""

LARGEST = 1e150
"""Squares of larger numbers are near the end of float64, and no metric is so large."""

CHECKSUM = "sha256"
"""The key of a statement's checksum in its file."""

_WARNING = "Warning:"


def read_json(file: Path) -> object:
    """Return the content of a JSON file.

    Raises:
        StatementError: if there is no such file, it is a device or a pipe, larger than `MOST_BYTES`, no JSON, or nests
            deeper than `MAX_DEPTH`.
    """
    if file.exists() and not file.is_file():
        raise StatementError(f"{file} is a device or a pipe, not a file. Give the folder of a run.")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise StatementError(f"{file} has {file.stat().st_size:,} bytes, and no statement has. Check the path.")
        content: object = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise StatementError(
            f"There is no statement at {file} ({error.strerror}). Give the folder of a run."
        ) from error
    except ValueError as error:
        raise StatementError(f"{file} is not JSON: {error}. Make the statement again.") from error
    except RecursionError as error:
        raise StatementError(_too_deep(file)) from error
    if _deeper_than(content, MAX_DEPTH):
        raise StatementError(_too_deep(file))
    return content


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement's content with its checksum."""
    return {**content, CHECKSUM: _checksum(content)}


def unsealed(content: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a statement's content without its checksum, verified; older statements have none.

    Raises:
        StatementError: if the content is not the one that was sealed.
    """
    rest = {name: value for name, value in content.items() if name != CHECKSUM}
    if content.get(CHECKSUM, _checksum(rest)) != _checksum(rest):
        raise StatementError(f"{where} was changed or damaged after it was written. Make the statement again.")
    return rest


def _checksum(content: Mapping[str, Any]) -> str:
    """Return the sha256 of JSON, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def with_warnings(content: object) -> object:
    """Return a statement's content with its warnings in a list of their own, and those of each audit.

    In older statements they stand among the notes, or an audit's remarks, and begin with "Warning:".
    """
    if not isinstance(content, dict):
        return content
    audits = content.get("audits")
    if isinstance(audits, list):
        content = content | {"audits": [_split(audit, "remarks") for audit in audits]}
    return _split(content, "notes")


def _split(part: object, place: str) -> object:
    """Return a part of a statement without warnings among its sentences; one with a list of warnings as it is."""
    if not isinstance(part, dict) or "warnings" in part or not isinstance(part.get(place), list):
        return part
    sentences = part[place]
    old = [sentence for sentence in sentences if isinstance(sentence, str) and sentence.startswith(_WARNING)]
    return part | {
        place: [sentence for sentence in sentences if sentence not in old],
        "warnings": [sentence.removeprefix(_WARNING).strip() for sentence in old],
    }


def _too_deep(file: Path) -> str:
    """Return the message about a file that nests too deep."""
    return f"{file} nests deeper than {MAX_DEPTH} levels, which no statement does. Make the statement again."


def _refuse(constant: str) -> float:
    """Refuse the numbers that Python reads and JSON does not have."""
    raise ValueError(f"{constant} is not a JSON number")


def holds_too_large(content: object) -> bool:
    """Return whether lists and objects hold a finite number beyond `LARGEST`."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, int | float) and LARGEST < abs(value) < math.inf:
            return True
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
    return False


def _deeper_than(content: object, depth: int) -> bool:
    """Whether lists and objects nest deeper than this; level by level, without recursion."""
    level = [content]
    for _ in range(depth + 1):
        nested = [value for value in level if isinstance(value, dict | list)]
        level = [child for value in nested for child in (value.values() if isinstance(value, dict) else value)]
    return bool(level)
