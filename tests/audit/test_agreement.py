"""Tests of the agreement audit."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy

from angelshare.audit.agreement import Agreement, _kl
from angelshare.core.protocols import TEST, AuditSettings
from angelshare.stats.proportions import wilson

TRUTH = [0, 1, 0, 1, -1]
TEACHER = [-3.0, 2.0, 1.0, -1.0, 1.0]
STUDENT = [2.0, 1.0, -1.0, -2.0, -1.0]
# teacher: no yes yes no yes; student: yes yes no no no; truth: no yes no yes ?


def measure(panel, n_examples=200):
    """Return what the audit finds."""
    return Agreement().measure({TEST: panel}, AuditSettings(n_examples=n_examples))


def figures(result):
    """Return the estimates by metric."""
    return {estimate.metric: estimate for estimate in result.estimates}


@pytest.fixture
def toy(make_member, make_panel):
    """One student that disagrees with its teacher on three of five texts."""
    return make_panel(
        [make_member("teacher/0", TEACHER, truth=TRUTH)],
        [make_member("mlp/0", STUDENT, truth=TRUTH)],
        texts=("one", "two", "three", "four", "<b>five</b>"),
    )


def test_shares_worked_by_hand(toy):
    """Two of five agree; of the four labelled, the teacher alone is right once, the student alone once."""
    found = figures(measure(toy))
    assert {name: e.value for name, e in found.items() if name != "kl"} == {
        "agreement": 0.4,
        "negative_flips": 0.25,
        "positive_flips": 0.25,
    }
    assert found["agreement"].interval == wilson(2, 5)
    assert (found["agreement"].n, found["negative_flips"].n) == (5, 4)
    assert found["agreement"].models == ("mlp/0", "teacher/0")


@given(arrays(np.float64, (2, 4, 3), elements=st.floats(-30, 30)))
def test_kl_is_scipys_entropy_and_never_negative(logits):
    """Nats, item by item; a constant added to a row of logits changes nothing."""
    logs = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    ours = _kl(logs[0], logs[1])
    theirs = entropy(np.exp(logs[0]), np.exp(logs[1]), axis=1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
    assert (ours >= 0).all()


def test_the_table_of_flips_says_who_is_right_and_sorts_by_strength(toy):
    """Items one, five and three, by the distance of the probabilities."""
    flips = next(table for table in measure(toy).tables if table.name == "flips")
    cells = [dict(zip(flips.columns, row, strict=True)) for row in flips.rows]
    assert [(c["text"], c["group"]) for c in cells] == [
        ("one", "only the teacher is right"),
        ("three", "only the student is right"),
        ("<b>five</b>", "unlabelled"),
    ]
    assert cells[0]["teacher confidence"] == pytest.approx(1 / (1 + math.exp(-3)))
    assert (cells[0]["truth"], cells[0]["teacher label"], cells[0]["student label"]) == ("no", "no", "yes")
    assert (cells[2]["truth"], cells[0]["student"]) == (None, "mlp")
    assert flips.text_columns == ("text",)


def test_the_table_is_cut_and_says_so(toy):
    """The strongest two of three."""
    flips = next(table for table in measure(toy, n_examples=2).tables if table.name == "flips")
    assert len(flips.rows) == 2
    assert flips.title.endswith("(the first 2 of mlp)")


def test_long_texts_are_cut_and_pairs_are_shown_whole(make_member, make_panel):
    """A statement stays small, and a row shows what the models read."""
    panel = make_panel([make_member("t/0", [-1, 1])], [make_member("s/0", [1, 1])], texts=("word " * 10_000, "b"))
    (row,) = measure(replace(panel, pairs=("its second text", "d"))).tables[0].rows
    assert len(row[1]) <= 2_000
    assert row[1].endswith("⟨second text⟩ its second text")


def test_flips_are_counted_by_true_label(toy):
    """One of each here."""
    counts = next(table for table in measure(toy).tables if table.name == "flip_counts")
    assert set(counts.rows) == {
        ("mlp", "no", "no", "yes", 1),
        ("mlp", "no", "yes", "no", 1),
        ("mlp", None, "yes", "no", 1),
    }


def test_neither_is_right_where_both_miss_in_different_ways(make_member, make_panel):
    """Three classes."""
    more = {"task": "single_label", "labels": ("joy", "fear", "anger"), "truth": [2, 0]}
    panel = make_panel(
        [make_member("t/0", [[1, 0, 0], [1, 0, 0]], **more)], [make_member("s/0", [[0, 1, 0], [1, 0, 0]], **more)]
    )
    flips = measure(panel).tables[0]
    assert flips.rows[0][flips.columns.index("group")] == "neither is right"


def test_without_truth_agreement_and_kl_are_still_measured(make_member, make_panel):
    """Flips need labels; these do not."""
    result = measure(make_panel([make_member("t/0", TEACHER)], [make_member("s/0", STUDENT)]))
    assert set(figures(result)) == {"agreement", "kl"}
    assert result.remarks == ("Flips are not measured: 0 items carry a human label.",)


def test_a_student_identical_to_its_teacher_agrees_everywhere(make_member, make_panel):
    """Agreement 1, KL 0; the interval still has a width."""
    teacher = make_member("t/0", TEACHER, truth=TRUTH)
    found = figures(measure(make_panel([teacher], [replace(teacher, name="s/0")])))
    assert (found["agreement"].value, found["kl"].value, found["negative_flips"].value) == (1, 0, 0)
    assert found["agreement"].interval == wilson(5, 5)


def test_several_seeds_are_averaged_with_their_spread_and_stay_within_bounds(make_member, make_panel):
    """Seeds agree on 2 and on 5 of 5: mean 0.7, and an interval that ends at 1."""
    students = [make_member("s/0", STUDENT), make_member("s/1", TEACHER)]
    agreement = figures(measure(make_panel([make_member("t/0", TEACHER)], students)))["agreement"]
    assert agreement.value == pytest.approx(0.7)
    assert agreement.interval.high == 1
    assert agreement.interval.low == 0
    assert agreement.models == ("s/0", "s/1", "t/0")


def test_a_probability_of_zero_leaves_kl_unmeasured(make_member, make_panel):
    """It would be infinite."""
    teacher = make_member("t/0", [[0.9, 0.1], [0.2, 0.8]], outputs="probabilities")
    student = make_member("s/0", [[1.0, 0.0], [0.3, 0.7]], outputs="probabilities")
    result = measure(make_panel([teacher], [student]))
    assert "kl" not in figures(result)
    assert "KL of s is not measured: 1 items have a probability of 0." in result.remarks


def test_hard_decisions_agree_but_have_no_kl_and_no_confidence(make_member, make_panel):
    """The table keeps the order of the ids."""
    teacher = make_member("t/0", [[1, 0], [0, 1]], outputs="decisions")
    student = make_member("s/0", [[0, 1], [1, 0]], outputs="decisions")
    result = measure(make_panel([teacher], [student]))
    assert figures(result)["agreement"].value == 0
    assert "give no probabilities" in result.remarks[-1]
    flips = result.tables[0]
    assert [row[0] for row in flips.rows] == ["i0000", "i0001"]
    assert flips.rows[0][flips.columns.index("teacher confidence")] is None


def test_multi_label_answers_are_compared_as_sets(make_member, make_panel):
    """Both labels must be the same; none is an answer too."""
    more = {"task": "multi_label", "labels": ("rude", "threat"), "truth": [[1, 0], [0, 0]]}
    panel = make_panel(
        [make_member("t/0", [[1, -1], [-1, -1]], **more)], [make_member("s/0", [[1, 1], [-1, -1]], **more)]
    )
    result = measure(panel)
    assert figures(result)["agreement"].value == 0.5
    assert figures(result)["negative_flips"].value == 0.5
    assert "no distribution" in result.remarks[0]
    assert result.tables[0].rows[0][result.tables[0].columns.index("student label")] == "rude, threat"


def test_two_teachers_show_their_churn(make_member, make_panel):
    """They differ on three of five."""
    panel = make_panel([make_member("t/0", TEACHER), make_member("t/1", STUDENT)], [make_member("s/0", STUDENT)])
    churn = figures(measure(panel))["churn"]
    assert (churn.value, churn.models, churn.student) == (0.6, ("t/0", "t/1"), None)


def test_regression_and_bare_rankings_are_not_applicable(make_member, make_panel):
    """And why."""
    more = {"task": "regression", "labels": ("value",), "outputs": "values"}
    panel = make_panel([make_member("t/0", [1, 2], **more)], [make_member("s/0", [1, 2], **more)])
    assert "no labels to agree on" in measure(panel).not_applicable
    panel = make_panel([make_member("t/0", [1, 2], outputs="score")], [make_member("s/0", [1, 2])])
    assert "t/0 gives a ranking score" in measure(panel).not_applicable
    panel = make_panel([make_member("t/0", [1, 2])], [make_member("s/0", [1, 2], outputs="score")])
    assert "No student decides" in measure(panel).not_applicable
    panel = make_panel(
        [make_member("t/0", [1, 2])], [make_member("s/0", [1, 2], outputs="score"), make_member("r/0", [1, 2])]
    )
    assert "s is not measured: it ranks, without a threshold it decides nothing." in measure(panel).remarks
