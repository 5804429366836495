"""The members of a comparison: each an opened model or file in its seat, and all of their answers as a panel."""

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
    """The place of one member in the comparison.

    Attributes:
        role, population: such as student, `mlp`.
        seed: None if the population has a single member whose seed is not known.
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
        """Return a name that is unique in the comparison, where a student may bear its teacher's name."""
        return f"{self.role} {self.member}"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """One member of a comparison: a model that answers requests, or a file of answers.

    Attributes:
        seat: its place. card: its facts.
        source: folder, hub id or file, for messages.
        scorer: a classifier in memory; None for files, and for models of other kinds.
        loading: how another process can load the model; None if it cannot.
        held: kind -> the answers in its file, with the file's items.
    """

    seat: Seat
    card: ModelCard
    source: str = ""
    scorer: Scorer | None = None
    loading: "Loading | None" = None
    held: Mapping[Kind, Observed[Any]] = field(default_factory=dict)  # Any: the kind says which type of member

    @property
    def is_file(self) -> bool:
        """Whether it is a file, whose answers are all that there is."""
        return bool(self.held)


def assemble(seated: Sequence[tuple[Seat, Observed[Any]]], *, data: str) -> Panel[Any]:
    """Return the aligned panel of these members' answers.

    Args:
        seated: teacher, students and baselines, each with its items.
        data: the name of the text set.

    Raises:
        MisalignedError: if their items are not the same.
        LabelError: if their labels are not the same.
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
    """Return the statement's list of models, with a remark on those that a panel shows to have learnt nothing."""
    seated = [(member.seat, member.card) for member in opened]
    members = {} if panel is None else {(p.role, m.name): m for p in panel.populations for m in p.members}

    def remark(seat: Seat) -> str | None:
        member = members.get((seat.role, seat.member))
        return None if member is None or panel is None else collapsed(member, panel.items)

    return [ModelEntry(seat.role, seat.population, seat.seed, card, remark(seat)) for seat, card in seated]


def check_labels(member: str, labels: Sequence[str], data: TextSet) -> None:
    """Refuse a model whose labels differ from the data's, in names or order.

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
