"""Stages of a run: skipped if nothing changed, resumed if they were killed, complete or absent."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from angelshare.core.atomic import replace_folder, write_text

STAGE_FILE = "stage.json"


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def staged(folder: Path, inputs: Mapping[str, Any], build: Callable[[Path, Path], None]) -> bool:
    """Make `folder` by `build(result, work)`, unless it was already made from the same inputs.

    `result` does not exist yet and is renamed to `folder` when `build` returns. `work`, the place for checkpoints,
    outlives a stage that is killed and is handed to the next attempt with the same inputs.

    Args:
        folder: of the stage's result.
        inputs: all that the result depends on; their digest is kept with it.
        build: makes the folder `result`; may leave unfinished work in `work`.

    Returns:
        Whether anything was built.
    """
    if is_current(folder, inputs):
        return False
    key = digest(inputs)
    partial = folder.with_name(f".{folder.name}.partial")
    if partial.exists() and _key_of(partial) != key:
        shutil.rmtree(partial)
    work, result = partial / "work", partial / "result"
    work.mkdir(parents=True, exist_ok=True)
    _write_key(partial, key, inputs)
    if result.exists():
        shutil.rmtree(result)
    build(result, work)
    _write_key(result, key, inputs)
    replace_folder(result, folder)
    shutil.rmtree(partial)
    return True


def is_current(folder: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether a folder was made from exactly these inputs."""
    return _key_of(folder) == digest(inputs)


def _key_of(folder: Path) -> str | None:
    """Return the digest of the inputs that a folder was made from; None if there is none, or it cannot be read."""
    file = folder / STAGE_FILE
    if not file.is_file():
        return None
    try:
        key = json.loads(file.read_text("utf-8"))["key"]
    except (ValueError, KeyError, TypeError):
        return None  # cut short when the machine died: the stage is made again
    return str(key)


def _write_key(folder: Path, key: str, inputs: Mapping[str, Any]) -> None:
    """Write the digest and, for human readers, the inputs."""
    text = json.dumps({"key": key, "inputs": inputs}, indent=1, sort_keys=True)
    write_text(folder / STAGE_FILE, text)
