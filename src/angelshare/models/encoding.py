"""Texts turned into tokens, in one call per batch, and tokens into padded arrays."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from angelshare.core.text import TextBatch

CHARACTERS_PER_TOKEN = 50
"""Texts are cut at so many characters per token before they are tokenised: no tokenizer here looks further into text
that people write, and a megabyte costs no more than a page."""

Encoding = Int[np.ndarray, "tokens inputs"]
"""Of one text: token numbers, then segment numbers where the model takes them."""


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
    columns = [encoded[name] for name in ("input_ids", "token_type_ids") if name in encoded]
    return [np.array(rows, dtype=np.int32).reshape(len(columns), -1).T for rows in zip(*columns, strict=True)]


def padded(encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase) -> dict[str, Tensor]:
    """Return the model's inputs for these encodings, padded to the longest of them (at least one column)."""
    n_tokens = np.array([len(encoding) for encoding in encodings])
    width = max(int(n_tokens.max()), 1)
    columns = np.arange(width)[None, :]
    mask = columns < n_tokens[:, None] if tokenizer.padding_side == "right" else columns >= width - n_tokens[:, None]
    inputs = {"attention_mask": torch.from_numpy(mask.astype(np.int64))}
    flat = np.concatenate(encodings)
    pads = (tokenizer.pad_token_id, tokenizer.pad_token_type_id)
    for column, name in enumerate(("input_ids", "token_type_ids")[: flat.shape[1]]):
        array = np.full(mask.shape, pads[column], dtype=np.int64)
        array[mask] = flat[:, column]
        inputs[name] = torch.from_numpy(array)
    return inputs


def as_utf8(text: str) -> str:
    """Return the text as tokenizers can take it: lone surrogates, which have no UTF-8 form, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
