"""Tests of the groups of examples and the largest disagreements."""

import math

import numpy as np
import pytest

from angelshare.audits.examples import Examples, ExamplesOptions, strong_students
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations

CLASSES = {"task": "single_label", "labels": ("joy", "fear", "anger")}
TRUTH = [0, 0, 0, 0, 0, 0, -1]


def measure(panel, n_examples=200):
    """Return what the audit finds."""
    audit = Examples(ExamplesOptions(n_examples=n_examples))
    return audit.measure(Observations({(TEST, "scores"): panel}), AuditSettings())


def table(result, name):
    """Return a table's rows as dictionaries."""
    (named,) = [table for table in result.tables if table.name == name]
    return [dict(zip(named.columns, row, strict=True)) for row in named.rows]


@pytest.fixture
def says(make_member):
    """Build a member that gives these classes a logit of 2, the others 0."""

    def build(name, classes, truth=TRUTH):
        return make_member(name, 2 * np.eye(3)[list(classes)], truth=truth, **CLASSES)

    return build


@pytest.fixture
def toy(says, make_panel):
    """One text of every group, and an unlabelled one: `big` is right 4 times of 6, `small` 2 times."""
    return make_panel(
        [says("t/0", (0, 0, 0, 1, 1, 0, 0))],
        [says("big/0", (0, 0, 1, 1, 0, 1, 0)), says("small/0", (0, 1, 2, 1, 1, 0, 2))],
        texts=("all", "strong", "teacher", "none", "student", "weak", "unknown"),
    )


def test_every_text_is_in_the_group_of_those_who_are_right(toy):
    """The six groups, one text each."""
    result = measure(toy)
    assert [(r["text"], r["group"]) for r in table(result, "examples")] == [
        ("all", "all are right"),
        ("strong", "only the teacher and strong students are right"),
        ("teacher", "only the teacher is right"),
        ("none", "none is right"),
        ("student", "the teacher is wrong, a student right"),
        ("weak", "the teacher and some other students are right"),
    ]
    assert [(r["n"], r["share"]) for r in table(result, "example_groups")] == [(1, 1 / 6)] * 6
    assert result.remarks == ("Strong students, at or above the median accuracy: big (0.500).",)


def test_a_row_shows_what_everybody_answers(toy):
    """By name; texts are users' data."""
    result = measure(toy)
    row = table(result, "examples")[1]
    assert row == {
        "id": "i0001",
        "text": "strong",
        "truth": "joy",
        "teacher label": "joy",
        "big label": "joy",
        "small label": "fear",
        "group": "only the teacher and strong students are right",
    }
    assert all(t.text_columns == ("text",) for t in result.tables if t.name != "example_groups")


def test_the_largest_disagreements_come_first(toy):
    """The total variation distance is d where the labels differ, the mean over two students; the unlabelled count too."""
    rows = table(measure(toy), "largest_disagreements")
    d = (math.exp(2) - 1) / (math.exp(2) + 2)
    assert [(r["text"], r["truth"]) for r in rows] == [
        ("teacher", "joy"),
        ("strong", "joy"),
        ("student", "joy"),
        ("weak", "joy"),
        ("unknown", None),
    ]
    assert [r["distance"] for r in rows] == [pytest.approx(x) for x in (d, d / 2, d / 2, d / 2, d / 2)]


def test_tables_are_cut_to_the_number_of_examples(toy, says, make_panel):
    """An equal share for every group, the most disputed first."""
    result = measure(toy, n_examples=4)
    assert len(table(result, "largest_disagreements")) == 4
    assert table(result, "examples") == []
    panel = make_panel(
        [says("t/0", (0,) * 20, [0] * 20)],
        [says("s/0", (0,) * 20, [0] * 20), says("r/0", (*(0,) * 10, *(1,) * 10), [0] * 20)],
    )
    groups = [r["group"] for r in table(measure(panel, n_examples=18), "examples")]
    assert groups == ["all are right"] * 3 + ["only the teacher and strong students are right"] * 3


