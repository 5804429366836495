"""From a table's columns to a text set: ids, texts, human labels, slices, clusters."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Labels, Mask
from angelshare.core.errors import InputError, LabelError
from angelshare.core.factories import unknown_name
from angelshare.core.items import ITEM_COLUMNS, UNLABELLED, label_indices
from angelshare.core.task import N_BINARY, Task
from angelshare.core.text import TextBatch
from angelshare.data.tables.columns import is_text, read_codes, read_ids, read_names, read_numbers, read_texts
from angelshare.data.texts.fractions import read_fractions
from angelshare.data.texts.textset import TextSet
from angelshare.data.texts.weights import read_weights

_HALF = 0.5
"""The share of annotators whose word puts an item into a slice."""
_NO_LABEL = ("", str(UNLABELLED))
_WORDS = {"true": 1, "false": 0}


def text_set(
    frame: pd.DataFrame,
    *,
    name: str,
    task: Task,
    labels: Sequence[str],
    where: str,
    numbered: Sequence[str] | None = None,
    slices: Iterable[str] = (),
    keep: Iterable[str] = (),
    fractional: bool = False,
) -> TextSet:
    """Return the rows as a text set.

    Args:
        frame: columns `text`, and where there are any `id`, `text_pair`, `label`, `label_name`, `label:LABEL`,
            `slice:NAME`, `cluster`, `weight` and `ITEM_COLUMNS`. Without ids, the row numbers from 0 serve.
        name: of the set.
        task: the meaning of the labels.
        labels: the classes, in index order; without any, human labels are not read.
        where: the table's name in errors.
        numbered: the classes in the order of the table's integers; None: as `labels`.
        slices: patterns of further columns to slice by: flags give one slice, other columns one for every value.
        fractional: read the column `fraction`, too.
        keep: columns whose raw values are kept, where the table has them.

    Raises:
        InputError: for a missing column, an empty table, or unreadable values, with the row.
        LabelError: for a label that is none of `labels`.
    """
    if frame.empty:
        raise InputError(f"{where} has no rows. Give at least one text.")
    ids = row_ids(frame, where=where)
    truth = read_truth(frame, task=task, labels=labels, where=where, numbered=numbered) if labels else None
    raw = {column: frame[column].to_numpy() for column in keep if column in frame.columns}
    return TextSet(
        name=name,
        task=task,
        labels=tuple(labels),
        ids=ids,
        batch=read_batch(frame, where=where),
        truth=truth,
        slices=read_slices(frame, where=where) | _slices_by_column(frame, slices, where),
        clusters=read_clusters(frame, where=where),
        weights=read_weights(frame, where=where, ids=ids),
        fractions=read_fractions(frame, truth, task=task, labels=labels, where=where) if fractional else None,
        columns=raw | read_item_columns(frame, where=where),
    )


def row_ids(frame: pd.DataFrame, *, where: str) -> tuple[str, ...]:
    """Return the column `id`, or the row numbers from 0 where there is none."""
    if "id" not in frame.columns:
        return tuple(map(str, range(len(frame))))
    return tuple(read_ids(frame, "id", path=where).tolist())


def read_batch(frame: pd.DataFrame, *, where: str) -> TextBatch:
    """Return the texts, with their second halves where there is a column `text_pair`."""
    texts = read_texts(frame, "text", path=where)
    return TextBatch(texts, read_texts(frame, "text_pair", path=where) if "text_pair" in frame.columns else None)


def refuse_missing(columns: Iterable[str], frames: Iterable[pd.DataFrame], *, where: str) -> None:
    """Refuse columns that all tables lack; the nearest name is told."""
    known = tuple(dict.fromkeys(str(name) for frame in frames for name in frame.columns))
    for name in columns:
        if name not in known:
            raise InputError(unknown_name(f"column of {where}", name, known))


def known_labels(frames: Sequence[pd.DataFrame], *, task: Task, where: str) -> tuple[str, ...]:
    """Return the labels in these tables, in index order, or sorted where they are names alone.

    Raises:
        LabelError: if a binary task has other than two.
        InputError: if there is no column of labels.
    """
    if task == "regression":
        return ("value",)
    if task == "multi_label":
        names = [str(name).removeprefix("label:") for name in frames[0].columns if str(name).startswith("label:")]
        if not names:
            raise InputError(
                f"{where} has no columns `label:LABEL`, which a multi_label task needs. Give one for every label."
            )
        return tuple(names)
    numbered = sorted({pair for frame in frames for pair in _numbers_and_names(frame, where)})
    labels = tuple(dict.fromkeys(name for _, name in numbered))
    if task == "binary" and len(labels) != N_BINARY:
        raise LabelError(
            f"{where}: a binary task has two labels, but there are {len(labels)}: {list(labels)[:10]}. Name both."
        )
    return labels


def read_truth(
    frame: pd.DataFrame, *, task: Task, labels: Sequence[str], where: str, numbered: Sequence[str] | None = None
) -> Array | None:
    """Return the human labels as `Predictions.truth` has them; None where every row is unlabelled.

    Labels may be names, or integers that index `numbered` (by default `labels`); blank and -1 are unlabelled. Names win
    over numbers.

    Raises:
        LabelError: for a label that is none of `labels`, with its row.
    """
    if task == "regression":
        values = read_numbers(frame, "label", path=where, gaps=True)
        return None if np.isnan(values).all() else values
    if task == "multi_label":
        return np.stack([read_flags(frame, f"label:{label}", where=where) for label in labels], axis=1)
    names = read_names(frame, _label_column(frame), path=where)
    unlabelled = np.isin(names, _NO_LABEL)
    if "label" in frame.columns:
        unlabelled |= np.isin(read_names(frame, "label", path=where), _NO_LABEL)
    if unlabelled.all():
        return None
    return _class_indices(names, labels, numbered or labels, unlabelled=unlabelled, where=where)


def _class_indices(
    names: Sequence[str], labels: Sequence[str], numbered: Sequence[str], *, unlabelled: Mask, where: str
) -> Labels:
    """Return class indices from names, or from integers where there are nothing else and no label is named by a number.

    Raises:
        LabelError: for a name or number that is no label, with its row.
    """
    numbers = {str(i): label for i, label in enumerate(numbered)}
    used = {name for name, skip in zip(names, unlabelled, strict=True) if not skip}
    if used <= set(numbers) and not used & set(labels):
        names = [numbers.get(name, name) for name in names]
    known = [labels[0] if skip else name for name, skip in zip(names, unlabelled, strict=True)]
    return np.where(unlabelled, UNLABELLED, label_indices(known, labels, where=where))


def read_flags(frame: pd.DataFrame, name: str, *, where: str) -> Array:
    """Return a column of 0 and 1 as float64, nan where blank.

    Raises:
        InputError: for any other value, with its row.
    """
    flags = read_numbers(_without_words(frame, name), name, path=where, gaps=True)
    wrong = ~np.isin(flags, (0, 1)) & ~np.isnan(flags)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{where}, row {row + 1}: {name} is {flags[row]:g}. Write 0 or 1, or leave it blank.")
    return flags


def _without_words(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one column with 1 and 0 for `true` and `false`, in any writing."""
    values = frame[name]
    if values.dtype == np.bool_:
        return pd.DataFrame({name: values.astype(np.int8)})
    if values.dtype != object:
        return frame
    # each distinct text is read once
    codes, distinct = pd.factorize(values) if is_text(values) else (np.arange(len(values)), values.to_numpy())
    read = [_WORDS.get(value.strip().lower(), value) if isinstance(value, str) else value for value in distinct]
    return pd.DataFrame({name: pd.Series(read, dtype=object).take(codes).reset_index(drop=True)})


