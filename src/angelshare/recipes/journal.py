"""`log.jsonl` in the run folder: what was done when, one line per event, for people who ask later."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

JOURNAL_FILE = "log.jsonl"


def note(run: Path, event: str, **facts: Any) -> None:  # noqa: ANN401  (whatever JSON holds)
    """Append an event with the time of day and what is known about it."""
    line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts})
    with (run / JOURNAL_FILE).open("a", encoding="ascii") as journal:
        journal.write(f"{line}\n")
