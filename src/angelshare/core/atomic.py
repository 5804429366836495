"""Files and folders that are there whole, or as they were: made beside their place under another name, then renamed."""

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from angelshare.core.errors import InputError

_SUFFIX = ".angelshare.partial"
_TEMPORARY = re.compile(rf"\.(?P<name>.+)\.[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
"""The names under which files and folders are made."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give an empty file to write bytes to; afterwards it takes the place of `path`, whose folder is made if need be.

    The temporary name is drawn at random and must not be there yet, so that no link planted beside `path` is ever
    followed and two processes never write to one file. After an error the temporary file is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_SUFFIX}")
    file = partial.open("xb")
    try:
        with naming(path):
            with file:
                yield file
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let errors of the system say which file they are about, as they do not where it is open already."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all."""
    with whole_texts({path: text}):
        pass


@contextmanager
def whole_texts(texts: Mapping[Path, str]) -> Iterator[None]:
    """Write texts as UTF-8 beside their places; afterwards they take these, unless there was an error."""
    contents = {path: text.encode() for path, text in texts.items()}
    with ExitStack() as files:
        for path, content in contents.items():
            file = files.enter_context(whole_file(path))
            file.write(content)
            file.flush()  # a full disk shows here, not when the file is closed
        yield


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; afterwards it takes the place of `folder`, with all that was there.

    The caller answers for what is lost. After an error nothing is left, and what was there stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}.", suffix=_SUFFIX, dir=folder.parent) as scratch:
        new, replaced = Path(scratch) / "new", Path(scratch) / "replaced"
        new.mkdir()
        yield new
        try:
            if folder.exists() or folder.is_symlink():  # also one that leads nowhere
                folder.rename(replaced)
            new.rename(folder)
        finally:  # an error, or Ctrl-C, between the two
            if replaced.exists() and not folder.exists():
                replaced.rename(folder)


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that were killed left directly in a folder under temporary names.

    A folder that was just being replaced gets its place back. Nobody else may be writing to `folder`.
    """
    for left in sorted(folder.iterdir()) if folder.is_dir() else []:
        name = _TEMPORARY.fullmatch(left.name)
        if name is None:
            continue
        replaced, place = left / "replaced", folder / name["name"]
        if replaced.is_dir() and not place.exists():
            replaced.rename(place)
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


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


def set_aside(path: Path) -> Path:
    """Return the free name beside it that a damaged file or folder was given, so that nothing of it is lost."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return path.rename(aside)
