"""Texts turned into tokens in one call per batch, and tokens into padded arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from angelshare.core.arrays import Array, Labels
from angelshare.core.text import TextBatch, as_utf8

CHARACTERS_PER_TOKEN = 50
"""Texts are cut at so many characters a token before tokenising, so that a megabyte costs no more than a page.
No tokenizer would look further into text that people write."""

_INPUTS = ("input_ids", "token_type_ids")

Encoding = Int[np.ndarray, "tokens inputs"]
"""One text: token numbers, then segment numbers where the model takes them."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedTexts:
    """The tokens of n texts, one after the other.

    Attributes:
        tokens: (inputs, tokens of all texts) int32: token numbers, then segment numbers where the model takes them.
        offsets: (n + 1,) the beginning of each text, then the end of the last.
        pads: the padding number of each input.
        pad_left: whether padding stands before the text.
    """

    tokens: Array
    offsets: Array
    pads: tuple[int, ...]
    pad_left: bool = False

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    @classmethod
    def joined(cls, encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase) -> "EncodedTexts":
        """Return the tokens of these encodings, with the padding of this tokenizer."""
        offsets = np.zeros(len(encodings) + 1, dtype=np.int64)
        np.cumsum([len(encoding) for encoding in encodings], out=offsets[1:])
        tokens = np.ascontiguousarray(np.concatenate(encodings).T) if encodings else np.zeros((1, 0), dtype=np.int32)
        pads = (int(tokenizer.pad_token_id), int(tokenizer.pad_token_type_id))
        return cls(tokens, offsets, pads[: len(tokens)], pad_left=tokenizer.padding_side == "left")

    @property
    def n_tokens(self) -> Labels:
        """Return (n,) the number of tokens of each text."""
        return np.diff(self.offsets)

    def padded(self, index: Labels) -> dict[str, Tensor]:
        """Return the inputs of these texts, padded to the longest (at least one column)."""
        starts = self.offsets[index]
        n_tokens = self.offsets[index + 1] - starts
        width = max(int(n_tokens.max()), 1)
        columns = np.arange(width)
        if self.pad_left:
            starts = starts - (width - n_tokens)
            mask = columns >= (width - n_tokens)[:, None]
        else:
            mask = columns < n_tokens[:, None]
        positions = (starts[:, None] + columns)[mask]
        batch = {"attention_mask": torch.from_numpy(mask.astype(np.int64))}
        for name, tokens, pad in zip(_INPUTS, self.tokens, self.pads, strict=False):
            inputs = np.full(mask.shape, pad, dtype=np.int64)
            inputs[mask] = tokens[positions]
            batch[name] = torch.from_numpy(inputs)
        return batch


def encode_batch(tokenizer: PreTrainedTokenizerBase, batch: TextBatch, max_length: int) -> list[Encoding]:
    """Return the encodings of texts or pairs, cut at `max_length` tokens and not padded."""
    if not len(batch):
        return []
    limit = max_length * CHARACTERS_PER_TOKEN
    encoded = tokenizer(
        [as_utf8(text[:limit]) for text in batch.texts],
        None if batch.pairs is None else [as_utf8(text[:limit]) for text in batch.pairs],
        truncation=True,
        max_length=max_length,
        return_attention_mask=False,
        return_token_type_ids="token_type_ids" in tokenizer.model_input_names,
    )
    columns = [encoded[name] for name in _INPUTS if name in encoded]
    return [np.array(rows, dtype=np.int32).reshape(len(columns), -1).T for rows in zip(*columns, strict=True)]


def batches(n_tokens: Array, tokens_per_batch: int) -> Iterator[list[int]]:
    """Yield batches of rows in order of length, each within the budget when padded to its longest row."""
    rows: list[int] = []
    for row in np.argsort(n_tokens, kind="stable").tolist():
        if rows and max(n_tokens[row], 1) * (len(rows) + 1) > tokens_per_batch:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def padded(encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase) -> dict[str, Tensor]:
    """Return the model's inputs for these encodings, padded to the longest (at least one column)."""
    return EncodedTexts.joined(encodings, tokenizer).padded(np.arange(len(encodings)))
