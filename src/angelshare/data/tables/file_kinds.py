"""Kinds of files, told by their content: names are often wrong, and logs of two tools share the suffix `.json`."""

import codecs
import json
import re
from pathlib import Path
from typing import Literal

from angelshare.core.errors import InputError

FileKind = Literal["parquet", "csv", "json lines", "harness log", "inspect log"]

SUFFIXES: dict[str, FileKind] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
    ".json": "json lines",
    ".eval": "inspect log",
}
"""The kinds of files whose content does not tell."""

_SIGNATURES: dict[bytes, FileKind] = {b"PAR1": "parquet", b"PK\3\4": "inspect log", b"PK\5\6": "inspect log"}
_HEAD = 65_536
_INSPECT = re.compile(rb'\A\s*\{\s*"(version|status)".{0,200}?"eval"\s*:\s*\{', re.DOTALL)
_HARNESS = re.compile(rb'\A\s*\[\s*\{\s*"doc_id"\s*:')
_HARNESS_RESULTS = re.compile(rb'\A\s*\{\s*"results"\s*:\s*\{')


def file_kind(path: Path) -> FileKind:
    """Return the kind of a file.

    Raises:
        InputError: for a file that is missing, empty or a folder, of no known kind, or that holds a harness's results
            instead of its samples.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a file. Name one of the files in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}. Check the path.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise InputError(f"{path} is empty (0 bytes). Write it again.")
        for signature, kind in _SIGNATURES.items():
            if head.startswith(signature):
                return kind
        named = SUFFIXES.get(path.suffix.lower())
        content = _without_marks(head).lstrip()
        if named in ("parquet", "csv") or not content.startswith((b"{", b"[")):
            return named or _refuse_unknown(path)
        file.seek(0)
        return _json_kind(content, file.readline(), path)


def _json_kind(content: bytes, line: bytes, path: Path) -> FileKind:
    """Return the kind of a JSON file, from its first bytes and its first line."""
    if _INSPECT.match(content):
        return "inspect log"
    if _HARNESS.match(content):
        return "harness log"
    if _HARNESS_RESULTS.match(content):
        msg = f"{path} holds the results of lm-evaluation-harness, not its samples. Run it with --log_samples and give"
        raise InputError(f"{msg} the file samples_TASK_TIME.jsonl of one task.")
    try:
        first = json.loads(_without_marks(line))
    except (ValueError, RecursionError):
        return "json lines"  # its reader says which line is broken
    if isinstance(first, dict) and "doc_id" in first and ("resps" in first or "filtered_resps" in first):
        return "harness log"
    return "json lines"


def _without_marks(content: bytes) -> bytes:
    """Return the content without byte order marks at its beginning."""
    while content.startswith(codecs.BOM_UTF8):
        content = content.removeprefix(codecs.BOM_UTF8)
    return content


def _refuse_unknown(path: Path) -> FileKind:
    """Refuse a file of no known kind."""
    raise InputError(f"{path} is none of {', '.join(SUFFIXES)}. Convert it, or rename it if it is one of these.")
