"""Stages of a run: skipped where nothing changed, taken up again where they were killed, never half there."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

STAGE_FILE = "stage.json"


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def staged(folder: Path, inputs: Mapping[str, Any], build: Callable[[Path, Path], None]) -> bool:
    """Make `folder` by `build(result, work)`, unless it was already made from the same inputs.

    `result` does not exist yet and is renamed to `folder` when `build` returns. `work` is kept when the stage is
    killed, and handed to the next attempt with the same inputs: checkpoints live there.

    Args:
        folder: of the stage's result.
        inputs: all that the result depends on; their digest is kept beside it.
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
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(result, folder)  # noqa: PTH105  (os.replace is the atomic one on every system)
    shutil.rmtree(partial)
    return True


def is_current(folder: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether a folder was made from these very inputs."""
    return _key_of(folder) == digest(inputs)


def _key_of(folder: Path) -> str | None:
    """Return the digest of the inputs that a folder was made from; None where there is none to trust."""
    file = folder / STAGE_FILE
    if not file.is_file():
        return None
    try:
        key = json.loads(file.read_text("utf-8"))["key"]
    except (ValueError, KeyError, TypeError):
        return None  # half-written when the machine died: the stage is made again
    return str(key)


def _write_key(folder: Path, key: str, inputs: Mapping[str, Any]) -> None:
    """Write the digest and, for people, what it was made from."""
    text = json.dumps({"key": key, "inputs": inputs}, indent=1, sort_keys=True)
    write_text(folder / STAGE_FILE, text)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, "utf-8")
    os.replace(partial, path)  # noqa: PTH105  (atomic on every system)
