"""What the house asks of models, and what it says about them: small protocols, so that a fake is five lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from angelshare.core.arrays import Scores
from angelshare.core.errors import InputError
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
