"""The number of looks at the test split: every set of models that is measured on it is one."""

import json
from collections.abc import Sequence
from pathlib import Path

from angelshare.core.errors import InputError
from angelshare.recipes.folder.stages import digest

LOOKS_FILE = "test_looks.json"


def with_look(run: Path, test_sha256: str, fingerprints: Sequence[str]) -> list[str]:
    """Return all looks so far, including this one. Measuring the same models again is no new look.

    Raises:
        InputError: if something else changed the file of the looks.
    """
    file = run / LOOKS_FILE
    looks = _read(file) if file.is_file() else []
    look = digest([test_sha256, sorted(fingerprints)])
    return looks if look in looks else [*looks, look]


def looks_text(looks: Sequence[str]) -> str:
    """Return the content of the file of the looks."""
    return json.dumps(looks, indent=1)


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
