"""Tests of the agreement audit."""

import numpy as np
import pytest

from angelshare.audits.agreement import Agreement, AgreementOptions
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.stats.proportions import PairedProportions, wilson

TRUTH = [0, 1, 0, 1, -1]
TEACHER = [-3.0, 2.0, 1.0, -1.0, 1.0]
STUDENT = [2.0, 1.0, -1.0, -2.0, -1.0]
# teacher: no yes yes no yes; student: yes yes no no no; truth: no yes no yes ?


def measure(panel, n_examples=200):
    """Return what the audit finds."""
    audit = Agreement(AgreementOptions(n_examples=n_examples))
    return audit.measure(Observations({(TEST, "scores"): panel}), AuditSettings())


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
    by_metric = figures(measure(toy))
    shares = ("agreement", "negative_flips", "positive_flips", "net_flips")
    assert {name: by_metric[name].value for name in shares} == {
        "agreement": 0.4,
        "negative_flips": 0.25,
        "positive_flips": 0.25,
        "net_flips": 0.0,
    }
    assert by_metric["agreement"].interval == wilson(2, 5)
    assert by_metric["net_flips"].interval == PairedProportions(1, 1, 4).interval()
    assert [by_metric[name].n for name in shares] == [5, 4, 4, 4]
    assert by_metric["agreement"].models == ("mlp/0", "teacher/0")


def test_net_flips_are_the_difference_of_the_accuracies(make_member, make_panel, noisy):
    """Mean over three seeds."""
    truth = np.arange(60) % 2
    teacher = noisy("t/0", truth, 0.5)
    students = [noisy(f"s/{seed}", truth, 2.0, seed=seed) for seed in range(3)]
    by_metric = figures(measure(make_panel([teacher], students)))
    accuracy = [(observed.member.decisions() == truth).mean() for observed in (teacher, *students)]
    assert by_metric["net_flips"].value == pytest.approx(np.mean(accuracy[1:]) - accuracy[0])
    assert by_metric["net_flips"].value == pytest.approx(
        by_metric["positive_flips"].value - by_metric["negative_flips"].value
    )


def test_without_truth_agreement_and_kl_are_still_measured(make_member, make_panel):
    """Flips need labels; these do not."""
    result = measure(make_panel([make_member("t/0", TEACHER)], [make_member("s/0", STUDENT)]))
    assert set(figures(result)) == {"agreement", "kl", "probability_loyalty"}
    assert result.remarks == ("Flips are not measured: 0 items carry a human label.",)


def test_a_student_identical_to_its_teacher_agrees_everywhere(make_member, make_panel, altered):
    """Agreement 1, KL 0, loyalty 1; the interval still has a width."""
    teacher = make_member("t/0", TEACHER, truth=TRUTH)
    by_metric = figures(measure(make_panel([teacher], [altered(teacher, name="s/0")])))
    assert (by_metric["agreement"].value, by_metric["kl"].value, by_metric["negative_flips"].value) == (1, 0, 0)
    assert by_metric["probability_loyalty"].value == 1
    assert by_metric["agreement"].interval == wilson(5, 5)


def test_several_seeds_are_averaged_with_their_spread_and_stay_within_bounds(make_member, make_panel):
    """Seeds agree on 2 and on 5 of 5: mean 0.7, and an interval that ends at 1."""
    students = [make_member("s/0", STUDENT), make_member("s/1", TEACHER)]
    agreement = figures(measure(make_panel([make_member("t/0", TEACHER)], students)))["agreement"]
    assert agreement.value == pytest.approx(0.7)
    assert agreement.interval.high == 1
    assert agreement.interval.low == 0
    assert agreement.models == ("s/0", "s/1", "t/0")


