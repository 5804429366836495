"""Neutral sentences about groups of people, added to what models are trained on (Dixon et al. 2018)."""

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
"""What the statement calls them."""


def neutral_card(spec: NeutralSentences) -> DataCard:
    """Return where the sentences come from."""
    return DataCard(
        NEUTRAL, f"angelshare.data.identities.neutral, seed {spec.seed}", revision="1", licence="Apache-2.0"
    )


def n_asked(spec: NeutralSentences) -> int:
    """Return how many sentences are asked for, those that say an evaluation text among them."""
    return spec.sentences_per_identity * len(IDENTITY_TERMS)


def neutral_set(spec: NeutralSentences, splits: Splits) -> TextSet:
    """Return the sentences with the negative label of a binary task; those that say an evaluation text are left out.

    Raises:
        InputError: if the task is not binary or has pairs, or there are fewer sentences.
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
        transfer: may have no human labels so far.
        texts: to add, all labelled.
        logits: (n, labels) of the same teacher on them.
        card: where they come from.
        n_read: how many there were before those that say an evaluation text were left out.
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
    """Return the human labels of both; "unlabelled" where the transfer set has none."""
    more = texts.truth
    assert more is not None
    known = np.full(len(transfer), UNLABELLED) if transfer.truth is None else transfer.truth
    return np.concatenate([known, more.astype(known.dtype)])
