"""Leakage: what counts as the same text, and what is dropped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.leakage import find_batch_leaks, find_leaks, normalised, remove_leaks
from angelshare.data.texts.loading import load_splits, load_texts
from angelshare.data.texts.textset import Splits, TextSet

LONG = "one two three four five six seven eight nine ten"


def as_set(*texts, pairs=None):
    return TextSet("own", "binary", ("no", "yes"), tuple(map(str, range(len(texts)))), TextBatch(texts, pairs))


def test_normalising_drops_case_form_and_punctuation():
    """NFKC turns the ligature and the full-width digit into plain letters and digits."""
    assert normalised("The \ufb01rst  well-made Chair (\uff11)!") == "thefirstwellmadechair1"
    assert normalised("?!") == "?!"


def test_equal_texts_and_shared_runs_of_eight_words_leak():
    """Seven words in common are no leak."""
    candidates = [
        "One, two-three FOUR five six seven eight nine ten.",
        "zero " + LONG[:-8],
        "one two three four five six seven",
        "no",
    ]
    assert find_leaks(candidates, [LONG]).tolist() == [True, True, False, False]


def test_a_short_text_leaks_only_as_a_whole():
    """Common phrases inside longer texts are no leak."""
    assert find_leaks(["Well done!", "well done indeed"], ["well done"]).tolist() == [True, False]


@given(st.lists(st.text(), max_size=6))
def test_every_text_leaks_into_itself(texts):
    """Whatever the characters."""
    assert find_leaks(texts, texts).all()


@given(st.lists(st.text(), max_size=6))
def test_nothing_leaks_into_nothing(texts):
    """No protected text, no leak."""
    assert not find_leaks(texts, []).any()


def test_a_pair_leaks_if_both_halves_do():
    """A shared premise alone is no leak; exchanged halves are one."""
    protected = TextBatch(("it rains",), ("the street is wet",))
    candidates = TextBatch(
        ("It rains.", "It rains.", "The street is wet."), ("the street is wet", "the sun shines", "it rains")
    )
    assert find_batch_leaks(candidates, protected).tolist() == [True, False, True]


def test_a_single_text_leaks_into_any_half_of_a_pair():
    """Unlabelled text must hold neither half."""
    protected = TextBatch(("it rains",), ("the street is wet",))
    assert find_batch_leaks(TextBatch(("the street is wet", "dry")), protected).tolist() == [True, False]


def test_removal_drops_the_earlier_role_and_counts():
    """Test keeps everything; validation is kept against train."""
    splits = Splits(
        DataCard("own", "here"),
        {"train": as_set("a b", "c d", "e f"), "validation": as_set("A b!", "c-d", "g"), "test": as_set("c d")},
    )
    clean = remove_leaks(splits)
    assert clean.roles["train"].batch.texts == ("e f",)
    assert clean.roles["validation"].batch.texts == ("A b!", "g")
    assert clean.roles["test"].batch.texts == ("c d",)
    assert clean.dropped == {"train against test": 1, "validation against test": 1, "train against validation": 1}


def test_templates_may_share_runs_but_no_text():
    """They are written from the same templates on purpose."""
    apart = {"train": as_set(LONG + " x"), "test": as_set(LONG + " y")}
    assert len(remove_leaks(Splits(DataCard("own", "here"), apart, from_templates=True)).roles["train"]) == 1
    same = {"train": as_set(LONG), "test": as_set(LONG)}
    with pytest.raises(InputError, match="is also in"):
        remove_leaks(Splits(DataCard("own", "here"), same, from_templates=True))


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "against_test"), [("emotion", 34), ("sst2", 8), ("imdb", 839)])
def test_known_sets_lose_the_known_number_of_training_texts_against_test(name, against_test):
    """The figures of the leakage rule's definition: train against test."""
    assert remove_leaks(load_splits(name)).dropped["train against test"] == against_test


@pytest.mark.real_data
def test_most_test_sentences_of_sst2_stand_in_rotten_tomatoes():
    """Verbatim comparison finds 14 of 1,821; this rule at least 1,431."""
    test = load_splits("sst2").role("test").batch.texts
    pool = load_texts("rotten_tomatoes").batch.texts
    assert len(set(test) & set(pool)) == 14
    assert int(np.sum(find_leaks(test, pool))) >= 1431


def test_texts_of_a_suite_are_kept_out_of_training_too():
    """They are no role of the set, and dropped from every role but test."""
    roles = {"train": as_set(LONG, "a", "d"), "validation": as_set("b", LONG + " b"), "test": as_set("c", "a")}
    cleaned = remove_leaks(Splits(DataCard("own", "here"), roles, examined={"hard": TextBatch((LONG + " c", "a"))}))
    assert {role: texts.batch.texts for role, texts in cleaned.roles.items()} == {
        "train": ("d",),
        "validation": ("b",),
        "test": ("c", "a"),
    }
    # one leaks into validation, one into test, before the suite is looked at
    assert (cleaned.dropped["train against hard"], cleaned.dropped["validation against hard"]) == (0, 1)


def test_texts_of_a_suite_are_kept_out_of_template_sets_too():
    """There a whole text leaks, and a shared run of eight words does not."""
    roles = {"train": as_set(LONG, "A", "d"), "test": as_set("c")}
    given = Splits(
        DataCard("own", "here"), roles, from_templates=True, examined={"hard": TextBatch((LONG + " c", "a"))}
    )
    cleaned = remove_leaks(given)
    assert cleaned.roles["train"].batch.texts == (LONG, "d")
    assert cleaned.dropped == {"train against hard": 1}
