"""At the door: members that bring their own items are checked against each other, and then share one set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Generic, TypeVar

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.errors import InputError, LabelError, MisalignedError
from angelshare.core.items import Items, labelled, n_labelled
from angelshare.core.observations import Embeddings, Likelihoods
from angelshare.core.panel import Member, Panel, Population
from angelshare.core.predictions import MIN_DISTINCT, Predictions

M = TypeVar("M", bound=Member)
MOST_NAMED = 3
"""The most ids that a refusal names."""


@dataclass(frozen=True, slots=True, eq=False)
class Observed(Generic[M]):
    """One member's answers, with the items that came with them.

    Attributes:
        items: those of the member's file, or of the text set that it read.
        member: its answers, in the order of the items.
    """

    items: Items
    member: M

    def __post_init__(self) -> None:
        """Refuse more or fewer answers than items."""
        if len(self.items) != len(self.member):
            raise InputError(
                f"{self.name} has {len(self.items)} items and {len(self.member)} answers: give one for every item."
            )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    @property
    def name(self) -> str:
        """The member's name."""
        return self.member.name

    @property
    def seed(self) -> int | None:
        """The member's seed."""
        return self.member.seed

    @property
    def fingerprint(self) -> str:
        """The model's fingerprint."""
        return self.member.fingerprint

    @property
    def parent_fingerprint(self) -> str | None:
        """The fingerprint of its teacher."""
        return self.member.parent_fingerprint

    def take(self, index: Array) -> "Observed[M]":
        """Return items and answers at these positions."""
        return Observed(self.items.take(index), self.member.take(index))


def aligned(
    data: str,
    teacher: Population[Observed[M]],
    students: Sequence[Population[Observed[M]]],
    baselines: Mapping[str, Population[Observed[M]]] | None = None,
) -> Panel[M]:
    """Return the panel of members that were observed apart, sorted by id, if all saw the same items.

    The panel has all that any member knows of the items: truth, clusters and weights of the first that has them, and
    all slices and columns.

    Raises:
        MisalignedError: if ids, texts, truth, slices, columns, clusters, weights or lengths differ between members, or
            two seeds of one population are copies.
        LabelError: if tasks or label orders differ.
    """
    references = {} if baselines is None else baselines
    given = (teacher, *students, *references.values())
    by_id = [_sorted_by_id(population) for population in given]
    items = _shared_items([observed for population in by_id for observed in population.members])
    members = [
        Population(population.role, population.name, tuple(observed.member for observed in population.members))
        for population in by_id
    ]
    for population in members:
        _refuse_copies(population)
    n_students = len(students)
    return Panel(
        data,
        items,
        members[0],
        tuple(members[1 : 1 + n_students]),
        dict(zip(references, members[1 + n_students :], strict=True)),
    )


def _sorted_by_id(population: Population[Observed[M]]) -> Population[Observed[M]]:
    """Return the members with their items sorted by id, as many have them; what several share is sorted once."""
    ordered: dict[int, tuple[Array, Items]] = {}
    members = []
    for observed in population.members:
        ids = observed.items.ids
        if (ids[1:] > ids[:-1]).all():
            members.append(observed)
            continue
        if id(observed.items) not in ordered:
            order = np.argsort(ids, kind="stable")
            ordered[id(observed.items)] = order, observed.items.take(order)
        order, items = ordered[id(observed.items)]
        members.append(Observed(items, observed.member.take(order)))
    return replace(population, members=tuple(members))


def _shared_items(members: Sequence[Observed[M]]) -> Items:
    """Return all that the members know of the items, if no two contradict each other."""
    reference = members[0]
    merged = reference.items
    for known in members[1:]:
        if known.items is not merged and len(known) == len(reference):
            merged = _merged(merged, known.items)
    merged = replace(merged, weights=_in_own_unit(merged.weights))
    first_read = next((member for member in members if member.items.keys is not None), reference)
    for member in members:
        _refuse_other_labels(reference.member, member.member)
        _refuse_other_items(merged, reference.name, member, first_read)
        _refuse_other_lengths(reference, member)
    return merged


def _merged(items: Items, known: Items) -> Items:
    """Return the items with all that only the other set of them has."""
    return replace(
        items,
        texts=known.texts if items.texts is None else items.texts,
        truth=items.truth if n_labelled(items.truth) else known.truth,
        clusters=known.clusters if items.clusters is None else items.clusters,
        weights=known.weights if items.weights is None else items.weights,
        slices={**known.slices, **items.slices},
        columns={**known.columns, **items.columns},
    )


def _in_own_unit(weights: Vector | None) -> Vector | None:
    """Return weights as parts of the heaviest: only ratios matter, and no square of these overflows."""
    return None if weights is None else weights / weights.max()


def _refuse_other_labels(reference: Member, member: Member) -> None:
    """Refuse class scores of another task, or of labels in another order."""
    if not (isinstance(reference, Predictions) and isinstance(member, Predictions)):
        return
    if member.task != reference.task or member.labels != reference.labels:
        raise LabelError(
            f"{reference.name} answers {reference.task} with labels {list(reference.labels)}, "
            f"{member.name} {member.task} with {list(member.labels)}. "
            "Both must name the same labels in the same order; map the columns, or load the right model."
        )


