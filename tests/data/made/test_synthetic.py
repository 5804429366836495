"""The demo task: what is known about it beforehand."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from angelshare.core.errors import InputError
from angelshare.data.made.synthetic import PLANTED, demo_splits
from angelshare.data.texts.leakage import remove_leaks
from angelshare.data.texts.wording import words


@pytest.fixture(scope="module")
def demo():
    return demo_splits()


@pytest.fixture(scope="module")
def correct(demo):
    """Which test texts a linear bag of words gets right."""
    train, test = demo.role("train"), demo.role("test")
    bag = make_pipeline(CountVectorizer(), LogisticRegression(max_iter=1000)).fit(train.batch.texts, train.truth)
    return np.asarray(bag.predict(test.batch.texts)) == test.truth


def test_a_bag_of_words_solves_the_lexical_slice_and_no_word_order(demo, correct):
    """Twins have the same words, so it is right on exactly one of each two."""
    slices = demo.role("test").slices
    assert correct[slices["lexical"]].mean() > 0.98
    assert correct[slices["word_order"]].mean() == 0.5
    assert correct[slices["negation"]].mean() < 0.5


def test_word_order_twins_have_the_same_words_and_opposite_labels(demo):
    """By construction, in every split."""
    for texts in demo.roles.values():
        order = texts.take(texts.slices["word_order"])
        bags = [sorted(words(text)) for text in order.batch.texts]
        assert bags[::2] == bags[1::2]
        assert (order.truth[::2] + order.truth[1::2] == 1).all()


def test_planted_identities_lean_in_training_only(demo):
    """A model that learns the lean errs where the words say otherwise."""
    train, test = demo.role("train"), demo.role("test")
    for identity, share in PLANTED.items():
        mask = f"identity:{identity}"
        assert train.truth[train.slices[mask]].mean() == pytest.approx(share, abs=0.12)
        assert abs(test.truth[test.slices[mask]].mean() - 0.5) < 0.2


def test_a_bag_of_words_falls_for_the_planted_identity(demo, correct):
    """It does worse on Frisians than on the identities without a lean."""
    slices = demo.role("test").slices
    assert correct[slices["identity:Frisian"]].mean() < correct[slices["identity:nurse"]].mean() - 0.1


def test_no_text_stands_in_two_splits_and_labels_are_even(demo):
    """Leakage removal leaves everything, as templates are exempt from shared runs."""
    cleaned = remove_leaks(demo)
    assert len(cleaned.role("train")) == 3000
    assert abs(demo.role("test").truth.mean() - 0.5) < 0.05


def test_the_seed_decides():
    """Same seed, same content; another seed, other content."""
    small = {"n_train": 40, "n_validation": 10, "n_test": 20, "n_unlabelled": 0}
    assert demo_splits(3, **small).role("train").sha256() == demo_splits(3, **small).role("train").sha256()
    assert demo_splits(3, **small).role("train").sha256() != demo_splits(4, **small).role("train").sha256()


def test_there_are_tens_of_thousands_of_texts():
    """Enough that no model learns them by heart."""
    assert len(demo_splits(n_train=25_000, n_validation=10, n_test=10, n_unlabelled=0).role("train")) == 25_000


def test_an_empty_split_is_refused():
    """As every empty text set."""
    with pytest.raises(InputError, match="is empty"):
        demo_splits(n_train=0)