def read_slices(frame: pd.DataFrame, *, where: str) -> dict[str, Mask]:
    """Return the masks of the columns `slice:NAME`: items of one half or more.

    Raises:
        InputError: for a value that is blank or outside 0 to 1, with its row.
    """
    masks: dict[str, Mask] = {}
    for name in (str(name) for name in frame.columns if str(name).startswith("slice:")):
        shares = read_numbers(_without_words(frame, name), name, path=where)
        wrong = ~((shares >= 0) & (shares <= 1))
        if wrong.any():
            row = int(np.argmax(wrong))
            value = frame[name].astype(object).iloc[row]  # not a number of numpy's, which would name its type
            raise InputError(f"{where}, row {row + 1}: {name} is {value!r}. Write 0 or 1, or a share between them.")
        masks[name.removeprefix("slice:")] = shares >= _HALF
    return masks


def read_clusters(frame: pd.DataFrame, *, where: str) -> Labels | None:
    """Return codes of the column `cluster`, else `template`, else `pair`; items without one are independent."""
    column = next((name for name in ("cluster", "template", "pair") if name in frame.columns), None)
    if column is None:
        return None
    names = read_codes(frame, column, path=where)
    if column != "cluster" and names.distinct == ("",):
        return None
    if "" not in names.distinct:
        return names.codes
    blank = names.codes == names.distinct.index("")
    codes = np.where(blank, len(names.distinct) + np.arange(len(frame)), names.codes)
    return np.asarray(pd.factorize(codes)[0], dtype=np.int64)


