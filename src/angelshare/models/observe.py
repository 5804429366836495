"""The runner: every distinct text is scored once, sorted by length, batched by tokens, stored by content."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from angelshare.core.arrays import Array, Scores
from angelshare.core.errors import InputError
from angelshare.core.protocols import EncodingScorer, ModelCard, Progress, Scorer, Silent
from angelshare.core.text import TextBatch
from angelshare.models.encoding import CHARACTERS_PER_TOKEN
from angelshare.models.logit_store import LogitStore

SCORING_VERSION = 1
"""Counted up whenever the same model and text may give other numbers than before, so that old logits are not reused."""

CHARACTERS_TO_A_TOKEN = 4
"""What a batch is measured by where a scorer has no tokens."""


def store_folder(root: Path, card: ModelCard) -> Path:
    """Return the folder below `root` for the logits of this scorer: named by all that its numbers depend on.

    That is the fingerprint (weights, configuration, tokenizer), task, maximum length and where texts are cut, precision
    and `SCORING_VERSION`.
    """
    cause = [card.fingerprint, card.task, list(card.labels), card.max_length, card.precision]
    digest = hashlib.sha256(json.dumps([*cause, CHARACTERS_PER_TOKEN, SCORING_VERSION]).encode())
    return root / digest.hexdigest()[:32]


def observe(
    scorer: Scorer,
    batch: TextBatch,
    *,
    store: Path | None = None,
    progress: Progress = Silent(),
    shard_size: int = 4096,
    tokens_per_batch: int = 2048,
) -> Scores:
    """Return the float32 logits (n, labels) of the texts, in their order.

    The plan, distinct texts sorted by length and key and cut into shards, depends only on which texts are asked for:
    their order does not matter, and a run that was killed goes on with its next shard and ends with the same numbers.

    Args:
        scorer: is asked once for every distinct text that the store does not hold.
        batch: any number of texts or pairs.
        store: a folder for this scorer and no other, see `store_folder`; None: nothing is kept.
        progress: counts distinct texts.
        shard_size: distinct texts that are stored together.
        tokens_per_batch: padding included; one longer text makes a batch of its own.

    Raises:
        InputError: if a logit is not a finite number; the text is named by its place.
    """
    logits = LogitStore(store)
    first = {key: place for place, key in reversed(list(enumerate(batch.keys())))}
    plan = sorted(first, key=lambda key: (_n_characters(batch, first[key]), key))
    progress.start(f"{scorer.card.name}: scoring", len(plan))
    try:
        for start in range(0, len(plan), shard_size):
            shard = plan[start : start + shard_size]
            known, _ = logits.find(shard)
            progress.advance(int(known.sum()))
            missing = [key for key, is_known in zip(shard, known, strict=True) if not is_known]
            if missing:
                places = [first[key] for key in missing]
                logits.append(missing, _score_shard(scorer, batch, places, progress, tokens_per_batch))
    finally:
        progress.finish()
    if not plan:
        return np.zeros((0, len(scorer.card.labels)), dtype=np.float32)
    return logits.find(batch.keys())[1]


def _score_shard(
    scorer: Scorer, batch: TextBatch, places: Sequence[int], progress: Progress, tokens_per_batch: int
) -> Scores:
    """Return the logits of the texts at these places: encoded once, then scored in batches of like length."""
    texts = batch.take(places)
    encodings = scorer.encode(texts) if isinstance(scorer, EncodingScorer) else None
    if encodings is None:
        n_tokens = np.array([1 + _n_characters(texts, i) // CHARACTERS_TO_A_TOKEN for i in range(len(texts))])
    else:
        n_tokens = np.array([len(encoding) for encoding in encodings])
    logits = np.empty((len(texts), len(scorer.card.labels)), dtype=np.float32)
    for rows in _batches(n_tokens, tokens_per_batch):
        if encodings is None or not isinstance(scorer, EncodingScorer):
            scores = scorer.score(texts.take(rows))
        else:
            scores = scorer.score_encoded([encodings[row] for row in rows])
        _check(scores, scorer.card, [places[row] for row in rows])
        logits[rows] = scores
        progress.advance(len(rows))
    return logits


def _batches(n_tokens: Array, tokens_per_batch: int) -> Iterator[list[int]]:
    """Yield rows in order of length, as many at a time as fit the budget when padded to the longest of them."""
    rows: list[int] = []
    for row in np.argsort(n_tokens, kind="stable").tolist():
        if rows and max(n_tokens[row], 1) * (len(rows) + 1) > tokens_per_batch:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _check(scores: Scores, card: ModelCard, places: Sequence[int]) -> None:
    """Refuse scores of a wrong shape, and scores that are not finite, naming the text."""
    if scores.shape != (len(places), len(card.labels)):
        msg = f"{card.name} gave scores of shape {scores.shape} for {len(places)} texts and {len(card.labels)} labels."
        raise InputError(msg)
    finite = np.isfinite(scores).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        msg = (
            f"{card.name} gave {scores[row].tolist()} for text number {places[row] + 1}: not all are finite numbers "
            f"({int((~finite).sum())} such texts in its batch). Check the model's weights, or score in fp32."
        )
        raise InputError(msg)


def _n_characters(batch: TextBatch, place: int) -> int:
    """Return the length of a text, with its second half."""
    return len(batch.texts[place]) + (len(batch.pairs[place]) if batch.pairs is not None else 0)
