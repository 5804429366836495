"""Abilities of models besides scoring: one small protocol for each kind of observation."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from pydantic import Field

from angelshare.core.arrays import Vector
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import Strict
from angelshare.core.text import TextBatch

Pooling = Literal["cls", "mean", "pooler"]
"""cls: the first token's vector. mean: that of all tokens, special ones included. pooler: the model's pooled first."""

Style = Literal["causal", "masked"]
"""causal: each token given those before it. masked: each token given all others."""


class Embedding(Strict):
    """How texts are embedded.

    Attributes:
        pooling: how a text's vector is made of its tokens'.
    """

    pooling: Pooling = "mean"


class Generation(Strict):
    """Settings of continuations.

    Attributes:
        n: continuations of each prompt.
        max_tokens: of one continuation.
        top_k: number of the likeliest tokens to draw from; None: all. 1 always takes the likeliest.
        top_p: probability that the likeliest tokens to draw from must reach together; 1: all.
        temperature: divisor of the logits.
        seed: of the draws: one prompt's continuations depend on it and on the prompt, not on other prompts.
    """

    n: Annotated[int, Field(ge=1)] = 1
    max_tokens: Annotated[int, Field(ge=1)] = 20
    top_k: Annotated[int, Field(ge=1)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    temperature: Annotated[float, Field(gt=0)] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


@runtime_checkable
class Embedder(Protocol):
    """A model that turns texts into vectors.

    Attributes:
        card: its description in a statement.
        pooling: the way from tokens' vectors to a text's.
        width: of a vector.
    """

    @property
    def card(self) -> ModelCard: ...

    @property
    def pooling(self) -> str: ...

    @property
    def width(self) -> int: ...

    def embed(self, batch: TextBatch) -> Float[np.ndarray, "items width"]:
        """Return one vector for each text."""
        ...


@runtime_checkable
class EncodingEmbedder(Embedder, Protocol):
    """An embedder that tokenises apart from running; see `core.protocols.EncodingScorer`."""

    def encode(self, batch: TextBatch) -> Sequence[Sequence[Any]]:
        """Return one encoding per text; its `len` is the number of tokens."""
        ...

    def embed_encoded(self, encodings: Sequence[Sequence[Any]]) -> Float[np.ndarray, "items width"]:
        """Return one vector for each encoding of one batch."""
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """A model that gives the likelihood of tokens.

    Attributes:
        card: its description in a statement.
        style: the other tokens that it is given.
    """

    @property
    def card(self) -> ModelCard: ...

    @property
    def style(self) -> Style: ...

    def token_log_probs(self, contexts: Sequence[str], continuations: Sequence[str]) -> Sequence[Vector]:
        """Return, for every item, the natural log-probability of each token of the continuation after the context.

        A whole text is a continuation of the empty context.
        """
        ...


@runtime_checkable
class Generator(Protocol):
    """A model that writes.

    Attributes:
        card: its description in a statement.
    """

    @property
    def card(self) -> ModelCard: ...

    def generate(self, prompts: Sequence[str], settings: Generation) -> list[list[str]]:
        """Return `settings.n` continuations of each prompt, without the prompt."""
        ...
