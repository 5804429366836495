"""Files and folders that are there whole, or as they were: made beside their place under another name, then renamed."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from angelshare.core.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give an empty file to write bytes to; afterwards it takes the place of `path`, whose folder is made if need be.

    The temporary name is drawn at random and must not be there yet, so that no link planted beside `path` is ever
    followed and two processes never write to one file. After an error the temporary file is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    file = partial.open("xb")
    try:
        with file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all."""
    content = text.encode()
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; afterwards it takes the place of `folder`, with all that was there.

    What a killed process left is removed first; after an error nothing is left.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        replace_folder(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def replace_folder(new: Path, folder: Path) -> None:
    """Rename `new` to `folder`, on the same disk; what was there stays until then and is removed afterwards."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def folder_of(given: str | PathLike[str]) -> Path:
    """Return the folder that `--out` names, or its default; it need not be there yet.

    Raises:
        InputError: if it is blank, which would be the folder in which the command was called, or a file.
    """
    if not isinstance(given, str | PathLike):
        raise InputError(f"--out is a {type(given).__name__}. Name a folder.")
    if not fspath(given).strip():
        raise InputError("--out is blank. Name a folder; the current one is `--out .`.")
    folder = Path(given)
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if there is not None and not there.is_dir():
        raise InputError(f"--out names {there}, which is a file. Name a folder.")
    return folder
