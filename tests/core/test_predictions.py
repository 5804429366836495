"""Tests of predictions and of aligning them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError, LabelError, MisalignedError
from angelshare.core.panel import Panel, Population, aligned
from angelshare.core.predictions import Predictions, label_indices, labelled, n_labelled


def predictions(values, *, name="mlp/0", task="binary", labels=("no", "yes"), outputs="logits", ids=None, **more):
    """Return predictions with ids 0, 1, 2, ... where none are given."""
    values = np.asarray(values, dtype=more.pop("dtype", np.float64))
    ids = np.array([str(i) for i in range(len(values))] if ids is None else ids)
    return Predictions(name, task, tuple(labels), outputs, ids, values, **more)


def panel(teacher, student, texts=None):
    """Return a panel that is not aligned yet."""
    return Panel("toy", Population("teacher", "t", (teacher,)), (Population("student", "s", (student,)),), {}, texts)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_not_finite_are_refused_with_their_id(bad):
    """The first one is named."""
    with pytest.raises(InputError, match=r"1 items with a NaN or infinite output, the first under id '1'"):
        predictions([[0, 1], [bad, 0], [1, 1]])


def test_repeated_ids_are_refused():
    """The id and how often it comes."""
    with pytest.raises(InputError, match="repeats 1 ids, the first 'a', 2 times"):
        predictions([[0, 1], [0, 1], [0, 1]], ids=["a", "b", "a"])


def test_a_wrong_width_an_empty_set_and_a_wrong_shape_are_refused():
    """One column for every label, one row for every id, at least one item."""
    with pytest.raises(LabelError, match=r"has 3 output columns, its labels \['no', 'yes'\] need 2"):
        predictions([[0, 1, 2]])
    with pytest.raises(InputError, match="has no items"):
        predictions(np.zeros((0, 2)))
    with pytest.raises(InputError, match="one row of outputs for every id"):
        predictions([[0, 1]], ids=["a", "b"])


def test_decisions_are_the_first_of_the_largest_or_the_threshold():
    """A bare ranking score decides nothing."""
    assert predictions([[0, 1], [1, 1], [2, 1]]).decisions().tolist() == [1, 0, 0]
    score = predictions([[0.2], [0.5]], outputs="score")
    assert not score.has_decisions
    with pytest.raises(InputError, match="Give a threshold"):
        score.decisions()
    assert replace(score, threshold=0.5).decisions().tolist() == [0, 1]
    assert not predictions([[1, 0]], outputs="decisions").has_scores


def test_multi_label_decisions_cut_logits_at_zero_and_probabilities_at_one_half():
    """At the cut the answer is yes."""
    logits = predictions([[0, -0.1]], task="multi_label")
    shares = predictions([[0.5, 0.4]], task="multi_label", outputs="probabilities")
    assert logits.label_decisions().tolist() == shares.label_decisions().tolist() == [[True, False]]


def test_ranking_does_not_saturate():
    """A float32 softmax calls 20 and 40 both 1; the margin keeps them apart."""
    logits = np.array([[0, 20], [0, 40]], dtype=np.float32)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert softmax[0, 1] == softmax[1, 1]
    for task in ("binary", "single_label"):
        ranking = predictions(logits, task=task, dtype=np.float32).ranking(1)
        assert ranking.dtype == np.float64
        assert ranking[0] < ranking[1]


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20), st.floats(-20, 20)), min_size=1), st.floats(-50, 50))
def test_a_constant_added_to_a_row_of_logits_changes_nothing(rows, constant):
    """Neither the ranking nor the probabilities."""
    labels = ("joy", "fear", "anger")
    plain = predictions(rows, task="single_label", labels=labels)
    moved = predictions(np.array(rows) + constant, task="single_label", labels=labels)
    np.testing.assert_allclose(plain.ranking(2), moved.ranking(2), atol=1e-9)
    np.testing.assert_allclose(plain.log_probabilities(), moved.log_probabilities(), atol=1e-9)


def test_probabilities_are_known_from_logits_and_probabilities_only():
    """ln(1/4) and ln(3/4), from unnormalised shares too."""
    np.testing.assert_allclose(
        predictions([[0.5, 1.5]], outputs="probabilities").log_probabilities(), np.log([[0.25, 0.75]])
    )
    with pytest.raises(InputError, match="probabilities are not known"):
        predictions([[0, 1]], outputs="decisions").log_probabilities()


def test_items_come_sorted_by_id_with_everything_that_belongs_to_them():
    """Truth, slices, clusters and texts follow; the student gets the teacher's truth."""
    teacher = predictions(
        [[0, 1], [1, 0]],
        ids=["b", "a"],
        truth=np.array([1, 0]),
        slices={"long": np.array([True, False])},
        clusters=np.array([7, 8]),
    )
    student = predictions([[5, 0], [0, 5]], ids=["a", "b"])
    found = aligned(panel(teacher, student, texts=("text b", "text a")))
    member = found.students[0].first
    assert found.texts == ("text a", "text b")
    assert member.ids.tolist() == found.teacher.first.ids.tolist() == ["a", "b"]
    assert member.values.tolist() == [[5, 0], [0, 5]]
    assert member.truth.tolist() == [0, 1]
    assert member.slices["long"].tolist() == [False, True]
    assert member.clusters.tolist() == [8, 7]


