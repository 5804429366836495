"""One changed word, and words out of order."""

from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.data.made.word_changes import misspelt, one_word_changed, shuffled_words

TEXTS = (
    "The quick fox jumps over a lazy dog.",
    "Our neighbour bought (yesterday) two red  chairs!",
    "She never reads long letters, he writes them.",
    "A good plan needs time",
)


def test_one_word_differs_and_the_rest_stays():
    """White space and punctuation too; both kinds of change happen."""
    kinds = set()
    for seed in range(20):
        for text, change in zip(TEXTS, one_word_changed(TEXTS, seed), strict=True):
            kinds.add(change.kind)
            before, after = text.split(), change.text.split()
            assert [place for place, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) == 2] == [
                change.position
            ]
            assert (before[change.position], after[change.position]) == (change.old, change.new)
            assert SequenceMatcher(None, text, change.text).ratio() > 0.6
            assert change.left_out == ""
    assert kinds == {"replaced", "misspelt"}


def test_a_replacement_is_a_word_of_the_texts_with_the_same_part_of_speech():
    """Of these nouns another noun, its capital and the full stop kept."""
    texts = ["Dogs bark.", "Cats sleep."]
    replaced = {
        change.text for seed in range(40) for change in one_word_changed(texts, seed) if change.kind == "replaced"
    }
    assert "Cats bark." in replaced
    assert replaced <= {"Cats bark.", "Dogs sleep.", "Bark bark.", "Sleep bark.", "Dogs cats.", "Cats dogs."}


def test_neither_order_nor_repetition_of_the_texts_matters():
    """Every text is seeded by its content."""
    changes = one_word_changed(TEXTS, 5)
    assert one_word_changed(TEXTS[::-1], 5) == changes[::-1]
    assert changes != one_word_changed(TEXTS, 6)


@pytest.mark.parametrize(
    ("text", "why"),
    [("word", "one word"), ("", "no letters"), ("12 + 7 = 19", "no letters"), ("aa aa", "no word can be changed")],
)
def test_a_text_without_a_word_to_change_is_left_out_and_says_so(text, why):
    """Instead of coming back unchanged."""
    change = one_word_changed([text], 0)[0]
    assert (change.text, change.kind, change.left_out) == (None, None, why)


@settings(max_examples=50)
@given(st.text(max_size=12), st.integers(0, 2**32))
def test_a_misspelling_swaps_two_neighbours_behind_the_first_letter(word, seed):
    """Or there is none."""
    wrong = misspelt(word, np.random.default_rng(seed))
    if wrong is not None:
        differ = [i for i, pair in enumerate(zip(word, wrong, strict=True)) if len(set(pair)) == 2]
        assert len(differ) == 2
        assert differ[1] == differ[0] + 1
        assert differ[0] > 0
        assert sorted(word) == sorted(wrong)


@pytest.mark.parametrize("word", ["", "a", "no", "see", "1234", "\u6f22\u5b57"])
def test_some_words_cannot_be_misspelt(word):
    """Too short, or no two letters differ."""
    assert misspelt(word, np.random.default_rng(0)) is None


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=15), max_size=5), st.integers(0, 2**32))
def test_shuffled_words_are_the_same_words_in_another_order(texts, seed):
    """Where there are two distinct ones."""
    for text, shuffled in zip(texts, shuffled_words(texts, seed), strict=True):
        assert sorted(text.split()) == sorted(shuffled.split())
        assert (shuffled.split() == text.split()) == (len(set(text.split())) < 2)
    assert shuffled_words(texts[::-1], seed) == shuffled_words(texts, seed)[::-1]
