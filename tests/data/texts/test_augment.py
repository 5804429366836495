"""Mask-and-sample, and sentences from long texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.data.texts.augment import _SameTag, mask_and_sample, split_sentences

TEXTS = ["the quick gardener painted a small chair", "a slow teacher wrote the long letter", "we saw her boat"]


def copies_of(texts, seed=0, **chances):
    settings = {"copies": 50, "p_mask": 0.0, "p_pos": 0.0, "p_ngram": 0.0} | chances
    return mask_and_sample(texts, rng=np.random.default_rng(seed), **settings)


def test_copies_are_distinct_new_and_traced_to_their_text():
    """Masking leaves every other word as it was."""
    copies, sources = copies_of(TEXTS, copies=400, p_mask=0.3)
    assert len(set(copies)) == len(copies) == len(sources)
    assert not set(copies) & set(TEXTS)
    for copy, source in zip(copies, sources, strict=True):
        original = TEXTS[source].split()
        assert all(new in {old, "[MASK]"} for new, old in zip(copy.split(), original, strict=True))


def test_the_share_of_masked_words_is_the_chance():
    """20,000 words at 0.1: a standard error of 0.002."""
    words = [f"word{i}" for i in range(200)]
    copies, _ = copies_of([" ".join(words)], copies=100, p_mask=0.1)
    share = np.mean([word == "[MASK]" for copy in copies for word in copy.split()])
    assert share == pytest.approx(0.1, abs=0.008)


def test_a_word_is_replaced_by_one_of_the_same_part_of_speech():
    """Determiners by determiners, nouns by nouns."""
    copies, _ = copies_of(["the chair", "a boat", "the letter"], p_pos=1.0)
    assert set(copies) == {"the boat", "a chair", "a letter"}


def test_replacements_follow_the_unigram_distribution_of_their_tag():
    """Word 0 makes up three of the four tokens of its tag; 20,000 draws have a standard error of 0.003."""
    tokens, tags = np.array([0, 2, 0, 1, 0]), np.array(["DT", "DT", "NN"])
    drawn = _SameTag(tokens, tags).sample(np.full(20_000, 1), np.random.default_rng(0))
    assert set(drawn.tolist()) == {0, 1}
    assert np.mean(drawn == 0) == pytest.approx(0.75, abs=0.012)


def test_ngrams_are_runs_of_one_to_five_words():
    """Cut from anywhere in the text."""
    copies, sources = copies_of(TEXTS, copies=300, p_ngram=1.0)
    assert {len(copy.split()) for copy in copies} == {1, 2, 3, 4, 5}
    assert all(f" {copy} " in f" {TEXTS[source]} " for copy, source in zip(copies, sources, strict=True))


def test_nothing_changes_at_chances_of_zero():
    """Copies equal to their text are left out."""
    assert copies_of(TEXTS)[0] == []
    assert copies_of(["", " "])[0] == []


def test_the_seed_decides():
    """Same generator, same copies."""
    first, second = (copies_of(TEXTS, seed=4, p_mask=0.2, p_pos=0.2, p_ngram=0.2) for _ in range(2))
    assert first[0] == second[0]
    assert first[0] != copies_of(TEXTS, seed=5, p_mask=0.2, p_pos=0.2, p_ngram=0.2)[0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="ab \n\U0001f600.", max_size=12), max_size=5))
def test_any_text_can_be_augmented(texts):
    """Empty ones give no copies; none is empty."""
    copies, sources = copies_of(texts, copies=3, p_mask=0.3, p_pos=0.3, p_ngram=0.3)
    assert len(copies) == len(sources)
    assert all(copies)


def test_chances_that_exceed_one_are_refused():
    """A word is masked or replaced, not both."""
    with pytest.raises(InputError, match=r"p_mask 0\.6 and p_pos 0\.6 sum to more than 1"):
        copies_of(TEXTS, p_mask=0.6, p_pos=0.6)


def test_sentences_are_written_the_treebank_way():
    """Lower case, clitics and punctuation apart, breaks as ends, numbers and titles whole."""
    text = "It's long.<br /><br />Mr. Oak didn't mind! (Really?) It cost 3.50, no more... \u201cGood,\u201d she said."
    assert split_sentences(text) == [
        "it 's long .",
        "mr . oak did n't mind !",
        "( really ? )",
        "it cost 3.50 , no more ...",
        "\u201c good , \u201d she said .",
    ]


@given(st.text(max_size=60))
def test_no_sentence_is_empty(text):
    """Whatever the text."""
    assert all(sentence.strip() == sentence and sentence for sentence in split_sentences(text))
