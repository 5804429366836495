"""Populations of seeds, and the panel: every model on one text set, aligned."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.errors import LabelError, MisalignedError
from angelshare.core.predictions import MIN_DISTINCT, Predictions, labelled, n_labelled
from angelshare.core.task import ModelRole


@dataclass(frozen=True, slots=True)
class Population:
    """The members (seeds) of one role.

    Attributes:
        role: teacher, student or baseline.
        name: such as `mlp`.
        members: at least one, all on the same items in the same order.
    """

    role: ModelRole
    name: str
    members: tuple[Predictions, ...]

    @property
    def first(self) -> Predictions:
        """Return the first member: where a figure needs just one."""
        return self.members[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the members' names."""
        return tuple(member.name for member in self.members)


@dataclass(frozen=True, slots=True)
class Panel:
    """Every model's predictions on one text set, aligned: the same items in the same order, sorted by id.

    Attributes:
        data: the name of the text set.
        teacher: one member, or several that differ in the seed.
        students: each with its population of seeds.
        baselines: by name; the one called as a student is that student's baseline, any other is a reference that was
            trained on human labels only.
        texts: (n,) the texts where they are known: for examples in the report.
        pairs: (n,) the second texts, of tasks about two texts.
        remarks: what was left out before any audit, such as slices with none of the items, as sentences.
    """

    data: str
    teacher: Population
    students: tuple[Population, ...]
    baselines: Mapping[str, Population] = field(default_factory=dict)
    texts: tuple[str, ...] | None = None
    pairs: tuple[str, ...] | None = None
    remarks: tuple[str, ...] = ()

    @property
    def populations(self) -> tuple[Population, ...]:
        """Return teacher, students, baselines."""
        return (self.teacher, *self.students, *self.baselines.values())

    @property
    def truth(self) -> Array | None:
        """Return the items' human labels."""
        return self.teacher.first.truth

    @property
    def columns(self) -> Mapping[str, Array]:
        """Return name -> (n,) texts, "" where missing: what the data say about the items under `ITEM_COLUMNS`."""
        return self.teacher.first.columns


def aligned(panel: Panel) -> Panel:
    """Return the panel with every member's items sorted by id, after checking that all saw the same items.

    Raises:
        MisalignedError: if ids, texts, truth, slices, columns, clusters or weights differ between members, or two
            seeds of one population are copies.
        LabelError: if tasks or label orders differ.
    """
    order = np.argsort(panel.teacher.first.ids, kind="stable")
    sorted_populations = [
        replace(population, members=tuple(_by_id(member) for member in population.members))
        for population in panel.populations
    ]
    reference = _with_truth(sorted_populations)
    populations = [
        replace(population, members=tuple(_onto(reference, member) for member in population.members))
        for population in sorted_populations
    ]
    for population in populations:
        _no_copies(population)
    n_students = len(panel.students)
    return replace(
        panel,
        teacher=populations[0],
        students=tuple(populations[1 : 1 + n_students]),
        baselines=dict(zip(panel.baselines, populations[1 + n_students :], strict=True)),
        texts=None if panel.texts is None else tuple(panel.texts[i] for i in order),
        pairs=None if panel.pairs is None else tuple(panel.pairs[i] for i in order),
    )


def each_member(panel: Panel, change: Callable[[Predictions], Predictions]) -> Panel:
    """Return the panel with every member changed in the same way; without texts, which may no longer be the items'."""

    def of(population: Population) -> Population:
        return replace(population, members=tuple(change(member) for member in population.members))

    return replace(
        panel,
        teacher=of(panel.teacher),
        students=tuple(of(student) for student in panel.students),
        baselines={name: of(baseline) for name, baseline in panel.baselines.items()},
        texts=None,
        pairs=None,
    )


def _by_id(member: Predictions) -> Predictions:
    """Return the member's items sorted by id."""
    return member.take(np.argsort(member.ids, kind="stable"))


def _with_truth(populations: Sequence[Population]) -> Predictions:
    """Return the first member with the truth, the clusters, and all slices and columns that any member has.

    Members that disagree about any of them are refused when they are aligned.
    """
    members = [member for population in populations for member in population.members]
    reference = members[0]
    for known in members:
        if len(known) != len(reference):
            continue
        reference = replace(
            reference,
            truth=reference.truth if n_labelled(reference.truth) else known.truth,
            clusters=known.clusters if reference.clusters is None else reference.clusters,
            weights=known.weights if reference.weights is None else reference.weights,
            slices={**known.slices, **reference.slices},
            columns={**known.columns, **reference.columns},
        )
    return replace(reference, weights=_in_own_unit(reference.weights))


