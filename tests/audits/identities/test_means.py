"""Tests of means over identities and of one identity against the others."""

import numpy as np
import pytest

from angelshare.audits.identity_auc import IdentityAuc
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.stats.identity import ORDERINGS, power_mean

AUCS = ("subgroup_auc", "bpsn_auc", "bnsp_auc")
N = 300


def panel_with(noisy, make_panel, *, share=0.35, n_identities=3, **more):
    """Return a panel with overlapping identities."""
    rng = np.random.default_rng(11)
    truth = (rng.random(N) < 0.4).astype(np.int64)
    slices = {f"identity_{i}": rng.random(N) < share for i in range(n_identities)}
    sides = (noisy(name, truth, noise, slices=slices, **more) for name, noise in (("teacher/0", 1.0), ("mlp/0", 1.6)))
    teacher, student = sides
    return make_panel([teacher], [student])


def rows_of(panel):
    """Return the rows by metric, contrast and slice."""
    differences = IdentityAuc().measure(Observations({(TEST, "scores"): panel}), AuditSettings()).differences
    return {(d.metric, d.contrast, d.slice): d for d in differences}


def statistics(panel):
    """Return a function: weights of the items -> student - teacher of every mean, and the first identity's excess."""
    positive, slices = panel.truth == 1, panel.items.slices
    scores = [panel.students[0].first.ranking(), panel.teacher.first.ranking()]
    ahead = [(side[:, None] > side) + 0.5 * (side[:, None] == side) for side in scores]

    def auc(pairs, above, below, weights):
        up, down = weights * above, weights * below
        return up @ pairs @ down / (up.sum() * down.sum())

    def of_model(pairs, weights):
        figures = {}
        for metric in AUCS:
            cells = (ORDERINGS[metric].above, ORDERINGS[metric].below)
            masks = [[(mask == inside) & (positive == label) for inside, label in cells] for mask in slices.values()]
            values = np.array([auc(pairs, *pair, weights) for pair in masks])
            figures[f"mean_{metric}"], figures[f"power_mean_{metric}"] = values.mean(), power_mean(values)
            figures[f"excess_{metric}"] = values[0] - values[1:].mean()
        overall = auc(pairs, positive, ~positive, weights)
        powers = [figures[f"power_mean_{metric}"] for metric in AUCS]
        return figures | {"final_bias_score": 0.25 * (overall + sum(powers))}

    def of_both(weights):
        student, teacher = (of_model(pairs, weights) for pairs in ahead)
        return {name: student[name] - teacher[name] for name in student}

    return of_both


def test_variances_are_those_of_numeric_influence(noisy, make_panel):
    """The infinitesimal jackknife: each item's weight is raised a little, and everything is computed again from pairs.

    DeLong's variance divides by m (m - 1) where the jackknife does by m^2: with 50 items and more, 1% of the error.
    """
    panel = panel_with(noisy, make_panel)
    rows, weighted, step = rows_of(panel), statistics(panel), 1e-4
    start = weighted(np.ones(N))
    moved = [weighted(np.ones(N) + step * (np.arange(N) == i)) for i in range(N)]
    for name, value in start.items():
        metric, excess, _ = name.rpartition("excess_")[::-1]
        key = (metric, "slice-rest", "identity_0") if excess else (name, "student-teacher", None)
        se = np.sqrt(np.sum([((values[name] - value) / step) ** 2 for values in moved]))
        assert rows[key].inference.value == pytest.approx(value, abs=1e-12)
        assert rows[key].inference.se == pytest.approx(se, rel=0.015)


def test_an_excess_is_the_delta_less_the_mean_delta_of_the_others(noisy, make_panel):
    """Both values of the row, and its difference."""
    rows = rows_of(panel_with(noisy, make_panel))
    for metric in AUCS:
        deltas = {i: rows[metric, "student-teacher", f"identity_{i}"].inference.value for i in range(3)}
        row = rows[metric, "slice-rest", "identity_1"]
        assert row.left_value == pytest.approx(deltas[1])
        assert row.right_value == pytest.approx((deltas[0] + deltas[2]) / 2)
        assert row.inference.value == pytest.approx(deltas[1] - (deltas[0] + deltas[2]) / 2)
    assert not any(contrast == "slice-rest" and metric not in AUCS for metric, contrast, _ in rows)


