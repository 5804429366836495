"""Tests of the calibration audit."""

import math

import numpy as np
import pytest
from scipy import stats

from angelshare.audits.calibration import Calibration
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.stats.inference import IDENTICAL
from angelshare.stats.proportions import wilson

SETS = {"task": "multi_label", "labels": ("rude", "threat"), "outputs": "probabilities"}


def measure(panel, **settings):
    """Return what the audit finds."""
    return Calibration().measure(Observations({(TEST, "scores"): panel}), AuditSettings(**settings))


def rows(result):
    """Return the rows by metric, contrast and slice."""
    return {(d.metric, d.contrast, d.slice): d for d in result.differences}


def table(result, name):
    """Return a table's rows as dictionaries."""
    (named,) = [table for table in result.tables if table.name == name]
    return [dict(zip(named.columns, row, strict=True)) for row in named.rows]


@pytest.fixture
def chances(make_member):
    """Build a binary member from the probability of `yes`."""

    def build(name, positive, truth, **more):
        positive = np.asarray(positive, dtype=np.float64)
        return make_member(
            name, np.column_stack([1 - positive, positive]), truth=truth, outputs="probabilities", **more
        )

    return build


def test_the_three_rows_worked_by_hand(chances, make_panel):
    """Truth yes, no. Teacher says yes with 0.9 and 0.2, student with 0.6 and 0.6; an unlabelled third does not count."""
    teacher, student = chances("t/0", [0.9, 0.2, 0.5], [1, 0, -1]), chances("s/0", [0.6, 0.6, 0.9], [1, 0, -1])
    result = measure(make_panel([teacher], [student]))
    by_name = rows(result)
    nll = by_name["nll", "student-teacher", None]
    assert nll.left_value == pytest.approx(-(math.log(0.6) + math.log(0.4)) / 2)
    assert nll.right_value == pytest.approx(-(math.log(0.9) + math.log(0.8)) / 2)
    assert (nll.direction, nll.withheld, nll.inference.n) == ("lower", ("preserved",), 2)
    brier = by_name["brier", "student-teacher", None]
    assert (brier.left_value, brier.right_value) == (pytest.approx(0.26), pytest.approx(0.025))
    assert (brier.direction, brier.withheld) == ("lower", ())
    sure = by_name["overconfidence", "student-teacher", None]
    # student: 0.6 sure, right once of twice; teacher: 0.85 sure, right twice
    assert (sure.left_value, sure.right_value) == (pytest.approx(0.1), pytest.approx(-0.15))
    assert (sure.direction, sure.target) == ("target", 0.0)
    assert sure.right_inference.value == pytest.approx(-0.15)
    assert sure.inference.value == pytest.approx(0.25)


def test_bounded_scores_are_never_known_better_than_unseen_items_allow(chances, make_panel):
    """200 items with equal differences: what was sampled has no spread, what 200 (at reach 2: 100) may miss has."""
    truth = np.ones(200, dtype=int)
    panel = make_panel([chances("t/0", np.full(200, 0.9), truth)], [chances("s/0", np.full(200, 0.8), truth)])
    by_name = rows(measure(panel))
    q = stats.t.ppf(0.975, 199)
    for metric, n in (("brier", 200), ("overconfidence", 100)):
        inference = by_name[metric, "student-teacher", None].inference
        assert inference.interval().high == pytest.approx(inference.value + q**2 / (n + q**2))
        assert inference.interval().method == "paired t, with unseen items"


def test_the_brier_score_of_classes_reaches_twice_as_far(make_member, make_panel):
    """As if half of the items had been seen."""
    more = {
        "task": "single_label",
        "labels": ("a", "b", "c"),
        "outputs": "probabilities",
        "truth": np.zeros(80, dtype=int),
    }
    teacher = make_member("t/0", np.tile([0.8, 0.1, 0.1], (80, 1)), **more)
    student = make_member("s/0", np.tile([0.7, 0.2, 0.1], (80, 1)), **more)
    row = rows(measure(make_panel([teacher], [student])))["brier", "student-teacher", None]
    assert row.left_value == pytest.approx(0.09 + 0.04 + 0.01)
    q = stats.t.ppf(0.975, 79)
    assert row.inference.interval().high == pytest.approx(row.inference.value + q**2 / (40 + q**2))


