"""Texts from the catalogue, a folder, a file, or the Hugging Face hub."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import DataCard
from angelshare.core.task import ROLES, TASKS, Role, Task
from angelshare.core.text import TextBatch
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.texts.generated import GENERATED, generated_splits, generated_texts
from angelshare.data.texts.labelling import known_labels, order_notes, read_batch, refuse_missing, row_ids, text_set
from angelshare.data.texts.sources import SPLIT_ROLES, Tables, open_tables
from angelshare.data.texts.textset import Splits, TextSet, content_sha256


@dataclass(frozen=True, slots=True)
class TextPool:
    """Texts without labels: `ids` are the split and the row's id, such as `train/17`."""

    card: DataCard
    ids: tuple[str, ...]
    batch: TextBatch


def load_splits(
    source: str | TableAtHand,
    *,
    task: Task | None = None,
    columns: Mapping[str, str] | None = None,
    labels: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    fractional: bool = False,
    labelled: bool = True,
) -> Splits:
    """Return a data set by roles.

    A catalogue name wins over a file, and both over a hub id; the sets in `data.texts.generated` are made on the spot.
    Catalogue sets come from the folder in ANGELSHARE_DATA, else from the hub. A folder holds `train.*`, `validation.*`
    (or `dev.*`) and `test.*`, or one file with a column `split`. Content that differs from the card's is a warning of
    the card.

    Args:
        source: a catalogue name, a folder, a Parquet, CSV or JSON lines file, a hub id, or a table in memory.
        task: must be declared unless the catalogue does.
        columns: the house's name (`text`, `text_pair`, `label`, `id`, ...) -> the source's.
        labels: the classes in index order; by default the card's, else those in the data. The source's integers keep
            their meaning: they are the classes that the hub's names, or the card's order, say. Only where they have no
            names do they index `labels`.
        fractional: whether to read the column `fraction` of a binary task too: see `TextSet.fractions`.
        labelled: whether labels are needed. If not, a source without a task or without labels gives the texts alone.
        keep: further columns, by their names after `columns`, whose raw values are kept for slices.

    Raises:
        InputError: if the source or a column is missing, the task is not declared, or a split is empty.
        LabelError: for a label that is not among the labels, with its row.
    """
    if isinstance(source, str) and source in GENERATED.places:
        if fractional:
            raise InputError(f"{source} has no fractional labels. Leave fractional_labels out.")
        return generated_splits(source)
    if task is not None and task not in TASKS:
        raise InputError(unknown_name("task", str(task), TASKS))
    tables = open_tables(source, columns or {})
    refuse_missing(keep, tables.frames.values(), where=tables.place)
    if labelled or _has_labels(tables, task):
        task, known, notes = _classes(tables, task, tuple(labels or ()))
    else:
        task, known, notes = "single_label", (), ()
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
    return Splits(
        _checked(replace(tables.card, notes=(*tables.card.notes, *notes)), sets),
        roles,
        extra=extra,
        from_templates=from_templates,
    )


def load_texts(
    source: str | TableAtHand, *, split: str | None = None, columns: Mapping[str, str] | None = None
) -> TextPool:
    """Return the texts of a source, without looking at labels.

    Args:
        source: as in `load_splits`.
        split: the source's split; None takes all.
        columns: the house's name (`text`, `text_pair`, `id`) -> the source's.

    Raises:
        InputError: if the source, the split or its texts are missing.
    """
    if isinstance(source, str) and source in GENERATED.places:
        splits, made_ids, made = generated_texts(source, split)
        return TextPool(splits.card, made_ids, made)
    tables = open_tables(source, columns or {})
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


def _has_labels(tables: Tables, task: Task | None) -> bool:
    """Whether a source has labels, and it is known what they mean."""
    declared = task or (tables.entry and tables.entry.task)
    columns = {str(column).partition(":")[0] for frame in tables.frames.values() for column in frame.columns}
    return bool(declared and columns & {"label", "label_name"})


def _classes(
    tables: Tables, task: Task | None, labels: tuple[str, ...]
) -> tuple[Task, tuple[str, ...], tuple[str, ...]]:
    """Return the task, the classes in index order, and a note where nobody gave the order."""
    task, known, frames = _declared_task(tables, task), labels or tables.labels, [*tables.frames.values()]
    if known:
        return task, known, ()
    known = known_labels(frames, task=task, where=tables.place)
    return task, known, order_notes(frames, known, task=task, where=tables.place)


def _declared_task(tables: Tables, task: Task | None) -> Task:
    """Return the task that the card or the caller declares."""
    name = tables.card.name
    if tables.entry is None:
        if task is None:
            raise InputError(f"The task of {name} is not declared. Say which it is: {', '.join(TASKS)}.")
        return task
    if tables.entry.task is None:
        raise InputError(f"{name} is not a labelled set for a classifier. {tables.entry.about}")
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
    role_of = {split: role for split, role in SPLIT_ROLES.items() if split in sets and role not in given}
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
