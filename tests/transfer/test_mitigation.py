"""Neutral sentences: labelled negative, never an evaluation text, added beside what the teacher labelled."""

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.identities.neutral import neutral_sentences
from angelshare.data.identities.swaps import IDENTITY_TERMS
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.transfer.label import TransferSet
from angelshare.transfer.mitigation import n_asked, neutral_card, neutral_set, with_labelled
from angelshare.transfer.spec import NeutralSentences

LABELS = ("fine", "rude")
THREE = NeutralSentences(sentences_per_identity=3, seed=1)


def splits_with(*test, task="binary", labels=LABELS):
    """Return splits whose test texts are these."""
    sets = {"train": ("a plan", "a map"), "test": test}
    roles = {
        role: TextSet(role, task, labels, tuple(f"{role}{i}" for i in range(len(texts))), TextBatch(texts))
        for role, texts in sets.items()
    }
    return Splits(DataCard("remarks", "made up"), roles)


def test_every_identity_gets_its_sentences_with_the_negative_label():
    """Three for each term."""
    sentences = neutral_set(THREE, splits_with("a tent"))
    assert len(sentences) == n_asked(THREE) == 3 * len(IDENTITY_TERMS)
    assert sentences.truth.tolist() == [0] * len(sentences)
    assert sentences.labels == LABELS


def test_a_sentence_that_stands_in_the_test_set_is_left_out():
    """In whatever spelling."""
    first = neutral_sentences(3, 1).texts[0]
    sentences = neutral_set(THREE, splits_with(first.upper()))
    assert first not in sentences.batch.texts
    assert len(sentences) == n_asked(THREE) - 1


def test_a_task_without_a_negative_label_has_no_mitigation():
    """The task is named."""
    with pytest.raises(InputError, match="train is single_label"):
        neutral_set(THREE, splits_with("a tent", task="single_label", labels=("a", "b", "c")))


@pytest.mark.parametrize(
    ("truth", "expected"),
    [(None, [-1, -1, 0]), (np.array([1, -1]), [1, -1, 0]), (np.array([0.25, np.nan]), [0.25, np.nan, 0])],
)
def test_sentences_stand_beside_the_transfer_texts_with_their_label(truth, expected):
    """Whether people labelled the others, or by shares, or not at all."""
    batch, logits = TextBatch(("a lamp", "a chair")), np.zeros((2, 2), dtype=np.float32)
    counts = {"web": {"read": 2, "kept": 2}}
    transfer = TransferSet("binary", LABELS, batch, logits, ("web", "web"), truth, "f" * 64, counts)
    more = TextSet("neutral", "binary", LABELS, ("n",), TextBatch(("a deaf singer",)), np.array([0]))
    whole = with_labelled(transfer, more, np.ones((1, 2), dtype=np.float32), neutral_card(THREE), n_read=4)
    assert whole.batch.texts == ("a lamp", "a chair", "a deaf singer")
    np.testing.assert_array_equal(whole.truth, expected)
    assert whole.sources == ("web", "web", "neutral_sentences")
    assert whole.counts["neutral_sentences"] == {"read": 4, "leaked": 3, "kept": 1}
    assert whole.logits.tolist() == [[0, 0], [0, 0], [1, 1]]
