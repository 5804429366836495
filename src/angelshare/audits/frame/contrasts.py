"""Who is compared with whom: the one place where audits pair members."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Generic, Protocol, Self

from typing_extensions import TypeVar

from angelshare.core.arrays import Array
from angelshare.core.estimate import ContrastName, InferenceKind
from angelshare.core.items import Items
from angelshare.core.panel import Member, Panel, Population
from angelshare.core.predictions import Predictions


class Answering(Member, Protocol):
    """A member that knows whether another is the same model."""

    def same_answers(self, other: Self) -> bool:
        """Return whether both are the same model, as far as their answers to all items tell."""
        ...


M = TypeVar("M", bound=Answering, default=Predictions)
"""The kind of member that is compared: scores of classes, where nothing else is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast(Generic[M]):
    """Two sides on the same items.

    Attributes:
        items: those that both answered.
        name: of the two roles. student: the population that its rows are about.
        left: K members. right: one member for all of them, or K, paired in order.
        identical: whether both sides are one model, or gave equal scores on all items of the set.
    """

    items: Items
    name: ContrastName
    student: str
    left: tuple[M, ...]
    right: tuple[M, ...]
    identical: bool

    @property
    def kind(self) -> InferenceKind:
        """Return `recipe` where the seeds are a sample too, else `this_model`."""
        return "recipe" if len(self.left) > 1 else "this_model"

    @property
    def members(self) -> tuple[M, ...]:
        """Return the members of both sides."""
        return (*self.left, *self.right)

    @property
    def pairs(self) -> tuple[tuple[M, M], ...]:
        """Return the members side by side."""
        right = self.right * len(self.left) if len(self.right) == 1 else self.right
        return tuple(zip(self.left, right, strict=True))

    def take(self, index: Array) -> "Contrast[M]":
        """Return the contrast on the items at these positions (or under this mask)."""
        return replace(
            self,
            items=self.items.take(index),
            left=tuple(member.take(index) for member in self.left),
            right=tuple(member.take(index) for member in self.right),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pairing(Generic[M]):
    """All contrasts of a panel, with remarks and warnings on how members were paired."""

    contrasts: tuple[Contrast[M], ...]
    remarks: tuple[str, ...]
    warnings: tuple[str, ...]

    def named(self, name: ContrastName) -> tuple[Contrast[M], ...]:
        """Return the contrasts of this name."""
        return tuple(contrast for contrast in self.contrasts if contrast.name == name)


def pair(panel: Panel[M]) -> Pairing[M]:
    """Return every contrast that the panel allows.

    These are student-teacher for every student; student-baseline and baseline-teacher where a baseline bears the
    student's name; baseline-teacher for references. Student and baseline pair by seed. With several teachers, a member
    pairs with the one that its `parent_fingerprint` names or, if it names none, with the first.
    """
    contrasts: list[Contrast[M]] = []
    remarks: list[str] = []
    warnings: list[str] = []
    for student in panel.students:
        contrasts.append(_against_teacher(panel, student, warnings))
        baseline = panel.baselines.get(student.name)
        if baseline is not None:
            contrasts.extend(_against_baseline(panel, student, baseline, remarks))
    contrasts.extend(_against_teacher(panel, baseline, warnings) for baseline in panel.baselines.values())
    return Pairing(tuple(contrasts), tuple(remarks), tuple(warnings))


def teacher_pairs(panel: Panel[Predictions]) -> tuple[tuple[Predictions, Predictions], ...]:
    """Return every pair of teachers, for churn."""
    return tuple(combinations(panel.teacher.members, 2))


def undecided(contrast: Contrast) -> str | None:
    """Return why the members' decisions cannot be compared, as the end of a sentence; None if they can."""
    names = [member.name for member in contrast.members if not member.has_decisions]
    return f"a ranking score without threshold decides nothing ({', '.join(names)})" if names else None


def unranked(contrast: Contrast) -> str | None:
    """Return why the members' rankings cannot be compared, as the end of a sentence; None if they can."""
    names = [member.name for member in contrast.members if not member.has_scores]
    return f"hard decisions do not rank ({', '.join(names)})" if names else None


def _against_teacher(panel: Panel[M], population: Population[M], warnings: list[str]) -> Contrast[M]:
    """Return the contrast of a student, or of a baseline, with the teacher."""
    teacher = panel.teacher
    name: ContrastName = "student-teacher" if population.role == "student" else "baseline-teacher"
    by_fingerprint = {member.fingerprint: member for member in teacher.members if member.fingerprint}
    parents = [by_fingerprint.get(member.parent_fingerprint or "") for member in population.members]
    declared = tuple(parent for parent in parents if parent is not None)
    right: tuple[M, ...]
    if len(teacher.members) == 1:
        right = teacher.members
    elif len(declared) == len(population.members):
        right = declared[:1] if len({parent.name for parent in declared}) == 1 else declared
    else:
        right = teacher.members[:1]
        warnings.append(
            f"There are {len(teacher.members)} teachers, and {population.role} {population.name} does not "
            f"declare which it comes from: it is compared with {teacher.first.name} alone."
        )
    return _contrast(panel.items, name, population.name, population.members, right)


def _against_baseline(
    panel: Panel[M], student: Population[M], baseline: Population[M], remarks: list[str]
) -> list[Contrast[M]]:
    """Return the contrast of a student with its baseline: of the members that share a seed, or of the only two."""
    by_seed = {member.seed: member for member in baseline.members if member.seed is not None}
    common = [(member, by_seed[member.seed]) for member in student.members if member.seed in by_seed]
    if not common and len(student.members) == len(baseline.members) == 1:
        common = [(student.first, baseline.first)]
    if not common:
        remarks.append(
            f"student-baseline of {student.name} is not measured: none of its {len(student.members)} members shares a "
            f"seed with the {len(baseline.members)} of its baseline."
        )
        return []
    if len(common) < max(len(student.members), len(baseline.members)):
        remarks.append(
            f"student-baseline of {student.name} rests on the {len(common)} seeds that both have (student "
            f"{len(student.members)}, baseline {len(baseline.members)})."
        )
    left, right = (tuple(side) for side in zip(*common, strict=True))
    return [_contrast(panel.items, "student-baseline", student.name, left, right)]


def _contrast(items: Items, name: ContrastName, student: str, left: tuple[M, ...], right: tuple[M, ...]) -> Contrast[M]:
    """Return the contrast, which knows whether both sides are the same model."""
    contrast = Contrast(items, name, student, left, right, identical=False)
    return replace(contrast, identical=all(left.same_answers(right) for left, right in contrast.pairs))
