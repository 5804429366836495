"""What the house asks of models and of audits: small protocols, so that a fake is five lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from angelshare.core.arrays import Scores
from angelshare.core.errors import InputError
from angelshare.core.estimate import ContrastName, Difference, Estimate
from angelshare.core.items import IDENTITIES
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.task import ModelRole, Task
from angelshare.core.text import TextBatch


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a statement says about a model.

    Attributes:
        name: as the user calls it.
        task, labels: what it answers, in the order of its outputs; None and () of a model without classes, such as a
            language model.
        fingerprint: sha256 over weights, configuration and tokenizer.
        parent_fingerprint: of the teacher it was distilled from; None where it has none or nobody declared it.
        max_length: in tokens; longer texts are cut.
        precision: fp32, bf16, int8.
        n_parameters: None where it is not known (a file of predictions).
        n_bytes: of the weights on disk.
        kind: such as `mlp` or `transformer`.
    """

    name: str
    task: Task | None
    labels: tuple[str, ...]
    fingerprint: str
    parent_fingerprint: str | None = None
    max_length: int | None = None
    precision: str = "fp32"
    n_parameters: int | None = None
    n_bytes: int | None = None
    kind: str = ""

    @property
    def scored_task(self) -> Task:
        """Return the task that scores of classes are about.

        Raises:
            InputError: if the model has no classes.
        """
        if self.task is None:
            raise InputError(f"{self.name} has no classes to score: it answers no task. Give a classifier.")
        return self.task


class Scorer(Protocol):
    """Teacher, student, TF-IDF, later ONNX and the switch: all the same to an audit."""

    @property
    def card(self) -> ModelCard: ...

    def score(self, batch: TextBatch) -> Scores:
        """Return logits (n, labels); for regression (n, 1). The runner owns sorting, batching and progress."""
        ...


@runtime_checkable
class EncodingScorer(Protocol):
    """A scorer that tokenises apart from running, so that the runner tokenises once and batches by tokens."""

    @property
    def card(self) -> ModelCard: ...

    def score(self, batch: TextBatch) -> Scores:
        """Return logits (n, labels); for regression (n, 1)."""
        ...

    def encode(self, batch: TextBatch) -> Sequence[Sequence[Any]]:
        """Return one encoding per text; its `len` is the number of tokens."""
        ...

    def score_encoded(self, encodings: Sequence[Sequence[Any]]) -> Scores:
        """Return logits (n, labels) of one batch of encodings."""
        ...


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """An audit's wish to see class scores of these texts. Other kinds of request stand beside it as audits need them.

    Attributes:
        name: under which the panel comes back.
        ids, texts: what to score.
        columns: of a test split, which `ITEM_COLUMNS` its data have.
    """

    name: str
    ids: tuple[str, ...]
    texts: TextBatch
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What the user may set for all audits.

    Attributes:
        level: nominal coverage of the intervals.
        n_examples: rows of a table of texts, at most.
        in_slices: metrics that are measured in every slice too, beyond those that always are: gates name them.
        identities: patterns, such as `mentions_*`, of the names of slices that are identities.
    """

    level: float = 0.95
    n_examples: int = 200
    in_slices: frozenset[str] = frozenset()
    identities: tuple[str, ...] = IDENTITIES


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


Observations = Mapping[str, Panel[Predictions]]
"""Request name -> what every model answered. The test split is always there, under `TEST`."""

TEST = "test"


class Audit(Protocol):
    """One question asked of a comparison: first what it must see, then a pure measurement."""

    @property
    def name(self) -> str: ...

    @property
    def question(self) -> str: ...

    def requests(self, test: ScoreRequest, settings: AuditSettings) -> Sequence[ScoreRequest]:
        """Return the texts that must be scored; most audits need just the test split."""
        ...

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return what the observations show; loads no model and draws no random numbers without a fixed seed."""
        ...


class Progress(Protocol):
    """Where work of known length reports how far it is."""

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work of `total` steps."""
        ...

    def advance(self, n: int) -> None:
        """Report n more steps."""
        ...

    def finish(self) -> None:
        """End the piece of work."""
        ...


class Silent:
    """Progress that nobody watches."""

    def start(self, what: str, total: int) -> None:
        """Ignore it."""

    def advance(self, n: int) -> None:
        """Ignore it."""

    def finish(self) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One member in the statement's list of models.

    Attributes:
        role, name, seed: who it is; `name` is the population's.
        card: what is known about it.
        remark: a sentence such as "collapsed: it does not beat the majority class"; None where all is well.
    """

    role: ModelRole
    name: str
    seed: int | None
    card: ModelCard
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class DataCard:
    """Where a text set comes from.

    Attributes:
        name, source: what it is called and where it is had.
        revision: of the source; None where it cannot be known ("unpinned").
        sha256: of the normalised content; None where it is not known beforehand.
        licence, hazards: in words.
        notes, warnings: sentences on how the content was read, and on what is wrong with it.
    """

    name: str
    source: str
    revision: str | None = None
    sha256: str | None = None
    licence: str = "not stated"
    hazards: str = "none known"
    homepage: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
