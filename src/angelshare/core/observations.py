"""Answers of models besides scores of classes: vectors, likelihoods, texts and timing."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float

from angelshare.core.arrays import Array, Labels, Scores, Vector
from angelshare.core.errors import InputError
from angelshare.core.items import Items

Kind = Literal["scores", "embeddings", "likelihoods", "continuations", "timing"]
"""scores: `Predictions`. embeddings, likelihoods, continuations: the types below. timing: `Timing`."""


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """One model's vectors of the items.

    Attributes:
        name: the member, such as `minilm/0`.
        vectors: (n, width).
        pooling: the way from tokens' vectors to a text's, such as `cls` or `mean`; "" where unknown.
        seed: of the member.
        fingerprint: of the model, "" where unknown.
        parent_fingerprint: of its teacher, where declared.

    Raises:
        InputError: for no items, another shape, or a number that is not finite.
    """

    name: str
    vectors: Float[np.ndarray, "items width"]
    pooling: str = ""
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None

    def __post_init__(self) -> None:
        """Refuse vectors of which no angle can be measured."""
        _check_some(self.name, self.vectors)
        if self.vectors[0].ndim != 1 or not self.vectors[0].size:
            raise InputError(
                f"{self.name} has embeddings of shape {self.vectors.shape}: give one vector for every item, all of one "
                "width."
            )
        _check_each(
            self.name,
            np.isfinite(self.vectors).all(axis=1),
            "hold NaN or an infinite number",
            "Embed these texts again, or drop them for every model.",
        )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.vectors)

    def take(self, index: Array) -> "Embeddings":
        """Return the items at these positions (or under this mask), in this order."""
        return replace(self, vectors=self.vectors[index])

    def same_answers(self, other: "Embeddings") -> bool:
        """Return whether both gave the same vectors."""
        return np.array_equal(self.vectors, other.vectors)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihoods:
    """One language model's likelihoods of the items: texts, or continuations of their contexts.

    Attributes:
        name: the member, such as `gpt/0`.
        nats: (n,) negative log-likelihood of the whole item, natural logarithm; at least 0.
        n_tokens: (n,) number of predicted tokens; those of two models compare only where their tokenizers do.
        n_bytes: (n,) length of the item in UTF-8.
        seed, fingerprint, parent_fingerprint: as in `Embeddings`.

    Raises:
        InputError: for no items, arrays of different lengths, nats that are negative or not finite, or counts that are
            no positive integers.
    """

    name: str
    nats: Vector
    n_tokens: Labels
    n_bytes: Labels
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None

    def __post_init__(self) -> None:
        """Refuse numbers of which no perplexity can be measured."""
        shapes = {"nats": self.nats.shape, "n_tokens": self.n_tokens.shape, "n_bytes": self.n_bytes.shape}
        if self.nats.ndim != 1 or len(set(shapes.values())) > 1:
            msg = ", ".join(f"{part} of shape {shape}" for part, shape in shapes.items())
            raise InputError(f"{self.name} has {msg}: give one number of each for every item.")
        _check_some(self.name, self.nats)
        _check_each(
            self.name,
            np.isfinite(self.nats) & (self.nats >= 0),
            "have nats that are negative or not finite",
            "Nats are negative log-likelihoods, natural logarithm: a log-likelihood needs its sign turned.",
        )
        for part, counts in (("tokens", self.n_tokens), ("bytes", self.n_bytes)):
            whole = np.issubdtype(counts.dtype, np.integer)
            _check_each(
                self.name,
                counts > 0 if whole else np.zeros(len(counts), dtype=np.bool_),
                f"have no positive whole number of {part}",
                "An empty text has no likelihood: leave it out for every model.",
            )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.nats)

    def take(self, index: Array) -> "Likelihoods":
        """Return the items at these positions (or under this mask), in this order."""
        return replace(self, nats=self.nats[index], n_tokens=self.n_tokens[index], n_bytes=self.n_bytes[index])

    def same_answers(self, other: "Likelihoods") -> bool:
        """Return whether both find every item as likely, in as many tokens."""
        return np.array_equal(self.nats, other.nats) and np.array_equal(self.n_tokens, other.n_tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Continuations:
    """One model's continuations of the items.

    Attributes:
        name: the member, such as `gpt/0`.
        texts: one continuation or more of every item, without the prompt; they may be empty.
        seed, fingerprint, parent_fingerprint: as in `Embeddings`.

    Raises:
        InputError: for no items, or an item without a continuation.
    """

    name: str
    texts: tuple[tuple[str, ...], ...]
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None

    def __post_init__(self) -> None:
        """Refuse items without a continuation."""
        _check_some(self.name, self.texts)
        _check_each(
            self.name,
            np.array([bool(texts) for texts in self.texts]),
            "have no continuation",
            "Generate them again: a model that stops at once gives an empty text, not none.",
        )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.texts)

    def take(self, index: Array) -> "Continuations":
        """Return the items at these positions (or under this mask), in this order."""
        places = np.arange(len(self))[index].tolist()
        return replace(self, texts=tuple(self.texts[place] for place in places))

    def same_answers(self, other: "Continuations") -> bool:
        """Return whether both wrote the same."""
        return self.texts == other.texts


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """What the clock said of one model, over the same texts for all models.

    Attributes:
        name: the member, such as `mlp/0`.
        texts_per_second: (rounds,) in bulk.
        latency_ms: (rounds, latencies) of single texts.
        busy: (rounds,) the share of the time in which this thread had a processor; below 1, others were at work.
        n_texts: how many there were.
        peak_memory_bytes: None where it is not measured. memory_problem: why not, as a sentence.
        seed, fingerprint, parent_fingerprint: as in `Embeddings`.
    """

    name: str
    texts_per_second: Vector
    latency_ms: Scores
    busy: Vector
    n_texts: int
    peak_memory_bytes: int | None = None
    memory_problem: str | None = None
    seed: int | None = None
    fingerprint: str = ""
    parent_fingerprint: str | None = None

    def __len__(self) -> int:
        """Return the number of texts."""
        return self.n_texts

    def take(self, index: Array) -> "Timing":
        """Refuse: texts were timed together.

        Raises:
            InputError: always.
        """
        raise InputError(f"{self.name} was timed on {self.n_texts} texts together: {len(index)} of them have no time.")


def timed_items(n_texts: int) -> Items:
    """Return texts that were timed together as items: they have no names of their own."""
    return Items("timed texts", np.array([f"{i:06}" for i in range(n_texts)]))


def _check_some(name: str, items: Array | tuple[object, ...]) -> None:
    """Refuse a member without items."""
    if len(items) == 0:
        raise InputError(f"{name} has no items. Give at least one.")


def _check_each(name: str, good: Array, fault: str, remedy: str) -> None:
    """Refuse items with a fault; their number and the first one's place are told."""
    if not good.all():
        raise InputError(
            f"{name}: {int((~good).sum())} items {fault}, the first is item {int(np.argmin(good)) + 1} of {len(good)}. "
            f"{remedy}"
        )
