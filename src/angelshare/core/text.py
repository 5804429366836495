"""Texts as a model takes them: single texts, or pairs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts to score, with their second halves where the task is about pairs.

    Attributes:
        texts: n texts.
        pairs: n second texts, or None.
    """

    texts: tuple[str, ...]
    pairs: tuple[str, ...] | None = None

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.texts)

    def take(self, index: Sequence[int]) -> "TextBatch":
        """Return the items at these positions, in this order."""
        pairs = None if self.pairs is None else tuple(self.pairs[i] for i in index)
        return TextBatch(tuple(self.texts[i] for i in index), pairs)

    def keys(self) -> list[str]:
        """Return one content key per item: 32 hexadecimal digits, equal only for equal content."""
        if self.pairs is None:
            return [text_key(text) for text in self.texts]
        return [text_key(text, pair) for text, pair in zip(self.texts, self.pairs, strict=True)]


def text_key(text: str, pair: str | None = None) -> str:
    """Return the content key of one item (BLAKE2b, 128 bits); lone surrogates are kept apart."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    if pair is not None:
        digest.update(b"\x00pair\x00" + pair.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def as_utf8(text: str) -> str:
    """Return the text as UTF-8 can hold it: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def n_bytes(text: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(as_utf8(text).encode())
