"""Two releases of the same students on the same items, as panels that audits can measure."""

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
    """What can be compared item by item.

    Attributes:
        panels: one for every student of both releases.
        why: why there are none, as a sentence; None where there are.
        warnings: on students whose seeds differ, and on slices that were cut differently.
    """

    panels: tuple[Panel[Predictions], ...] = ()
    why: str | None = None
    warnings: tuple[str, ...] = ()


def release_panels(old: Kept, new: Kept) -> ReleasePanels:
    """Return one panel for every student that both releases have: its old members as the teacher of its new ones.

    So every statistic that compares a student with its teacher serves between releases too. Members pair by seed; one
    old member serves for all new ones. Truth, weights and clusters must be the same, and a slice that was cut
    differently is left out: whoever redraws what is measured could hide a loss.
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
    """Return the sentence on changes that are known as numbers only."""
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
    found = [f"the {what} of {n:,} of {len(before):,} differ" for what, n in differing.items() if n]
    return f"not the same items, {found[0]}" if found else None


def _n_different(one: Array | None, other: Array | None) -> int:
    """Return in how many items two columns differ; 0 where one is not known."""
    if one is None or other is None:
        return 0
    return int(unequal(one, other).reshape(len(one), -1).any(axis=1).sum())


def _weights(items: Items) -> Vector:
    """Return the items' weights (n,); without any, all count alike."""
    return np.ones(len(items)) if items.weights is None else items.weights


def _clusters(items: Items) -> Labels:
    """Return the items' clusters (n,); without any, each item is one."""
    return np.arange(len(items)) if items.clusters is None else items.clusters


def _slices_of_both(before: Items, after: Items, warnings: list[str]) -> Mapping[str, Mask]:
    """Return the slices of the new release, without those that the old one cut differently."""
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
    """Yield a panel for every student of both: its old members as the teacher, its new ones as the student."""
    before = {population.name: population for population in old.students}
    for population in new.students:
        if population.name not in before:
            continue
        pairs = _paired(before[population.name], population, warnings)
        if pairs:
            items = replace(new.items, slices=slices)
            olds = {one.name: _renamed(one, "old") for one, _ in pairs}
            # the new member pairs with the old one that it is declared to come from
            members = tuple(replace(_renamed(two, "new"), parent_fingerprint=one.fingerprint) for one, two in pairs)
            teacher = Population("teacher", "old", tuple(olds.values()))
            yield Panel(new.data, items, teacher, (Population("student", population.name, members),))


def _renamed(member: Predictions, release: str) -> Predictions:
    """Return a member that says its release."""
    return replace(member, name=f"{member.name} ({release})")


def _paired(
    old: Population[Predictions], new: Population[Predictions], warnings: list[str]
) -> list[tuple[Predictions, Predictions]]:
    """Return every new member beside its old one: the only one, or the one of its seed.

    None where the seeds differ: those without a counterpart may be the ones that lost.
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
