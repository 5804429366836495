"""The place of a statement: what stands there is replaced only if angelshare made it, of the same origin."""

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from angelshare.core.atomic import set_aside
from angelshare.core.errors import InputError
from angelshare.recipes.conclude.kept import FOLDER
from angelshare.recipes.conclude.kept_list import INDEX, read_list
from angelshare.recipes.conclude.looks import looks_so_far
from angelshare.statement.schema import SCHEMA

PAGES = ("statement.json", "statement.html", "statement.md")

_LOG = logging.getLogger(__name__)


def check_place(folder: Path, reads: Iterable[Path] = ()) -> None:
    """Check, before anything is measured, that a statement may be written to a folder.

    Args:
        folder: of the statement, which need not exist.
        reads: the files and folders that are read for it.

    Raises:
        InputError: if it would replace files that angelshare did not make, or those that are read; or if the looks at
            the test split cannot be counted.
    """
    looks_so_far(folder)
    kept = folder / FOLDER
    foreign = _foreign(kept)
    if not (folder / PAGES[0]).exists():
        foreign += [name for name in PAGES if (folder / name).exists()]
    if foreign:
        raise InputError(_would_lose(folder, foreign))
    for read in reads:
        if kept.resolve() in read.resolve().parents:
            raise InputError(f"{read} lies in {kept}, which is written anew. Choose another --out.")


def check_pages(folder: Path, name: str, schema: str) -> None:
    """Check that `name`.json, .html and .md may be written to a folder.

    Args:
        folder: which need not exist.
        name: of the files.
        schema: the beginning of what their JSON says its schema is.

    Raises:
        InputError: if there are such files, and no JSON of this schema.
    """
    pages = [page for ending in ("json", "html", "md") if (page := folder / f"{name}.{ending}").exists()]
    if pages and not str(_said(folder / f"{name}.json", "schema")).startswith(schema):
        raise InputError(_would_lose(folder, [page.name for page in pages]))


def make_room(folder: Path, title: str, *, overwrite: bool) -> None:
    """Move a statement of another origin away, with its pages and answers, and what is no statement of ours.

    Args:
        folder: where it stands, if any does.
        title: of the statement that comes.
        overwrite: whether a statement of another origin, which has another title, may be lost.
    """
    file, kept = folder / PAGES[0], folder / FOLDER
    if kept.exists() and _files(kept) is None:
        _LOG.warning("%s is damaged. It is now %s.", kept / INDEX, set_aside(kept) / INDEX)
    if not file.exists():
        return
    there = _said(file, "title")
    if there is None or _said(file, "schema") != SCHEMA:
        aside = [set_aside(folder / name) for name in PAGES if (folder / name).exists()]
        _LOG.warning("%s cannot be read as a statement. It is now %s.", file, aside[0])
        return
    if there != title and not overwrite:
        _LOG.warning("The statement %r stood in %s. It is now in %s.", there, folder, _moved(folder))


def _said(file: Path, key: str) -> object:
    """Return what a JSON object in a file says under a key; None if there is no such object, or it does not say it."""
    try:
        content = json.loads(file.read_text("utf-8")) if file.is_file() else None  # a pipe is read forever
    except (OSError, ValueError, RecursionError):
        return None
    return content.get(key) if isinstance(content, dict) else None


def _would_lose(folder: Path, names: Sequence[str]) -> str:
    """Return the message about files that would be replaced and that are not ours."""
    return (
        f"{folder} holds what angelshare did not make there ({', '.join(names[:3])}) and would lose it. Move it away, "
        "or choose another --out."
    )


def _foreign(kept: Path) -> list[str]:
    """Return what stands in the place of kept answers, and was not kept by us; of a damaged list nothing is known."""
    if not kept.is_dir():
        return [kept.name] if kept.exists() else []
    names, ours = {path.name for path in kept.iterdir()}, _files(kept)
    if ours is None:
        return []
    return sorted(f"{kept.name}/{name}" for name in names - ours)


def _files(kept: Path) -> set[str] | None:
    """Return the files that the list of kept answers names, and its own; nothing without it, None if it is damaged."""
    if not (kept / INDEX).exists():
        return set()
    try:
        index = read_list(kept / INDEX)
    except (InputError, OSError):
        return None
    return {INDEX, *(member.file for listed in index.sets for member in listed.members)}


def _moved(folder: Path) -> Path:
    """Return the new sub-folder into which the statement of a folder was moved."""
    number = 1
    while (previous := folder / f"previous-{number}").exists():
        number += 1
    previous.mkdir()
    for name in (*PAGES, FOLDER):
        if (folder / name).exists():
            (folder / name).rename(previous / name)
    return previous
