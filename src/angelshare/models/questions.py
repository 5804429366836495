"""The questions that a model can be asked about texts: one for each kind of observation."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from angelshare.core.abilities import Embedder, EncodingEmbedder, Generation, Generator, LanguageModel
from angelshare.core.arrays import Array, Scores
from angelshare.core.observations import Kind
from angelshare.core.protocols import EncodingScorer, ModelCard, Scorer
from angelshare.core.text import TextBatch
from angelshare.models.encoding import CHARACTERS_PER_TOKEN
from angelshare.models.store import ROWS, TEXTS, Answers, as_objects

SCORING_VERSION = 1
"""Increased whenever a model may answer differently than before about a text, so that no old answer is reused."""

CHARACTERS_TO_A_TOKEN = 4
"""The guess by which batches are measured for models that do not tokenise separately."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to one model, for one kind of observation.

    Attributes:
        card: the model's card.
        kind: the kind of the answers.
        doing: a word for the model's work, such as `scoring`.
        encode: texts -> their encodings, the length of which is their share of a batch, in tokens.
        answer: a batch of encodings -> their answers: (n, width) numbers, or (n,) tuples of texts.
        width: the number of numbers in an answer; None: answers are texts.
        how: whatever the answers depend on besides the model and the text.
    """

    card: ModelCard
    kind: Kind
    doing: str
    encode: Callable[[TextBatch], Sequence[Any]]  # Any: the model's own encoding; only its `len` is used
    answer: Callable[[Sequence[Any]], Array]
    width: int | None
    how: tuple[object, ...] = ()

    @property
    def answers(self) -> Answers:
        """Return the format in which answers are kept."""
        return TEXTS if self.width is None else ROWS

    def nothing(self) -> Array:
        """Return the answers to no texts."""
        return np.zeros(0 if self.width is None else (0, self.width), dtype=self.answers.dtype)

    def folder(self, root: Path) -> Path:
        """Return the folder below `root` for the answers, named by all that they depend on.

        That is the fingerprint (weights, configuration, tokenizer), task, maximum length, limit of characters,
        precision and `SCORING_VERSION`; for kinds other than scores, also the kind and `how`.
        """
        card = self.card
        cause: list[object] = [card.fingerprint, card.task, list(card.labels), card.max_length, card.precision]
        cause += [CHARACTERS_PER_TOKEN, SCORING_VERSION]
        if self.kind != "scores":
            cause += [self.kind, *self.how]
        return root / hashlib.sha256(json.dumps(cause).encode()).hexdigest()[:32]


def scores(scorer: Scorer) -> Question:
    """Return the question for logits, (n, labels)."""
    ask = partial(Question, scorer.card, "scores", "scoring", width=len(scorer.card.labels))
    if isinstance(scorer, EncodingScorer):
        return ask(scorer.encode, scorer.score_encoded)
    return ask(_raw, lambda raw: scorer.score(_batch(raw)))


def embeddings(embedder: Embedder) -> Question:
    """Return the question for vectors, (n, width)."""
    ask = partial(Question, embedder.card, "embeddings", "embedding", width=embedder.width, how=(embedder.pooling,))
    if isinstance(embedder, EncodingEmbedder):
        return ask(embedder.encode, embedder.embed_encoded)
    return ask(_raw, lambda raw: embedder.embed(_batch(raw)))


def likelihoods(model: LanguageModel) -> Question:
    """Return the question for nats and tokens, (n, 2), of texts; of pairs, for the second text after the first."""

    def answer(raw: Sequence[_RawText]) -> Scores:
        batch = _batch(raw)
        whole = batch.pairs is None
        log_probs = model.token_log_probs([""] * len(batch) if whole else batch.texts, batch.pairs or batch.texts)
        # rounding may put a probability of 1 slightly above it
        return np.array([[max(0.0, -float(np.sum(values))), len(values)] for values in log_probs])

    return Question(model.card, "likelihoods", "reading", _raw, answer, width=2, how=(model.style,))


def continuations(generator: Generator, settings: Generation) -> Question:
    """Return the question for continuations, (n,) tuples of texts."""

    def encode(prompts: TextBatch) -> list[_RawText]:
        return _raw(prompts, more=settings.max_tokens, times=settings.n)

    def answer(raw: Sequence[_RawText]) -> Array:
        return as_objects([tuple(texts) for texts in generator.generate(_batch(raw).texts, settings)])

    how = (settings.model_dump(mode="json"),)
    return Question(generator.card, "continuations", "writing", encode, answer, width=None, how=how)


@dataclass(frozen=True, slots=True)
class _RawText:
    """A text for a model that does not tokenise separately, with a guess at its number of tokens."""

    text: str
    pair: str | None
    n_tokens: int

    def __len__(self) -> int:
        """Return the guess."""
        return self.n_tokens


def _raw(batch: TextBatch, *, more: int = 0, times: int = 1) -> list[_RawText]:
    """Return texts as they are; each counts as `times` its own tokens plus `more`."""
    return [
        _RawText(text, pair, (1 + (len(text) + len(pair or "")) // CHARACTERS_TO_A_TOKEN + more) * times)
        for text, pair in zip(batch.texts, batch.pairs or [None] * len(batch), strict=True)
    ]


def _batch(raw: Sequence[_RawText]) -> TextBatch:
    """Return the texts as a batch."""
    pairs = tuple(each.pair for each in raw if each.pair is not None)
    return TextBatch(tuple(each.text for each in raw), pairs or None)
