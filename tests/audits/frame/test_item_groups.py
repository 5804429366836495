"""Rows over units that are no items."""

import numpy as np
import pytest
from scipy import stats

from angelshare.audits.frame.contrasts import pair
from angelshare.audits.frame.item_groups import LEAST_REACH, UnitMetric, Units, measure_units, weights_unused
from angelshare.audits.frame.measuring import Findings
from angelshare.audits.identity_swap import SCORE_DEV, SCORE_RANGE, SCORE_SENSE, SWAP_FLIPS
from angelshare.audits.robustness import FLIP_RATE


@pytest.fixture
def contrast(make_member, make_panel):
    """A student against its teacher; what they do in units is told by name."""
    members = [make_member(name, np.linspace(-1, 1 + i, 30)) for i, name in enumerate(("teacher", "student"))]
    return pair(make_panel(members[:1], members[1:])).contrasts[0]


def measured(contrast, metric, values, units):
    """Return the row or the gap of values by member."""
    findings = Findings()
    measure_units(contrast, metric, lambda member: np.asarray(values[member.name], dtype=float), units, findings)
    return (*findings.differences, *findings.gaps)[0]


def test_a_share_of_units_is_judged_as_one_of_items(contrast):
    """Of 40 units the student flips 6 that its teacher does not, and none the other way: Tango's interval, n = 40."""
    values = {"teacher": np.zeros(40), "student": np.r_[np.ones(6), np.zeros(34)]}
    row = measured(contrast, UnitMetric(SWAP_FLIPS), values, Units("toy", 40, "templates", 10))
    assert (row.left_value, row.right_value, row.inference.n, row.direction) == (0.15, 0.0, 40, "lower")
    assert row.inference.interval().method == "Tango score"


def test_a_target_needs_the_right_side_s_own_inference(contrast):
    """Its value, and t on its units: mean .1, standard error s / sqrt(n)."""
    rng = np.random.default_rng(0)
    teacher = rng.normal(0.1, 0.05, 50)
    metric = UnitMetric(SCORE_SENSE, is_share=False)
    values = {"teacher": teacher, "student": np.zeros(50)}
    row = measured(contrast, metric, values, Units("toy", 50, "templates", 10, slice="identity=cooks"))
    assert (row.target, row.slice) == (0.0, "identity=cooks")
    assert row.right_inference.value == pytest.approx(teacher.mean())
    assert row.right_inference.se == pytest.approx(stats.sem(teacher))


def test_units_that_are_all_alike_leave_room_for_one_that_is_not(contrast):
    """Without any spread an unseen unit may move by a third of the scale: 60 units cannot show a margin of 0.02."""
    metric = UnitMetric(SCORE_DEV, is_share=False)
    values = {"teacher": np.full(60, 0.01), "student": np.full(60, 0.01)}
    interval = measured(contrast, metric, values, Units("toy", 60, "templates", 10)).inference.interval()
    # q^2 / (k + q^2) with q^2 = 2.001^2 and k = 60 / LEAST_REACH = 180
    assert interval.high == pytest.approx(4.004 / 184.004, rel=1e-3)
    assert 0.02 < interval.high < LEAST_REACH


def test_few_units_and_a_single_cluster_are_gaps(contrast):
    """With their number, or the reason."""
    values = {"teacher": np.zeros(4), "student": np.ones(4)}
    gap = measured(contrast, UnitMetric(FLIP_RATE), values, Units("toy", 4, "partners", 5))
    assert gap.why == "4 partners, at least 5 are needed"
    alone = Units("toy", 4, "partners", 2, clusters=np.zeros(4, dtype=int))
    assert measured(contrast, UnitMetric(FLIP_RATE), values, alone).why == "all are of one cluster"


def test_few_clusters_withhold_what_they_cannot_carry(contrast):
    """Eight clusters: a share may be preserved, another mean nothing; clusters of one unit each are none."""
    values = {"teacher": np.zeros(24), "student": np.tile([0.0, 1.0, 0.0], 8)}
    few = Units("toy", 24, "partners", 2, clusters=np.repeat(np.arange(8), 3))
    assert measured(contrast, UnitMetric(FLIP_RATE), values, few).withheld == ("lost", "gained")
    mean = UnitMetric(SCORE_RANGE, is_share=False)
    assert measured(contrast, mean, values, few).withheld == ("lost", "preserved", "gained")
    singles = Units("toy", 24, "partners", 2, clusters=np.arange(24))
    assert measured(contrast, UnitMetric(FLIP_RATE), values, singles).inference.n_clusters is None


def test_weights_that_do_not_count_are_told(make_member, make_panel):
    """Where there are any."""
    even = [make_member(name, np.arange(20.0)) for name in ("teacher", "student")]
    assert weights_unused(make_panel(even[:1], even[1:]), "templates") == ()
    heavy = [make_member(n, np.arange(20.0) + i, weights=np.arange(20.0)) for i, n in enumerate(("teacher", "student"))]
    assert weights_unused(make_panel(heavy[:1], heavy[1:]), "templates")
