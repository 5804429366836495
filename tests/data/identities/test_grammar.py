"""Frames and the words in their gaps."""

import numpy as np

from angelshare.data.identities.grammar import Grammar, generator_of, partly_filled, read_grammar

GRAMMAR = Grammar(
    {"any": ("{a_noun} owns {a_thing} {where}",)}, {"thing": ("axe", "bag"), "where": ("here", "there", "up")}
)
FRAME = GRAMMAR.frames["any"][0]


def test_fillings_are_counted_and_numbered():
    """2 things x 3 places; the gap of the identity is left to the identity, and articles follow the word."""
    assert GRAMMAR.gaps(FRAME) == ("thing", "where")
    assert GRAMMAR.fillings(FRAME) == 6
    assert GRAMMAR.filling(FRAME, 0) == {"thing": "axe", "a_thing": "an axe", "where": "here", "a_where": "a here"}
    assert len({partly_filled(FRAME, GRAMMAR.filling(FRAME, number)) for number in range(6)}) == 6


def test_every_filling_is_drawn_once():
    """In an order that the generator decides."""
    drawn = [partly_filled(FRAME, words) for words in GRAMMAR.drawn(FRAME, np.random.default_rng(0))]
    assert sorted(drawn) == sorted(
        f"{{a_noun}} owns {thing} {where}" for thing in ("an axe", "a bag") for where in ("here", "there", "up")
    )


def test_generators_depend_on_seed_and_content():
    """And on nothing else, surrogates included."""
    assert generator_of(1, "a", "b").random() == generator_of(1, "a", "b").random()
    assert len({generator_of(*key).random() for key in [(1, "a", "b"), (1, "ab"), (2, "a", "b"), (1, "\ud800")]}) == 4


def test_the_grammars_of_the_package_know_a_word_for_every_gap():
    """A frame with a gap of unknown name would fail when it is drawn."""
    for name in ("neutral_frames", "short_frames", "filler_sentences"):
        grammar = read_grammar(name)
        for frames in grammar.frames.values():
            assert len(set(frames)) == len(frames)
            assert all(grammar.fillings(frame) > 0 for frame in frames)
