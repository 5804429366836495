"""Several labelled sets joined into one, and roles limited to a number of texts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from angelshare.core.arrays import Array, Labels
from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED
from angelshare.core.protocols import DataCard
from angelshare.core.task import ROLES, Role
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits, TextSet

BY_SOURCE = "source="
"""The beginning of each joined set's slice."""
GROUPING = ("template", "pair")
"""Columns of items that belong together: the first template of a set is not that of another."""


def join_splits(parts: Sequence[Splits]) -> Splits:
    """Return several sets as one, role by role; for a set with train alone, a tenth of it becomes validation first.

    Ids begin with the name of their set, and every set is a slice, `source=NAME`.

    Raises:
        InputError: if two sets have one name, or their tasks or labels differ; see `join_sets`.
    """
    names = [part.card.name for part in parts]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(f"{', '.join(repeated)} is joined with itself. Name every set once.")
    whole = [part.with_roles(("validation",)) if "train" in part.roles else part for part in parts]
    roles = {
        role: join_sets([_marked(part.roles[role], part.card.name) for part in whole if role in part.roles])
        for role in ROLES
        if any(role in part.roles for part in whole)
    }
    from_templates = all(part.from_templates for part in parts)
    return Splits(_joined_card([part.card for part in whole]), roles, from_templates=from_templates)


def join_sets(sets: Sequence[TextSet]) -> TextSet:
    """Return several text sets as one; what is unknown of a set is missing there.

    Items of a set without a slice are not in it, those without clusters are independent, those without weight count
    once. Clusters of different sets stay apart.

    Raises:
        InputError: if tasks or labels differ, single texts would stand beside pairs, or ids repeat.
    """
    first = sets[0]
    for other in sets[1:]:
        _check_same(first, other)
    pairs = [pair for part in sets for pair in part.batch.pairs or ()]
    return TextSet(
        name=" + ".join(part.name for part in sets),
        task=first.task,
        labels=first.labels,
        ids=tuple(item for part in sets for item in part.ids),
        batch=TextBatch(tuple(text for part in sets for text in part.batch.texts), tuple(pairs) or None),
        truth=_joined([part.truth for part in sets], sets, missing=np.nan if _is_float(sets) else UNLABELLED),
        slices=_united([part.slices for part in sets], sets, missing=False),
        clusters=_joined_clusters(sets),
        weights=_joined([part.weights for part in sets], sets, missing=1.0),
        fractions=_joined([part.fractions for part in sets], sets, missing=np.nan),
        columns=_united([part.columns for part in sets], sets, missing=""),
    )


def limited(splits: Splits, limits: Mapping[Role, int]) -> Splits:
    """Return the splits with at most this number of texts in each role: those with the lowest content keys.

    The choice depends neither on the order of the texts nor on other texts: a smaller limit gives a part of a larger.

    Raises:
        InputError: for a role that the set lacks.
    """
    roles, notes = dict(splits.roles), list(splits.card.notes)
    for role, n in limits.items():
        texts = splits.role(role)
        if n < len(texts):
            lowest = np.argsort(texts.batch.keys(), kind="stable")[:n]
            roles[role] = texts.take(np.sort(lowest))
            notes.append(f"{n} of {len(texts)} {role} texts were drawn by content hash.")
    return replace(splits, roles=roles, card=replace(splits.card, notes=tuple(notes)))


def _check_same(first: TextSet, other: TextSet) -> None:
    """Refuse sets of different tasks or labels, and pairs beside single texts."""
    if (first.task, first.labels) != (other.task, other.labels):
        raise InputError(
            f"{first.name} is {first.task} with the labels {list(first.labels)}, {other.name} is {other.task} with "
            f"{list(other.labels)}: only sets of the same task and labels, in the same order, can be joined."
        )
    if (first.batch.pairs is None) != (other.batch.pairs is None):
        paired, single = (first, other) if other.batch.pairs is None else (other, first)
        raise InputError(f"{paired.name} has pairs and {single.name} has single texts: they cannot be joined.")


def _marked(texts: TextSet, name: str) -> TextSet:
    """Return a set whose ids, slices, templates and pairs bear its name."""
    everywhere = np.ones(len(texts), dtype=np.bool_)
    of_set = {
        column: np.array([f"{name}:{value}" if value else "" for value in texts.columns[column].tolist()], dtype=object)
        for column in GROUPING
        if column in texts.columns
    }
    return replace(
        texts,
        ids=tuple(f"{name}:{item}" for item in texts.ids),
        slices={**texts.slices, f"{BY_SOURCE}{name}": everywhere},
        columns={**texts.columns, **of_set},
    )


def _is_float(sets: Sequence[TextSet]) -> bool:
    """Return whether human labels are floats, which can be missing."""
    return any(part.truth is not None and part.truth.dtype.kind == "f" for part in sets)


def _joined(given: Sequence[Array | None], sets: Sequence[TextSet], *, missing: float) -> Array | None:
    """Return the arrays one after the other, with the missing value for sets without one; None if all are."""
    known = next((array for array in given if array is not None), None)
    if known is None:
        return None
    parts = [
        np.full((len(part), *known.shape[1:]), missing, dtype=known.dtype) if array is None else array
        for array, part in zip(given, sets, strict=True)
    ]
    return np.concatenate(parts)


def _united(given: Sequence[Mapping[str, Array]], sets: Sequence[TextSet], *, missing: bool | str) -> dict[str, Array]:
    """Return every named array over all sets, with the missing value where a set lacks it."""
    names = dict.fromkeys(name for arrays in given for name in arrays)
    dtype = np.bool_ if isinstance(missing, bool) else object
    return {
        name: np.concatenate(
            [
                np.asarray(arrays[name]) if name in arrays else np.full(len(part), missing, dtype=dtype)
                for arrays, part in zip(given, sets, strict=True)
            ]
        )
        for name in names
    }


def _joined_clusters(sets: Sequence[TextSet]) -> Labels | None:
    """Return cluster codes, different in every set; None where no set has clusters."""
    if all(part.clusters is None for part in sets):
        return None
    codes, first = [], 0
    for part in sets:
        clusters = np.arange(len(part)) if part.clusters is None else part.clusters
        codes.append(clusters + first)
        first += int(clusters.max()) + 1
    return np.concatenate(codes)


def _joined_card(cards: Sequence[DataCard]) -> DataCard:
    """Return a card of all sources, with the licence and hazards of each."""
    if len({card.licence for card in cards}) == 1:
        licence = cards[0].licence
    else:
        licence = "; ".join(f"{card.name}: {card.licence}" for card in cards)
    return DataCard(
        name=" + ".join(card.name for card in cards),
        source=" + ".join(card.source for card in cards),
        revision=" + ".join(card.revision or "unpinned" for card in cards),
        licence=licence,
        hazards=" ".join(dict.fromkeys(card.hazards for card in cards)),
        notes=tuple(f"{card.name}: {note}" for card in cards for note in card.notes),
        warnings=tuple(f"{card.name}: {warning}" for card in cards for warning in card.warnings),
    )
