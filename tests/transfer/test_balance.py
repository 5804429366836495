"""Balances: proportions worked by hand, smaller sets inside larger ones, human-labelled texts left alone."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard, ModelCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.transfer.balance import mentions
from angelshare.transfer.gather import TransferTexts
from angelshare.transfer.label import label_texts
from angelshare.transfer.spec import TransferSpec

LABELS = ("fine", "rude")


@dataclass
class LastWordTeacher:
    """The last word of a text is its logit of the last label."""

    card: ModelCard = field(default_factory=lambda: ModelCard("teacher", "binary", LABELS, "f" * 64))

    def score(self, batch):
        """Return the logits."""
        last = [[float(text.split()[-1])] for text in batch.texts]
        return np.hstack([np.zeros((len(last), len(self.card.labels) - 1)), last]).astype(np.float32)


def unlabelled(texts):
    """Return texts that nobody labelled."""
    counts = {"web": {"read": len(texts), "kept": len(texts)}}
    return TransferTexts(TextBatch(tuple(texts)), ("web",) * len(texts), None, counts)


def remarks(n_rude, n_fine, words=""):
    """Return so many remarks that the teacher calls rude, with logit 3, and fine, with -3."""
    return [f"remark {i} {words} 3" for i in range(n_rude)] + [f"word {i} {words} -3" for i in range(n_fine)]


def drawn(texts, splits=None, teacher=None, **spec):
    """Return the texts that a spec keeps."""
    spec = TransferSpec.model_validate(spec)
    return label_texts(unlabelled(texts), teacher or LastWordTeacher(), spec, splits=splits).batch.texts


def n_rude(texts):
    """Return how many of them the teacher calls rude."""
    return sum(text.endswith(" 3") for text in texts)


def test_a_share_keeps_as_many_texts_as_the_scarcer_side_allows():
    """30 rude and 100 fine: half gives 30 and 30; a quarter 30 and 90; nine tenths 30 and 30/9 = 3.3."""
    texts = remarks(30, 100)
    for share, expected in ((0.5, (30, 30)), (0.25, (30, 90)), (0.9, (30, 3))):
        kept = drawn(texts, rebalance={"kind": "share", "share": share})
        assert (n_rude(kept), len(kept) - n_rude(kept)) == expected


def test_the_threshold_is_on_the_probability_of_the_label():
    """A logit of 3 is a probability of 0.953: at 0.96 none is rude, at 0.95 ten are."""
    assert n_rude(drawn(remarks(10, 20), rebalance={"kind": "share", "threshold": 0.95})) == 10
    with pytest.raises(InputError, match=r"none of 30 transfer texts a probability of rude at or above the threshold"):
        drawn(remarks(10, 20), rebalance={"kind": "share", "threshold": 0.96})
    with pytest.raises(InputError, match=r"none of 30 .* below the threshold 0.02"):
        drawn(remarks(10, 20), rebalance={"kind": "share", "threshold": 0.02})


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_nothing_or_of_all_is_no_balance(share):
    """The recipe is refused before anything is read."""
    with pytest.raises(ValidationError):
        TransferSpec.model_validate({"rebalance": {"kind": "share", "share": share}})


def test_a_label_that_the_teacher_does_not_have_is_refused():
    """The nearest is named; with several labels, one must be."""
    with pytest.raises(InputError, match="rude"):
        drawn(remarks(3, 3), rebalance={"kind": "share", "label": "rued"})
    several = LastWordTeacher(ModelCard("teacher", "single_label", ("a", "b", "c"), "f" * 64))
    with pytest.raises(InputError, match="has no positive label: name the one"):
        drawn(remarks(3, 3), teacher=several, rebalance={"kind": "share"})


@given(st.integers(1, 40), st.integers(1, 60), st.sampled_from([0.2, 0.5, 0.7]), st.data())
def test_any_size_has_the_share_and_is_part_of_a_larger_one(rude, fine, share, data):
    """Up to one text for rounding; which texts are kept does not depend on their order."""
    texts, balance = remarks(rude, fine), {"kind": "share", "share": share}
    whole = drawn(texts, rebalance=balance)
    large = data.draw(st.integers(1, len(whole)))
    small = data.draw(st.integers(1, large))
    kept = drawn(texts, rebalance=balance, size=large)
    assert len(kept) == large
    assert abs(n_rude(kept) - share * large) <= 1.5
    assert set(drawn(texts, rebalance=balance, size=small)) <= set(kept) <= set(whole)
    assert set(drawn(data.draw(st.permutations(texts)), rebalance=balance, size=large)) == set(kept)


def test_more_texts_than_there_are_cannot_be_kept():
    """A sweep must not quietly train two students on one set."""
    with pytest.raises(InputError, match=r"size is 61, but only 60 transfer texts are left after rebalancing"):
        drawn(remarks(30, 100), rebalance={"kind": "share"}, size=61)
    with pytest.raises(InputError, match=r"size is 7, but only 6 transfer texts are left"):
        drawn(remarks(3, 3), size=7)


def human(*truth):
    """Return splits whose training texts have these labels."""
    ids = tuple(f"t{i}" for i in range(len(truth)))
    train = TextSet("train", "binary", LABELS, ids, TextBatch(ids), np.array(truth))
    return Splits(DataCard("remarks", "made up"), {"train": train})


def test_a_match_follows_the_human_labels():
    """People call one in four rude: of 30 rude and 30 fine, 10 and 30 are kept."""
    kept = drawn(remarks(30, 30), human(1, 0, 0, 0, -1), rebalance={"kind": "match"})
    assert (n_rude(kept), len(kept)) == (10, 40)


def test_what_cannot_be_matched_is_said():
    """A split without labels, and a teacher that never gives a label that people give."""
    with pytest.raises(InputError, match="The split validation has no human labels"):
        drawn(remarks(3, 3), human(1, 0), rebalance={"kind": "match", "split": "validation"})
    with pytest.raises(InputError, match="calls none of 3 transfer texts rude"):
        drawn(remarks(0, 3), human(1, 0), rebalance={"kind": "match"})


def test_groups_get_one_share_each():
    """Muslims are called rude in 20 of 30, nobody else in 20 of 70: overall 40 of 100."""
    # of Muslims 20/.4 = 50 > 10/.6 = 16.7: 6.7 = 7 rude, 10 fine; of the rest 20/.4 = 50: 20 rude, 30 fine
    texts = remarks(20, 10, "about a Muslim") + remarks(20, 50, "about a chair")
    kept = drawn(texts, rebalance={"kind": "groups"})
    about = [text for text in kept if "Muslim" in text]
    assert (n_rude(about), len(about)) == (7, 17)
    assert (n_rude(kept), len(kept)) == (27, 67)
    even = drawn(texts, rebalance={"kind": "groups", "share": 0.5, "groups": ["Muslim"]})
    assert (n_rude(even), len(even)) == (30, 60)


def test_groups_of_which_none_has_both_sorts_cannot_be_balanced():
    """All about a Muslim are called rude, and no other: the message is about groups, not about confidence."""
    texts = remarks(6, 0, "about a Muslim") + remarks(0, 6, "about a chair")
    with pytest.raises(InputError, match=r"In each of 2 groups .* teacher calls all or none rude at the threshold 0.5"):
        drawn(texts, rebalance={"kind": "groups"})


def test_an_unknown_group_is_refused():
    """The nearest is named."""
    with pytest.raises(InputError, match="Muslim"):
        drawn(remarks(3, 3), rebalance={"kind": "groups", "groups": ["muslm"]})


def test_an_identity_is_mentioned_in_either_half_of_a_pair():
    """Whole words, in any case."""
    batch = TextBatch(("A MUSLIM sings", "nobody sings"), ("so what", "two Muslims sing"))
    assert mentions(batch, ["Muslim"]).tolist() == [[True], [True]]


def half_labelled():
    """Return remarks of which the first three, two of them rude, have human labels."""
    texts = remarks(6, 6)
    truth = np.array([1, 1, -1, -1, -1, -1, 0, *[-1] * 5])
    sources = tuple("train" if label >= 0 else "web" for label in truth)
    counts = {"train": {"read": 3, "kept": 3}, "web": {"read": 9, "kept": 9}}
    return TransferTexts(TextBatch(tuple(texts)), sources, truth, counts)


def test_texts_with_human_labels_are_left_alone_where_there_are_others():
    """The web has four rude and five fine: four and four are kept, beside all three of train."""
    spec = TransferSpec.model_validate({"rebalance": {"kind": "share"}})
    kept = label_texts(half_labelled(), LastWordTeacher(), spec)
    assert kept.sources.count("train") == 3
    web = [text for text, source in zip(kept.batch.texts, kept.sources, strict=True) if source == "web"]
    assert (n_rude(web), len(web)) == (4, 8)
    assert kept.counts["web"] == {"read": 9, "kept": 8, "rebalanced": 1}
    sized = label_texts(half_labelled(), LastWordTeacher(), spec.model_copy(update={"size": 4}))
    assert (sized.sources.count("train"), sized.sources.count("web")) == (3, 4)


def test_the_scope_says_which_texts_are_chosen_among():
    """All of them, human-labelled or not; and a scope that holds no text is an error."""
    spec = TransferSpec.model_validate({"rebalance": {"kind": "share"}, "scope": "all", "size": 2})
    assert len(label_texts(half_labelled(), LastWordTeacher(), spec)) == 2
    texts = half_labelled()
    labelled = TransferTexts(texts.batch, texts.sources, np.ones(12, dtype=np.int64), texts.counts)
    only = spec.model_copy(update={"scope": "unlabelled"})
    with pytest.raises(InputError, match="All 12 transfer texts have human labels"):
        label_texts(labelled, LastWordTeacher(), only)


def test_texts_that_were_dropped_as_unconfident_are_not_said_to_have_labels():
    """The one unlabelled text is at one half, the labelled ones are sure: nothing is left to choose among."""
    texts = TransferTexts(TextBatch(("a 3", "b -3", "c 0")), ("t", "t", "web"), np.array([1, 0, -1]), {})
    spec = TransferSpec.model_validate({"rebalance": "labels", "min_confidence": 0.9})
    with pytest.raises(InputError, match=r"None of 1 transfer texts without a human label .* less than 0\.9 on all"):
        label_texts(texts, LastWordTeacher(), spec)
