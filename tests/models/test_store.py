"""Tests of the cache."""

import hashlib
import logging

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.models.store import ROWS, TEXTS, Store, as_objects

KEYS = ["b" * 32, "a" * 32]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@pytest.mark.parametrize(
    ("answers", "values"),
    [
        (ROWS, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        (TEXTS, as_objects([("one", "two"), (), ("three\n",)])),
        (TEXTS, as_objects([("one", "two"), ("three", ""), ("five", "six")])),
    ],
    ids=["rows", "texts", "as many texts for each"],
)
def test_the_store_finds_keys_in_any_order(answers, values, tmp_path):
    """Answers come in the order asked for; what is not there is said."""
    store = Store(tmp_path, answers)
    store.append(KEYS, values[:2])
    store.append(["c" * 32], values[2:])
    for opened in (store, Store(tmp_path, answers)):
        known, answered = opened.find(["c" * 32, "z" * 32, "a" * 32, "0" * 32])
        assert known.tolist() == [True, False, True, False]
        assert answered.tolist() == [values[2].tolist() if answers is ROWS else values[2], *values[1:2].tolist()]
        assert len(opened) == 3


@given(st.lists(st.lists(TEXT, max_size=3), min_size=1, max_size=4))
def test_texts_come_back_as_they_were_written(texts):
    """Whatever their number and characters."""
    values = as_objects([tuple(each) for each in texts])
    assert TEXTS.read(TEXTS.written(values)).tolist() == values.tolist()


@pytest.mark.parametrize(
    ("answers", "column"),
    [
        (ROWS, pa.array([[1.0], [1.0, 2.0]])),
        (ROWS, pa.array([1.0, 2.0])),
        (TEXTS, pa.array([["a"], None])),
        (TEXTS, pa.array([["a"], ["b", None]])),
        (TEXTS, pa.array([[1], [2]])),
    ],
    ids=["rows of two widths", "no lists", "a gap", "a gap among texts", "numbers for texts"],
)
def test_a_shard_with_something_else_in_it_is_removed_with_a_warning(answers, column, tmp_path, caplog):
    """Its texts are then missing."""
    pq.write_table(pa.table({"key": KEYS, answers.column: column}), tmp_path / "shard")
    sha256 = hashlib.sha256(f"{tmp_path.name}\n".encode() + (tmp_path / "shard").read_bytes()).hexdigest()
    shard = (tmp_path / "shard").rename(tmp_path / f"{'0' * 32}-{sha256}.parquet")
    with caplog.at_level(logging.WARNING):
        assert not len(Store(tmp_path, answers))
    assert "damaged" in caplog.text
    assert not shard.exists()


def test_a_shard_with_a_flipped_bit_is_removed_with_a_warning(tmp_path, caplog):
    """Also where the file can still be read, and only a number is another."""
    Store(tmp_path).append(KEYS, np.array([[1.0, 2.0], [3.0, 4.0]]))
    (shard,) = tmp_path.iterdir()
    whole = shard.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        caplog.clear()
        shard.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        assert not len(Store(tmp_path))
        assert f"{shard} is damaged (its checksum is another) and was removed" in caplog.text
        assert not shard.exists()


def test_a_shard_of_another_model_is_not_taken_for_ones_own(tmp_path, caplog):
    """Two folders that changed their shards would be two models that changed their answers."""
    for model, logits in (("a", [[1.0, 2.0], [3.0, 4.0]]), ("b", [[5.0, 6.0], [7.0, 8.0]])):
        Store(tmp_path / model).append(KEYS, np.array(logits))
    (other,) = (tmp_path / "b").iterdir()
    other.rename(tmp_path / "a" / other.name)
    assert Store(tmp_path / "a").find(KEYS)[1].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert "its checksum is another" in caplog.text


def test_files_that_are_no_shards_stay(tmp_path):
    """Somebody else's."""
    (tmp_path / "mine.parquet").write_text("precious")
    Store(tmp_path).append(KEYS, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert len(Store(tmp_path)) == 2
    assert (tmp_path / "mine.parquet").read_text() == "precious"