def test_multi_label_answers_are_compared_as_sets_and_label_by_label(make_member, make_panel):
    """Both labels must be the same; none is an answer too. Of four single decisions three are the teacher's."""
    more = {"task": "multi_label", "labels": ("rude", "threat"), "truth": [[1, 0], [0, 0]]}
    panel = make_panel(
        [make_member("t/0", [[1, -1], [-1, -1]], **more)], [make_member("s/0", [[1, 1], [-1, -1]], **more)]
    )
    by_metric = figures(measure(panel))
    assert by_metric["agreement"].value == 0.5
    assert by_metric["negative_flips"].value == 0.5
    assert by_metric["label_loyalty"].value == 0.75
    # 1.5 of 2 items: the hull of one and of both
    assert (by_metric["label_loyalty"].interval.low, by_metric["label_loyalty"].interval.high) == (wilson(1, 2).low, 1)
    # KL of the one label that differs, (s(1) - s(-1)) * (1 - -1) / 2 there, is halved by the label that does not
    p = 1 / (1 + np.exp(1))
    assert by_metric["kl"].value == pytest.approx((p * np.log(p / (1 - p)) + (1 - p) * np.log((1 - p) / p)) / 4)


def test_two_teachers_show_their_churn(make_member, make_panel):
    """They differ on three of five."""
    panel = make_panel([make_member("t/0", TEACHER), make_member("t/1", STUDENT)], [make_member("s/0", STUDENT)])
    churn = figures(measure(panel))["churn"]
    assert (churn.value, churn.models, churn.student) == (0.6, ("t/0", "t/1"), None)
    assert churn.interval == wilson(3, 5)


def test_exemplars_need_two_members_on_either_side(make_member, make_panel):
    """With two teachers and one student the remark says what is missing; with one teacher nothing is expected."""
    teachers = [make_member("t/0", TEACHER), make_member("t/1", TEACHER)]
    result = measure(make_panel(teachers, [make_member("s/0", STUDENT)]))
    assert "Exemplars of s are not measured: they need 2 members on either side, and it has 1." in result.remarks
    result = measure(make_panel(teachers, [make_member("s/0", STUDENT), make_member("s/1", STUDENT)]))
    by_metric = figures(result)
    assert (by_metric["cie"].value, by_metric["cie_ties"].value, by_metric["taxicab"].value) == (
        0.6,
        0,
        pytest.approx(1.2),
    )
    assert by_metric["cie"].models == ("s/0", "s/1", "t/0", "t/1")
    result = measure(make_panel(teachers[:1], [make_member("s/0", STUDENT)]))
    assert not any("Exemplars" in remark for remark in result.remarks)


def test_intervals_count_clusters_and_weights(make_member, make_panel):
    """Twelve clusters of five equal items know as much as twelve items; weights move the share."""
    rng = np.random.default_rng(0)
    said = np.repeat(rng.integers(0, 2, 12), 5) * 2.0 - 1
    clusters, weights = np.repeat(np.arange(12), 5), np.where(said > 0, 3.0, 1.0)

    def agreement(**more):
        teacher, student = make_member("t/0", np.ones(60), **more), make_member("s/0", said, **more)
        return figures(measure(make_panel([teacher], [student])))["agreement"]

    alone, clustered, weighted = agreement(), agreement(clusters=clusters), agreement(weights=weights)
    assert alone.value == clustered.value
    assert (alone.n_clusters, clustered.n_clusters) == (None, 12)
    width = {e: e.interval.high - e.interval.low for e in (alone, clustered)}
    assert width[clustered] > 1.9 * width[alone]
    k = int((said > 0).sum())
    assert weighted.value == pytest.approx(3 * k / (3 * k + 60 - k))


def test_a_single_cluster_has_shares_without_an_interval(make_member, make_panel):
    """It says nothing of others."""
    more = {"truth": TRUTH, "clusters": np.zeros(5, dtype=int)}
    panel = make_panel([make_member("t/0", TEACHER, **more)], [make_member("s/0", STUDENT, **more)])
    by_metric = figures(measure(panel))
    for metric in ("agreement", "net_flips", "kl"):
        assert (by_metric[metric].interval, by_metric[metric].se, by_metric[metric].n_clusters) == (None, None, 1)
    assert by_metric["agreement"].value == 0.4


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
