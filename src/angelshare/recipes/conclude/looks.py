"""How often the test split was looked at: each set of models that is measured on it is one look."""

import json
from collections.abc import Sequence
from pathlib import Path

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.recipes.folder.stages import digest

LOOKS_FILE = "test_looks.json"


def count_look(run: Path, test_sha256: str, fingerprints: Sequence[str]) -> int:
    """Return the number of looks so far, this one included. Measuring the same models again is no new look."""
    file = run / LOOKS_FILE
    looks = _read(file) if file.is_file() else []
    look = digest([test_sha256, sorted(fingerprints)])
    if look not in looks:
        looks.append(look)
        write_text(file, json.dumps(looks, indent=1))
    return len(looks)


def _read(file: Path) -> list[str]:
    """Return the looks in a file.

    Raises:
        InputError: if it was changed by something else: a count that is made up is worse than none.
    """
    try:
        looks = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError):
        looks = None
    if not isinstance(looks, list) or not all(isinstance(look, str) for look in looks):
        raise InputError(f"{file} no longer holds the looks at the test split. Restore it, or take another --out.")
    return looks
