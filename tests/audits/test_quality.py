"""Tests of the quality audit."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from angelshare.audits.quality import Quality, collapsed
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.stats.proportions import PairedProportions


def measure(panel):
    """Return what the audit finds."""
    return Quality().measure(Observations({(TEST, "scores"): panel}), AuditSettings())


def rows(result, **wanted):
    """Return the differences with these fields."""
    return [d for d in result.differences if all(getattr(d, key) == value for key, value in wanted.items())]


def test_accuracy_of_one_student_worked_by_hand(make_member, make_panel):
    """Teacher right on 3 of 4, student on 2: one item lost, none won."""
    truth = [0, 1, 0, 1]
    panel = make_panel(
        [make_member("teacher/0", [-1, 1, -1, -1], truth=truth)], [make_member("mlp/0", [-1, 1, 1, -1], truth=truth)]
    )
    (row,) = rows(measure(panel), metric="accuracy")
    assert (row.left_value, row.right_value, row.values_by_seed) == (0.5, 0.75, (-0.25,))
    assert row.inference == PairedProportions(0, 1, 4)
    assert (row.kind, row.contrast, row.left, row.right) == (
        "this_model",
        "student-teacher",
        ("mlp/0",),
        ("teacher/0",),
    )


def test_several_seeds_are_judged_as_a_recipe(noisy, make_panel):
    """Five students against one teacher: mean over seeds, seed variance in the standard error."""
    truth = np.arange(200) % 2
    students = [noisy(f"mlp/{s}", truth, 1.5, seed=s) for s in range(5)]
    result = measure(make_panel([noisy("teacher/0", truth, 0.8)], students))
    (row,) = rows(result, metric="accuracy")
    assert row.kind == "recipe"
    assert row.inference.n_seeds == 5
    assert row.inference.seed_variance == pytest.approx(np.var(row.values_by_seed, ddof=1) / 5)
    assert row.left_value - row.right_value == pytest.approx(row.inference.value)
    assert result.remarks == ("There is one teacher, teacher/0: what is said of recipes is conditional on it.",)


def test_one_item_that_every_seed_loses_does_not_show_that_little_is_lost(make_member, make_panel):
    """200 items, two seeds: the interval is Tango's, wider than the seeds' own."""
    truth = np.arange(200) % 2
    right = 2.0 * truth - 1
    wrong_once = np.where(np.arange(200) == 7, -right, right)
    students = [make_member(f"mlp/{s}", wrong_once * (1 + s), truth=truth, seed=s) for s in range(2)]
    (row,) = rows(measure(make_panel([make_member("teacher/0", right, truth=truth)], students)), metric="accuracy")
    single = PairedProportions(0, 1, 200).interval()
    assert (row.inference.interval().low, row.inference.interval().high) == (single.low, single.high)
    assert row.inference.n_seeds == 2


def test_mcnemars_exact_p_values_stand_beside_a_student_with_one_seed(make_member, make_panel, altered):
    """One item won, five lost: 14 / 64 and (14 - 6) / 64; several seeds have none."""
    truth = [1] * 40
    teacher = make_member("t/0", [-1] + [1] * 39, truth=truth)
    student = make_member("s/0", [1] + [-1] * 5 + [1] * 34, truth=truth)
    by_metric = {e.metric: e for e in measure(make_panel([teacher], [student])).estimates}
    assert (by_metric["mcnemar_exact_p"].value, by_metric["mcnemar_midp"].value) == (
        pytest.approx(0.21875),
        pytest.approx(0.125),
    )
    assert (by_metric["mcnemar_midp"].student, by_metric["mcnemar_midp"].models) == ("s", ("s/0", "t/0"))
    seeds = [altered(student, seed=0), altered(student, name="s/1", seed=1)]
    assert {e.metric for e in measure(make_panel([teacher], seeds)).estimates} == {"majority_class"}


def test_rows_on_clustered_items_are_marked_and_the_clusters_counted(noisy, make_panel):
    """Pairs of items; clusters of one item each are no clusters."""
    truth = np.arange(60) % 2
    pairs, alone = np.arange(60) // 2, np.arange(60) * 7
    student = noisy("s/0", truth, 1.5)
    result = measure(make_panel([noisy("t/0", truth, 0.8, clusters=pairs)], [student]))
    whole = [row for row in result.differences if row.metric != "recall"]
    assert {row.inference.n_clusters for row in whole} == {30}
    assert result.remarks == ("Items come in 30 clusters: the intervals count clusters, not items.",)
    result = measure(make_panel([noisy("t/0", truth, 0.8, clusters=alone)], [student]))
    assert {row.inference.n_clusters for row in result.differences} == {None}
    assert result.remarks == ()
    assert rows(result, metric="accuracy")[0].inference.method == "Tango score"


def test_few_clusters_leave_shares_a_bound_and_nothing_else_a_verdict(noisy, make_panel):
    """Eight clusters: accuracy can be preserved at best, all else is withheld."""
    truth = np.arange(80) % 2
    result = measure(make_panel([noisy("t/0", truth, 0.8, clusters=np.arange(80) // 10)], [noisy("s/0", truth, 1.5)]))
    accuracy, auc = rows(result, metric="accuracy")[0], rows(result, metric="auc")[0]
    assert (accuracy.withheld, accuracy.remarks) == (("lost", "gained"), ("fewer than 10 clusters",))
    assert auc.withheld == ("lost", "preserved", "gained")
    interval = accuracy.inference.interval()
    assert interval.low < 0 < interval.high


def test_items_of_one_cluster_are_not_measured(noisy, make_panel):
    """Nothing follows from one template for others."""
    truth = np.arange(60) % 2
    same = np.zeros(60, dtype=int)
    result = measure(make_panel([noisy("t/0", truth, 0.8, clusters=same)], [noisy("s/0", truth, 1.5)]))
    assert result.differences == ()
    assert result.remarks[0].startswith("All items are of one cluster")


def test_auc_is_sklearns_and_names_the_positive_label(noisy, make_panel):
    """Binary scores are ranked by the logit margin."""
    truth = np.arange(100) % 2
    student = noisy("mlp/0", truth, 1.5)
    (row,) = rows(measure(make_panel([noisy("teacher/0", truth, 0.8)], [student])), metric="auc")
    assert row.output == "yes"
    assert row.left_value == pytest.approx(roc_auc_score(truth, student.member.ranking(1)))


def test_the_decomposition_adds_up(noisy, make_panel, altered):
    """Student - teacher = (student - baseline) + (baseline - teacher)."""
    truth = np.arange(300) % 2
    students = [noisy(f"mlp/{s}", truth, 1.2, seed=s) for s in range(3)]
    baselines = [noisy(f"mlp/{s}", truth, 1.9, seed=s + 10) for s in range(3)]
    baselines = [altered(member, seed=s) for s, member in enumerate(baselines)]
    result = measure(make_panel([noisy("teacher/0", truth, 0.8)], students, baselines=baselines))
    (table,) = result.tables
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        assert cells["capacity"] + cells["distillation"] == pytest.approx(cells["total"])
    assert len(rows(result, metric="accuracy", contrast="student-baseline")) == 1
    assert len(rows(result, metric="accuracy", contrast="baseline-teacher")) == 1


def test_a_student_identical_to_its_teacher_has_lost_exactly_nothing(noisy, make_panel, altered):
    """Zero, without a width, and marked identical."""
    truth = np.arange(50) % 2
    teacher = noisy("teacher/0", truth, 0.8)
    result = measure(make_panel([teacher], [altered(teacher, name="mlp/0")]))
    for row in result.differences:
        assert row.identical
        assert (row.inference.value, row.inference.se) == (0, 0)


def test_slices_have_rows_of_their_own_where_they_are_large_enough(noisy, make_panel):
    """30 items are measured; 5 are remarked with their count."""
    truth = np.arange(60) % 2
    slices = {"long": np.arange(60) < 30, "rare": np.arange(60) < 5}
    panel = make_panel([noisy("teacher/0", truth, 0.8, slices=slices)], [noisy("mlp/0", truth, 1.5)])
    result = measure(panel)
    (row,) = rows(result, metric="accuracy", slice="long", contrast="student-teacher")
    assert row.inference.n == 30
    assert not rows(result, slice="rare")
    assert result.remarks == ("Slice rare is not measured: 5 labelled items, at least 20 are needed.",)


def test_a_slice_of_all_items_is_not_measured_again(noisy, make_panel):
    """It would double every row, and has no others to be compared with."""
    truth = np.arange(60) % 2
    panel = make_panel([noisy("t/0", truth, 0.8, slices={"all": truth >= 0})], [noisy("s/0", truth, 1.5)])
    result = measure(panel)
    assert not rows(result, slice="all")
    assert result.remarks == ("Slice all is not measured: it holds all 60 labelled items.",)


def test_the_excess_loss_of_a_slice_is_its_difference_less_that_of_the_others(noisy, make_panel):
    """Accuracy worked by hand from the two rows' parts; AUC from sklearn's."""
    truth = np.arange(200) % 2
    inside = np.arange(200) < 80
    teacher, student = noisy("t/0", truth, 0.8, slices={"long": inside}), noisy("s/0", truth, 1.5)
    result = measure(make_panel([teacher], [student]))
    (accuracy,) = rows(result, metric="accuracy", contrast="slice-rest")
    right = [(m.member.decisions() == truth).astype(float) for m in (student, teacher)]
    here, rest = ((right[0] - right[1])[mask].mean() for mask in (inside, ~inside))
    assert accuracy.inference.value == pytest.approx(here - rest)
    assert (accuracy.left_value, accuracy.right_value, accuracy.slice) == (
        pytest.approx(here),
        pytest.approx(rest),
        "long",
    )
    (auc,) = rows(result, metric="auc", contrast="slice-rest")
    here, rest = (
        roc_auc_score(truth[m], student.member.ranking(1)[m]) - roc_auc_score(truth[m], teacher.member.ranking(1)[m])
        for m in (inside, ~inside)
    )
    assert auc.inference.value == pytest.approx(here - rest)


def test_metrics_that_a_gate_asks_for_are_measured_in_slices_too(noisy, make_panel):
    """F1 in slices only on request."""
    truth = np.arange(200) % 2
    panel = make_panel([noisy("t/0", truth, 0.8, slices={"long": np.arange(200) < 80})], [noisy("s/0", truth, 1.5)])
    assert not rows(measure(panel), metric="f1", slice="long")
    asked = Quality().measure(Observations({(TEST, "scores"): panel}), AuditSettings(in_slices=frozenset({"f1"})))
    assert {row.contrast for row in rows(asked, metric="f1", slice="long")} == {"student-teacher", "slice-rest"}


def test_unlabelled_items_do_not_count(make_member, make_panel):
    """Two of four carry a label; none: not applicable, and why."""
    some, none = [0, 1, -1, -1], [-1, -1, -1, -1]
    x = [-1, 1, 1, 1]
    result = measure(make_panel([make_member("t/0", x, truth=some)], [make_member("s/0", x, truth=some)]))
    assert rows(result, metric="accuracy")[0].inference.n == 2
    result = measure(make_panel([make_member("t/0", x, truth=none)], [make_member("s/0", x, truth=none)]))
    assert result.not_applicable == "0 of the 4 items of toy carry a human label; at least 2 are needed."
    assert measure(make_panel([make_member("t/0", x)], [make_member("s/0", x)])).not_applicable is not None


def test_one_class_alone_has_accuracy_but_no_auc(make_member, make_panel):
    """The counts are said."""
    truth = [1] * 6
    result = measure(
        make_panel([make_member("t/0", [1] * 6, truth=truth)], [make_member("s/0", [1, -1] * 3, truth=truth)])
    )
    assert [d.metric for d in result.differences] == ["accuracy"]
    assert (
        "Not measured: f1 of yes, accuracy_and_f1 of yes, auc of yes, average_precision of yes: 6 positives and 0 "
        "negatives, at least 10 of each are needed." in result.remarks
    )


def test_a_class_of_nine_has_no_auc_and_its_count_is_said(noisy, make_panel):
    """DeLong's variance of nine components says too little."""
    truth = (np.arange(60) < 9).astype(int)
    result = measure(make_panel([noisy("t/0", truth, 0.8)], [noisy("s/0", truth, 1.5)]))
    assert not rows(result, metric="auc")
    assert any("auc of yes" in said and "9 positives and 51 negatives" in said for said in result.remarks)


