"""An audit: one question asked of a comparison. First it says what it must see, then it measures what came back."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from angelshare.core.estimate import ContrastName, Difference, Estimate
from angelshare.core.items import Items
from angelshare.core.observations import Kind
from angelshare.core.requests import TEST, Observations, Request
from angelshare.core.strict import Strict


class NoOptions(Strict):
    """The options of an audit that has none."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What holds for all audits.

    Attributes:
        level: nominal coverage of the intervals.
        in_slices: metrics that are measured in every slice too, beyond those that always are: gates name them.
    """

    level: float = 0.95
    in_slices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table for the report: texts are data and stay strings.

    Attributes:
        name, title: which table, and what its rows are, as a sentence fragment.
        columns: names in order.
        rows: values in the columns' order.
        text_columns: the columns that hold users' texts, which `--redact-texts` leaves out.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    text_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A row that could not be measured, so that a gate on it cannot be held by its neighbours.

    Attributes:
        metric, data, student, contrast, slice, output: of the row, as in `core.estimate.Difference`.
        why: the end of a sentence.
    """

    metric: str
    data: str
    student: str
    contrast: ContrastName
    slice: str | None
    output: str | None
    why: str


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What one audit found.

    Attributes:
        name, question: of the audit.
        differences, estimates, tables: what it measured.
        not_applicable: why nothing could be measured, as a sentence; None if something was.
        remarks: parts that could not be measured, and why, and how the others were, as sentences.
        warnings: what must be known before any number is believed, as sentences.
        gaps: the rows that could not be measured, for gates.
    """

    name: str
    question: str
    differences: tuple[Difference, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    tables: tuple[Table, ...] = ()
    not_applicable: str | None = None
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


Chosen = TypeVar("Chosen", bound=Strict)


class Audit(ABC, Generic[Chosen]):
    """One question asked of a comparison.

    Attributes:
        name: of the audit, which is that of its module.
        question: what it asks, for the reader.
        kinds: what it asks of every model on the test split.
        Options: what the user may set, as a pydantic model; all of it has defaults.
        options: as the user set them.
    """

    name: ClassVar[str]
    question: ClassVar[str]
    kinds: ClassVar[tuple[Kind, ...]] = ("scores",)
    Options: type[Chosen]

    def __init__(self, options: Chosen | None = None) -> None:
        """Keep the options."""
        self.options = self.Options() if options is None else options

    def requests(self, test: Items) -> Sequence[Request]:
        """Return what must be seen: `kinds` on the test split, and what an audit asks of texts of its own."""
        return [Request(TEST, kind, test) for kind in self.kinds]

    @abstractmethod
    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return what the observations show; loads no model and draws no random numbers without a fixed seed.

        Raises:
            NotObserved: if a model cannot give what the audit needs: it is not applicable then, for that reason.
        """