def test_missing_ids_are_refused_with_the_counts():
    """3 against 2 items, 2 shared."""
    teacher, student = predictions([[0, 1]] * 3, name="teacher"), predictions([[0, 1]] * 2)
    with pytest.raises(MisalignedError, match=r"teacher has 3 items, mlp/0 2, 2 shared \(not shared: '2'"):
        aligned(panel(teacher, student))


def test_other_labels_another_order_or_another_task_are_refused():
    """Columns are never guessed."""
    teacher = predictions([[0, 1]])
    for student in (predictions([[0, 1]], labels=("yes", "no")), predictions([[0, 1]], task="single_label")):
        with pytest.raises(LabelError, match="same labels in the same order"):
            aligned(panel(teacher, student))


def test_different_texts_or_truths_under_one_id_are_refused():
    """By content key, and by label."""
    one, other = (predictions([[0, 1]] * 2, text_keys=np.array(keys)) for keys in (["k", "l"], ["k", "m"]))
    with pytest.raises(MisalignedError, match="1 texts differ"):
        aligned(panel(one, other))
    one, other = (predictions([[0, 1]] * 2, truth=np.array(truth)) for truth in ([0, 1], [0, 0]))
    with pytest.raises(MisalignedError, match="disagree about the true label of 1 items, the first '1'"):
        aligned(panel(one, other))


def test_an_item_is_labelled_where_every_label_is_known():
    """-1 and nan are unknown."""
    assert labelled(np.array([0, -1, 1])).tolist() == [True, False, True]
    assert labelled(np.array([0.5, np.nan])).tolist() == [True, False]
    assert labelled(np.array([[0, 1], [1, np.nan]])).tolist() == [True, False]
    assert labelled(np.array([[0, 1], [1, -1]])).tolist() == [True, False]
    assert n_labelled(None) == 0


def test_label_names_become_indices_and_an_unknown_one_is_named_with_its_row():
    """Rows count from 1."""
    assert label_indices(["yes", "no"], ["no", "yes"], where="a.csv").tolist() == [1, 0]
    with pytest.raises(LabelError, match=r"a.csv, row 2: the label 'maybe' is none of \['no', 'yes'\] \(1 such rows\)"):
        label_indices(["yes", "maybe"], ["no", "yes"], where="a.csv")


def test_truth_may_come_with_any_member():
    """Only the student's file has it, in another order: the teacher's items get it too."""
    teacher = predictions([[0, 1], [1, 0]], name="t", ids=["a", "b"])
    student = predictions([[1, 0], [0, 1]], ids=["b", "a"], truth=np.array([0, 1]))
    both = aligned(panel(teacher, student))
    assert both.truth.tolist() == [1, 0]
    assert both.students[0].first.truth.tolist() == [1, 0]


