"""Tests of the rows of a statement: margins, families, p-values, power and what is withheld."""

import math
import re
from dataclasses import replace

import pytest
from scipy import stats

from angelshare.core.audit import AuditResult
from angelshare.core.errors import InputError
from angelshare.statement.differences import Rules, difference_rows
from angelshare.statement.gates import Gate
from angelshare.stats.inference import StudentT, no_difference
from angelshare.stats.power import detectable_difference, n_needed

NO_RULES = Rules(margins={}, gates=())
DECISIVE = ("lost", "preserved", "gained")


def rows_of(*differences, rules=NO_RULES):
    """Return the rows of one audit."""
    (rows,) = difference_rows([AuditResult("quality", "Good?", differences=differences)], rules)
    return rows


def row_of(difference, rules=NO_RULES):
    """Return the row of one difference."""
    (row,) = rows_of(difference, rules=rules)
    return row


def test_every_field_of_a_difference_is_kept(make_difference):
    """Each has its own value."""
    made = replace(
        make_difference(-0.05, 0.01, slice="women", output="rude", scale="log_ratio", direction="lower", target=0.7),
        left=("mlp/0", "mlp/1"),
        left_value=0.85,
        values_by_seed=(-0.04, -0.06),
        kind="recipe",
        inference=StudentT(-0.05, 0.01, 11.0, 900, n_clusters=12, n_seeds=2, seed_variance=2e-5, method="t, clustered"),
    )
    row = row_of(made)
    kept = {
        "metric": "accuracy",
        "data": "toy",
        "slice": "women",
        "output": "rude",
        "contrast": "student-teacher",
        "student": "mlp",
        "left": ("mlp/0", "mlp/1"),
        "right": ("teacher/0",),
        "inference": "recipe",
        "n": 900,
        "n_clusters": 12,
        "n_seeds": 2,
        "left_value": 0.85,
        "right_value": 0.9,
        "values_by_seed": (-0.04, -0.06),
        "delta": -0.05,
        "scale": "log_ratio",
        "se": 0.01,
        "direction": "lower",
        "target": 0.7,
        "judged": None,
        "judged_family": None,
        "remark": "few seeds",
    }
    assert row.model_dump(include=set(kept)) == kept


def test_both_intervals_have_their_level_and_the_verdict_is_the_familys(make_difference):
    """Four rows: .9875 for each, so z = 2.4977 instead of 1.9600."""
    row = rows_of(*(make_difference(-0.034, slice=name) for name in "abcd"))[0]
    assert (row.interval.level, row.interval_family.level) == (0.95, pytest.approx(0.9875))
    assert row.interval.high == pytest.approx(-0.034 + 0.0195996, abs=1e-7)
    assert row.interval_family.high == pytest.approx(-0.034 + 0.0249771, abs=1e-7)
    assert row.verdict == "undecided"


@pytest.mark.parametrize(("value", "direction"), [(-0.05, "higher"), (0.05, "lower")])
def test_the_p_value_of_the_margin_is_that_of_a_loss(make_difference, value, direction):
    """Five standard errors from zero, four from a margin of one."""
    row = row_of(make_difference(value, direction=direction))
    assert row.p_zero == pytest.approx(2 * stats.norm.sf(5), rel=1e-9)
    assert row.p_margin == pytest.approx(2 * stats.norm.sf(4), rel=1e-9)


def test_power_is_that_of_the_level_at_which_a_row_is_judged(make_difference):
    """Primary rows at 5% each, two exploratory rows at 2.5% each."""
    pair = [make_difference(), make_difference(metric="auc")]
    gated = rows_of(*pair, rules=Rules({}, [Gate("accuracy", 0.01), Gate("auc", 0.01)]))
    for rows, alpha in ((gated, 0.05), (rows_of(*pair), 0.025)):
        assert [row.family_size for row in rows] == [2, 2]
        for row, made in zip(rows, pair, strict=True):
            assert row.mde == pytest.approx(detectable_difference(made.inference, alpha=alpha), rel=1e-12)
            assert row.n_needed == n_needed(made.inference, 0.01, alpha=alpha)


