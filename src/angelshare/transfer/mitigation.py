"""Neutral sentences about groups of people, added to the training data (Dixon et al. 2018)."""

from dataclasses import replace

import numpy as np

from angelshare.core.arrays import Array, Scores
from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.identities.neutral import neutral_sentences
from angelshare.data.identities.terms import IDENTITY_TERMS
from angelshare.data.texts.leakage import said_alike
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.transfer.gather import examined_texts
from angelshare.transfer.label import TransferSet
from angelshare.transfer.spec import NeutralSentences

NEUTRAL = "neutral_sentences"
"""The name of this source in statements."""


def neutral_card(spec: NeutralSentences) -> DataCard:
    """Return the card of the sentences."""
    return DataCard(
        NEUTRAL, f"angelshare.data.identities.neutral, seed {spec.seed}", revision="1", licence="Apache-2.0"
    )


def n_asked(spec: NeutralSentences) -> int:
    """Return the number of sentences before those that repeat evaluation texts are left out."""
    return spec.sentences_per_identity * len(IDENTITY_TERMS)


def neutral_set(spec: NeutralSentences, splits: Splits) -> TextSet:
    """Return the sentences, labelled negative in a binary task, without those that repeat evaluation texts.

    Raises:
        InputError: if the task is not binary or has pairs, or if there are too few sentences.
    """
    train = splits.role("train")
    if train.task != "binary" or train.batch.pairs is not None:
        what = f"{train.task}{'' if train.batch.pairs is None else ' with pairs'}"
        raise InputError(
            f"Mitigation adds single texts with the negative label of a binary task; {train.name} is {what}."
        )
    sentences = neutral_sentences(spec.sentences_per_identity, spec.seed)
    batch = TextBatch(sentences.texts)
    leaked = np.zeros(len(batch), dtype=np.bool_)
    for examined in examined_texts(splits):
        leaked |= said_alike(batch, examined)
    truth = np.zeros(len(batch), dtype=np.int64)
    ids = tuple(f"{NEUTRAL}:{i}" for i in range(len(batch)))
    return TextSet(NEUTRAL, train.task, train.labels, ids, batch, truth).take(~leaked)


def with_labelled(transfer: TransferSet, texts: TextSet, logits: Scores, card: DataCard, *, n_read: int) -> TransferSet:
    """Return the transfer set with more texts that have human labels.

    Args:
        transfer: the transfer set, with or without human labels.
        texts: the texts to add, all labelled.
        logits: (n, labels) the teacher's logits on them.
        card: the card of the texts.
        n_read: their number before those that repeat evaluation texts were left out.
    """
    counts = {"read": n_read, "leaked": n_read - len(texts), "kept": len(texts)}
    return replace(
        transfer,
        batch=TextBatch((*transfer.batch.texts, *texts.batch.texts)),
        logits=np.concatenate([transfer.logits, logits]),
        sources=(*transfer.sources, *[card.name] * len(texts)),
        truth=_with(transfer, texts),
        counts={**transfer.counts, card.name: counts},
        cards={**transfer.cards, card.name: card},
    )


def _with(transfer: TransferSet, texts: TextSet) -> Array:
    """Return the human labels of both; texts of a transfer set without labels are unlabelled."""
    more = texts.truth
    assert more is not None
    known = np.full(len(transfer), UNLABELLED) if transfer.truth is None else transfer.truth
    return np.concatenate([known, more.astype(known.dtype)])
