"""Two releases of the same students on the same items, as panels for audits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.alignment import differently_grouped
from angelshare.core.arrays import Array, Labels, Mask, Vector, unequal
from angelshare.core.items import Items
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.recipes.conclude.kept import Kept


@dataclass(frozen=True, slots=True)
class ReleasePanels:
    """The students that can be compared item by item.

    Attributes:
        panels: one for every student of both releases.
        why: a sentence on why there are none; None if there are.
        warnings: on students whose seeds differ, and on slices that were cut differently.
    """

    panels: tuple[Panel[Predictions], ...] = ()
    why: str | None = None
    warnings: tuple[str, ...] = ()


def release_panels(old: Kept, new: Kept) -> ReleasePanels:
    """Return one panel for every student that both releases have, with its old members as the teacher of its new ones.

    So every statistic that compares a student with its teacher compares releases too. Members pair by seed; a single
    old member pairs with all new ones. Truth, weights and clusters must be the same, and a slice that was cut
    differently is left out: otherwise a loss could be hidden by redrawing what is measured.
    """
    if old.panel is None or new.panel is None:
        return ReleasePanels(why=_without_intervals(old.why or new.why))
    other = _other_items(old.panel, new.panel)
    if other is not None:
        return ReleasePanels(why=_without_intervals(other))
    warnings: list[str] = []
    slices = _slices_of_both(old.panel.items, new.panel.items, warnings)
    panels = tuple(_panels(old.panel, new.panel, slices, warnings))
    why = None if panels else _without_intervals("no student is in both releases with the same seeds")
    return ReleasePanels(panels, why, tuple(warnings))


def _without_intervals(why: str) -> str:
    """Return the sentence on changes that are only known as numbers."""
    return f"The changes have no intervals: {why}."


def _other_items(old: Panel[Predictions], new: Panel[Predictions]) -> str | None:
    """Return why two panels are not about the same items, as the end of a sentence; None if they are."""
    before, after = old.teacher.first, new.teacher.first
    if (before.task, before.labels) != (after.task, after.labels):
        return (
            f"the old release answers {before.task} with {list(before.labels)}, the new one {after.task} with "
            f"{list(after.labels)}"
        )
    if not np.array_equal(old.items.ids, new.items.ids):
        shared = len(np.intersect1d(old.items.ids, new.items.ids))
        both = f"{len(before):,} in the old release and {len(after):,} in the new one, {shared:,} shared"
        return f"not the same items, {both}"
    differing = {
        "texts": _n_different(old.items.keys, new.items.keys),
        "labels": _n_different(old.truth, new.truth),
        "weights": _n_different(_weights(old.items), _weights(new.items)),
        "clusters": int(differently_grouped(_clusters(old.items), _clusters(new.items)).sum()),
    }
    different = [f"the {what} of {n:,} of {len(before):,} differ" for what, n in differing.items() if n]
    return f"not the same items, {different[0]}" if different else None


def _n_different(left: Array | None, right: Array | None) -> int:
    """Return the number of items on which two columns differ; 0 if one of them is not known."""
    if left is None or right is None:
        return 0
    return int(unequal(left, right).reshape(len(left), -1).any(axis=1).sum())


def _weights(items: Items) -> Vector:
    """Return (n,) the items' weights; without any, all are 1."""
    return np.ones(len(items)) if items.weights is None else items.weights


def _clusters(items: Items) -> Labels:
    """Return (n,) the items' clusters; without any, every item is one."""
    return np.arange(len(items)) if items.clusters is None else items.clusters


def _slices_of_both(before: Items, after: Items, warnings: list[str]) -> Mapping[str, Mask]:
    """Return the slices of the new release, without those that differ in the old one."""
    kept = {}
    for name, mask in after.slices.items():
        n = _n_different(before.slices.get(name), mask)
        if n:
            warnings.append(
                f"The slice {name} is not the same in both releases: {n:,} of {len(after):,} items are in it in one "
                "release only. No change is measured on it."
            )
        else:
            kept[name] = mask
    return kept


def _panels(
    old: Panel[Predictions], new: Panel[Predictions], slices: Mapping[str, Mask], warnings: list[str]
) -> Iterator[Panel[Predictions]]:
    """Yield a panel for every student of both releases, with its old members as the teacher."""
    before = {population.name: population for population in old.students}
    for population in new.students:
        if population.name not in before:
            continue
        pairs = _paired(before[population.name], population, warnings)
        if pairs:
            items = replace(new.items, slices=slices)
            olds = {earlier.name: _renamed(earlier, "old") for earlier, _ in pairs}
            # audits pair a new member with the old one that it declares as its parent
            members = tuple(
                replace(_renamed(later, "new"), parent_fingerprint=earlier.fingerprint) for earlier, later in pairs
            )
            teacher = Population("teacher", "old", tuple(olds.values()))
            yield Panel(new.data, items, teacher, (Population("student", population.name, members),))


def _renamed(member: Predictions, release: str) -> Predictions:
    """Return a member whose name says its release."""
    return replace(member, name=f"{member.name} ({release})")


def _paired(
    old: Population[Predictions], new: Population[Predictions], warnings: list[str]
) -> list[tuple[Predictions, Predictions]]:
    """Return every new member beside the old one of its seed, or beside the only old one.

    None at all if the seeds differ: those without a counterpart may be the ones that lost.
    """
    if len(old.members) == 1:
        return [(old.first, member) for member in new.members]
    by_seed = {member.seed: member for member in old.members}
    if set(by_seed) == {member.seed for member in new.members}:
        return [(by_seed[member.seed], member) for member in new.members]
    before, after = (", ".join(str(member.seed) for member in side.members) for side in (old, new))
    warnings.append(
        f"The change of {new.name} is not measured: its seeds are {before} in the old release and {after} in the new "
        "one, and one that is left out could hide a loss. Audit the same seeds in both."
    )
    return []
