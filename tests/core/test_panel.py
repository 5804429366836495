"""Tests of populations and panels."""

import numpy as np

from angelshare.core.items import Items
from angelshare.core.observations import Embeddings
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch


def predictions(name, first=0.0):
    """Return logits (0, first), (0, first + 1), ... of four items."""
    return Predictions(name, "binary", ("no", "yes"), "logits", np.stack([np.zeros(4), first + np.arange(4.0)], axis=1))


def panel():
    """Return a teacher, a student of two seeds and its baseline on four items."""
    items = Items(
        "toy",
        np.array(["a", "b", "c", "d"]),
        texts=TextBatch(tuple("uvwx")),
        truth=np.array([0, 1, 0, 1]),
        columns={"pair": np.array(["p", "p", "q", "q"])},
    )
    student = Population("student", "mlp", (predictions("mlp/0", 1), predictions("mlp/1", 2)))
    without = {"mlp": Population("baseline", "mlp", (predictions("mlp/0", 3),))}
    return Panel("toy", items, Population("teacher", "t", (predictions("t/0"),)), (student,), without)


def test_items_are_known_once_and_all_members_answer_them():
    """Truth and columns are the items'."""
    whole = panel()
    assert [(each.role, each.names) for each in whole.populations] == [
        ("teacher", ("t/0",)),
        ("student", ("mlp/0", "mlp/1")),
        ("baseline", ("mlp/0",)),
    ]
    assert whole.truth is whole.items.truth
    assert whole.columns is whole.items.columns
    assert whole.students[0].first.name == "mlp/0"


def test_what_is_taken_is_taken_of_the_items_and_of_each_member():
    """Teacher, students and baselines; texts stay the items'."""
    half = panel().take(np.array([2, 0]))
    assert half.items.ids.tolist() == ["c", "a"]
    assert half.items.texts.texts == ("w", "u")
    assert half.truth.tolist() == [0, 0]
    assert [[member.values[:, 1].tolist() for member in each.members] for each in half.populations] == [
        [[2, 0]],
        [[3, 1], [4, 2]],
        [[5, 3]],
    ]


def test_a_panel_holds_answers_of_any_kind():
    """Such as vectors."""
    vectors = Population("teacher", "t", (Embeddings("t/0", np.eye(3)),))
    taken = Panel("toy", Items("toy", np.array(["a", "b", "c"])), vectors, ()).take(np.array([1]))
    assert taken.teacher.first.vectors.tolist() == [[0, 1, 0]]