def test_power_is_known_unless_there_is_a_target_or_an_accidental_zero_width(make_difference):
    """The same scores could have shown the least difference."""
    same = replace(make_difference(0.0), inference=no_difference(10), identical=True)
    assert (row_of(same).mde, row_of(same).n_needed) == (0.0, 1)
    accident = row_of(make_difference(0.0, 0.0))
    assert (accident.mde, accident.n_needed) == (None, None)
    right = StudentT(0.1, 0.01, math.inf, 1000)
    target = {"metric": "overconfidence", "direction": "target", "target": 0.0, "right_inference": right}
    aimed = row_of(make_difference(0.05, 0.01, **target))
    assert (aimed.mde, aimed.n_needed) == (None, None)


def test_the_margin_is_a_gates_then_an_earlier_gates_then_the_recipes(make_difference):
    """A metric that nobody judges has none; against the baseline it is 0 unless a gate says otherwise."""
    row, aimless = make_difference(), make_difference(metric="word_order", direction="none")
    now, before = Gate("accuracy", 0.02, "command line"), Gate("accuracy", 0.03)
    recipe = {"accuracy": 0.04, "word_order": 0.5}
    assert Rules(recipe, [now], [before]).margin(row) == (0.02, "command line")
    assert Rules(recipe, [], [before]).margin(row) == (0.03, "recipe")
    assert Rules(recipe, []).margin(row) == (0.04, "recipe")
    assert NO_RULES.margin(row) == (0.01, "default")
    assert NO_RULES.margin(make_difference(metric="mcc")) == (0.02, "default")
    assert Rules(recipe, []).margin(aimless) == (0.5, "recipe")
    assert NO_RULES.margin(aimless) == (0.0, "default")
    baseline = make_difference(contrast="student-baseline")
    assert Rules(recipe, [now], [before]).margin(baseline) == (0.0, "default")
    gate = Gate("accuracy", 0.05, contrast="student-baseline")
    assert Rules(recipe, [], [gate]).margin(baseline) == (0.05, "recipe")


def test_an_earlier_gate_lends_its_margin_and_makes_no_row_primary(make_difference):
    """The family is told by student, data and audit."""
    rules = Rules({}, [], [Gate("accuracy", 0.03)])
    row = row_of(make_difference(), rules=rules)
    assert (row.margin, row.family, row.family_size) == (0.03, "mlp/toy/quality", 1)


def test_families_are_counted_over_all_audits_and_rows_come_back_by_audit(make_difference):
    """Two gated rows of two audits are one family; the others are their audit's own."""
    first = AuditResult("quality", "Good?", differences=(make_difference(), make_difference(metric="auc")))
    nothing = AuditResult("speed", "Fast?")
    second = AuditResult("calibration", "Sure?", differences=(make_difference(0.05, metric="nll", direction="lower"),))
    gates = [Gate("accuracy", 0.01), Gate("nll", 0.01)]
    rows_by_result = difference_rows([first, nothing, second], Rules({}, gates))
    assert [[(row.metric, row.family, row.family_size) for row in rows] for rows in rows_by_result] == [
        [("accuracy", "primary", 2), ("auc", "mlp/toy/quality", 1)],
        [],
        [("nll", "primary", 2)],
    ]


def test_p_values_are_adjusted_within_their_family(make_difference):
    """Gated rows: of a loss beyond the margin; the others: of any difference, three times the least of three."""
    rows = rows_of(
        make_difference(-0.03),  # 2 standard errors beyond the margin
        make_difference(-0.02, slice="a"),  # 2 from zero
        make_difference(0.025, slice="b"),  # 2.5
        make_difference(0.03, slice="c"),  # 3
        make_difference(0.03, metric="auc"),  # no loss at all
        rules=Rules({}, [Gate("accuracy", 0.01), Gate("auc", 0.01)]),
    )
    p = [2 * stats.norm.sf(z) for z in (2, 2, 2.5, 3)]
    expected = [2 * p[0], p[1], 2 * p[2], 3 * p[3], 1.0]
    assert [row.p_adjusted for row in rows] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        ({}, None),
        ({"remarks": ("One.", "Two.")}, "One.; Two."),
        ({"identical": True, "remarks": ("few clusters",)}, "identical scores; few clusters"),
        ({"kind": "recipe", "left": ("mlp/0",) * 4}, "few seeds"),
        ({"kind": "recipe", "left": ("mlp/0",) * 5}, None),
        ({"left": ("mlp/0",) * 4}, None),
    ],
)
def test_remarks_are_joined_in_order(make_difference, more, remark):
    """Those of the statement first, then the audit's."""
    assert row_of(replace(make_difference(), **more)).remark == remark


