"""Populations of seeds, and the panel: every model's answers on one text set."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, Self, TypeVar

from angelshare.core.arrays import Array
from angelshare.core.items import Items
from angelshare.core.task import ModelRole


class Member(Protocol):
    """One model's answers of one kind, item by item."""

    @property
    def name(self) -> str: ...

    @property
    def seed(self) -> int | None: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def parent_fingerprint(self) -> str | None: ...

    def __len__(self) -> int:
        """Return the number of items."""
        ...

    def take(self, index: Array) -> Self:
        """Return the answers at these positions (or under this mask), in this order."""
        ...


M = TypeVar("M", bound=Member)
N = TypeVar("N", bound=Member)


@dataclass(frozen=True, slots=True)
class Population(Generic[M]):
    """The members (seeds) of one role.

    Attributes:
        role: teacher, student or baseline.
        name: such as `mlp`.
        members: at least one, all on the same items in the same order.
    """

    role: ModelRole
    name: str
    members: tuple[M, ...]

    @property
    def first(self) -> M:
        """The first member, where a figure needs just one."""
        return self.members[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(member.name for member in self.members)

    def take(self, index: Array) -> "Population[M]":
        """Return every member's answers at these positions."""
        return replace(self, members=tuple(member.take(index) for member in self.members))


@dataclass(frozen=True, slots=True)
class Panel(Generic[M]):
    """Every model's answers on one text set: the same items in the same order, sorted by id.

    Attributes:
        data: the name of the text set.
        items: all that is known of them, once.
        teacher: one member, or several that differ in the seed.
        students: one population of seeds each.
        baselines: by name; one with a student's name is that student's baseline, any other is a reference that was
            trained on human labels only.
        remarks: sentences on what was left out before any audit, such as slices with none of the items.
    """

    data: str
    items: Items
    teacher: Population[M]
    students: tuple[Population[M], ...]
    baselines: Mapping[str, Population[M]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def populations(self) -> tuple[Population[M], ...]:
        """Teacher, students, baselines."""
        return (self.teacher, *self.students, *self.baselines.values())

    @property
    def truth(self) -> Array | None:
        """The items' human labels."""
        return self.items.truth

    @property
    def columns(self) -> Mapping[str, Array]:
        """The items' columns: see `Items`."""
        return self.items.columns

    def take(self, index: Array) -> "Panel[M]":
        """Return the panel on the items at these positions (or under this mask), in this order."""
        return replace(
            self,
            items=self.items.take(index),
            teacher=self.teacher.take(index),
            students=tuple(student.take(index) for student in self.students),
            baselines={name: baseline.take(index) for name, baseline in self.baselines.items()},
        )