def test_the_student_itself_has_no_difference(chances, make_panel, altered):
    """Equal probabilities are a reason to judge a zero width."""
    teacher = chances("t/0", [0.9, 0.2, 0.7], [1, 0, 1])
    by_name = rows(measure(make_panel([teacher], [altered(teacher, name="s/0")])))
    for row in by_name.values():
        assert row.identical
        assert (row.inference.value, row.inference.method) == (0.0, IDENTICAL)


def test_swapping_the_sides_changes_the_sign(chances, make_panel, altered):
    """Of every row."""
    truth = [1, 0, 1, 1]
    left, right = chances("t/0", [0.9, 0.2, 0.7, 0.4], truth), chances("s/0", [0.6, 0.6, 0.8, 0.9], truth)
    there = rows(measure(make_panel([left], [right])))
    back = rows(measure(make_panel([altered(right, name="t/0")], [altered(left, name="s/0")])))
    for key, row in there.items():
        assert row.inference.value == pytest.approx(-back[key].inference.value)


def test_every_contrast_is_measured_and_slices_where_a_gate_asks(chances, make_panel):
    """With its excess over the other items, but for a target."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 60)
    more = {"slices": {"half": np.arange(60) < 30}}
    members = [chances(name, rng.uniform(0.05, 0.95, 60), truth, **more) for name in ("t/0", "s/0", "s/0")]
    panel = make_panel([members[0]], [members[1]], baselines=[members[2]])
    by_name = rows(measure(panel))
    assert {(contrast, name) for _, contrast, name in by_name} == {
        ("student-teacher", None),
        ("student-baseline", None),
        ("baseline-teacher", None),
    }
    asked = rows(measure(panel, in_slices=frozenset({"brier"})))
    assert ("brier", "student-teacher", "half") in asked
    assert ("nll", "student-teacher", "half") not in asked
    excess = asked["brier", "slice-rest", "half"]
    assert excess.inference.value == pytest.approx(excess.left_value - excess.right_value)
    assert excess.inference.interval().method.endswith("with unseen items")


def test_a_probability_of_0_for_the_truth_leaves_the_log_loss_unmeasured(chances, make_panel):
    """It would be infinite; the others are measured."""
    panel = make_panel([chances("t/0", [0.9, 0.2], [1, 0])], [chances("s/0", [0.0, 0.5], [1, 0])])
    result = measure(panel)
    assert {metric for metric, *_ in rows(result)} == {"brier", "overconfidence"}
    (remark,) = result.remarks
    assert remark.startswith("Not measured: nll")
    assert remark.endswith(": 1 items have a probability of 0 for their true label.")


def test_a_model_without_probabilities_is_named(chances, make_member, make_panel):
    """The teacher's own errors are still reported."""
    student = make_member("s/0", [[1, 0], [0, 1]], truth=[1, 0], outputs="decisions")
    result = measure(make_panel([chances("t/0", [0.9, 0.2], [1, 0])], [student]))
    assert result.differences == ()
    assert result.remarks == ("Not measured: nll, brier, overconfidence: s/0 gives no probabilities.",)
    assert {estimate.models for estimate in result.estimates} == {("t/0",)}