def test_a_row_without_variance_says_so_before_anything_else(make_difference):
    """Few seeds besides."""
    made = replace(make_difference(0.0, 0.0), kind="recipe")
    assert row_of(made).remark == "no variance among the items, so no verdict; few seeds"


TARGET = {"metric": "overconfidence", "direction": "target", "target": 0.0}
KNOWN, POINT = StudentT(0.1, 0.01, math.inf, 1000), StudentT(0.1, 0.0, math.inf, 1000)


@pytest.mark.parametrize(
    ("se", "right", "withheld", "remark"),
    [
        (0.01, KNOWN, ("gained",), None),
        (0.0, KNOWN, DECISIVE, "no variance among the items, so no verdict"),
        (0.01, POINT, DECISIVE, "no variance in the right side's value, so no verdict"),
        (
            0.0,
            POINT,
            DECISIVE,
            "no variance among the items, so no verdict; no variance in the right side's value, so no verdict",
        ),
    ],
)
def test_a_distance_needs_the_variance_of_both_its_parts(make_difference, se, right, withheld, remark):
    """Else every verdict is withheld, whatever the audit withholds."""
    row = row_of(make_difference(0.5, se, right_inference=right, withheld=("gained",), **TARGET))
    assert (row.withheld, row.remark) == (withheld, remark)


@pytest.mark.parametrize("right", [KNOWN, POINT])
def test_nothing_is_withheld_where_both_sides_are_the_same(make_difference, right):
    """A distance from the target that cannot have grown."""
    made = make_difference(0.0, right_inference=right, **TARGET)
    row = row_of(replace(made, inference=no_difference(10), identical=True))
    assert (row.withheld, row.remark, row.verdict) == ((), "identical scores", "preserved")


def test_only_distances_need_the_right_sides_variance(make_difference):
    """Another direction withholds what the audit says, with or without variance."""
    for se in (0.0, 0.01):
        row = row_of(make_difference(-0.05, se, right_inference=POINT, withheld=("preserved",)))
        assert row.withheld == ("preserved",)
    assert row.remark is None


def test_a_target_row_keeps_the_intervals_of_its_distance(make_difference):
    """Far above the target the distance is the difference, at half the error: z(.9875) = 2.2414, z(.99375) = 2.4977."""
    far = StudentT(5.0, 0.01, math.inf, 1000)
    made = [make_difference(0.05, 0.01, slice=name, **TARGET | {"right_inference": far}) for name in "ab"]
    row = rows_of(*made)[0]
    assert (row.judged.level, row.judged_family.level) == (0.95, pytest.approx(0.975))
    assert row.judged.low == pytest.approx(0.05 - 0.0224140, abs=1e-7)
    assert row.judged_family.low == pytest.approx(0.05 - 0.0249771, abs=1e-7)
    assert row.p_margin == pytest.approx(4 * stats.norm.sf(4), abs=1e-11)  # at the margin of .01 above zero


@pytest.mark.parametrize("missing", ["target", "right_inference"])
def test_a_distance_without_its_parts_is_refused(make_difference, missing):
    """With what is missing."""
    parts = TARGET | {"right_inference": KNOWN} | {missing: None}
    said = (
        "overconfidence is judged against a target value, and its audit gives none, or no inference on the right "
        "side's value. Give both."
    )
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        row_of(make_difference(**parts))
