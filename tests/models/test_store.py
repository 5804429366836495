"""Tests of the cache."""

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
    shard = tmp_path / "shard.parquet"
    pq.write_table(pa.table({"key": KEYS, answers.column: column}), shard)
    with caplog.at_level(logging.WARNING):
        assert not len(Store(tmp_path, answers))
    assert "damaged" in caplog.text
    assert not shard.exists()
