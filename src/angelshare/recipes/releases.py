"""Two releases of the same students on the same items, as panels that audits can measure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.recipes.kept import Kept


@dataclass(frozen=True, slots=True)
class ReleasePanels:
    """What can be compared item by item.

    Attributes:
        panels: one for every student of both releases.
        why: why there are none, as a sentence; None where there are.
        notes: on members that have no counterpart.
    """

    panels: tuple[Panel, ...] = ()
    why: str | None = None
    notes: tuple[str, ...] = ()


def release_panels(old: Kept, new: Kept) -> ReleasePanels:
    """Return one panel for every student that both releases have: its old members as the teacher of its new ones.

    So every statistic that compares a student with its teacher serves between releases too. Members pair by seed.
    """
    if old.panel is None or new.panel is None:
        return ReleasePanels(why=_without_intervals(old.why or new.why))
    other = _other_items(old.panel, new.panel)
    if other is not None:
        return ReleasePanels(why=_without_intervals(other))
    notes: list[str] = []
    panels = tuple(_panels(old.panel, new.panel, notes))
    why = None if panels else _without_intervals("no student is in both releases with the same seeds")
    return ReleasePanels(panels, why, tuple(notes))


def _without_intervals(why: str) -> str:
    """Return the sentence on changes that are known as numbers only."""
    return f"The changes have no intervals: {why}."


def _other_items(old: Panel, new: Panel) -> str | None:
    """Return why two panels are not about the same items, as the end of a sentence; None if they are."""
    before, after = old.teacher.first, new.teacher.first
    if (before.task, before.labels) != (after.task, after.labels):
        return (
            f"the old release answers {before.task} with {list(before.labels)}, the new one {after.task} with "
            f"{list(after.labels)}"
        )
    if not np.array_equal(before.ids, after.ids):
        shared = len(np.intersect1d(before.ids, after.ids))
        both = f"{len(before):,} in the old release and {len(after):,} in the new one, {shared:,} shared"
        return f"not the same items, {both}"
    for what, one, other in (("texts", before.text_keys, after.text_keys), ("labels", before.truth, after.truth)):
        n = _n_different(one, other)
        if n:
            return f"not the same items, the {what} of {n:,} of {len(before):,} differ"
    return None


def _n_different(one: Array | None, other: Array | None) -> int:
    """Return in how many items two columns differ; 0 where one is not known."""
    if one is None or other is None:
        return 0
    same = (one == other) | ((one != one) & (other != other))  # noqa: PLR0124  (nan, which is no label)
    return int((~same).reshape(len(one), -1).any(axis=1).sum())


def _panels(old: Panel, new: Panel, notes: list[str]) -> Iterator[Panel]:
    """Yield a panel for every student of both: its old members as the teacher, its new ones as the student."""
    before = {population.name: population for population in old.students}
    for population in new.students:
        if population.name not in before:
            continue
        pairs = _paired(before[population.name], population, notes)
        if pairs:
            teacher = Population("teacher", "old", tuple(_renamed(one, "old", population.first) for one, _ in pairs))
            # the new member pairs with the old one that it is declared to come from
            members = tuple(
                replace(_renamed(two, "new", two), parent_fingerprint=one.fingerprint) for one, two in pairs
            )
            yield Panel(new.data, teacher, (Population("student", population.name, members),))


def _renamed(member: Predictions, release: str, items: Predictions) -> Predictions:
    """Return a member that says its release, with the truth, slices, clusters and weights of the new one."""
    return replace(
        member,
        name=f"{member.name} ({release})",
        truth=items.truth,
        slices=items.slices,
        clusters=items.clusters,
        weights=items.weights,
    )


def _paired(old: Population, new: Population, notes: list[str]) -> list[tuple[Predictions, Predictions]]:
    """Return the members that share a seed, or the only two."""
    by_seed = {member.seed: member for member in old.members}
    pairs = [(by_seed[member.seed], member) for member in new.members if member.seed in by_seed]
    if not pairs and len(old.members) == len(new.members) == 1:
        pairs = [(old.first, new.first)]
    if len(pairs) < max(len(old.members), len(new.members)):
        notes.append(
            f"The change of {new.name} rests on the {len(pairs)} seeds that both releases have (old "
            f"{len(old.members)}, new {len(new.members)})."
        )
    return pairs
