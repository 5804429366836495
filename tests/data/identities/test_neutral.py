"""Neutral sentences about groups."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.data.identities.neutral import neutral_sentences
from angelshare.data.identities.swaps import find_terms, identity_swaps
from angelshare.data.identities.terms import IDENTITY_TERMS, IdentityTerm
from angelshare.data.made.functional_suite import functional_suite
from angelshare.data.made.short_synthetic import short_synthetic
from angelshare.data.texts.leakage import find_leaks


@settings(max_examples=20)
@given(n_per_term=st.integers(0, 60), seed=st.integers(0, 2**32))
def test_sentences_are_distinct_and_about_their_term(n_per_term, seed):
    """So many for each, and each names its term and no other."""
    made = neutral_sentences(n_per_term, seed, IDENTITY_TERMS[:4])
    assert len(made) == len(set(made.texts)) == len(made.terms) == 4 * n_per_term
    for text, name in zip(made.texts[::7], made.terms[::7], strict=True):
        assert {mention.term.name for mention in find_terms(text)} <= {name}


def test_the_seed_decides_and_other_terms_do_not():
    """A term has the same sentences alone and in company."""
    assert neutral_sentences(9, 1) == neutral_sentences(9, 1)
    assert neutral_sentences(9, 1).texts != neutral_sentences(9, 2).texts
    assert neutral_sentences(9, 1, IDENTITY_TERMS[3:4]).texts == neutral_sentences(9, 1).texts[27:36]


def test_every_frame_comes_before_any_comes_again():
    """Few sentences are as varied as can be."""
    openings = neutral_sentences(42, 0, IDENTITY_TERMS[:1])
    assert len(openings) == 42
    assert len({text.split()[-1] + text.split()[0] for text in openings.texts}) > 30


def test_mitigation_data_is_not_the_test():
    """No sentence is, or quotes, a text of the sets that measure the bias."""
    made = neutral_sentences(300, 0)
    for measured in (identity_swaps(), short_synthetic(), functional_suite()):
        assert not find_leaks(made.texts, measured.batch.texts).any()


def test_more_sentences_than_the_grammar_gives_are_refused():
    """With the number that there are, which is then given."""
    robot = IdentityTerm("robot", "", None, "robot", None)
    with pytest.raises(InputError, match=r"1000000 .* there are 20060 distinct ones about 'robot'") as caught:
        neutral_sentences(10**6, 0, [robot])
    n_most = int(str(caught.value).split("there are ")[1].split()[0])
    assert len(set(neutral_sentences(n_most, 0, [robot]).texts)) == n_most
    with pytest.raises(InputError, match="-1 sentences"):
        neutral_sentences(-1, 0)
