"""Tests of the check at the door: members that came with items of their own share one set of them."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.core.alignment import Observed, aligned
from angelshare.core.errors import InputError, LabelError, MisalignedError
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings, Likelihoods
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch


def observed(values, *, name="mlp/0", task="binary", labels=("no", "yes"), ids=None, **known):
    """Return answers on items with ids 0, 1, 2, ... where none are given."""
    values = np.asarray(values, dtype=np.float64)
    ids = np.array([str(i) for i in range(len(values))] if ids is None else ids)
    return Observed(Items(name, ids, **known), Predictions(name, task, labels, "logits", values))


def panel(teacher, *students):
    """Return the panel of a teacher and the seeds of one student."""
    return aligned("toy", Population("teacher", "t", (teacher,)), (Population("student", "s", students),))


def test_items_come_sorted_by_id_with_everything_that_belongs_to_them():
    """Truth, slices, clusters and texts follow; the student's answers are put into the same order."""
    teacher = observed(
        [[0, 1], [1, 0]],
        ids=["b", "a"],
        texts=TextBatch(("text b", "text a")),
        truth=np.array([1, 0]),
        slices={"long": np.array([True, False])},
        clusters=np.array([7, 8]),
    )
    student = observed([[5, 0], [0, 5]], ids=["a", "b"])
    sorted_panel = panel(teacher, student)
    assert sorted_panel.items.texts.texts == ("text a", "text b")
    assert sorted_panel.items.ids.tolist() == ["a", "b"]
    assert sorted_panel.teacher.first.values.tolist() == [[1, 0], [0, 1]]
    assert sorted_panel.students[0].first.values.tolist() == [[5, 0], [0, 5]]
    assert sorted_panel.truth.tolist() == [0, 1]
    assert sorted_panel.items.slices["long"].tolist() == [False, True]
    assert sorted_panel.items.clusters.tolist() == [8, 7]


def test_missing_ids_are_refused_with_the_counts():
    """3 against 2 items, 2 shared."""
    teacher, student = observed([[0, 1]] * 3, name="teacher"), observed([[0, 1]] * 2)
    with pytest.raises(MisalignedError, match=r"teacher has 3 items and mlp/0 2; they share 2 \(not '2'\)\."):
        panel(teacher, student)


def test_other_labels_another_order_or_another_task_are_refused():
    """Columns are never guessed."""
    teacher = observed([[0, 1]])
    for student in (observed([[0, 1]], labels=("yes", "no")), observed([[0, 1]], task="single_label")):
        with pytest.raises(LabelError, match="same labels in the same order"):
            panel(teacher, student)


def test_students_with_different_texts_are_refused_though_the_teacher_has_none():
    """Whoever comes first need not know the texts."""
    first, second = (
        observed([[0, i]] * 2, name=f"mlp/{i}", keys=np.array(keys)) for i, keys in enumerate((["k", "l"], ["k", "m"]))
    )
    with pytest.raises(MisalignedError, match="1 texts differ between mlp/0 and mlp/1"):
        panel(observed([[0, 1]] * 2, name="teacher"), first, second)


def test_different_texts_or_truths_under_one_id_are_refused():
    """By content key, and by label."""
    first, second = (observed([[0, 1]] * 2, keys=np.array(keys)) for keys in (["k", "l"], ["k", "m"]))
    with pytest.raises(MisalignedError, match="1 texts differ"):
        panel(first, second)
    first, second = (observed([[0, 1]] * 2, truth=np.array(truth)) for truth in ([0, 1], [0, 0]))
    with pytest.raises(MisalignedError, match="disagree about the true label of 1 items, the first '1'"):
        panel(first, second)


def test_truth_may_come_with_any_member():
    """Only the student's file has it, in another order: the teacher's items get it too."""
    teacher = observed([[0, 1], [1, 0]], name="t", ids=["a", "b"])
    student = observed([[1, 0], [0, 1]], ids=["b", "a"], truth=np.array([0, 1]))
    both = panel(teacher, student)
    assert both.truth.tolist() == [1, 0]
    assert both.students[0].first.decisions().tolist() == [1, 0]


def test_clusters_and_slices_may_come_with_any_member():
    """Clusters that only the student's file knows must not be lost: they decide whether a verdict is allowed."""
    mask = np.array([True, False])
    teacher = observed([[0, 1], [1, 0]], name="t", ids=["a", "b"], truth=np.array([1, 0]))
    student = observed([[1, 0], [0, 1]], ids=["b", "a"], clusters=np.array([7, 8]), slices={"short": mask})
    both = panel(teacher, student)
    assert both.items.clusters.tolist() == [8, 7]
    assert both.items.slices["short"].tolist() == [False, True]


def test_a_blank_column_of_truth_is_no_dispute():
    """The teacher's file has the column and leaves it blank: the student's labels hold."""
    teacher = observed([[0, 1], [1, 0]], name="t", truth=np.array([-1, -1]))
    student = observed([[0, 1], [1, 0]], truth=np.array([1, 0]))
    assert panel(teacher, student).truth.tolist() == [1, 0]
    disputed = observed([[0, 1], [1, 0]], name="t", truth=np.array([0, -1]))
    with pytest.raises(MisalignedError, match="disagree about the true label of 1 items, the first '0'"):
        panel(disputed, student)