def test_a_ranking_score_has_an_auc_and_no_accuracy_and_hard_decisions_the_reverse(make_member, make_panel):
    """What an output cannot say is remarked, not guessed."""
    truth = np.arange(40) % 2
    score = make_member("s/0", np.arange(40.0), truth=truth, outputs="score")
    teacher = make_member("t/0", 2.0 * truth - 1, truth=truth)
    ranked = measure(make_panel([teacher], [score]))
    decided = measure(make_panel([teacher], [make_member("s/0", np.eye(2)[truth], truth=truth, outputs="decisions")]))
    assert [d.metric for d in ranked.differences] == ["auc", "average_precision"]
    decisive = ["accuracy", "f1", "accuracy_and_f1", "mcc", "recall", "recall"]
    assert [d.metric for d in decided.differences] == decisive
    assert "a ranking score without threshold decides nothing (s/0)" in ranked.remarks[0]
    assert "hard decisions do not rank (s/0)" in decided.remarks[0]


def test_multi_label_has_exact_match_and_one_auc_per_label(make_member, make_panel):
    """Teacher exact on 39 of 40; student on 38."""
    truth = np.array([[0, 1], [1, 1], [0, 0], [1, 0]] * 10)
    right = 2.0 * truth - 1
    teacher, student = right.copy(), right.copy()
    teacher[0, 0], student[0, 0], student[1, 1] = 1.0, 1.0, -1.0
    more = {"task": "multi_label", "labels": ("rude", "threat"), "truth": truth}
    result = measure(make_panel([make_member("t/0", teacher, **more)], [make_member("s/0", student, **more)]))
    (exact,) = rows(result, metric="exact_match")
    assert (exact.left_value, exact.right_value) == (0.95, 0.975)
    assert [row.output for row in rows(result, metric="auc")] == ["rude", "threat"]
    (micro,) = rows(result, metric="micro_f1")
    said, meant = student > 0, truth == 1
    assert micro.left_value == pytest.approx(f1_score(meant, said, average="micro"))
    (macro,) = rows(result, metric="macro_f1")
    assert macro.left_value == pytest.approx(f1_score(meant, said, average="macro"))


