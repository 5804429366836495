"""How often the test split was looked at: each set of models that is measured on it is one look."""

import json
from collections.abc import Sequence
from pathlib import Path

from angelshare.recipes.stages import digest, write_text

LOOKS_FILE = "test_looks.json"


def count_look(run: Path, test_sha256: str, fingerprints: Sequence[str]) -> int:
    """Return the number of looks so far, this one included. Measuring the same models again is no new look."""
    file = run / LOOKS_FILE
    looks: list[str] = json.loads(file.read_text("utf-8")) if file.is_file() else []
    look = digest([test_sha256, sorted(fingerprints)])
    if look not in looks:
        looks.append(look)
        write_text(file, json.dumps(looks, indent=1))
    return len(looks)