@pytest.mark.parametrize(
    ("field", "known", "differing", "what"),
    [
        ("slices", {"x": np.array([True, True, False])}, {"x": np.array([True, False, False])}, "slice 'x' of 1 items"),
        ("weights", np.array([1.0, 2, 1]), np.array([2, 4, 1.0]), "weights of 1 items"),
        ("clusters", np.array([0, 0, 1]), np.array([0, 1, 1]), "clusters of 3 items"),
    ],
)
def test_members_that_disagree_about_slices_weights_or_clusters_are_refused(field, known, differing, what):
    """One of them would be passed over; other codes of the same clusters are no dispute."""
    left, right = observed([[1, 2], [3, 4], [5, 6]], name="t/0"), observed([[1, 2], [3, 4], [5, 7]])

    def knowing(observed, value):
        return replace(observed, items=replace(observed.items, **{field: value}))

    panel(knowing(left, known), knowing(right, known))
    with pytest.raises(MisalignedError, match=what):
        panel(knowing(left, known), knowing(right, differing))
    if field == "clusters":
        panel(knowing(left, known), knowing(right, np.array([7, 7, 3])))


def test_a_copy_is_no_second_seed():
    """The same scores on all items, in whatever order; few distinct ones may agree by chance."""
    scores = np.column_stack([np.zeros(30), np.arange(30.0)])
    first, second = observed(scores, name="s/0"), observed(scores, name="s/1")
    turned = second.take(np.arange(30)[::-1])
    teacher = Population("teacher", "t", (observed(scores + np.array([0, 1]), name="t/0"),))

    def seeds(*members):
        return aligned("toy", teacher, (Population("student", "s", members),))

    with pytest.raises(MisalignedError, match=r"s/0 and s/1 gave the same scores on all 30 items: a copy is no second"):
        seeds(first, turned)
    coarse = [observed(np.floor(scores / 2), name=each.name) for each in (first, second)]
    assert len(seeds(*coarse).students[0].members) == 2
    assert (first.member.n_distinct(), coarse[0].member.n_distinct()) == (30, 15)


@pytest.mark.parametrize("kind", ["likelihoods", "vectors"])
def test_a_copy_of_a_language_model_or_encoder_is_no_second_seed_either(kind):
    """Nor of any other member whose answers are numbers."""
    rng = np.random.default_rng(0)
    items = Items("toy", np.array([f"i{i:02}" for i in range(30)]))

    def member(name, numbers):
        if kind == "vectors":
            return Observed(items, Embeddings(name, numbers))
        return Observed(items, Likelihoods(name, numbers[:, 0] ** 2, np.full(30, 3), np.full(30, 9)))

    same, other = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    teacher = Population("teacher", "t", (member("t", other),))
    with pytest.raises(MisalignedError, match=f"s/0 and s/1 gave the same {kind} on all 30 items"):
        aligned("toy", teacher, (Population("student", "s", (member("s/0", same), member("s/1", same))),))
    seeds = (member("s/0", same), member("s/1", other))
    assert aligned("toy", teacher, (Population("student", "s", seeds),)).students[0].names == ("s/0", "s/1")


def test_texts_have_as_many_bytes_for_every_model():
    """Bits per byte of other lengths do not compare."""
    items = Items("toy", np.array(["a", "b"]))
    first, second = (
        Observed(items, Likelihoods(name, np.ones(2), np.full(2, 3), np.array([9, n_bytes])))
        for name, n_bytes in (("t", 8), ("s", 7))
    )
    with pytest.raises(MisalignedError, match="t and s disagree about the bytes of 1 items, the first 'b'"):
        aligned("toy", Population("teacher", "t", (first,)), (Population("student", "s", (second,)),))


def test_more_or_fewer_answers_than_items_are_refused():
    """Whose they are, and both numbers."""
    with pytest.raises(InputError, match="mlp/0 has 2 items and 1 answers: give one for every item"):
        observed([[0, 1]], ids=["a", "b"])


def test_an_observed_member_goes_by_its_name_and_is_taken_with_its_items():
    """So that whoever pairs members need not look inside."""
    both = Observed(Items("toy", np.array(["a", "b"])), replace(observed([[0, 1], [1, 0]]).member, seed=3))
    assert (both.name, both.seed, both.fingerprint, both.parent_fingerprint, len(both)) == ("mlp/0", 3, "", None, 2)
    second = both.take(np.array([1]))
    assert (second.items.ids.tolist(), second.member.values.tolist()) == (["b"], [[1, 0]])


def test_baselines_keep_their_names():
    """Each under its own."""
    first, second = observed([[0, 1], [1, 0]], name="t"), observed([[0, 2], [2, 0]], name="tfidf/0")
    teacher, baseline = Population("teacher", "t", (first,)), Population("baseline", "tfidf", (second,))
    assert aligned("toy", teacher, (), {"tfidf": baseline}).baselines["tfidf"].names == ("tfidf/0",)
