"""Who sits at the table: every model or file of a comparison, opened, and the panel of what they answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from angelshare.audits.quality import collapsed
from angelshare.core.alignment import Observed, aligned
from angelshare.core.errors import LabelError
from angelshare.core.observations import Kind
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard, ModelEntry, Scorer
from angelshare.core.task import ModelRole
from angelshare.data.texts.textset import TextSet

if TYPE_CHECKING:  # an audit of two files must not load torch
    from angelshare.models.memory import Loading


@dataclass(frozen=True, slots=True)
class Seat:
    """Who a model is in the comparison.

    Attributes:
        role, population: such as student, `mlp`.
        seed: None where there is just one member and nobody named a seed.
    """

    role: ModelRole
    population: str
    seed: int | None = None

    @property
    def member(self) -> str:
        """Return the member's name, such as `mlp/0`."""
        return self.population if self.seed is None else f"{self.population}/{self.seed}"

    @property
    def key(self) -> str:
        """Return a name that nobody else in the comparison has: a student may be called as its teacher."""
        return f"{self.role} {self.member}"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """One member of a comparison: a model that answers requests, or what its file holds.

    Attributes:
        seat: who it is. card: what is known about it.
        source: where it lies, in words for messages.
        scorer: a classifier in memory; None for files.
        loading: how another process can load the model; None: it cannot.
        held: kind -> what its file holds, with the file's items.
    """

    seat: Seat
    card: ModelCard
    source: str = ""
    scorer: Scorer | None = None
    loading: "Loading | None" = None
    held: Mapping[Kind, Observed[Any]] = field(default_factory=dict)  # Any: the kind says which type of member

    @property
    def is_file(self) -> bool:
        """Whether it is a file, which answers nothing but what it holds."""
        return bool(self.held)


def assemble(seated: Sequence[tuple[Seat, Observed[Any]]], *, data: str) -> Panel[Any]:
    """Return the aligned panel of what these members answered.

    Args:
        seated: teacher, students and baselines, each with the items that it saw.
        data: the name of the text set.

    Raises:
        MisalignedError: if they did not see the same items.
        LabelError: if they do not answer the same labels.
    """

    def populations(role: ModelRole) -> tuple[Population[Observed[Any]], ...]:
        names = dict.fromkeys(seat.population for seat, _ in seated if seat.role == role)
        return tuple(
            Population(
                role, name, tuple(observed for seat, observed in seated if (seat.role, seat.population) == (role, name))
            )
            for name in names
        )

    (teacher,) = populations("teacher")
    baselines = {population.name: population for population in populations("baseline")}
    return aligned(data, teacher, populations("student"), baselines)


def entries(opened: Iterable[Opened], panel: Panel[Predictions] | None) -> list[ModelEntry]:
    """Return the statement's list of models; one that learnt nothing is called collapsed, where a panel tells."""
    members = {} if panel is None else {(p.role, m.name): m for p in panel.populations for m in p.members}

    def remark(seat: Seat) -> str | None:
        member = members.get((seat.role, seat.member))
        return None if member is None or panel is None else collapsed(member, panel.items)

    return [ModelEntry(one.seat.role, one.seat.population, one.seat.seed, one.card, remark(one.seat)) for one in opened]


def check_labels(member: str, labels: Sequence[str], data: TextSet) -> None:
    """Refuse a model whose labels are not the data's, or stand in another order.

    Raises:
        LabelError: with both lists, and what to do.
    """
    if tuple(labels) == data.labels:
        return
    both = f"{member} names the labels {list(labels)}, {data.name} {list(data.labels)}"
    if sorted(labels) == sorted(data.labels):
        raise LabelError(f"{both}: the same labels in another order. Correct id2label in the model's config.json.")
    raise LabelError(
        f"{both}. If its outputs mean these, in this order, say so: --labels {','.join(data.labels)}. Else correct "
        "id2label in the model's config.json, map the label column, or take a model of this task."
    )
