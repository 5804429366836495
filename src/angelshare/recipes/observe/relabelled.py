"""A model under the labels of other data, such as a toxicity model on a suite of hate speech."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from angelshare.core.arrays import Scores
from angelshare.core.errors import LabelError
from angelshare.core.protocols import EncodingScorer, ModelCard, Scorer
from angelshare.core.text import TextBatch


def relabelled(scorer: Scorer, labels: Sequence[str]) -> Scorer:
    """Return the scorer with these names for its outputs, in order.

    Raises:
        LabelError: if there are more or fewer, or a name of the model's own is given to another of its outputs.
    """
    given, names = scorer.card.labels, tuple(labels)
    if given == names:
        return scorer
    moved = [name for name in names if name in given]
    if len(given) != len(names) or any(given.index(name) != names.index(name) for name in moved):
        raise LabelError(
            f"{scorer.card.name} names its outputs {list(given)}, which cannot be read as {list(names)}. Give one name "
            "for every output, in the model's own order; an output keeps a name that it has itself."
        )
    return (_RelabelledEncoding if isinstance(scorer, EncodingScorer) else _Relabelled)(scorer, names)


def renaming(scorer: Scorer | None) -> str | None:
    """Return a sentence on a scorer whose outputs have other names than in the model; None for any other scorer."""
    if not isinstance(scorer, _Relabelled):
        return None
    given, names = list(scorer.scorer.card.labels), list(scorer.labels)
    return f"The outputs of {scorer.card.name} are called {given} in the model and are read as {names}, as asked for."


@dataclass(frozen=True, slots=True)
class _Relabelled:
    """A scorer under other labels."""

    scorer: Any  # a Scorer, or an EncodingScorer in the class below
    labels: tuple[str, ...]

    @property
    def card(self) -> ModelCard:
        """Return the model's card with the other labels."""
        card: ModelCard = self.scorer.card
        return replace(card, labels=self.labels)

    def score(self, batch: TextBatch) -> Scores:
        """Return the model's scores."""
        scores: Scores = self.scorer.score(batch)
        return scores


@dataclass(frozen=True, slots=True)
class _RelabelledEncoding(_Relabelled):
    """The same for a scorer that tokenises in a step of its own."""

    def encode(self, batch: TextBatch) -> Sequence[Sequence[Any]]:
        """Return the model's encodings."""
        encodings: Sequence[Sequence[Any]] = self.scorer.encode(batch)
        return encodings

    def score_encoded(self, encodings: Sequence[Sequence[Any]]) -> Scores:
        """Return the model's scores."""
        scores: Scores = self.scorer.score_encoded(encodings)
        return scores
