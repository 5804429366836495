"""A model under the label names of other data: a toxicity model on a suite of hate speech, say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from angelshare.core.arrays import Scores
from angelshare.core.errors import LabelError
from angelshare.core.protocols import EncodingScorer, ModelCard, Scorer
from angelshare.core.text import TextBatch


def relabelled(scorer: Scorer, labels: Sequence[str]) -> Scorer:
    """Return the scorer with its outputs called by these names, in the order of its outputs.

    Raises:
        LabelError: if they are more or fewer, or a name that the model has itself is given to another output.
    """
    own, names = scorer.card.labels, tuple(labels)
    if own == names:
        return scorer
    moved = [name for name in names if name in own]
    if len(own) != len(names) or any(own.index(name) != names.index(name) for name in moved):
        raise LabelError(
            f"{scorer.card.name} names its outputs {list(own)}, which cannot be read as {list(names)}. Give one name "
            "for every output, in the model's own order; an output keeps a name that it has itself."
        )
    return (_RelabelledEncoding if isinstance(scorer, EncodingScorer) else _Relabelled)(scorer, names)


def renaming(scorer: Scorer | None) -> str | None:
    """Return which of a scorer's outputs go by other names than the model's own, as a sentence; None where none do."""
    if not isinstance(scorer, _Relabelled):
        return None
    own, names = list(scorer.scorer.card.labels), list(scorer.labels)
    return f"The outputs of {scorer.card.name} are called {own} in the model and are read as {names}, as asked for."


@dataclass(frozen=True, slots=True)
class _Relabelled:
    """A scorer that names its outputs otherwise."""

    scorer: Any  # a Scorer, or an EncodingScorer in the class below
    labels: tuple[str, ...]

    @property
    def card(self) -> ModelCard:
        """Return the model's card with the other names."""
        card: ModelCard = self.scorer.card
        return replace(card, labels=self.labels)

    def score(self, batch: TextBatch) -> Scores:
        """Return what the model says."""
        scores: Scores = self.scorer.score(batch)
        return scores


@dataclass(frozen=True, slots=True)
class _RelabelledEncoding(_Relabelled):
    """The same of a scorer that tokenises apart."""

    def encode(self, batch: TextBatch) -> Sequence[Sequence[Any]]:
        """Return the model's encodings."""
        encodings: Sequence[Sequence[Any]] = self.scorer.encode(batch)
        return encodings

    def score_encoded(self, encodings: Sequence[Sequence[Any]]) -> Scores:
        """Return what the model says."""
        scores: Scores = self.scorer.score_encoded(encodings)
        return scores
