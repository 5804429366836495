"""The number of looks at the test split: every set of models that is measured on it is one."""

import json
from collections.abc import Sequence
from pathlib import Path

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.recipes.folder.stages import digest

LOOKS_FILE = "test_looks.json"


def count_look(run: Path, test_sha256: str, fingerprints: Sequence[str]) -> int:
    """Return the number of looks so far, including this one. Measuring the same models again is no new look."""
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
        InputError: if something else changed the file; a wrong count would be worse than none.
    """
    try:
        looks = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError):
        looks = None
    if not isinstance(looks, list) or not all(isinstance(look, str) for look in looks):
        raise InputError(f"{file} no longer holds the looks at the test split. Restore it, or take another --out.")
    return looks