def _refuse_other_lengths(reference: Observed[M], member: Observed[M]) -> None:
    """Refuse likelihoods of the same items under other lengths in bytes, where no text says which are right."""
    first, second = reference.member, member.member
    if not (isinstance(first, Likelihoods) and isinstance(second, Likelihoods)):
        return
    differs = np.flatnonzero(first.n_bytes != second.n_bytes)
    if differs.size:
        raise MisalignedError(
            f"{first.name} and {second.name} disagree about the bytes of {differs.size} items, the first "
            f"{str(reference.items.ids[differs[0]])!r}. Bytes are those of the text in UTF-8, whichever model reads it."
        )


def _refuse_other_items(reference: Items, name: str, member: Observed[M], first_read: Observed[M]) -> None:
    """Refuse a member that saw other items, or whose file contradicts the others.

    Args:
        reference: all that is known of the items.
        name: of the first member.
        member: to be checked.
        first_read: the first member whose texts are known.
    """
    items = member.items
    if not np.array_equal(items.ids, reference.ids):
        shared = len(np.intersect1d(items.ids, reference.ids))
        only = np.setxor1d(items.ids, reference.ids).tolist()
        named = ", ".join(map(repr, only[:MOST_NAMED])) + ("..." if len(only) > MOST_NAMED else "")
        raise MisalignedError(
            f"{name} has {len(reference):,} items and {member.name} {len(items):,}; "
            f"they share {shared:,} (not {named}). Paired statistics need the same items: score both on one text set."
        )
    _refuse_other_texts(first_read, member)
    _refuse_other_truth(reference, name, member)
    for what, differs in _contradictions(reference, items):
        if differs.any():
            raise MisalignedError(
                f"{name} and {member.name} disagree about the {what} of {int(differs.sum())} items, the first "
                f"{str(reference.ids[np.argmax(differs)])!r}. Give both the same, or leave it out of one of the files."
            )


def _refuse_other_texts(reference: Observed[M], member: Observed[M]) -> None:
    """Refuse members with different texts under one id."""
    expected, keys = reference.items.keys, member.items.keys
    if expected is None or keys is None or keys is expected:
        return
    differs = np.flatnonzero(expected != keys)
    if differs.size:
        raise MisalignedError(
            f"{differs.size} texts differ between {reference.name} and {member.name}, the first under id "
            f"{str(reference.items.ids[differs[0]])!r}. Score both on one text set."
        )


def _refuse_other_truth(reference: Items, name: str, member: Observed[M]) -> None:
    """Refuse members whose files disagree about a human label; blanks agree with every label."""
    truth = member.items.truth
    if reference.truth is None or truth is None or truth is reference.truth:
        return
    both = labelled(reference.truth) & labelled(truth)
    differs = np.flatnonzero(both & np.atleast_2d((reference.truth != truth).T).any(axis=0))
    if differs.size:
        raise MisalignedError(
            f"{name} and {member.name} disagree about the true label of {differs.size} items, the first "
            f"{str(reference.ids[differs[0]])!r}. Give both the same truth, or take it from --data."
        )


def _contradictions(reference: Items, items: Items) -> Iterator[tuple[str, Mask]]:
    """Yield the slices, columns, weights and clusters that both have, and (n,) where they differ."""
    for name, mask in items.slices.items():
        if mask is not reference.slices[name]:
            yield f"slice {name!r}", mask != reference.slices[name]
    for name, values in items.columns.items():
        if values is not reference.columns[name]:
            yield f"column {name!r}", np.asarray(values != reference.columns[name])
    weights = _in_own_unit(items.weights)
    if reference.weights is not None and weights is not None:
        yield "weights", ~np.isclose(reference.weights, weights)
    if reference.clusters is not None and items.clusters is not None and items.clusters is not reference.clusters:
        yield "clusters", differently_grouped(reference.clusters, items.clusters)


def differently_grouped(first: Labels, second: Labels) -> Mask:
    """Return the mask of the items that have other companions in one grouping than in the other."""
    both = np.unique(np.stack([first, second]), axis=1, return_inverse=True)[1].ravel()
    of_first, of_second, of_both = (_group_sizes(codes) for codes in (first, second, both))
    return np.asarray((of_first != of_both) | (of_second != of_both))


def _group_sizes(codes: Labels) -> Labels:
    """Return (n,) the number of items in each item's group."""
    groups = np.unique(codes, return_inverse=True)[1]
    return np.bincount(groups)[groups]


def _refuse_copies(population: Population[M]) -> None:
    """Refuse two members that gave the same answers: a copy is no second seed, and makes the spread look small."""
    for first, second in combinations(population.members, 2):
        same = _same_numbers(first, second)
        if same is not None:
            raise MisalignedError(
                f"{first.name} and {second.name} gave the same {same} on all {len(first)} items: a copy is no second "
                "seed. Give each seed once."
            )


def _same_numbers(first: Member, second: Member) -> str | None:
    """Return in which numbers two members are the same, too many different ones for an accident; None if in none."""
    if isinstance(first, Predictions) and isinstance(second, Predictions):
        same = first.has_scores and first.outputs == second.outputs and np.array_equal(first.values, second.values)
        return "scores" if same and first.n_distinct() >= MIN_DISTINCT else None
    if isinstance(first, Likelihoods) and isinstance(second, Likelihoods):
        same = first.same_answers(second)
        return "likelihoods" if same and len(np.unique(first.nats)) >= MIN_DISTINCT else None
    if isinstance(first, Embeddings) and isinstance(second, Embeddings):
        same = first.same_answers(second)
        return "vectors" if same and len(np.unique(first.vectors)) >= MIN_DISTINCT else None
    return None