def test_regression_has_the_squared_error_where_lower_is_better(make_member, make_panel):
    """Errors 1, 0, 1 against 0, 0, 1: mean 2/3 against 1/3; an unlabelled item is left out."""
    more = {"task": "regression", "labels": ("value",), "outputs": "values", "truth": [1.0, 2.0, 3.0, np.nan]}
    result = measure(make_panel([make_member("t/0", [1, 2, 4, 9], **more)], [make_member("s/0", [2, 2, 4, 9], **more)]))
    (row,) = rows(result, metric="mse")
    assert row.direction == "lower"
    assert [d.metric for d in result.differences] == ["mse", "mae", "pearson", "spearman", "pearson_and_spearman"]
    assert (row.left_value, row.right_value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert result.estimates == ()


def test_the_squared_error_of_few_items_is_marked_and_shares_never_are(make_member, make_panel):
    """Four items; 1,200 of even errors; the same with one large error; a student identical to its teacher."""

    def few(truth, values):
        more = {"task": "regression", "labels": ("value",), "outputs": "values", "truth": truth}
        panel = make_panel([make_member("t/0", truth, **more)], [make_member("s/0", values, **more)])
        return measure(panel).differences[0].withheld == ("preserved",)

    truth = np.arange(1200.0)
    errors = 0.5 + truth % 2
    assert few(truth[:4], truth[:4] + errors[:4])
    assert not few(truth, truth + errors)
    assert few(truth, truth + errors + 50 * (truth == 7))
    assert not few(truth[:4], truth[:4])
    label = [0, 1, 0, 1]
    panel = make_panel([make_member("t/0", [-1, 1, 1, 1], truth=label)], [make_member("s/0", [1] * 4, truth=label)])
    assert not any(row.withheld for row in measure(panel).differences)


def test_nobody_collapses_where_there_is_one_class_only(make_member):
    """Nothing can beat a majority of all."""
    observed = make_member("mlp/0", [-1] * 8, truth=[0] * 8)
    assert collapsed(observed.member, observed.items) is None
    observed = make_member("mlp/0", [-1] * 7 + [1], truth=[0] * 8)
    assert collapsed(observed.member, observed.items) is None


def test_a_student_that_does_not_beat_the_majority_class_has_collapsed(make_member, make_panel):
    """Always `no` on a set with 6 of 8 `no`."""
    truth = [0] * 6 + [1] * 2
    good = make_member("t/0", 2.0 * np.array(truth) - 1, truth=truth)
    bad = make_member("mlp/0", [-1] * 8, truth=truth)
    assert collapsed(good.member, good.items) is None
    assert collapsed(bad.member, bad.items) == "collapsed: accuracy 0.750 does not beat the majority class (0.750)"
    unlabelled = make_member("mlp/0", [-1] * 8)
    assert collapsed(unlabelled.member, unlabelled.items) is None
    result = measure(make_panel([good], [bad]))
    assert f"mlp/0 {collapsed(bad.member, bad.items)}." in result.remarks
    majority = result.estimates[0]
    assert (majority.metric, majority.value, majority.output, majority.n) == ("majority_class", 0.75, "no", 8)


def test_the_order_of_the_items_does_not_matter(noisy, make_panel):
    """Items are sorted by id before anything is computed."""
    truth = np.arange(40) % 2
    teacher, student = noisy("t/0", truth, 0.8), noisy("s/0", truth, 1.5)
    shuffled = student.take(np.random.default_rng(0).permutation(40))
    ordered, reordered = measure(make_panel([teacher], [student])), measure(make_panel([teacher], [shuffled]))
    intervals = [[row.inference.interval() for row in result.differences] for result in (ordered, reordered)]
    assert intervals[0] == intervals[1]
    assert ordered.remarks == reordered.remarks


def test_a_slice_with_few_clusters_cannot_lose_more_than_the_others_either(noisy, make_panel):
    """Nine of thirty clusters: what is withheld of the slice is withheld of its excess."""
    truth, codes = np.arange(300) % 2, np.arange(300) // 10
    teacher = noisy("t/0", truth, 0.8, clusters=codes, slices={"few": codes < 9})
    result = measure(make_panel([teacher], [noisy("s/0", truth, 1.5)]))
    for contrast in ("student-teacher", "slice-rest"):
        (auc,) = rows(result, metric="auc", slice="few", contrast=contrast)
        assert (auc.withheld, auc.remarks) == (("lost", "preserved", "gained"), ("fewer than 10 clusters",))
        (accuracy,) = rows(result, metric="accuracy", slice="few", contrast=contrast)
        assert accuracy.withheld == ("lost", "gained")


def test_a_class_that_lies_in_one_cluster_is_a_gap_and_no_mistake(noisy, make_panel):
    """Every cluster has one label: a slice of two clusters has one of each."""
    codes = np.arange(400) // 20
    truth = codes % 2
    teacher = noisy("t/0", truth, 0.8, clusters=codes, slices={"two": codes < 2})
    result = measure(make_panel([teacher], [noisy("s/0", truth, 1.5)]))
    assert not rows(result, metric="auc", slice="two")
    gap = next(gap for gap in result.gaps if (gap.metric, gap.slice, gap.contrast) == ("auc", "two", "student-teacher"))
    assert (gap.output, gap.student, gap.data) == ("yes", "s", "toy")
    assert gap.why == "all its items, or all of one class, are of one cluster"
    assert any("auc of yes in slice two" in said for said in result.remarks)


def test_items_of_weight_0_do_not_count_and_the_others_are_weighted(noisy, make_panel):
    """Half of the items have no weight: a slice of them alone is not measured; accuracy is that of the others."""
    truth = np.arange(120) % 2
    weights = np.where(np.arange(120) < 60, 0.0, 1.0 + np.arange(120) % 3)
    teacher = noisy("t/0", truth, 0.8, weights=weights, slices={"none": weights == 0})
    student = noisy("s/0", truth, 1.5)
    result = measure(make_panel([teacher], [student]))
    (accuracy,) = rows(result, metric="accuracy")
    assert accuracy.left_value == pytest.approx(np.average(student.member.decisions() == truth, weights=weights))
    assert accuracy.inference.n == 60
    assert "60 items of weight 0, or next to it, do not count." in result.remarks
    assert "Slice none is not measured: 0 labelled items, at least 20 are needed." in result.remarks


def test_every_label_that_is_not_measured_is_a_gap(make_member, make_panel):
    """Five items of class c: its recall and F1; a gate on all labels must know."""
    truth = np.array([0] * 40 + [1] * 40 + [2] * 5)
    logits = np.eye(3)[truth] * 2 + np.random.default_rng(0).normal(size=(85, 3))
    more = {"task": "single_label", "labels": ("a", "b", "c"), "truth": truth}
    panel = make_panel([make_member("t/0", logits, **more)], [make_member("s/0", logits[:, ::-1], **more)])
    result = measure(panel)
    assert {(gap.metric, gap.output) for gap in result.gaps} == {("recall", "c"), ("f1", "c")}


def test_a_statistic_of_all_classes_is_never_surer_than_its_rarest_class_allows(make_member, make_panel):
    """Twelve positives of 2,000 and no difference seen: MCC may hide the loss of several of them."""
    truth = (np.arange(2000) < 12).astype(int)
    right = 2.0 * truth - 1
    same = make_member("s/0", right * 1.5, truth=truth)
    result = measure(make_panel([make_member("t/0", right, truth=truth)], [same]))
    (mcc,) = rows(result, metric="mcc")
    # worth 2000 (1 - .994^2 - .006^2) = 23.9 items: 3.846 / (23.9 + 3.846) = .139
    assert mcc.inference.interval().low == pytest.approx(-0.139, abs=0.001)


def test_correlations_count_what_one_reversed_item_can_do_and_pearsons_rests_on_few(make_member, make_panel):
    """600 items: spearman is worth 100; pearson cannot be preserved below 1,000 items."""
    truth = np.linspace(0, 5, 600)
    more = {"task": "regression", "labels": ("value",), "outputs": "values", "truth": truth}
    noise = np.random.default_rng(0).normal(0, 0.1, size=(2, 600))
    teacher, student = (make_member(f"{name}/0", truth + row, **more) for name, row in zip("ts", noise, strict=True))
    result = measure(make_panel([teacher], [student]))
    (spearman,), (pearson,) = (rows(result, metric=name) for name in ("spearman", "pearson"))
    assert spearman.inference.k == pytest.approx(100, rel=0.01)
    assert (spearman.withheld, pearson.withheld) == ((), ("preserved",))


def test_a_correlation_that_one_item_carries_has_no_verdict(make_member, make_panel):
    """One error of 50 among 200 of .1; ranks do not mind."""
    truth = np.linspace(0, 5, 200)
    more = {"task": "regression", "labels": ("value",), "outputs": "values", "truth": truth}
    noise = np.random.default_rng(0).normal(0, 0.1, size=(2, 200))
    noise[1, 7] = 50
    teacher, student = (make_member(f"{name}/0", truth + row, **more) for name, row in zip("ts", noise, strict=True))
    (pearson,) = rows(measure(make_panel([teacher], [student])), metric="pearson")
    assert pearson.withheld == ("preserved", "lost", "gained")
    assert "a single item carries the correlation" in pearson.remarks


def test_clusters_that_were_not_sampled_leave_a_least_margin(noisy, make_panel):
    """40 equal clusters: 3.8415 / (40 + 3.8415) = .0876; of independent items none."""
    truth = np.arange(400) % 2
    student = noisy("s/0", truth, 1.5)
    clustered = measure(make_panel([noisy("t/0", truth, 0.8, clusters=np.arange(400) // 10)], [student]))
    assert rows(clustered, metric="accuracy")[0].least_margin == pytest.approx(0.08762, abs=1e-5)
    alone = measure(make_panel([noisy("t/0", truth, 0.8)], [student]))
    assert {row.least_margin for row in alone.differences} == {0.0}
    heavy = np.where(np.arange(400) == 3, 100.0, 1.0)
    weighted = measure(make_panel([noisy("t/0", truth, 0.8, weights=heavy)], [student]))
    # the heaviest has 100 / 499 of the weight: 3.8415 * .2004 / (1 + 3.8415 * .2004) = .4350
    assert rows(weighted, metric="accuracy")[0].least_margin == pytest.approx(0.4350, abs=1e-4)


def test_texts_that_stand_there_several_times_are_warned_of(noisy, make_panel):
    """Each text twice under two ids; as clusters they are counted, once or nearly so they are no matter."""
    truth = np.arange(200) % 2
    twice, once = np.array([f"key {i // 2}" for i in range(200)]), np.array([f"key {max(i, 1)}" for i in range(200)])

    def warnings(**more):
        return measure(make_panel([noisy("t/0", truth, 0.8, **more)], [noisy("s/0", truth, 1.5)])).warnings

    (warning,) = warnings(keys=twice)
    assert warning.startswith("100 of 200 items repeat the text of another and are not")
    assert warnings(keys=once) == warnings(keys=twice, clusters=np.arange(200) // 2) == ()
