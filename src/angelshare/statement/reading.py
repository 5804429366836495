"""A statement's file as plain values: whatever is in it, nothing but JSON of a sane depth comes out."""

import json
from pathlib import Path

from angelshare.core.errors import StatementError

MAX_DEPTH = 100
"""Lists and objects within each other; a recipe nests a handful."""


def read_json(file: Path) -> object:
    """Return the content of a JSON file.

    Raises:
        StatementError: if there is no such file, it is no JSON, or it nests deeper than `MAX_DEPTH`.
    """
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise StatementError(
            f"There is no statement at {file} ({error.strerror}). Give the folder of a run."
        ) from error
    except ValueError as error:
        raise StatementError(f"{file} is no JSON: {error}. Make the statement again.") from error
    except RecursionError as error:
        raise StatementError(_too_deep(file)) from error
    if _deeper_than(content, MAX_DEPTH):
        raise StatementError(_too_deep(file))
    return content


def _too_deep(file: Path) -> str:
    """Return the sentence on a file that nests without end."""
    return f"{file} nests deeper than {MAX_DEPTH} levels, which no statement does. Make the statement again."


def _refuse(constant: str) -> float:
    """Refuse the numbers that Python reads and JSON does not have."""
    raise ValueError(f"{constant} is no JSON number")


def _deeper_than(content: object, depth: int) -> bool:
    """Whether lists and objects nest deeper than this, found level by level, without recursion."""
    level = [content]
    for _ in range(depth + 1):
        nested = [value for value in level if isinstance(value, dict | list)]
        level = [child for value in nested for child in (value.values() if isinstance(value, dict) else value)]
    return bool(level)