def _in_own_unit(weights: Vector | None) -> Vector | None:
    """Return weights as parts of the heaviest: only their ratios say anything, and no square of them overflows."""
    return None if weights is None else weights / weights.max()


def _onto(reference: Predictions, member: Predictions) -> Predictions:
    """Return the member, sorted by id as the reference is, with all that the reference knows about the items."""
    if member.task != reference.task or member.labels != reference.labels:
        msg = (
            f"{reference.name} answers {reference.task} with labels {list(reference.labels)}, "
            f"{member.name} {member.task} with {list(member.labels)}. "
            "Both must name the same labels in the same order; map the columns, or load the right model."
        )
        raise LabelError(msg)
    if not np.array_equal(member.ids, reference.ids):
        shared = len(np.intersect1d(member.ids, reference.ids))
        only = np.setxor1d(member.ids, reference.ids)[:3].tolist()
        msg = (
            f"{reference.name} has {len(reference)} items, {member.name} {len(member)}, {shared} shared "
            f"(not shared: {', '.join(map(repr, only))}...): paired statistics need the same items. "
            "Score both on one text set."
        )
        raise MisalignedError(msg)
    _same_texts(reference, member)
    _same_truth(reference, member)
    _same_design(reference, member)
    return replace(
        member,
        truth=reference.truth,
        slices=reference.slices,
        clusters=reference.clusters,
        weights=reference.weights,
        columns=reference.columns,
    )


def _same_texts(reference: Predictions, member: Predictions) -> None:
    """Refuse members that call different texts by the same id."""
    if reference.text_keys is None or member.text_keys is None:
        return
    differs = np.flatnonzero(reference.text_keys != member.text_keys)
    if differs.size:
        msg = (
            f"{differs.size} texts differ between {reference.name} and {member.name}, the first under id "
            f"{str(reference.ids[differs[0]])!r}. Score both on one text set."
        )
        raise MisalignedError(msg)


def _same_truth(reference: Predictions, member: Predictions) -> None:
    """Refuse members whose files disagree about a human label; an item that one of them leaves blank is no dispute."""
    if reference.truth is None or member.truth is None or member.truth is reference.truth:
        return
    both = labelled(reference.truth) & labelled(member.truth)
    differs = np.flatnonzero(both & np.atleast_2d((reference.truth != member.truth).T).any(axis=0))
    if differs.size:
        msg = (
            f"{reference.name} and {member.name} disagree about the true label of {differs.size} items, the first "
            f"{str(reference.ids[differs[0]])!r}. Give both the same truth, or take it from --data."
        )
        raise MisalignedError(msg)


def _same_design(reference: Predictions, member: Predictions) -> None:
    """Refuse members whose files disagree about slices, columns, clusters or weights: one would be passed over."""
    differ = [
        (f"slice {name!r}", mask != member.slices[name])
        for name, mask in reference.slices.items()
        if name in member.slices
    ]
    differ += [
        (f"column {name!r}", np.asarray(values != member.columns[name]))
        for name, values in reference.columns.items()
        if name in member.columns
    ]
    weights = _in_own_unit(member.weights)
    if reference.weights is not None and weights is not None:
        differ.append(("weights", ~np.isclose(reference.weights, weights)))
    if reference.clusters is not None and member.clusters is not None:
        differ.append(("clusters", differently_grouped(reference.clusters, member.clusters)))
    for what, items in differ:
        if items.any():
            raise MisalignedError(
                f"{reference.name} and {member.name} disagree about the {what} of {int(items.sum())} items, the first "
                f"{str(reference.ids[np.argmax(items)])!r}. Give both the same, or leave it out of one of the files."
            )


def differently_grouped(one: Labels, other: Labels) -> Mask:
    """Return the mask of the items that have other companions in the one grouping than in the other."""
    pairs = np.unique(np.stack([one, other]), axis=1, return_inverse=True)[1].ravel()
    sizes = [np.bincount(codes)[codes] for codes in (np.unique(one, return_inverse=True)[1], pairs)]
    sizes.append(np.bincount(np.unique(other, return_inverse=True)[1])[np.unique(other, return_inverse=True)[1]])
    return np.asarray((sizes[0] != sizes[1]) | (sizes[2] != sizes[1]))


def _no_copies(population: Population) -> None:
    """Refuse two members that gave the same scores: a copy is no second seed, and makes the spread look small."""
    for one, other in combinations(population.members, 2):
        same = one.has_scores and one.outputs == other.outputs and np.array_equal(one.values, other.values)
        if same and one.n_distinct() >= MIN_DISTINCT:
            raise MisalignedError(
                f"{one.name} and {other.name} gave the same scores on all {len(one)} items: a copy is no second seed. "
                "Give each seed once."
            )
