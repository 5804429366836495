"""Texts from the catalogue, a folder, a file, or the Hugging Face hub."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pandas as pd

from angelshare.core.errors import InputError
from angelshare.core.factories import nearest, unknown_name
from angelshare.core.protocols import DataCard
from angelshare.core.task import ROLES, TASKS, Role, Task
from angelshare.core.text import TextBatch
from angelshare.data.tables.columns import read_names
from angelshare.data.tables.reading import TABLE_SUFFIXES, as_objects, read_table, renamed, rows_of
from angelshare.data.texts.catalog import CatalogCard, catalog
from angelshare.data.texts.generated import GENERATED, generated_splits, generated_texts
from angelshare.data.texts.labelling import known_labels, order_notes, read_batch, refuse_missing, row_ids, text_set
from angelshare.data.texts.templates import with_templates
from angelshare.data.texts.textset import Splits, TextSet, content_sha256

FOLDER_VARIABLE = "ANGELSHARE_DATA"
"""The environment variable that names the folder of local copies."""

WHOLE = "all"
"""The only split of a file without a column `split`; it plays the role *test*."""

_ROLES: Mapping[str, Role] = {
    **{role: role for role in get_args(Role)},
    "dev": "validation",
    "valid": "validation",
    "validation_matched": "validation",
    WHOLE: "test",
}
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class TextPool:
    """Texts without labels: `ids` are the split and the row's id, such as `train/17`."""

    card: DataCard
    ids: tuple[str, ...]
    batch: TextBatch


@dataclass(frozen=True, slots=True)
class _Tables:
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


def load_splits(
    source: str,
    *,
    task: Task | None = None,
    columns: Mapping[str, str] | None = None,
    labels: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    fractional: bool = False,
) -> Splits:
    """Return a labelled data set by roles.

    A catalogue name wins over a file, and both over a hub id; the sets in `data.texts.generated` are made on the spot.
    Catalogue sets come from the folder in ANGELSHARE_DATA, else from the hub. A folder holds `train.*`, `validation.*`
    (or `dev.*`) and `test.*`, or one file with a column `split`. Content that differs from the card's is a warning of
    the card.

    Args:
        source: a catalogue name, a folder, a Parquet, CSV or JSON lines file, or a hub id.
        task: must be declared unless the catalogue does.
        columns: the house's name (`text`, `text_pair`, `label`, `id`, ...) -> the source's.
        labels: the classes in index order; by default the card's, else those in the data. The source's integers keep
            their meaning: they are the classes that the hub's names, or the card's order, say. Only where they have no
            names do they index `labels`.
        fractional: whether to read the column `fraction` of a binary task too: see `TextSet.fractions`.
        keep: further columns, by their names after `columns`, whose raw values are kept for slices.

    Raises:
        InputError: if the source or a column is missing, the task is not declared, or a split is empty.
        LabelError: for a label that is not among the labels, with its row.
    """
    if source in GENERATED.places and fractional:
        raise InputError(f"{source} has no fractional labels. Leave fractional_labels out.")
    if source in GENERATED.places:
        return generated_splits(source)
    tables = _open(source, columns or {})
    refuse_missing(keep, tables.frames.values(), where=tables.place)
    task = _declared_task(tables, task)
    known, frames, notes = tuple(labels or ()) or tables.labels, [*tables.frames.values()], tables.card.notes
    if not known:
        known = known_labels(frames, task=task, where=tables.place)
        notes += order_notes(frames, known, task=task, where=tables.place)
    sets = {
        split: text_set(
            frame,
            name=tables.card.name,
            task=task,
            labels=known,
            where=tables.where(split),
            numbered=tables.numbered,
            slices=tables.entry.slices if tables.entry else (),
            keep=keep,
            fractional=fractional,
        )
        for split, frame in tables.frames.items()
    }
    roles, extra = _by_role(sets, tables.entry.roles if tables.entry else {}, tables.place)
    from_templates = tables.entry is not None and tables.entry.from_templates
    return Splits(_checked(replace(tables.card, notes=notes), sets), roles, extra=extra, from_templates=from_templates)


def load_texts(source: str, *, split: str | None = None, columns: Mapping[str, str] | None = None) -> TextPool:
    """Return the texts of a source, without looking at labels.

    Args:
        source: as in `load_splits`.
        split: the source's split; None takes all.
        columns: the house's name (`text`, `text_pair`, `id`) -> the source's.

    Raises:
        InputError: if the source, the split or its texts are missing.
    """
    if source in GENERATED.places:
        splits, made_ids, made = generated_texts(source, split)
        return TextPool(splits.card, made_ids, made)
    tables = _open(source, columns or {})
    if split is not None and split not in tables.frames:
        raise InputError(unknown_name(f"split of {source}", split, tables.frames))
    ids: list[str] = []
    texts: list[str] = []
    pairs: list[str] = []
    for name in [split] if split else tables.frames:
        frame = tables.frames[name]
        batch = read_batch(frame, where=tables.where(name))
        ids += [f"{name}/{row}" for row in row_ids(frame, where=tables.where(name))]
        texts += batch.texts
        pairs += batch.pairs or ()
    if not texts:
        raise InputError(f"{source} has no texts. Give at least one.")
    return TextPool(tables.card, tuple(ids), TextBatch(tuple(texts), tuple(pairs) or None))