def test_one_student_is_neither_strong_nor_weak(says, make_panel):
    """Four groups are left, and a remark says so."""
    panel = make_panel([says("t/0", (0, 0, 1, 1), [0] * 4)], [says("s/0", (0, 1, 0, 2), [0] * 4)])
    result = measure(panel)
    assert [(r["group"], r["n"]) for r in table(result, "example_groups")] == [
        ("all are right", 1),
        ("only the teacher is right", 1),
        ("none is right", 1),
        ("the teacher is wrong, a student right", 1),
    ]
    assert result.remarks == ("There is one student, so no text is right for strong students only.",)


def test_students_at_the_median_are_strong():
    """Of three the upper two, of two the better one; equals are all strong."""
    assert strong_students([0.9, 0.7, 0.8]) == (True, False, True)
    assert strong_students([0.9, 0.7]) == (True, False)
    assert strong_students([0.8, 0.8]) == (True, True)


def test_of_several_seeds_the_answer_is_that_of_most(says, make_panel):
    """Joy twice and fear once is joy; of equals the first label counts. The accuracy is the members' mean."""
    members = [says(f"s/{i}", classes, [0, 0]) for i, classes in enumerate(((0, 1), (0, 2), (1, 2)))]
    result = measure(make_panel([says("t/0", (0, 0), [0, 0])], [*members, says("r/0", (0, 0), [0, 0])]))
    rows = {r["id"]: r for r in table(result, "examples")}
    assert (rows["i0000"]["s label"], rows["i0000"]["group"]) == ("joy", "all are right")
    assert (rows["i0001"]["s label"], rows["i0001"]["truth"]) == ("anger", "joy")
    members = [says("s/0", (2, 2), [0, 0]), says("s/1", (1, 1), [0, 0])]
    result = measure(make_panel([says("t/0", (0, 0), [0, 0])], members))
    assert table(result, "examples")[0]["s label"] == "fear"


def test_without_labels_only_disagreements_are_shown(says, make_panel):
    """Nobody is known to be right."""
    panel = make_panel([says("t/0", (0, 0), [-1, -1])], [says("s/0", (0, 1), [-1, -1])])
    result = measure(panel)
    assert [t.name for t in result.tables] == ["largest_disagreements"]
    assert [r["id"] for r in table(result, "largest_disagreements")] == ["i0001"]
    assert result.remarks == ("The groups are not measured: no item carries a human label.",)


def test_hard_decisions_disagree_or_not(make_member, make_panel):
    """The distance is 1; sets of labels are answers."""
    more = {"task": "multi_label", "labels": ("rude", "threat"), "outputs": "decisions", "truth": [[1.0, 0], [0, 0]]}
    panel = make_panel([make_member("t/0", [[1, 0], [0, 0]], **more)], [make_member("s/0", [[1, 0], [1, 1]], **more)])
    result = measure(panel)
    (row,) = table(result, "largest_disagreements")
    assert (row["teacher label"], row["s label"], row["distance"]) == ("no label", "rude, threat", 1.0)
    assert [r["n"] for r in table(result, "example_groups")] == [1, 1, 0, 0]


def test_what_cannot_be_grouped_says_why(make_member, make_panel):
    """Regression and bare rankings; a student that ranks is left out where another decides."""
    more = {"task": "regression", "labels": ("value",), "outputs": "values"}
    panel = make_panel([make_member("t/0", [1, 2], **more)], [make_member("s/0", [1, 2], **more)])
    assert measure(panel).not_applicable == (
        "Regression has no labels that are right or wrong: see the mean squared error under quality."
    )
    panel = make_panel([make_member("t/0", [1, 2], outputs="score")], [make_member("s/0", [1, 2])])
    assert measure(panel).not_applicable == ("t/0 gives a ranking score without threshold, which decides for no label.")
    panel = make_panel([make_member("t/0", [1, 2])], [make_member("s/0", [1, 2], outputs="score")])
    assert measure(panel).not_applicable == "No student decides for labels: they give ranking scores without threshold."
    panel = make_panel(
        [make_member("t/0", [1, 2])], [make_member("s/0", [1, 2], outputs="score"), make_member("r/0", [1, 2])]
    )
    assert measure(panel).remarks[0] == "s is left out: it ranks, without a threshold it decides nothing."
