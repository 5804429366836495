"""Tests of what is known of the items of a text set."""

import numpy as np
import pytest

from angelshare.core.errors import InputError, LabelError
from angelshare.core.items import Items, any_label, label_indices, labelled, n_labelled
from angelshare.core.text import TextBatch


def test_repeated_ids_are_refused():
    """The id and how often it comes; that they do not rise is no fault."""
    with pytest.raises(InputError, match="mlp/0 repeats 1 ids, the first 'a', 2 times"):
        Items("mlp/0", np.array(["a", "b", "a"]))
    with pytest.raises(InputError, match="repeats 1 ids, the first 'a', 3 times"):
        Items("mlp/0", np.array(["a", "a", "a"]))
    assert len(Items("mlp/0", np.array(["c", "a", "b"]))) == 3


def test_no_items_are_refused():
    """Nothing can be measured on them, even if a selection leaves none."""
    with pytest.raises(InputError, match="mlp/0 has no items"):
        Items("mlp/0", np.array([], dtype=np.str_))
    with pytest.raises(InputError, match="mlp/0 has no items"):
        Items("mlp/0", np.array(["a"])).take(np.array([False]))


@pytest.mark.parametrize(
    ("weights", "what"),
    [
        ([1, -1, 1], "1 weights that are negative or not a number, the first under id 'b': -1.0"),
        ([1, 1, np.nan], "1 weights that are negative or not a number, the first under id 'c': nan"),
        ([0, 0, 0], "All weights of mlp/0 are 0"),
    ],
)
def test_weights_that_can_be_none_are_refused(weights, what):
    """Negative, no number, or all zero."""
    with pytest.raises(InputError, match=what):
        Items("mlp/0", np.array(["a", "b", "c"]), weights=np.array(weights, dtype=float))


@pytest.mark.parametrize("index", [np.array([2, 0]), np.array([True, False, True])])
def test_everything_that_is_known_goes_with_its_item(index):
    """By positions, in their order, or under a mask; what is not known stays so."""
    items = Items(
        "toy",
        np.array(["a", "b", "c"]),
        texts=TextBatch(("x", "y", "z"), ("u", "v", "w")),
        truth=np.array([0, 1, -1]),
        slices={"late": np.array([True, False, False])},
        clusters=np.array([7, 8, 9]),
        weights=np.array([1.0, 2.0, 3.0]),
        columns={"target": np.array(["cooks", "", "smiths"])},
        keys=np.array(["k", "l", "m"]),
    )
    order = np.arange(3)[index].tolist()
    taken = items.take(index)
    assert taken.ids.tolist() == ["abc"[i] for i in order]
    assert taken.texts == TextBatch(tuple("xyz"[i] for i in order), tuple("uvw"[i] for i in order))
    assert taken.truth.tolist() == [(0, 1, -1)[i] for i in order]
    assert taken.slices["late"].tolist() == [i == 0 for i in order]
    assert taken.clusters.tolist() == [7 + i for i in order]
    assert taken.weights.tolist() == [1 + i for i in order]
    assert taken.columns["target"].tolist() == [("cooks", "", "smiths")[i] for i in order]
    assert taken.keys.tolist() == ["klm"[i] for i in order]
    bare = Items("toy", np.array(["a", "b", "c"])).take(index)
    assert {bare.texts, bare.truth, bare.clusters, bare.weights, bare.keys} == {None}


def test_an_item_is_labelled_where_every_label_is_known():
    """-1 and nan are unknown."""
    assert labelled(np.array([0, -1, 1])).tolist() == [True, False, True]
    assert labelled(np.array([0.5, np.nan])).tolist() == [True, False]
    assert labelled(np.array([[0, 1], [1, np.nan]])).tolist() == [True, False]
    assert labelled(np.array([[0, 1], [1, -1]])).tolist() == [True, False]
    assert n_labelled(None) == 0
    assert n_labelled(np.array([0, -1, 1])) == 2


def test_something_is_known_of_an_item_where_any_label_is():
    """Of several labels one is enough."""
    assert any_label(np.array([[0, np.nan], [np.nan, np.nan]])).tolist() == [True, False]
    assert any_label(np.array([0, -1])).tolist() == [True, False]


def test_label_names_become_indices_and_an_unknown_one_is_named_with_its_row():
    """Rows count from 1."""
    assert label_indices(["yes", "no"], ["no", "yes"], where="a.csv").tolist() == [1, 0]
    with pytest.raises(
        LabelError, match=r"a.csv, row 2: the label 'maybe' is none of \['no', 'yes'\] \(such rows: 1\)"
    ):
        label_indices(["yes", "maybe"], ["no", "yes"], where="a.csv")
