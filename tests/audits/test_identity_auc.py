"""Tests of the audit of identities."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from angelshare.audits.identity_auc import COLUMNS, IdentityAuc, IdentityOptions
from angelshare.audits.quality import Quality
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.statement.margins import judged_metrics
from angelshare.stats.identity import ORDERINGS, power_mean

AUCS = ("subgroup_auc", "bpsn_auc", "bnsp_auc")
N = 600


@pytest.fixture
def texts():
    """Labels, and three identities that overlap; the third has 8 positives."""
    rng = np.random.default_rng(3)
    truth = (rng.random(N) < 0.35).astype(np.int64)
    slices = {f"mentions_{name}": rng.random(N) < share for name, share in (("quiet", 0.3), ("tall", 0.4))}
    slices["mentions_few"] = np.isin(np.arange(N), [*np.flatnonzero(truth)[:8], *np.flatnonzero(truth == 0)[:40]])
    slices["long"] = np.arange(N) % 2 == 0
    return truth, slices


def measure(panel, **options):
    """Return the audit's result."""
    audit = IdentityAuc(IdentityOptions(**options))
    return audit.measure(Observations({(TEST, "scores"): panel}), AuditSettings())


def rows_of(result):
    """Return the rows by metric, contrast and slice."""
    return {(d.metric, d.contrast, d.slice): d for d in result.differences}


def test_every_value_is_sklearns_on_its_items(noisy, make_panel, texts):
    """Both sides of every row, the means over identities, and the table of every model."""
    truth, slices = texts
    slices["mentions_few"] &= truth == 1
    members = [noisy(name, truth, noise, slices=slices) for name, noise in (("teacher/0", 1.0), ("mlp/0", 1.6))]
    result = measure(make_panel(members[:1], members[1:]))
    rows, expected = rows_of(result), {}
    for side, member in zip(("right_value", "left_value"), members, strict=True):
        for name in ("mentions_quiet", "mentions_tall"):
            mask, positive = slices[name], truth == 1
            for metric, ordering in ORDERINGS.items():
                above, below = (
                    (mask == inside) & (positive == label) for inside, label in (ordering.above, ordering.below)
                )
                kept = above | below
                value = roc_auc_score(above[kept], member.member.ranking()[kept]) - ordering.chance
                expected[metric, name, side] = value
                assert getattr(rows[metric, "student-teacher", name], side) == pytest.approx(value, abs=1e-12)
        overall, powers = roc_auc_score(truth, member.member.ranking()), []
        for metric in AUCS:
            values = np.array([expected[metric, name, side] for name in ("mentions_quiet", "mentions_tall")])
            powers.append(power_mean(values))
            mean, power = (
                getattr(rows[f"{kind}_{metric}", "student-teacher", None], side) for kind in ("mean", "power_mean")
            )
            assert (mean, power) == (pytest.approx(values.mean(), abs=1e-12), pytest.approx(powers[-1], abs=1e-12))
        final = getattr(rows["final_bias_score", "student-teacher", None], side)
        assert final == pytest.approx(0.25 * (overall + sum(powers)), abs=1e-12)
    (table,) = result.tables
    assert table.columns == COLUMNS
    by_row = {(row[0], row[2]): row for row in table.rows}
    assert len(by_row) == 6
    quiet = slices["mentions_quiet"]
    wanted = [expected[metric, "mentions_quiet", "left_value"] for metric in ORDERINGS]
    assert by_row["mlp/0", "mentions_quiet"][:5] == (
        "mlp/0",
        "student",
        "mentions_quiet",
        quiet.sum(),
        truth[quiet].sum(),
    )
    assert by_row["mlp/0", "mentions_quiet"][5:] == pytest.approx(wanted, abs=1e-12)
    assert by_row["mlp/0", "mentions_few"][3:] == (8, 8, *[None] * 5)


@pytest.mark.parametrize("design", ["independent", "clusters", "weights"])
def test_a_subgroups_row_is_that_of_the_auc_in_its_slice(noisy, make_panel, texts, design):
    """The same value, standard error, degrees of freedom, items and interval as `quality` gives."""
    truth, slices = texts
    more = {"clusters": {"clusters": np.arange(N) % 40}, "weights": {"weights": np.linspace(1, 3, N)}}.get(design, {})
    panel = make_panel(
        [noisy("teacher/0", truth, 1.0, slices=slices, **more)], [noisy("mlp/0", truth, 1.6, slices=slices, **more)]
    )
    mine = rows_of(measure(panel))["subgroup_auc", "student-teacher", "mentions_tall"]
    its = rows_of(Quality().measure(Observations({(TEST, "scores"): panel}), AuditSettings()))[
        "auc", "student-teacher", "mentions_tall"
    ]
    assert mine.inference.value == pytest.approx(its.inference.value, abs=1e-15)
    assert (mine.inference.n, mine.inference.n_clusters) == (its.inference.n, its.inference.n_clusters)
    for name in ("se", "df", "item_variance"):
        assert getattr(mine.inference, name) == pytest.approx(getattr(its.inference, name), rel=1e-9)
    assert mine.inference.interval().low == pytest.approx(its.inference.interval().low, abs=1e-12)
    assert mine.least_margin == pytest.approx(its.least_margin, rel=1e-9)