def _open(source: str, columns: Mapping[str, str]) -> _Tables:
    """Return the source's tables."""
    path = Path(source)
    entry = catalog().get(source)
    if entry is not None:
        return _open_catalog(source, entry, columns)
    if path.is_dir():
        return _open_folder(path, columns)
    if path.suffix.lower() in TABLE_SUFFIXES or path.is_file():
        frames = _by_split(read_table(path, columns=columns), str(path))
        return _Tables(DataCard(path.stem, str(path)), frames, str(path))
    if _HUB_ID.fullmatch(source):
        return _open_hub(source, None, columns)
    raise InputError(f"There is no file, folder or known data set {source!r}. Known: {', '.join(sorted(catalog()))}.")


def _open_catalog(name: str, entry: CatalogCard, columns: Mapping[str, str]) -> _Tables:
    """Read a catalogued set from the local copy, else from the hub."""
    folder = os.environ.get(FOLDER_VARIABLE)
    path = Path(folder) / entry.file if folder and entry.file else None
    if path is not None and path.is_file():
        if path.suffix in {".json", ".txt"}:
            raise InputError(f"{name} holds no texts in rows: {entry.about} Read {path} directly.")
        frame = rows_of(read_table(path, columns={**entry.columns, **columns}), entry.where)
        frame = with_templates(frame, entry.masked, where=str(path))
        return _Tables(entry.data_card(name), _by_split(frame, str(path)), str(path), entry)
    if entry.hub is None and entry.file is None:
        where = f" It is described at {entry.homepage}." if entry.homepage else ""
        raise InputError(f"{name} has neither a local copy nor a hub that angelshare could read.{where}")
    if entry.hub is None:
        looked = f"{path} is not there" if path else f"{FOLDER_VARIABLE} is not set"
        remedy = f"Set {FOLDER_VARIABLE} to the folder with {entry.file}."
        raise InputError(f"{name} is only read from a local copy, and {looked}. {remedy}")
    tables = _open_hub(entry.hub, entry.hub_config, {**entry.hub_columns, **columns})
    return replace(tables, card=entry.data_card(name, from_hub=True), entry=entry)


def _open_folder(folder: Path, columns: Mapping[str, str]) -> _Tables:
    """Read the files named by split, or the only file."""
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() in TABLE_SUFFIXES)
    named = {path.stem: path for path in tables if path.stem in _ROLES}
    n_named = sum(path.stem in _ROLES for path in tables)
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
    return _Tables(DataCard(folder.name, str(folder)), frames, str(folder))


def _open_hub(hub_id: str, config: str | None, columns: Mapping[str, str]) -> _Tables:
    """Read a set from the Hugging Face hub; it never runs code from there."""
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
    return _Tables(replace(card, notes=("The revision is not pinned.",)), frames, hub_id, hub_labels=names)


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


def _declared_task(tables: _Tables, task: Task | None) -> Task:
    """Return the task that the card or the caller declares."""
    name = tables.card.name
    if task is not None and task not in TASKS:
        raise InputError(unknown_name("task", task, TASKS))
    if tables.entry is None:
        if task is None:
            raise InputError(f"The task of {name} is not declared. Say which it is: {', '.join(TASKS)}.")
        return task
    if tables.entry.task is None:
        raise InputError(f"{name} is no labelled set for a classifier. {tables.entry.about}")
    if task not in (None, tables.entry.task):
        raise InputError(f"{name} is a {tables.entry.task} set, and {task} was declared. Leave the task out.")
    return tables.entry.task


def _by_role(
    sets: Mapping[str, TextSet], given: Mapping[Role, str], source: str
) -> tuple[dict[Role, TextSet], dict[str, TextSet]]:
    """Return the sets with a role, in the roles' order, and the others."""
    for split in given.values():
        if split not in sets:
            raise InputError(unknown_name(f"split of {source}", split, sets))
    role_of = {split: role for split, role in _ROLES.items() if split in sets and role not in given}
    role_of |= {split: role for role, split in given.items()}
    if len(set(role_of.values())) != len(role_of):
        raise InputError(f"{source} has two splits for one role: {role_of}. Say which plays it.")
    roles = {role: sets[split] for role in ROLES for split in sets if role_of.get(split) == role}
    return roles, {split: texts for split, texts in sets.items() if split not in role_of}


def _checked(card: DataCard, sets: Mapping[str, TextSet]) -> DataCard:
    """Return the card with the content's checksum, and a warning where the card has another."""
    sha256 = content_sha256(sets)
    if card.sha256 in (None, sha256):
        return replace(card, sha256=sha256)
    warning = f"the content differs from the card's: sha256 {sha256}, and the card says {card.sha256}."
    return replace(card, sha256=sha256, warnings=(*card.warnings, warning))
