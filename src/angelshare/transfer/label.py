"""Transfer sets: texts with the teacher's logits, each labelled once and kept on disk."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from angelshare.core.arrays import Array, Mask, Scores
from angelshare.core.errors import InputError
from angelshare.core.items import any_label
from angelshare.core.protocols import DataCard, ModelCard, Progress, Scorer, Silent
from angelshare.core.task import Task
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits
from angelshare.models import questions
from angelshare.models.observe import ask
from angelshare.transfer.balance import Answered, draw
from angelshare.transfer.gather import TransferTexts
from angelshare.transfer.spec import TransferSpec


@dataclass(frozen=True, slots=True, eq=False)
class TransferSet:
    """Texts with a teacher's logits: all that a student needs from its teacher.

    Attributes:
        task: the teacher's task.
        labels: the teacher's labels, in the order of the logits.
        batch: n texts or pairs.
        logits: (n, labels) the teacher's logits, float32.
        sources: (n,) the source of each text.
        truth: the human labels where known, as in `TransferTexts`.
        teacher_fingerprint: the fingerprint of the teacher.
        counts: source -> numbers of texts as in `TransferTexts`, and of those dropped by the teacher's answers:
            `unconfident`, `rebalanced` (or cut to `size`).
        cards: source -> card of its texts, as in `TransferTexts`.
    """

    task: Task
    labels: tuple[str, ...]
    batch: TextBatch
    logits: Scores
    sources: tuple[str, ...]
    truth: Array | None
    teacher_fingerprint: str
    counts: Mapping[str, Mapping[str, int]]
    cards: Mapping[str, DataCard] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.batch)

    def sha256(self) -> str:
        """Return the checksum of texts, logits and human labels, in order."""
        digest = hashlib.sha256("".join(self.batch.keys()).encode())
        digest.update(np.ascontiguousarray(self.logits).data)
        digest.update(b"" if self.truth is None else np.ascontiguousarray(self.truth).data)
        return digest.hexdigest()

    def summary(self) -> dict[str, Any]:
        """Return the summary that a run folder keeps, for JSON."""
        return {
            "n": len(self),
            "sha256": self.sha256(),
            "teacher_fingerprint": self.teacher_fingerprint,
            "counts": {source: dict(counts) for source, counts in self.counts.items()},
        }


def label_texts(
    texts: TransferTexts,
    teacher: Scorer,
    spec: TransferSpec | None = None,
    *,
    splits: Splits | None = None,
    store: Path | None = None,
    progress: Progress = Silent(),
) -> TransferSet:
    """Return the texts with the teacher's logits, after the recipe's filters on the teacher's answers.

    Args:
        texts: the texts to label.
        teacher: the teacher, asked once about each text that the store lacks, so that a run that was killed resumes.
        spec: the filters, as in `chosen`.
        splits: the splits of the task, as in `chosen`.
        store: the root of all stored logits, as in `teacher_logits`.
        progress: a counter of texts.

    Raises:
        InputError: as `teacher_logits` and `chosen`.
    """
    spec = spec or TransferSpec()
    _check_task(teacher.card, spec)
    logits = teacher_logits(texts.batch, teacher, store=store, progress=progress)
    return chosen(texts, logits, teacher.card, spec, splits)


def teacher_logits(batch: TextBatch, teacher: Scorer, *, store: Path | None, progress: Progress) -> Scores:
    """Return the teacher's logits (n, labels).

    Args:
        batch: n texts.
        teacher: the teacher, asked once about each text that the store lacks.
        store: the root of all stored logits, above the teacher's folder (see `Question.folder`); None: no store.
        progress: a counter of texts.

    Raises:
        InputError: if the teacher gives a logit that is not finite.
    """
    question = questions.scores(teacher)
    return ask(question, batch, store=None if store is None else question.folder(store), progress=progress)


def chosen(
    texts: TransferTexts, logits: Scores, card: ModelCard, spec: TransferSpec, splits: Splits | None = None
) -> TransferSet:
    """Return the transfer set of the texts that the recipe's filters keep.

    Args:
        texts: the texts.
        logits: (n, labels) the teacher's logits.
        card: the teacher's card.
        spec: the filters `min_confidence`, `rebalance`, `size` and `scope`.
        splits: the splits of the task, whose human labels `rebalance` may match.

    Raises:
        InputError: if a filter does not fit the task, or keeps no text.
    """
    _check_task(card, spec)
    confident = _confident(logits, spec.min_confidence)
    kept = _drawn(texts, logits, card, spec, splits, among=confident)
    if not kept.any():
        msg = (
            f"None of the {len(texts)} transfer texts is left: {card.name} gives its top label less than "
            f"{spec.min_confidence:g} on all of them. Lower min_confidence."
        )
        raise InputError(msg)
    index = np.flatnonzero(kept)
    return TransferSet(
        task=card.scored_task,
        labels=card.labels,
        batch=texts.batch.take(index.tolist()),
        logits=logits[index],
        sources=tuple(texts.sources[i] for i in index),
        truth=None if texts.truth is None else texts.truth[index],
        teacher_fingerprint=card.fingerprint,
        counts=_counted(texts, confident, kept),
        cards=texts.cards,
    )


def _check_task(card: ModelCard, spec: TransferSpec) -> None:
    """Refuse filters on the chosen label for a teacher that chooses none."""
    if card.task not in ("binary", "single_label") and (spec.min_confidence > 0 or spec.rebalance):
        msg = (
            f"min_confidence and rebalance are about the one label that a teacher chooses; a {card.task} teacher "
            "chooses none. Leave them out."
        )
        raise InputError(msg)


def _confident(logits: Scores, min_confidence: float) -> Mask:
    """Return the mask of the texts with at least this probability of the top label."""
    if min_confidence <= 0:
        return np.ones(len(logits), dtype=np.bool_)
    wide = logits.astype(np.float64)
    top = np.exp(wide.max(axis=1) - np.logaddexp.reduce(wide, axis=1))
    return np.asarray(top >= min_confidence)


def _drawn(
    texts: TransferTexts,
    logits: Scores,
    card: ModelCard,
    spec: TransferSpec,
    splits: Splits | None,
    *,
    among: Mask,
) -> Mask:
    """Return the mask of the texts to keep: those out of scope, and those drawn."""
    if (spec.rebalance is None and spec.size is None) or not among.any():
        return among
    none = np.zeros(len(texts), dtype=np.bool_)
    labelled = none if texts.truth is None else any_label(texts.truth)
    spared = labelled if spec.scope == "unlabelled" or (spec.scope == "auto" and not labelled.all()) else none
    pool = np.flatnonzero(among & ~spared)
    if spared.all():
        raise InputError(
            f"All {len(texts)} transfer texts have human labels, so `scope: unlabelled` leaves nothing to choose "
            "among. Write scope: all, or add a source."
        )
    if not len(pool):
        raise InputError(
            f"None of {int((~spared).sum())} transfer texts without a human label is left to choose among: {card.name} "
            f"gives its top label less than {spec.min_confidence:g} on all of them. Lower min_confidence."
        )
    answered = Answered(texts.batch.take(pool.tolist()), logits[pool], card)
    kept: Mask = among & spared
    kept[pool[draw(answered, spec.rebalance, splits, size=spec.size)]] = True
    return kept


def _counted(texts: TransferTexts, confident: Mask, kept: Mask) -> dict[str, dict[str, int]]:
    """Return the counts of each source, with the texts dropped by the teacher's answers."""
    sources = np.array(texts.sources)
    reasons = {"unconfident": ~confident, "rebalanced": confident & ~kept, "kept": kept}
    by_reason = {reason: Counter(sources[mask].tolist()) for reason, mask in reasons.items()}
    return {
        source: {
            **counts,
            **{reason: n[source] for reason, n in by_reason.items() if n[source] or reason == "kept"},
        }
        for source, counts in texts.counts.items()
    }