def test_clusters_and_slices_may_come_with_any_member():
    """Clusters that only the student's file knows must not be lost: they decide whether a verdict is allowed."""
    mask = np.array([True, False])
    teacher = predictions([[0, 1], [1, 0]], name="t", ids=["a", "b"], truth=np.array([1, 0]))
    student = predictions([[1, 0], [0, 1]], ids=["b", "a"], clusters=np.array([7, 8]), slices={"short": mask})
    both = aligned(panel(teacher, student))
    assert both.teacher.first.clusters.tolist() == [8, 7]
    assert both.teacher.first.slices["short"].tolist() == [False, True]


def test_a_blank_column_of_truth_is_no_dispute():
    """The teacher's file has the column and leaves it blank: the student's labels hold."""
    teacher = predictions([[0, 1], [1, 0]], name="t", truth=np.array([-1, -1]))
    student = predictions([[0, 1], [1, 0]], truth=np.array([1, 0]))
    assert aligned(panel(teacher, student)).truth.tolist() == [1, 0]
    disputed = predictions([[0, 1], [1, 0]], name="t", truth=np.array([0, -1]))
    with pytest.raises(MisalignedError, match="disagree about the true label of 1 items, the first '0'"):
        aligned(panel(disputed, student))


@pytest.mark.parametrize(
    ("field", "one", "other", "what"),
    [
        ("slices", {"x": np.array([True, True, False])}, {"x": np.array([True, False, False])}, "slice 'x' of 1 items"),
        ("weights", np.array([1.0, 2, 1]), np.array([2, 4, 1.0]), "weights of 1 items"),
        ("clusters", np.array([0, 0, 1]), np.array([0, 1, 1]), "clusters of 3 items"),
    ],
)
def test_members_that_disagree_about_slices_weights_or_clusters_are_refused(field, one, other, what):
    """One of them would be passed over; other codes of the same clusters are no dispute."""
    left, right = predictions([[1, 2], [3, 4], [5, 6]], name="t/0"), predictions([[1, 2], [3, 4], [5, 7]])
    aligned(panel(replace(left, **{field: one}), replace(right, **{field: one})))
    with pytest.raises(MisalignedError, match=what):
        aligned(panel(replace(left, **{field: one}), replace(right, **{field: other})))
    if field == "clusters":
        aligned(panel(replace(left, clusters=one), replace(right, clusters=np.array([7, 7, 3]))))


def test_a_copy_is_no_second_seed():
    """The same scores on all items, in whatever order; few distinct ones may agree by chance."""
    scores = np.column_stack([np.zeros(30), np.arange(30.0)])
    one, other = predictions(scores, name="s/0"), predictions(scores, name="s/1")
    turned = other.take(np.arange(30)[::-1])
    teacher = Population("teacher", "t", (predictions(scores + np.array([0, 1]), name="t/0"),))

    def of(*members):
        return aligned(Panel("toy", teacher, (Population("student", "s", members),)))

    with pytest.raises(MisalignedError, match=r"s/0 and s/1 gave the same scores on all 30 items: a copy is no second"):
        of(one, turned)
    coarse = [replace(member, values=np.floor(member.values / 2)) for member in (one, other)]
    assert len(of(*coarse).students[0].members) == 2
    assert (one.n_distinct(), coarse[0].n_distinct()) == (30, 15)


@pytest.mark.parametrize(
    ("weights", "what"),
    [
        ([1, -1, 1], "1 weights that are negative or no number, the first under id 'b': -1.0"),
        ([1, 1, np.nan], "1 weights that are negative or no number, the first under id 'c': nan"),
        ([0, 0, 0], "All weights of mlp/0 are 0"),
    ],
)
def test_weights_that_can_be_none_are_refused(weights, what):
    """Negative, no number, or all zero."""
    with pytest.raises(InputError, match=what):
        predictions([[1, 2], [3, 4], [5, 6]], ids=["a", "b", "c"], weights=np.array(weights, dtype=float))
