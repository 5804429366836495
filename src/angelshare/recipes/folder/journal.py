"""`log.jsonl` in the run folder: one line per event, to look up later what was done when."""

import json
import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from angelshare.core.atomic import naming
from angelshare.core.errors import InputError

JOURNAL_FILE = "log.jsonl"

_LOG = logging.getLogger(__name__)
_EVENT = re.compile(rb'{"time": "[^"]*", "event": "')
"""The beginning of a line."""


def note(run: Path, event: str, **facts: object) -> None:
    """Append an event with the time of day and what is known about it."""
    line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts})
    file = run / JOURNAL_FILE
    if file.is_symlink():
        raise InputError(f"{file} is a link, and what it leads to is not changed. Move it away.")
    with naming(file), file.open("ab+") as journal:
        journal.write(f"{_end_of_line(journal)}{line}\n".encode())


def _end_of_line(journal: BinaryIO) -> str:
    """Return the end of a last line that was cut short; nothing where it is whole."""
    if not journal.tell():
        return ""
    journal.seek(-1, os.SEEK_END)
    return "" if journal.read() == b"\n" else "\n"


def was_here(run: Path) -> bool:
    """Whether a run ever wrote to a folder, by its journal.

    Raises:
        InputError: if somebody else's file has its name.
    """
    file = run / JOURNAL_FILE
    lines = file.read_bytes().splitlines() if file.is_file() else []
    if lines and not any(_EVENT.match(line) for line in lines):
        raise InputError(f"{file} is not one that angelshare wrote, and would get more lines. Choose another --out.")
    return bool(lines)


def seconds_of(run: Path, event: str) -> float:
    """Return the total seconds of all events of this name in a journal; 0 without any. Damaged lines are named."""
    file = run / JOURNAL_FILE
    lines = file.read_bytes().splitlines() if file.is_file() else []
    entries = [_entry(line, f"{file}, line {number}") for number, line in enumerate(lines, start=1)]
    return float(sum(seconds for name, seconds in entries if name == event))


def _entry(line: bytes, where: str) -> tuple[str, float]:
    """Return the event of a line, and the seconds that it took; of a damaged line nothing, after a warning."""
    try:
        entry = json.loads(line)
        return str(entry["event"]), float(entry.get("seconds", 0))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        _LOG.warning("%s, is damaged and not counted.", where)
        return "", 0.0
