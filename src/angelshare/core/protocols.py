"""Models and data as seen from here: small protocols, so that a fake is five lines, and cards that describe them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from angelshare.core.arrays import Scores
from angelshare.core.errors import InputError
from angelshare.core.task import ModelRole, Task
from angelshare.core.text import TextBatch


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A statement's card of a model.

    Attributes:
        name: the user's name for it.
        task, labels: of its answers, in the order of its outputs; None and () for a model without classes, such as a
            language model.
        fingerprint: sha256 over weights, configuration and tokenizer.
        parent_fingerprint: of its teacher; None where it has none, or none is declared.
        max_length: in tokens; longer texts are cut.
        precision: fp32, bf16, int8.
        n_parameters: None where unknown (a file of predictions).
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
        """The task of scores of classes.

        Raises:
            InputError: if the model has no classes.
        """
        if self.task is None:
            raise InputError(f"{self.name} has no classes to score: it answers no task. Give a classifier.")
        return self.task


class Scorer(Protocol):
    """A model that scores texts: teacher, student or TF-IDF, all the same to an audit."""

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
    """A listener to work of known length."""

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
    """Progress without a listener."""

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
        role, name, seed: of the member; `name` is the population's.
        card: of its model.
        remark: a sentence such as "collapsed: it does not beat the majority class"; None where all is well.
    """

    role: ModelRole
    name: str
    seed: int | None
    card: ModelCard
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class DataCard:
    """The origin of a text set.

    Attributes:
        name: of the set.
        source: its place.
        revision: of the source; None where it cannot be known ("unpinned").
        sha256: of the normalised content; None where it is not known beforehand.
        licence, hazards: in words.
        notes: sentences on how the content was read.
        warnings: sentences on faults of the content.
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
