"""`log.jsonl` in the run folder: one line per event, to look up later what was done when."""

import json
from datetime import UTC, datetime
from pathlib import Path

JOURNAL_FILE = "log.jsonl"


def note(run: Path, event: str, **facts: object) -> None:
    """Append an event with the time of day and what is known about it."""
    line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts})
    with (run / JOURNAL_FILE).open("a", encoding="ascii") as journal:
        journal.write(f"{line}\n")


def seconds_of(run: Path, event: str) -> float:
    """Return the total seconds of all events of this name in a journal; 0 without any."""
    file = run / JOURNAL_FILE
    lines = file.read_text("ascii").splitlines() if file.is_file() else []
    return float(sum(entry["seconds"] for entry in map(json.loads, lines) if entry["event"] == event))
