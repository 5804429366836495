"""An audit: one question about a comparison. It asks for observations, and then measures them."""

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
    """Settings of all audits.

    Attributes:
        level: nominal coverage of the intervals.
        in_slices: further metrics to measure in every slice, since gates name them there.
    """

    level: float = 0.95
    in_slices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table for the report: texts are data and stay strings.

    Attributes:
        name: of the table.
        title: a heading that says what the rows are.
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
        why: the reason, as the end of a sentence.
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
    """The result of one audit.

    Attributes:
        name, question: of the audit.
        differences, estimates, tables: its measurements.
        not_applicable: the reason why nothing could be measured, as a sentence; None if something was.
        remarks: sentences on how things were measured, and on parts that could not be.
        warnings: sentences to be read before any number is believed.
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
    """One question about a comparison.

    Attributes:
        name: that of its module.
        question: for readers.
        kinds: of the answers that it needs of every model on the test split.
        between_releases: whether its rows mean something with the old release of a student in the teacher's place.
        release_figures: metrics whose estimates do so, too.
        Options: its options, a pydantic model with a default for each.
        options: the user's.
    """

    name: ClassVar[str]
    question: ClassVar[str]
    kinds: ClassVar[tuple[Kind, ...]] = ("scores",)
    between_releases: ClassVar[bool] = False
    release_figures: ClassVar[tuple[str, ...]] = ()
    Options: type[Chosen]

    def __init__(self, options: Chosen | None = None) -> None:
        """Keep the options."""
        self.options = self.Options() if options is None else options

    def requests(self, test: Items) -> Sequence[Request]:
        """Return the requests: `kinds` on the test split, and any on texts of the audit's own."""
        return [Request(TEST, kind, test) for kind in self.kinds]

    @abstractmethod
    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the result; no model is loaded, and no random number drawn without a fixed seed.

        Raises:
            NotObserved: if a model cannot give an answer that the audit needs: it is not applicable then.
        """