def test_an_identity_with_too_few_items_is_a_gap_with_its_counts_and_in_no_mean(noisy, make_panel, texts):
    """Eight positives: no subgroup and no BNSP AUC, but a BPSN AUC; one without any item has nothing."""
    truth, slices = texts
    slices |= {"identity none": np.zeros(N, dtype=bool)}
    panel = make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], [noisy("mlp/0", truth, 1.6, slices=slices)])
    result = measure(panel)
    gaps = {(gap.metric, gap.contrast, gap.slice): gap.why for gap in result.gaps}
    few = "8 positives of the identity and 40 negatives of the identity, at least 10 of each are needed"
    assert gaps["subgroup_auc", "student-teacher", "mentions_few"] == few
    assert gaps["subgroup_auc", "slice-rest", "mentions_few"] == few
    assert gaps["bnsp_auc", "student-teacher", "mentions_few"].startswith("8 positives of the identity and ")
    assert gaps["bpsn_auc", "student-teacher", "identity none"].endswith(
        "0 negatives of the identity, at least 10 of each are needed"
    )
    assert ("aeg_positive", "student-teacher", "mentions_few") in gaps
    assert ("aeg_positive", "slice-rest", "mentions_few") not in gaps
    rows = rows_of(result)
    values = {
        name: rows["bpsn_auc", "student-teacher", name].left_value
        for name in slices
        if name not in ("long", "identity none")
    }
    assert rows["mean_bpsn_auc", "student-teacher", None].left_value == pytest.approx(np.mean(list(values.values())))
    subgroup = [rows["subgroup_auc", "student-teacher", f"mentions_{name}"].left_value for name in ("quiet", "tall")]
    assert rows["mean_subgroup_auc", "student-teacher", None].left_value == pytest.approx(np.mean(subgroup))
    assert any(few in remark for remark in result.remarks)


def test_of_one_identity_there_is_no_mean_and_no_excess(noisy, make_panel, texts):
    """The reason is said for each of them."""
    truth, slices = texts
    panel = make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], [noisy("mlp/0", truth, 1.6, slices=slices)])
    result = measure(panel, identities=("mentions_tall",))
    assert {(d.metric, d.contrast) for d in result.differences} == {(metric, "student-teacher") for metric in ORDERINGS}
    why = "fewer than two identities are measured well enough"
    missing = {(gap.metric, gap.contrast) for gap in result.gaps if gap.why == why}
    means = {f"{kind}_{metric}" for kind in ("mean", "power_mean") for metric in AUCS}
    assert missing == {(metric, "slice-rest") for metric in AUCS} | {
        (m, "student-teacher") for m in (*means, "final_bias_score")
    }


def test_it_says_why_it_is_not_applicable(make_member, make_panel):
    """No binary task, no truth, no scores, no identity among the slices."""
    truth, scores, slices = np.arange(40) % 2, np.arange(40.0), {"short": np.arange(40) < 20}

    def why(**more):
        values = more.pop("values", scores)
        panel = make_panel([make_member("teacher/0", values, **more)], [make_member("mlp/0", values[::-1], **more)])
        result = measure(panel)
        assert not result.differences
        return result.not_applicable

    three = {"task": "single_label", "labels": ("a", "b", "c")}
    assert "The task is single_label" in why(values=np.eye(3)[np.arange(40) % 3], truth=truth, **three)
    assert why() == "None of the 40 items of toy carries a human label, which an AUC needs."
    assert "hard decisions" in why(values=np.eye(2)[truth], truth=truth, outputs="decisions", slices=slices)
    said = why(truth=truth, slices=slices)
    assert said.startswith("No slice is called like an identity (mentions_*, identity*). The slices: short.")
    assert "--identities" in said
    assert "The slices: none." in why(truth=truth)


