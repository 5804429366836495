"""Harmless sentences around texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.data.identities.grammar import read_grammar
from angelshare.data.identities.swaps import find_terms
from angelshare.data.made.filler import with_filler


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=6), st.integers(0, 2**32))
def test_a_text_stays_verbatim_and_its_filler_is_its_own(texts, seed):
    """Neither the order nor the other texts matter."""
    filled = with_filler(texts, seed)
    assert all(text in long for text, long in zip(texts, filled, strict=True))
    assert with_filler(texts[::-1], seed) == filled[::-1]
    assert with_filler(texts[:1], seed) == filled[:1]


def test_the_number_of_sentences_is_as_asked():
    """Counted by their full stops and question marks, no sentence twice."""
    for long in with_filler([f"({i})" for i in range(200)], 0, before=(1, 3), after=(2, 2)):
        before, after = (part.replace("?", ".").split(".")[:-1] for part in long.split("(")[0::1] or ())
        after = [sentence for sentence in after if sentence.strip(" 0123456789)")]
        assert 1 <= len(before) <= 3
        assert len(after) == 2
    assert with_filler(["alone"], 0, before=(0, 0), after=(0, 0)) == ("alone",)


def test_seeds_differ():
    """Another seed, another filler."""
    assert with_filler(["a"], 0) != with_filler(["a"], 1)


def test_the_grammar_names_nobody_and_has_thousands_of_sentences():
    """Filler may not carry what is measured."""
    grammar = read_grammar("filler_sentences")
    frames = [frame for of_kind in grammar.frames.values() for frame in of_kind]
    assert sum(map(grammar.fillings, frames)) > 1500
    sentences = [frame.format(**grammar.filling(frame, 0)) for frame in frames]
    assert not [sentence for sentence in sentences if find_terms(sentence)]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ((3, 1), (0, 0), "before is 3 to 1 sentences"),
        ((0, 0), (-1, 1), "after is -1 to 1 sentences"),
        ((30, 40), (2, 6), "Up to 46 sentences .* at most"),
    ],
)
def test_impossible_numbers_are_refused(before, after, message):
    """In a full sentence."""
    with pytest.raises(InputError, match=message):
        with_filler(["a"], 0, before=before, after=after)
