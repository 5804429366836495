"""Labelling: the teacher answers each text once, its doubtful answers are dropped when asked, and all is counted."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard, ModelCard
from angelshare.core.text import TextBatch
from angelshare.transfer.gather import TransferTexts
from angelshare.transfer.label import label_texts
from angelshare.transfer.spec import TransferSpec

LABELS = ("bad", "good")


@dataclass
class CountingTeacher:
    """The last word of a text is its logit of `good`."""

    card: ModelCard = field(default_factory=lambda: ModelCard("teacher", "binary", LABELS, "f" * 64))
    n_scored: int = 0

    def score(self, batch):
        """Count the texts and return their logits."""
        self.n_scored += len(batch)
        return np.array([[0.0, float(text.split()[-1])] for text in batch.texts], dtype=np.float32)


def texts_of(*margins):
    """Return texts that the teacher answers with these margins, the first two of them human-labelled."""
    texts = tuple(f"text {i} {margin}" for i, margin in enumerate(margins))
    sources = ("train", "train", *(["web"] * (len(texts) - 2)))
    truth = np.array([1, 0, *[-1] * (len(texts) - 2)])
    counts = {"train": {"read": 2, "kept": 2}, "web": {"read": len(texts) - 2, "kept": len(texts) - 2}}
    return TransferTexts(TextBatch(texts), sources, truth, counts, {"train": DataCard("films", "made up")})


def test_every_text_gets_its_logits_and_keeps_its_label():
    """In the order of the texts."""
    texts = texts_of(2.5, -1, 0.5)
    transfer = label_texts(texts, CountingTeacher())
    assert transfer.logits.tolist() == [[0, 2.5], [0, -1], [0, 0.5]]
    assert transfer.truth.tolist() == [1, 0, -1]
    assert (transfer.task, transfer.labels, transfer.teacher_fingerprint) == ("binary", LABELS, "f" * 64)
    assert transfer.counts == texts.counts
    assert transfer.cards == texts.cards


def test_the_teacher_never_scores_a_text_twice(tmp_path):
    """The second labelling reads the store."""
    teacher, texts = CountingTeacher(), texts_of(2.5, -1, 0.5)
    first = label_texts(texts, teacher, store=tmp_path)
    again = label_texts(texts, teacher, store=tmp_path)
    assert teacher.n_scored == 3
    assert first.sha256() == again.sha256()


def test_doubtful_answers_are_dropped_and_counted():
    """sigmoid(2) = .88 and sigmoid(3) = .95 pass 0.8; sigmoid(1) = .73 and an even answer do not."""
    transfer = label_texts(texts_of(1, -2, 3, 0), CountingTeacher(), TransferSpec(min_confidence=0.8))
    assert transfer.logits[:, 1].tolist() == [-2, 3]
    assert transfer.truth.tolist() == [0, -1]
    assert transfer.counts == {
        "train": {"read": 2, "unconfident": 1, "kept": 1},
        "web": {"read": 2, "unconfident": 1, "kept": 1},
    }


def test_rebalancing_keeps_as_many_texts_of_each_label():
    """Four answers are good, two are bad: two and two are left, the same two whatever their order."""
    spec = TransferSpec(rebalance="labels", scope="all")
    texts = texts_of(1, 2, 3, 4, -1, -2)
    transfer = label_texts(texts, CountingTeacher(), spec)
    assert sorted(transfer.logits.argmax(axis=1)) == [0, 0, 1, 1]
    order = np.array([5, 3, 1, 0, 2, 4])
    shuffled = TransferTexts(texts.batch.take(order), tuple(texts.sources[i] for i in order), None, texts.counts)
    assert set(label_texts(shuffled, CountingTeacher(), spec).batch.texts) == set(transfer.batch.texts)
    assert sum(counts.get("rebalanced", 0) for counts in transfer.counts.values()) == 2
    assert all(sum(counts.values()) == 2 * counts["read"] for counts in transfer.counts.values())


def test_a_teacher_with_one_answer_stays_as_it_is():
    """A label that never occurs cannot be evened out."""
    assert len(label_texts(texts_of(1, 2, 3), CountingTeacher(), TransferSpec(rebalance="labels"))) == 3


def test_a_filter_that_leaves_nothing_is_an_error():
    """The message says what to lower."""
    with pytest.raises(InputError, match="Lower min_confidence"):
        label_texts(texts_of(1, -1), CountingTeacher(), TransferSpec(min_confidence=0.99))


@pytest.mark.parametrize("spec", [TransferSpec(min_confidence=0.5), TransferSpec(rebalance="labels")])
def test_filters_need_a_teacher_that_chooses_one_label(spec):
    """A value has no top label."""
    teacher = CountingTeacher(ModelCard("teacher", "regression", ("value",), "f" * 64))
    with pytest.raises(InputError, match="regression teacher chooses none"):
        label_texts(texts_of(1, -1), teacher, spec)


def test_a_logit_that_is_no_number_is_refused():
    """The text is named by its place."""
    with pytest.raises(InputError, match="text number 2"):
        label_texts(texts_of(1, float("nan")), CountingTeacher())


def test_the_checksum_tells_transfer_sets_apart():
    """Other logits, labels or texts are another set; the summary names it."""
    first, other = (label_texts(texts_of(1, margin), CountingTeacher()) for margin in (2, 3))
    assert first.sha256() != other.sha256()
    assert first.summary() == {
        "n": 2,
        "sha256": first.sha256(),
        "teacher_fingerprint": "f" * 64,
        "counts": {"train": {"read": 2, "kept": 2}, "web": {"read": 0, "kept": 0}},
    }
