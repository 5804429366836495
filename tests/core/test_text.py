"""Tests of texts and their content keys."""

from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.text import TextBatch, text_key

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_keys_are_equal_only_for_equal_texts(texts):
    """NUL and lone surrogates included."""
    assert len(set(TextBatch(tuple(texts)).keys())) == len(set(texts))


def test_a_pair_has_another_key_than_its_halves_joined():
    """The halves are told apart."""
    batch = TextBatch(("a", "ab"), ("bc", "c"))
    assert len({*batch.keys(), text_key("abc"), text_key("a")}) == 4


def test_items_are_taken_in_the_order_asked_for():
    """Pairs follow their texts."""
    taken = TextBatch(("a", "b", "c"), ("x", "y", "z")).take([2, 0])
    assert (taken.texts, taken.pairs, len(taken)) == (("c", "a"), ("z", "x"), 2)
