"""The number of looks at the test split: every set of models that is measured on it is one."""

import json
from collections.abc import Sequence
from pathlib import Path

from angelshare.core.errors import InputError
from angelshare.recipes.conclude.kept_list import SEAL
from angelshare.recipes.folder.stages import digest

LOOKS_FILE = "test_looks.json"


def with_look(run: Path, test_sha256: str, fingerprints: Sequence[str]) -> list[str]:
    """Return all looks so far, including this one. Measuring the same models again is no new look.

    Raises:
        InputError: if something else changed the file of the looks.
    """
    looks = looks_so_far(run)
    look = digest([test_sha256, sorted(fingerprints)])
    return looks if look in looks else [*looks, look]


def looks_text(looks: Sequence[str]) -> str:
    """Return the content of the file of the looks, with its own checksum."""
    return json.dumps({"looks": list(looks), SEAL: digest(list(looks))}, indent=1)


def looks_so_far(run: Path) -> list[str]:
    """Return the looks that are counted in a folder.

    Raises:
        InputError: if something else changed their file, since a wrong count would be worse than none, or an earlier
            version wrote it.
    """
    file = run / LOOKS_FILE
    if not file.exists():
        return []
    try:
        content = json.loads(file.read_text("utf-8")) if file.is_file() else {}  # a pipe is read forever
        looks: list[str] = content["looks"]
        intact = content[SEAL] == digest(looks)
    except (ValueError, TypeError, KeyError, RecursionError):
        intact = False
    if not intact:
        raise InputError(
            f"{file} no longer holds the looks at the test split, or an earlier version of angelshare wrote it. "
            "Restore it, or choose another --out."
        )
    return looks
