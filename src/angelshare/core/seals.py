"""Checksums of what was written, which are verified before it is read again."""

import hashlib
from collections.abc import Mapping
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path, *, without: str) -> dict[str, str]:
    """Return the sha256 of every file in a folder and its sub-folders but one, the seal itself.

    Args:
        folder: which is walked without following links to folders; a link to a file counts as the file.
        without: the name of the file at the top of the folder that holds the checksums.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: _checksum(path) for name, path in sorted(files.items()) if name != without}


def differing(sealed: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    """Return the names of the files that were changed, are missing or were added."""
    return sorted(name for name in sealed.keys() | actual.keys() if sealed.get(name) != actual.get(name))


def _checksum(path: Path) -> str:
    """Return the sha256 of a file; of anything else, such as a dead link or a pipe, that it is none."""
    return sha256_of(path) if path.is_file() else "no file"
