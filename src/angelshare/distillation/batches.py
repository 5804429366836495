"""Texts tokenised once, kept flat, and fetched as whole padded batches grouped by length."""

import hashlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from angelshare.core.arrays import Array, Labels
from angelshare.core.text import TextBatch
from angelshare.models.encoding import EncodedTexts, encode_batch
from angelshare.models.lengths import check_room

Batch = dict[str, Tensor]
"""Model inputs (n, tokens) and, where known, targets: `teacher_logits` (n, labels) and `labels`."""

_TARGETS = ("teacher_logits", "labels")

MEGABATCH = 50
"""The number of batches whose texts are sorted by length together: it saves padding and still mixes batches."""


def encode_texts(tokenizer: PreTrainedTokenizerBase, texts: TextBatch, max_length: int) -> EncodedTexts:
    """Return the tokens of these texts, cut at `max_length`.

    Raises:
        ModelError: if `max_length` leaves no room for a word.
    """
    check_room(tokenizer, max_length, "The maximum length of the training")
    return EncodedTexts.joined(encode_batch(tokenizer, texts, max_length), tokenizer)


def inputs_of(batch: Batch) -> Batch:
    """Return the part of a batch that a network reads."""
    return {name: tensor for name, tensor in batch.items() if name not in _TARGETS}


class Batches(Dataset[Batch]):
    """Whole batches of encoded texts, drawn anew each epoch.

    An item is a whole batch, because a loader that collects single rows takes longer than a small network's step. An
    epoch's plan depends only on (seed, epoch): texts are shuffled, sorted by length within megabatches, cut into
    batches, and the batches shuffled. Without a seed the plan is fixed: all texts by length.
    """

    def __init__(
        self,
        texts: EncodedTexts,
        *,
        batch_size: int,
        seed: int | None,
        teacher_logits: Array | None = None,
        labels: Array | None = None,
    ) -> None:
        """Keep the texts with their targets, one row per text, and draw the first epoch's plan."""
        self.texts = texts
        self.batch_size = batch_size
        self.seed = seed
        targets = zip(_TARGETS, (teacher_logits, labels), strict=True)
        self._targets = {name: _tensor(rows) for name, rows in targets if rows is not None}
        self._epoch = 0
        self._plan = self._draw()

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return len(self._plan)

    def __getitem__(self, i: int) -> Batch:
        """Return batch i of this epoch."""
        index = self._plan[i]
        rows = torch.from_numpy(index)
        return self.texts.padded(index) | {name: target[rows] for name, target in self._targets.items()}

    def set_epoch(self, epoch: int) -> None:
        """Draw this epoch's plan; the loader calls it before every epoch, also after resuming."""
        if epoch != self._epoch:
            self._epoch = epoch
            self._plan = self._draw()

    @property
    def plan(self) -> Sequence[Labels]:
        """Return the texts of each batch in this epoch."""
        return self._plan

    def digest(self) -> bytes:
        """Return a sha256 of all that decides the batches: texts, targets, batch size and seed."""
        digest = hashlib.sha256(f"{self.batch_size} {self.seed} {self.texts.pads} {sorted(self._targets)}".encode())
        for array in (self.texts.tokens, self.texts.offsets, *(rows.numpy() for rows in self._targets.values())):
            digest.update(np.ascontiguousarray(array).data)
        return digest.digest()

    def _draw(self) -> list[Labels]:
        """Return this epoch's plan."""
        cuts = np.arange(self.batch_size, len(self.texts), self.batch_size)
        if self.seed is None:
            return np.split(np.argsort(self.texts.n_tokens, kind="stable"), cuts)
        rng = np.random.default_rng([self.seed, self._epoch])
        shuffled = rng.permutation(len(self.texts))
        megabatch = np.arange(len(shuffled)) // (MEGABATCH * self.batch_size)
        batches = np.split(shuffled[np.lexsort((self.texts.n_tokens[shuffled], megabatch))], cuts)
        return [batches[i] for i in rng.permutation(len(batches))]


def _tensor(rows: Array) -> Tensor:
    """Return targets as a tensor: class indices as int64, anything else as float32."""
    return torch.from_numpy(rows.astype(np.float32 if rows.dtype.kind == "f" else np.int64))
