"""Tests of what a mitigation gives, and of whom it helps."""

import numpy as np
import pytest

from angelshare.audits.answers.quality_metrics import ACCURACY as ACCURACY_FACTS
from angelshare.audits.answers.quality_metrics import auc, correct
from angelshare.audits.frame.measuring import Findings
from angelshare.audits.frame.metric_kinds import Share
from angelshare.audits.frame.mitigation import Mitigated, by_seed, measure_interaction, measure_mitigation
from angelshare.core.errors import InputError
from angelshare.core.panel import Population

ACCURACY = Share(facts=ACCURACY_FACTS, per_item=correct)


def rows(findings, **wanted):
    """Return the differences with these fields."""
    return [d for d in findings.differences if all(getattr(d, key) == value for key, value in wanted.items())]


def mitigated_by(name, plain, mitigated):
    """Return what is observed with and without a mitigation."""
    return Mitigated(
        plain[0].items, name, *(tuple(observed.member for observed in side) for side in (plain, mitigated))
    )


def population(name, members):
    """Return the students of this name, with the items that they answered."""
    return members[0].items, Population("student", name, tuple(observed.member for observed in members))


@pytest.fixture
def truth():
    """Return as many of either label."""
    return np.arange(200) % 2


def test_what_a_mitigation_gives_is_mitigated_less_plain(noisy, truth):
    """The rows of the contrast, with the sides in this order."""
    plain, mitigated = noisy("cnn/0", truth, 1.5), noisy("cnn+/0", truth, 0.5, seed=1)
    findings = Findings()
    measure_mitigation(mitigated_by("cnn: words", (plain,), (mitigated,)), "forum", [ACCURACY, auc(1)], findings)
    accuracy = [correct(side.member, side.items) for side in (plain, mitigated)]
    (row,) = rows(findings, metric="accuracy")
    assert (row.contrast, row.student, row.left, row.right) == (
        "mitigated-plain",
        "cnn: words",
        ("cnn+/0",),
        ("cnn/0",),
    )
    assert row.inference.value == pytest.approx(np.mean(accuracy[1] - accuracy[0]))
    assert len(rows(findings, metric="auc")) == 1


def test_an_interaction_worked_by_hand(make_member):
    """Mitigation gives the teacher 2 of 20 items and the student 1: (18 - 19) / 20 less (17 - 17) / 20."""
    truth = np.arange(20) % 2
    right = 2.0 * truth - 1

    def wrong_on(name, n):
        return make_member(name, np.where(np.arange(20) < n, -right, right), truth=truth)

    student = mitigated_by("cnn", (wrong_on("cnn", 3),), (wrong_on("cnn+", 2),))
    teacher = mitigated_by("teacher", (wrong_on("t", 3),), (wrong_on("t+", 1),))
    findings = Findings()
    measure_interaction(student, teacher, "forum", [ACCURACY], findings)
    (row,) = findings.differences
    assert (row.contrast, row.left_value, row.right_value) == ("interaction", pytest.approx(-1 / 20), 0.0)
    assert row.inference.value == pytest.approx(-1 / 20)
    # item 1 alone counts, once: the variance of a mean of one -1 and 19 zeros
    assert row.inference.se == pytest.approx(np.std([-1, *[0] * 19], ddof=1) / np.sqrt(20))
    # two differences of 20 items, so that an item that was not sampled could move it by 2 / 20
    assert row.inference.k == pytest.approx(10)


def test_what_is_hard_for_all_models_cancels(noisy, truth):
    """The same gain on both sides, seed by seed, is no interaction, and its items leave no variance."""
    plain = tuple(noisy(f"cnn/{s}", truth, 1.0, seed=s) for s in range(3))
    mitigated = tuple(noisy(f"cnn+/{s}", truth, 0.3, seed=10 + s) for s in range(3))
    findings = Findings()
    measure_interaction(
        mitigated_by("cnn", plain, mitigated),
        mitigated_by("teacher", plain, mitigated),
        "forum",
        [ACCURACY, auc(1)],
        findings,
    )
    for row in findings.differences:
        assert row.values_by_seed == (0.0, 0.0, 0.0)
        assert row.inference.t.se == 0


def test_a_label_without_items_is_a_gap(noisy):
    """Not a number."""
    truth = np.zeros(60, dtype=np.int64)
    side = mitigated_by("cnn", (noisy("a", truth, 1.0),), (noisy("b", truth, 1.0, seed=1),))
    findings = Findings()
    measure_interaction(side, side, "forum", [auc(1)], findings)
    assert findings.differences == []
    assert [(gap.metric, gap.contrast) for gap in findings.gaps] == [("auc", "interaction")]


def test_texts_without_labels_are_said(make_member):
    """The question has no answer there."""
    side = mitigated_by("cnn", (make_member("a", [1.0, 2.0]),), (make_member("b", [1.0, 3.0]),))
    findings = Findings()
    measure_interaction(side, side, "forum", [auc(1)], findings)
    assert findings.remarks == (
        "Whether mitigation helps the teacher more is not measured on forum: it has no human labels.",
    )


def test_members_pair_by_seed(noisy, truth):
    """Those that only one side has are left out."""
    items, plain = population("cnn", [noisy(f"cnn/{s}", truth, 1.0, seed=s) for s in (0, 1, 2)])
    _, other = population("cnn+", [noisy(f"cnn+/{s}", truth, 1.0, seed=s) for s in (2, 1)])
    paired = by_seed(items, "x", plain, other)
    assert [(a.name, b.name) for a, b in zip(paired.plain, paired.mitigated, strict=True)] == [
        ("cnn/2", "cnn+/2"),
        ("cnn/1", "cnn+/1"),
    ]


def test_members_without_a_common_seed_are_refused(noisy, truth):
    """And so are sides of different size."""
    items, plain = population("cnn", [noisy("cnn/0", truth, 1.0, seed=0)])
    _, other = population("cnn+", [noisy("cnn+/1", truth, 1.0, seed=1)])
    with pytest.raises(InputError, match="no seed of cnn is one of"):
        by_seed(items, "words", plain, other)
    with pytest.raises(InputError, match="0 mitigated members do not pair with 1 plain ones"):
        Mitigated(items, "words", plain.members, ())


def test_few_clusters_carry_no_interaction(noisy):
    """Nine templates: the row stands there, and says nothing."""
    truth = np.arange(180) % 2
    clusters = np.arange(180) // 20
    members = [noisy(name, truth, 1.0, seed=i, clusters=clusters) for i, name in enumerate("abcd")]
    findings = Findings()
    student, teacher = (
        mitigated_by("cnn", (members[0],), (members[1],)),
        mitigated_by("teacher", (members[2],), (members[3],)),
    )
    measure_interaction(student, teacher, "forum", [ACCURACY, auc(1)], findings)
    assert [row.withheld for row in findings.differences] == [("lost", "preserved", "gained")] * 2
    assert {row.remarks for row in findings.differences} == {("fewer than 10 clusters",)}


def test_a_single_cluster_gives_no_interaction(noisy):
    """Nothing follows from it for others."""
    truth = np.arange(40) % 2
    side = mitigated_by(
        "cnn", *([noisy(name, truth, 1.0, clusters=np.zeros(40, dtype=np.int64))] for name in ("a", "b"))
    )
    findings = Findings()
    measure_interaction(side, side, "forum", [auc(1)], findings)
    assert findings.differences == []
    assert "All items are of one cluster" in findings.remarks[0]