def read_item_columns(frame: pd.DataFrame, *, where: str) -> dict[str, Array]:
    """Return the columns of `ITEM_COLUMNS` that are not all blank: (n,) texts, "" where missing.

    Raises:
        InputError: for a value that is no name, with its row.
    """
    columns = {}
    for name in (name for name in ITEM_COLUMNS if name in frame.columns):
        values = read_codes(frame, name, path=where)
        if set(values.distinct) != {""}:
            # few distinct texts, many rows: every row points to one of them
            columns[name] = np.array(values.distinct, dtype=object)[values.codes]
    return columns


def _slices_by_column(frame: pd.DataFrame, patterns: Iterable[str], where: str) -> dict[str, Mask]:
    """Return the masks by value of all columns that match."""
    masks: dict[str, Mask] = {}
    for pattern in patterns:
        for name in (str(name) for name in frame.columns if fnmatchcase(str(name), pattern)):
            masks |= category_slices(frame, name, where=where)
    return masks


def category_slices(frame: pd.DataFrame, name: str, *, where: str) -> dict[str, Mask]:
    """Return a mask for every value of a column, or one for a column of flags; blanks are in none.

    Raises:
        InputError: for a value that is no name, with its row.
    """
    if frame[name].dtype == np.bool_:
        return {name: frame[name].to_numpy()}
    values = np.array(read_names(frame, name, path=where), dtype=object)
    return {f"{name}={value}": np.asarray(values == value) for value in sorted(set(values) - {""})}


def order_notes(frames: Sequence[pd.DataFrame], labels: Sequence[str], *, task: Task, where: str) -> tuple[str, ...]:
    """Return a note where only the alphabet says which of two labels is positive."""
    if task != "binary" or any(index for frame in frames for index, _ in _numbers_and_names(frame, where)):
        return ()
    named = ", ".join(labels)
    return (f"Nobody says which label is positive: of {named} the last is taken. Give the labels in order.",)


def _label_column(frame: pd.DataFrame) -> str:
    """Return the column of the labels' names, else of their numbers."""
    return "label_name" if "label_name" in frame.columns else "label"


def _numbers_and_names(frame: pd.DataFrame, where: str) -> set[tuple[int, str]]:
    """Return (index or 0, name) of the labels in use; without names, the numbers are the names."""
    names = read_names(frame, _label_column(frame), path=where)
    numbers = read_names(frame, "label", path=where) if "label" in frame.columns else names
    used = {pair for pair in zip(numbers, names, strict=True) if pair[0] not in _NO_LABEL and pair[1] not in _NO_LABEL}
    if all(number.isdecimal() for number, _ in used):
        return {(int(number), name) for number, name in used}
    return {(0, name) for _, name in used}
