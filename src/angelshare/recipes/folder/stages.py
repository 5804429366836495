"""Stages of a run: skipped if nothing changed, resumed if they were killed, made again if they are damaged.

A finished stage is a folder with a seal, `stage.json`: what it was made from, and the sha256 of each of its files. Only
a folder with such a seal is ever replaced.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from angelshare.core.atomic import set_aside, write_text
from angelshare.core.errors import InputError
from angelshare.core.seals import checksums, differing

STAGE_FILE = "stage.json"

_LOG = logging.getLogger(__name__)
_SHOWN = 3
"""Files that a message names."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The state of the folder of a stage.

    Attributes:
        key: the digest of the inputs that it was made from; None if there is none that can be read.
        damaged: the files that are not as they were sealed.
        foreign: the files that no stage made.
    """

    key: str | None = None
    damaged: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def staged(folder: Path, inputs: Mapping[str, Any], build: Callable[[Path, Path], None]) -> bool:
    """Make `folder` by `build(result, work)`, unless it was already made from the same inputs and is undamaged.

    `result` does not exist yet and is renamed to `folder` when `build` returns. `work`, the place for checkpoints,
    outlives a stage that is killed and is handed to the next attempt with the same inputs. A damaged stage is named in
    a warning; one whose seal cannot be read is set aside under another name, because nothing says that it is ours.

    Args:
        folder: of the stage's result.
        inputs: all that the result depends on; their digest is kept with it.
        build: makes the folder `result`; may leave unfinished work in `work`.

    Returns:
        Whether anything was built.

    Raises:
        InputError: if the folder holds files that no stage made.
    """
    key, stage = digest(inputs), stage_of(folder)
    if stage.key == key and not stage.damaged:
        return False
    partial = folder.with_name(f".{folder.name}.partial")
    refuse_foreign(folder, stage.foreign)
    refuse_foreign(partial, () if (partial / STAGE_FILE).exists() else _files(partial))
    if stage.damaged:
        _LOG.warning("%s is damaged (%s) and is made again.", folder, _named(stage.damaged))
    if stage.damaged and stage.key is None:
        _LOG.warning("What was there is now %s. Delete it if you do not need it.", set_aside(folder))
    if partial.exists() and _seal(partial).get("key") != key:
        shutil.rmtree(partial)
    work, result, replaced = partial / "work", partial / "result", partial / "replaced"
    work.mkdir(parents=True, exist_ok=True)
    _write_seal(partial, {"inputs": inputs, "key": key})
    shutil.rmtree(result, ignore_errors=True)
    build(result, work)
    files = checksums(result, without=STAGE_FILE)
    _write_seal(result, {"inputs": inputs, "key": key, "files": files, "seal": digest([key, files])})
    shutil.rmtree(replaced, ignore_errors=True)
    if folder.exists():
        folder.rename(replaced)
    result.rename(folder)
    shutil.rmtree(partial)
    return True


def is_current(folder: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether a folder was made from exactly these inputs, and is undamaged."""
    stage = stage_of(folder)
    return stage.key == digest(inputs) and not stage.damaged


def refuse_unsealed(folder: Path) -> None:
    """Check that a stage may be made in this place, which is known before its inputs are.

    Raises:
        InputError: if the folder has no seal but files, which would be lost.
    """
    stage = stage_of(folder)
    if stage.key is None:
        refuse_foreign(folder, stage.foreign)


def stage_of(folder: Path) -> Stage:
    """Return the state of a stage's folder; a folder without files is as good as none."""
    if not folder.is_dir():
        return Stage(foreign=(folder.name,)) if folder.exists() or folder.is_symlink() else Stage()
    if not (folder / STAGE_FILE).exists():
        return Stage(foreign=_files(folder))
    seal = _seal(folder)
    key, sealed = seal.get("key"), seal.get("files")
    if sealed is None or not _is_whole(seal):
        return Stage(damaged=(STAGE_FILE,))
    actual = checksums(folder, without=STAGE_FILE)
    foreign = tuple(sorted(actual.keys() - sealed.keys()))
    return Stage(key, tuple(name for name in differing(sealed, actual) if name not in foreign), foreign)


def refuse_foreign(folder: Path, foreign: tuple[str, ...]) -> None:
    """Refuse to replace a folder with files that no stage made."""
    if foreign:
        raise InputError(
            f"{folder} holds what angelshare did not make ({_named(foreign)}) and would lose it. Move it away, or "
            "choose another --out."
        )


def _files(folder: Path) -> tuple[str, ...]:
    """Return the names of all files in a folder."""
    return tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()))


def _seal(folder: Path) -> dict[str, Any]:
    """Return what the seal of a folder says; nothing if there is none, or it cannot be read."""
    try:
        file = folder / STAGE_FILE
        seal = json.loads(file.read_text("utf-8")) if file.is_file() else None  # a pipe is read forever
    except (OSError, ValueError, RecursionError):
        return {}  # cut short when the machine died, or damaged since
    return seal if isinstance(seal, dict) else {}


def _is_whole(seal: Mapping[str, Any]) -> bool:
    """Whether a seal's checksums are those of what it says."""
    try:
        inputs, said = digest(seal.get("inputs")), digest([seal.get("key"), seal.get("files")])
    except ValueError:
        return False  # Python reads numbers that JSON does not have
    return (seal.get("key"), seal.get("seal")) == (inputs, said)


def _write_seal(folder: Path, seal: Mapping[str, Any]) -> None:
    """Write the seal, with the inputs for human readers."""
    write_text(folder / STAGE_FILE, json.dumps(seal, indent=1, sort_keys=True))


def _named(files: tuple[str, ...]) -> str:
    """Return the first names of files, and how many more there are."""
    more = len(files) - _SHOWN
    return ", ".join(files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
