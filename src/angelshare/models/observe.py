"""The runner: it asks about every distinct text once, sorts by length, batches by tokens and stores by content."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from angelshare.core.arrays import Array, Scores
from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress, Scorer, Silent
from angelshare.core.text import TextBatch
from angelshare.models import questions
from angelshare.models.encoding import batches
from angelshare.models.questions import Question
from angelshare.models.store import Store


def observe(scorer: Scorer, batch: TextBatch) -> Scores:
    """Return the float32 logits (n, labels) of the texts, in their order, without a store; see `ask`."""
    return ask(questions.scores(scorer), batch)


def ask(
    question: Question,
    batch: TextBatch,
    *,
    store: Path | None = None,
    progress: Progress = Silent(),
    shard_size: int = 4096,
    tokens_per_batch: int = 2048,
) -> Array:
    """Return the answers to a question about texts, in their order: float32 rows, or tuples of texts.

    The plan, distinct texts sorted by length and key and cut into shards, depends on the set of texts only. Their order
    does not matter, and a run that was killed resumes with its next shard and ends with the same answers.

    Args:
        question: the question, asked once about each distinct text that the store lacks.
        batch: any number of texts or pairs.
        store: a folder for this question alone, see `Question.folder`; None: nothing is kept.
        progress: a counter of distinct texts.
        shard_size: the number of distinct texts that are stored together.
        tokens_per_batch: the most tokens in a batch, padding included; a longer text is a batch of its own.

    Raises:
        InputError: if a number is not finite, naming the place of the text.
    """
    kept = Store(store, question.answers)
    first = {key: place for place, key in reversed(list(enumerate(batch.keys())))}
    plan = sorted(first, key=lambda key: (_n_characters(batch, first[key]), key))
    progress.start(f"{question.card.name}: {question.doing}", len(plan))
    try:
        for start in range(0, len(plan), shard_size):
            shard = plan[start : start + shard_size]
            known, _ = kept.find(shard)
            progress.advance(int(known.sum()))
            missing = [key for key, is_known in zip(shard, known, strict=True) if not is_known]
            if missing:
                places = [first[key] for key in missing]
                kept.append(missing, _answered(question, batch, places, progress, tokens_per_batch))
    finally:
        progress.finish()
    return kept.find(batch.keys())[1] if plan else question.nothing()


def _answered(
    question: Question, batch: TextBatch, places: Sequence[int], progress: Progress, tokens_per_batch: int
) -> Array:
    """Return the answers about the texts at these places, encoded once and asked in batches of similar length."""
    encodings = question.encode(batch.take(places))
    n_tokens = np.array([len(encoding) for encoding in encodings])
    shape = len(places) if question.width is None else (len(places), question.width)
    answers: Array = np.empty(shape, dtype=question.answers.dtype)
    for rows in batches(n_tokens, tokens_per_batch):
        answered = question.answer([encodings[row] for row in rows])
        _check(answered, question, [places[row] for row in rows])
        answers[rows] = answered
        progress.advance(len(rows))
    return answers


def _check(answers: Array, question: Question, places: Sequence[int]) -> None:
    """Refuse answers of a wrong shape, and numbers that are not finite, naming the text."""
    name, wanted = question.card.name, (len(places), *([] if question.width is None else [question.width]))
    if answers.shape != wanted:
        raise InputError(
            f"{name} gave {question.kind} of shape {answers.shape} for {len(places)} texts: they should be of shape "
            f"{wanted}."
        )
    if question.width is None:
        return
    finite = np.isfinite(answers).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise InputError(
            f"{name} gave {_shown(answers[row])} for text number {places[row] + 1}: not all are finite numbers "
            f"({int((~finite).sum())} such texts in its batch). Check the model's weights, or run it in fp32."
        )


def _shown(numbers: Array, most: int = 8) -> str:
    """Return the first numbers of a row."""
    shown = str(numbers[:most].tolist())
    return shown if len(numbers) <= most else f"{shown[:-1]}, ...]"


def _n_characters(batch: TextBatch, place: int) -> int:
    """Return the number of characters of a text or pair."""
    return len(batch.texts[place]) + (len(batch.pairs[place]) if batch.pairs is not None else 0)
