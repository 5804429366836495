"""Where labelled texts lie: the catalogue, a folder, a file, the Hugging Face hub, memory; read as tables by split."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pandas as pd

from angelshare.core.errors import InputError
from angelshare.core.extras import extra_named
from angelshare.core.factories import nearest
from angelshare.core.protocols import DataCard
from angelshare.core.task import Role
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.tables.columns import read_names
from angelshare.data.tables.reading import TABLE_SUFFIXES, as_objects, read_table, renamed, rows_of
from angelshare.data.texts.catalog import FOLDER_VARIABLE, CatalogCard, catalog
from angelshare.data.texts.templates import with_templates

WHOLE = "all"
"""The only split of a file without a column `split`; it plays the role *test*."""

SPLIT_ROLES: Mapping[str, Role] = {
    **{role: role for role in get_args(Role)},
    "dev": "validation",
    "valid": "validation",
    "validation_matched": "validation",
    WHOLE: "test",
}
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Tables:
    """A source as read: a table for each split, and its card; `hub_labels` are the hub's names, in order."""

    card: DataCard
    frames: Mapping[str, pd.DataFrame]
    place: str
    entry: CatalogCard | None = None
    hub_labels: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in the order of the card, else of the hub; none where both lack them."""
        return (self.entry.labels if self.entry else ()) or self.hub_labels

    @property
    def numbered(self) -> tuple[str, ...] | None:
        """The classes in the order of the source's integers; None where they have no names.

        That is the hub's order, unless its names of the classes differ from the card's: then it is the card's.
        """
        same = sorted(self.hub_labels) == sorted(self.labels)
        return (self.hub_labels if same else self.labels) or None

    def where(self, split: str) -> str:
        """Return the name of a split in errors."""
        return f"{self.place}, split {split}" if split != WHOLE else self.place


def open_tables(source: str | TableAtHand, columns: Mapping[str, str]) -> Tables:
    """Return the tables of a catalogue name, a folder, a file, a hub id, or of what is in memory.

    Raises:
        InputError: if there is none, or it cannot be read.
    """
    if isinstance(source, TableAtHand):
        return Tables(DataCard(source.name, "in memory"), _by_split(source.read(columns), source.name), source.name)
    path = Path(source)
    entry = catalog().get(source)
    if entry is not None:
        return _open_catalog(source, entry, columns)
    if path.is_dir():
        return _open_folder(path, columns)
    if path.suffix.lower() in TABLE_SUFFIXES or path.is_file():
        frames = _by_split(read_table(path, columns=columns), str(path))
        return Tables(DataCard(path.stem, str(path)), frames, str(path))
    if _HUB_ID.fullmatch(source):
        return _open_hub(source, None, columns)
    raise InputError(f"There is no file, folder or known data set {source!r}. Known: {', '.join(sorted(catalog()))}.")


def _open_catalog(name: str, entry: CatalogCard, columns: Mapping[str, str]) -> Tables:
    """Read a catalogued set from the local copy, else from the hub."""
    folder = os.environ.get(FOLDER_VARIABLE)
    path = Path(folder) / entry.file if folder and entry.file else None
    if path is not None and path.is_file():
        if path.suffix in {".json", ".txt"}:
            raise InputError(f"{name} holds no texts in rows: {entry.about} Read {path} directly.")
        frame = rows_of(read_table(path, columns={**entry.columns, **columns}), entry.where)
        frame = with_templates(frame, entry.masked, where=str(path))
        return Tables(entry.data_card(name), _by_split(frame, str(path)), str(path), entry)
    if entry.hub is None and entry.file is None:
        where = f" It is described at {entry.homepage}." if entry.homepage else ""
        raise InputError(f"{name} has neither a local copy nor a hub id that angelshare can read.{where}")
    if entry.hub is None:
        looked = f"{path} is not there" if path else f"{FOLDER_VARIABLE} is not set"
        remedy = f"Set {FOLDER_VARIABLE} to the folder with {entry.file}."
        raise InputError(f"{name} is only read from a local copy, and {looked}. {remedy}")
    tables = _open_hub(entry.hub, entry.hub_config, {**entry.hub_columns, **columns})
    return replace(tables, card=entry.data_card(name, from_hub=True), entry=entry)


def _open_folder(folder: Path, columns: Mapping[str, str]) -> Tables:
    """Read the files named by split, or the only file."""
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() in TABLE_SUFFIXES)
    named = {path.stem: path for path in tables if path.stem in SPLIT_ROLES}
    n_named = sum(path.stem in SPLIT_ROLES for path in tables)
    if n_named != len(named):
        raise InputError(
            f"{folder} has more than one file for a split: {[path.name for path in tables]}. Keep one of each."
        )
    if named:
        frames = {split: read_table(path, columns=columns) for split, path in named.items()}
    elif len(tables) == 1:
        frames = dict(_by_split(read_table(tables[0], columns=columns), str(tables[0])))
    else:
        msg = (
            f"{folder} has {len(tables)} tables and none is called train, validation, dev or test. "
            "Name the files by split, or give one file with a column `split`."
        )
        raise InputError(msg)
    return Tables(DataCard(folder.name, str(folder)), frames, str(folder))


def _open_hub(hub_id: str, config: str | None, columns: Mapping[str, str]) -> Tables:
    """Read a set from the Hugging Face hub; it never runs code from there."""
    with extra_named(
        f"{hub_id!r} is not at hand.{nearest(hub_id, catalog())} To read it from the Hugging Face hub, angelshare"
    ):
        import datasets

    try:
        loaded = datasets.load_dataset(hub_id, config)
    except Exception as error:  # the remedy is the same for every fault of a network
        msg = (
            f"The data set {hub_id!r} cannot be read from the Hugging Face hub ({type(error).__name__}: {error}). "
            f"Check the name and the network, or set {FOLDER_VARIABLE} to a folder with local copies."
            f"{nearest(hub_id, catalog())} `angelshare data list` shows the sets that are known by name."
        )
        raise InputError(msg) from error
    frames = {str(split): renamed(as_objects(table.to_pandas()), columns, hub_id) for split, table in loaded.items()}
    feature = next(iter(loaded.values())).features.get(columns.get("label", "label"))
    names = tuple(getattr(feature, "names", None) or ())
    card = DataCard(hub_id, f"hub: {hub_id}", homepage=f"https://huggingface.co/datasets/{hub_id}")
    return Tables(replace(card, notes=("The revision is not pinned.",)), frames, hub_id, hub_labels=names)


def _by_split(frame: pd.DataFrame, path: str) -> dict[str, pd.DataFrame]:
    """Return the rows of each split, in order."""
    if frame.empty:
        raise InputError(f"{path} has no rows. Give at least one text.")
    if "split" not in frame.columns:
        return {WHOLE: frame}
    names = pd.Series(read_names(frame, "split", path=path))
    if (names == "").any():
        row = int((names == "").to_numpy().argmax())
        raise InputError(f"{path}, row {row + 1}: the split is blank. Name a split in every row.")
    return {name: frame[(names == name).to_numpy()].reset_index(drop=True) for name in names.unique()}