def test_what_cannot_be_measured_at_all_says_why(make_member, chances, make_panel):
    """Hard decisions, bare scores, regression, no labels."""

    def reason(*members):
        return measure(make_panel([members[0]], [members[1]])).not_applicable

    hard = {"outputs": "decisions", "truth": [1, 0]}
    members = [make_member(name, [[1, 0], [0, 1]], **hard) for name in ("t/0", "s/0")]
    assert reason(*members) == (
        "The models give hard decisions, and no probabilities that could be compared with how often they come true."
    )
    score = make_member("s/0", [0.1, 0.9], outputs="score", truth=[1, 0])
    assert reason(members[0], score).startswith(
        "The models give hard decisions or ranking scores, and no probabilities"
    )
    more = {"task": "regression", "labels": ("value",), "outputs": "values", "truth": [1.0, 2.0]}
    values = [make_member(name, [1, 2], **more) for name in ("t/0", "s/0")]
    assert reason(*values) == "Regression gives no probabilities: see the mean squared error under quality."
    few = [chances(name, [0.9, 0.2], [1, -1]) for name in ("t/0", "s/0")]
    assert reason(*few) == "1 of the 2 items of toy carry a human label; at least 2 are needed."


def test_errors_are_those_of_single_members_in_a_table_and_their_mean_as_an_estimate(chances, make_panel):
    """Baselines, whose members bear the same names, are in the table only."""
    truth = (np.arange(100) < 60).astype(int)
    teacher = chances("t/0", np.full(100, 0.9), truth)
    students = [chances("s/0", np.full(100, 0.8), truth), chances("s/1", np.full(100, 0.7), truth)]
    result = measure(make_panel([teacher], students, baselines=[chances("s/0", np.full(100, 0.99), truth)]))
    estimates = {(e.metric, e.student): e for e in result.estimates}
    assert set(estimates) == {(metric, name) for metric in ("ece", "ece_classwise") for name in (None, "s")}
    assert estimates["ece", "s"].models == ("s/0", "s/1")
    assert estimates["ece", "s"].n == 100
    errors = table(result, "calibration_errors")
    assert [(r["model"], r["role"], r["n"]) for r in errors] == [
        ("t/0", "teacher", 100),
        ("s/0", "student", 100),
        ("s/1", "student", 100),
        ("s/0", "baseline", 100),
    ]
    assert [r["ece_plug_in"] for r in errors] == [pytest.approx(gap) for gap in (0.3, 0.2, 0.1, 0.39)]
    assert estimates["ece", "s"].value == pytest.approx((errors[1]["ece"] + errors[2]["ece"]) / 2)
    assert all(r["ece"] <= r["ece_plug_in"] for r in errors)


def test_reliability_worked_by_hand(chances, make_panel):
    """Ten decisions at 0.9 of which six are right, two at 0.55: bins 13 and 8 of 15, with Wilson's intervals."""
    positive, truth = [0.9] * 10 + [0.45] * 2, [1] * 6 + [0] * 4 + [1, 0]
    result = measure(make_panel([chances("t/0", positive, truth)], [chances("s/0", positive, truth)]))
    low, high = table(result, "reliability")[:2]
    assert (low["model"], low["role"], low["n"]) == ("t/0", "teacher", 2)
    assert (low["bin_low"], low["bin_high"]) == (8 / 15, 9 / 15)
    assert (low["confidence"], low["accuracy"]) == (pytest.approx(0.55), 0.5)
    assert (high["bin_low"], high["bin_high"]) == (13 / 15, 14 / 15)
    assert (high["n"], high["confidence"], high["accuracy"]) == (10, pytest.approx(0.9), 0.6)
    assert (high["low"], high["high"]) == (wilson(6, 10).low, wilson(6, 10).high)


def test_decisions_on_several_labels_are_pooled_and_count_their_items(make_member, make_panel):
    """Two labels of twelve items: 24 decisions, whose interval is that of twelve clusters or wider than Wilson's."""
    truth = np.tile([[1.0, 0.0]], (12, 1))
    truth[:6] = [0.0, 1.0]
    members = [make_member(name, np.full((12, 2), 0.4), truth=truth, **SETS) for name in ("t/0", "s/0")]
    row = table(measure(make_panel([members[0]], [members[1]])), "reliability")[0]
    assert (row["n"], row["confidence"], row["accuracy"]) == (24, pytest.approx(0.6), 0.5)
    # every item has one right and one wrong decision, so nothing varies and each item counts as one
    assert (row["low"], row["high"]) == (wilson(6, 12).low, wilson(6, 12).high)
