"""Text sets and the roles of splits."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import Splits, TextSet, content_sha256, count_unusual


def remarks(*texts, truth=None, name="remarks", prefix=""):
    return TextSet(
        name=name,
        task="binary",
        labels=("fine", "rude"),
        ids=tuple(f"{prefix}{i}" for i in range(len(texts))),
        batch=TextBatch(tuple(texts)),
        truth=None if truth is None else np.array(truth),
    )


def splits(**roles):
    return Splits(DataCard("own", "here"), roles)


def test_an_empty_set_is_refused():
    """There is nothing to measure on no texts."""
    with pytest.raises(InputError, match=r"The text set remarks is empty\. Give at least one text\."):
        remarks()


def test_repeated_ids_are_refused_by_name():
    """An item must be found by its id."""
    with pytest.raises(InputError, match=r"3 texts but 2 distinct ids; 'a' is repeated"):
        TextSet("own", "binary", ("no", "yes"), ("a", "b", "a"), TextBatch(("x", "y", "z")))


def test_truth_of_another_length_is_refused():
    """Every text has its own label."""
    with pytest.raises(InputError, match="2 ids and 3 entries in its truth"):
        remarks("x", "y", truth=[0, 1, 1])


def test_taking_by_mask_and_by_position_agree():
    """Truth, slices and clusters follow the texts."""
    texts = TextSet(
        "own",
        "binary",
        ("no", "yes"),
        ("a", "b", "c"),
        TextBatch(("x", "y", "z")),
        truth=np.array([0, 1, -1]),
        slices={"late": np.array([False, True, True])},
        clusters=np.array([4, 4, 9]),
    )
    by_mask, by_position = texts.take(np.array([True, False, True])), texts.take(np.array([0, 2]))
    assert by_mask.ids == by_position.ids == ("a", "c")
    assert by_mask.truth.tolist() == [0, -1]
    assert by_mask.slices["late"].tolist() == [False, True]
    assert by_mask.clusters.tolist() == [4, 9]


def test_unusual_texts_are_counted_and_stay_verbatim():
    """Nothing is cleaned behind the user's back."""
    odd = ["", " \n", "x" * 100_001, "a\0b", "good \U0001f600", "left \u05d9\u05de\u05d9\u05df", "half \ud83d", "plain"]
    texts = remarks(*odd)
    assert texts.batch.texts == tuple(odd)
    assert texts.handled == {"empty": 2, "long": 1, "nul": 1, "emoji": 1, "mixed_direction": 1, "surrogate": 1}
    assert count_unusual(texts.batch) == texts.handled
    assert len(set(texts.text_keys())) == len(odd)
    assert len(texts.sha256()) == 64


def test_the_checksum_is_what_its_definition_says():
    """sha256 of sorted lines: key of the evened text, tab, label."""
    key = hashlib.blake2b(b"well done", digest_size=16).hexdigest()
    expected = hashlib.sha256(f"{key}\tfine\n".encode()).hexdigest()
    assert remarks("  well \n done", truth=[0]).sha256() == expected


@given(st.lists(st.tuples(st.text(), st.integers(-1, 1)), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_checksum_ignores_the_order(rows, random):
    """A shuffled copy is the same set."""
    shuffled = random.sample(rows, len(rows))
    first, second = (remarks(*(t for t, _ in order), truth=[y for _, y in order]) for order in (rows, shuffled))
    assert first.sha256() == second.sha256()
    assert content_sha256({"train": first}) == content_sha256({"train": second})


def test_the_checksum_sees_a_changed_label_and_a_changed_split():
    """What a model learns from is content."""
    fine, rude = remarks("well done", truth=[0]), remarks("well done", truth=[1])
    assert fine.sha256() != rude.sha256()
    assert content_sha256({"train": fine}) != content_sha256({"test": fine})


def test_a_missing_role_names_what_there_is():
    """The remedy is in the message."""
    with pytest.raises(InputError, match=r"own has no selection split; it has train\. .* `with_roles`"):
        splits(train=remarks("x")).role("selection")
    with pytest.raises(InputError, match="own has no test split"):
        splits(train=remarks("x")).with_roles(["test"])


def test_missing_roles_are_cut_from_validation_only_when_asked_for():
    """Half of validation stays; the cuts do not depend on the order in which they are made."""
    whole = remarks(*(f"remark number {i}" for i in range(400)))
    cut = splits(validation=whole).with_roles(["validation", "selection"])
    assert "calibration" not in cut.roles
    assert len(cut.role("validation")) + len(cut.role("selection")) == 400
    assert 70 < len(cut.role("selection")) < 130
    both = splits(validation=whole).with_roles(["selection", "calibration"])
    later = cut.with_roles(["selection", "calibration"])
    assert {role: texts.ids for role, texts in both.roles.items()} == {r: t.ids for r, t in later.roles.items()}
    both.refuse_shared_texts()
    assert any("selection, by content hash" in note for note in both.card.notes)


def test_validation_is_cut_from_train_where_it_is_missing():
    """A set with train and test only can still stop training."""
    cut = splits(train=remarks(*(f"remark number {i}" for i in range(400)))).with_roles(["validation"])
    assert 20 < len(cut.role("validation")) < 60


def test_too_few_texts_to_cut_from_are_an_error():
    """An empty role would fail later and less plainly."""
    with pytest.raises(InputError, match="too few to cut selection from"):
        splits(validation=remarks("x")).with_roles(["selection"])


def test_two_roles_that_share_a_text_are_refused():
    """Case, spaces and hyphens do not make a text another one."""
    shared = splits(train=remarks("A well-made chair.", prefix="t"), test=remarks("a well made chair", prefix="e"))
    with pytest.raises(InputError, match=r"id 'e0' in test is also in train \(id 't0'\)"):
        shared.refuse_shared_texts()