def test_a_student_of_hard_decisions_is_a_gap_beside_one_that_ranks(noisy, make_member, make_panel, texts):
    """Its rows are missing with the reason; the other student has all of them."""
    truth, slices = texts
    hard = make_member("rule/0", np.eye(2)[truth], truth=truth, outputs="decisions", slices=slices)
    teacher, mlp = (noisy(name, truth, noise, slices=slices) for name, noise in (("teacher/0", 1.0), ("mlp/0", 1.6)))
    result = measure(make_panel([teacher], [mlp, hard]))
    assert {d.student for d in result.differences} == {"mlp"}
    of_rule = [gap for gap in result.gaps if gap.student == "rule"]
    assert {gap.why for gap in of_rule} == {"hard decisions do not rank (rule/0)"}
    assert {"final_bias_score", "mean_bpsn_auc", "aeg_negative"} <= {gap.metric for gap in of_rule}


def test_equal_models_lose_nothing_exactly(noisy, make_panel, texts, altered):
    """The same scores: every row is zero and identical, excess and means too."""
    truth, slices = texts
    teacher = noisy("teacher/0", truth, 1.0, slices=slices)
    result = measure(make_panel([teacher], [altered(teacher, name="mlp/0")]))
    assert len(result.differences) > 20
    assert all(d.identical and (d.inference.value, d.inference.se) == (0, 0) for d in result.differences)


def test_the_gaps_between_scores_are_judged_by_their_distance_from_0(noisy, make_panel, texts):
    """Direction, target, and the inference on the teacher's own value."""
    truth, slices = texts
    panel = make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], [noisy("mlp/0", truth, 1.6, slices=slices)])
    row = rows_of(measure(panel))["aeg_negative", "student-teacher", "mentions_tall"]
    assert (row.direction, row.target) == ("target", 0.0)
    assert row.right_inference.value == pytest.approx(row.right_value)
    assert 0 < row.right_inference.se < 0.1


def test_what_is_said_of_the_identities_themselves(noisy, make_panel, texts):
    """Fractions count from a half on; keywords are no annotation; named otherwise, that is not said."""
    truth, slices = texts
    panel = make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], [noisy("mlp/0", truth, 1.6, slices=slices)])
    positive, fractions, keywords = measure(panel).remarks[:3]
    assert positive == "Positive are the items labelled yes, the second of the labels."
    assert "from 0.5 on" in fractions
    assert "3 identities (mentions_*) are matches of keywords" in keywords
    assert not any("keywords" in remark for remark in measure(panel, identities=("lo*",)).remarks)


def test_a_copy_of_an_identity_is_measured_once(noisy, make_panel, texts):
    """The same items under a second name count once, and that is said; two without any item are two gaps."""
    truth, slices = texts
    nobody = {name: np.zeros(N, dtype=bool) for name in ("identity a", "identity b")}
    slices |= {"identity tall": slices["mentions_tall"].copy(), **nobody}
    panel = make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], [noisy("mlp/0", truth, 1.6, slices=slices)])
    result = measure(panel)
    said = "identity tall holds the same items as mentions_tall: it is measured once, under that name."
    assert said in result.remarks
    assert not any(d.slice == "identity tall" for d in result.differences)
    assert {"identity a", "identity b"} <= {gap.slice for gap in result.gaps}


def test_seeds_baselines_and_margins(noisy, make_panel, texts):
    """Two seeds make a recipe; only a student is held against its teacher identity by identity; all are judged."""
    truth, slices = texts
    students = [noisy(f"mlp/{seed}", truth, 1.6, seed=seed, slices=slices) for seed in (0, 1)]
    baselines = [noisy(f"mlp/{seed}", truth, 2.0, seed=seed, slices=slices) for seed in (0, 1)]
    result = measure(make_panel([noisy("teacher/0", truth, 1.0, slices=slices)], students, baselines=baselines))
    assert {d.contrast for d in result.differences} == {
        "student-teacher",
        "student-baseline",
        "baseline-teacher",
        "slice-rest",
    }
    assert all(d.kind == "recipe" and d.inference.n_seeds == 2 for d in result.differences)
    assert all(np.mean(d.values_by_seed) == pytest.approx(d.inference.value, abs=1e-15) for d in result.differences)
    assert {d.metric for d in result.differences} <= set(judged_metrics())
    assert all(d.direction == judged_metrics()[d.metric].direction for d in result.differences)


def test_scores_tied_everywhere_are_a_half_and_stay_undecided(make_member, make_panel, texts):
    """One score for all texts: nothing is ranked, and no interval is a point."""
    truth, slices = texts
    members = [
        make_member(name, np.full(N, value), truth=truth, slices=slices)
        for name, value in (("teacher/0", 1), ("mlp/0", 2))
    ]
    for row in measure(make_panel(members[:1], members[1:])).differences:
        interval = row.inference.interval()
        assert row.inference.value == 0
        assert interval.low < 0 < interval.high
