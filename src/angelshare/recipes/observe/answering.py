"""Answers of every kind from a model that runs here, or the reason why it cannot give them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from angelshare.core.abilities import Embedding, Generation
from angelshare.core.arrays import Array
from angelshare.core.errors import ModelError
from angelshare.core.observations import Continuations, Embeddings, Kind, Likelihoods
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import Progress
from angelshare.core.requests import NotObserved, Request
from angelshare.core.strict import Strict
from angelshare.core.text import TextBatch, n_bytes
from angelshare.recipes.observe.seats import Opened

if TYPE_CHECKING:  # an audit of two files must not load torch
    from angelshare.models.causal import CausalModel
    from angelshare.models.questions import Question

S = TypeVar("S", bound=Strict)
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one model.

    Attributes:
        member: the model.
        request: what is asked.
        root: of the folders in which answers are stored.
        progress: informed of the number of texts done.
    """

    member: Opened
    request: Request
    root: Path
    progress: Progress

    @property
    def texts(self) -> TextBatch:
        """Return the texts of the request."""
        texts = self.request.items.texts
        assert texts is not None, "a model reads texts"
        return texts

    def settings(self, default: S) -> S:
        """Return the settings of the request; without any, the default."""
        settings = self.request.settings
        return settings if isinstance(settings, type(default)) else default

    def ask(self, question: "Question") -> Array:
        """Return the answers to a question that is asked about every text."""
        from angelshare.models.observe import ask

        source = self.request.items.source
        self.progress.start(f"{self.member.seat.key}: {question.doing} {source}", len(self.texts))
        answers = ask(question, self.texts, store=question.folder(self.root), progress=self.progress)
        self.progress.finish()
        return answers

    def loaded(self, load: Callable[..., M]) -> M:
        """Return the model as loaded for other uses than classification, with the maximum length that was asked for.

        Raises:
            NotObserved: if it was not loaded from a folder, or cannot be loaded for that use.
        """
        seat, loading = self.member.seat, self.member.loading
        if loading is None:
            raise NotObserved(f"{seat.member} gives no {self.request.kind}: it was not loaded from a folder.")
        try:
            return load(loading.source, max_length=loading.max_length)
        except ModelError as error:
            raise NotObserved(f"{seat.member} gives no {self.request.kind}: {error}") from error

    def who(self) -> dict[str, Any]:  # Any: text and numbers
        """Return the seed and the fingerprints of the model, as every kind of member holds them."""
        card, seat = self.member.card, self.member.seat
        return {"seed": seat.seed, "fingerprint": card.fingerprint, "parent_fingerprint": card.parent_fingerprint}


def scores(call: Call) -> Predictions:
    """Return one model's class scores."""
    from angelshare.models import questions

    member, card = call.member, call.member.card
    if member.scorer is None:
        raise NotObserved(f"{member.seat.member} scores no classes.")
    return Predictions(
        name=member.seat.member,
        task=card.scored_task,
        labels=card.labels,
        outputs="values" if card.task == "regression" else "logits",
        values=call.ask(questions.scores(member.scorer)),
        **call.who(),
    )


def embeddings(call: Call) -> Embeddings:
    """Return one encoder's vectors; for a classifier, those below its head."""
    from angelshare.models import questions
    from angelshare.models.embedder import load_embedder

    pooling = call.settings(Embedding()).pooling
    embedder = call.loaded(partial(load_embedder, pooling=pooling))
    vectors = call.ask(questions.embeddings(embedder))
    return Embeddings(call.member.seat.member, vectors, embedder.pooling, **call.who())


def likelihoods(call: Call) -> Likelihoods:
    """Return the likelihood of each text under one causal language model; in a pair, of the second after the first."""
    from angelshare.models import questions

    nats, n_tokens = call.ask(questions.likelihoods(_causal(call))).T
    lengths = np.array([n_bytes(text) for text in call.texts.pairs or call.texts.texts])
    return Likelihoods(
        call.member.seat.member, nats.astype(np.float64), n_tokens.astype(np.int64), lengths, **call.who()
    )


def continuations(call: Call) -> Continuations:
    """Return the continuation of each text by one causal language model."""
    from angelshare.models import questions

    texts = call.ask(questions.continuations(_causal(call), call.settings(Generation())))
    return Continuations(call.member.seat.member, tuple(texts), **call.who())


def _causal(call: Call) -> "CausalModel":
    """Return the model as a causal language model."""
    from angelshare.models.causal import load_causal

    return call.loaded(load_causal)


ANSWERS: Mapping[Kind, Callable[[Call], Any]] = {  # Any: the kind says which type of member
    "scores": scores,
    "embeddings": embeddings,
    "likelihoods": likelihoods,
    "continuations": continuations,
}
"""Kind -> the function that gets it from one model; `timing` is of all models together."""