@pytest.mark.parametrize("more", [{}, {"clusters": np.arange(N) % 25}, {"weights": np.linspace(1, 2, N)}])
def test_of_two_identities_one_excess_is_the_others_opposite(noisy, make_panel, more):
    """Exactly mirrored intervals."""
    rows = rows_of(panel_with(noisy, make_panel, n_identities=2, **more))
    for metric in AUCS:
        first, second = (rows[metric, "slice-rest", f"identity_{i}"] for i in (0, 1))
        assert first.inference.value == pytest.approx(-second.inference.value, abs=1e-14)
        assert first.inference.interval().low == pytest.approx(-second.inference.interval().high, abs=1e-9)
        assert first.least_margin == pytest.approx(second.least_margin)


def test_few_clusters_carry_no_verdict_and_enter_no_mean(noisy, make_panel):
    """Eight clusters: rows with all verdicts withheld, no mean, no excess, and the reason; forty carry them."""
    few = IdentityAuc().measure(
        Observations({(TEST, "scores"): panel_with(noisy, make_panel, clusters=np.arange(N) % 8)}), AuditSettings()
    )
    assert {d.metric for d in few.differences} == set(ORDERINGS)
    assert all(d.withheld == ("lost", "preserved", "gained") for d in few.differences)
    assert all(d.remarks == ("fewer than 10 clusters",) for d in few.differences)
    assert {gap.why for gap in few.gaps if gap.contrast == "slice-rest"} == {"it lies in fewer than 10 clusters"}
    rows = rows_of(panel_with(noisy, make_panel, clusters=np.arange(N) % 40))
    assert not any(row.withheld for row in rows.values())
    assert all(35 < row.inference.n_clusters <= 40 for row in rows.values())


def test_what_clusters_could_hide_of_a_mean_is_the_mean_of_what_they_could_of_its_identities(noisy, make_panel):
    """The same clusters carry all identities; of an excess it is the larger of both sides."""
    rows = rows_of(panel_with(noisy, make_panel, clusters=np.arange(N) % 40))
    hidden = [rows["bpsn_auc", "student-teacher", f"identity_{i}"].least_margin for i in range(3)]
    assert min(hidden) > 0.05
    assert rows["mean_bpsn_auc", "student-teacher", None].least_margin == pytest.approx(np.mean(hidden))
    of_others = (hidden[1] + hidden[2]) / 2
    assert rows["bpsn_auc", "slice-rest", "identity_0"].least_margin == pytest.approx(max(hidden[0], of_others))


def test_an_identity_of_one_cluster_is_not_measured(noisy, make_panel):
    """Nothing follows for other clusters."""
    rng = np.random.default_rng(2)
    truth = (rng.random(N) < 0.4).astype(np.int64)
    slices = {"identity_0": np.arange(N) < 60, "identity_1": rng.random(N) < 0.4, "identity_2": rng.random(N) < 0.4}
    codes = np.arange(N) // 60
    teacher, mlp = (
        noisy(name, truth, noise, slices=slices, clusters=codes) for name, noise in (("teacher/0", 1.0), ("mlp/0", 1.6))
    )
    result = IdentityAuc().measure(Observations({(TEST, "scores"): make_panel([teacher], [mlp])}), AuditSettings())
    gaps = {(gap.metric, gap.slice): gap.why for gap in result.gaps}
    assert gaps["bpsn_auc", "identity_0"] == "all its items, or all of one class, are of one cluster"


def test_an_excess_reaches_beyond_one(noisy, make_panel, altered):
    """One identity's AUCs fall from 1 to 0 while the other's rise from 0 to 1: the excess is -2 and +2."""
    truth, first = np.arange(N) % 2, np.arange(N) < N // 2
    sides = {name: np.where(first, sign, -sign) * (2 * truth - 1) for name, sign in (("teacher/0", 1), ("mlp/0", -1))}
    slices = {"identity_0": first, "identity_1": ~first}
    base = noisy("one", truth, 1.0, slices=slices)
    members = [
        altered(base, name=name, values=np.stack([-value, value], axis=1).astype(float))
        for name, value in sides.items()
    ]
    rows = rows_of(make_panel(members[:1], members[1:]))
    for name, excess in (("identity_0", -2.0), ("identity_1", 2.0)):
        inference = rows["subgroup_auc", "slice-rest", name].inference
        interval = inference.interval()
        assert inference.value == excess
        assert interval.low <= excess <= interval.high
        assert inference.p_value(0.0) < 0.001
