"""Tests of statistics of any two models of a study."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.studies.evidence import (
    AVERAGE_PRECISION,
    TEACHER,
    NotMeasured,
    baseline_of,
    excess,
    measure,
)

TEMPLATES = "hatecheck"


@pytest.fixture(scope="module")
def evidence(make_evidence):
    """Return evidence of three sets."""
    return make_evidence((IN_DOMAIN, "short_synthetic", TEMPLATES))


def areas(evidence, name, score=roc_auc_score):
    """Return what scikit-learn says of every seed, in-domain."""
    truth = evidence.panel(IN_DOMAIN).truth
    return [score(truth, member.ranking(1)) for member in evidence.members(IN_DOMAIN, name)]


def test_values_are_means_over_seeds(evidence):
    """Of AUC and average precision."""
    assert evidence.value(IN_DOMAIN, "cnn") == pytest.approx(np.mean(areas(evidence, "cnn")), abs=1e-12)
    precision = np.mean(areas(evidence, "cnn", average_precision_score))
    assert evidence.value(IN_DOMAIN, "cnn", AVERAGE_PRECISION) == pytest.approx(precision, abs=1e-9)


def test_differences_pair_seeds_and_give_the_teacher_to_all(evidence):
    """Student - teacher, and student - baseline."""
    loss = evidence.difference(IN_DOMAIN, "cnn", TEACHER)
    assert loss.linear.by_seed == pytest.approx(np.array(areas(evidence, "cnn")) - areas(evidence, TEACHER)[0])
    gain = evidence.difference(IN_DOMAIN, "cnn", baseline_of("cnn"))
    expected = np.array(areas(evidence, "cnn")) - np.array(areas(evidence, baseline_of("cnn")))
    assert gain.linear.by_seed == pytest.approx(expected)


def test_a_level_is_an_auc_with_its_interval(evidence):
    """DeLong's, around the AUC itself."""
    level = evidence.level(IN_DOMAIN, TEACHER)
    assert level.value == pytest.approx(areas(evidence, TEACHER)[0], abs=1e-12)
    assert level.low < level.value < level.high == 1
    assert level.n == 600


def test_a_mean_over_sets_less_one_more(evidence):
    """Sets that are not at hand are left out, and which were there is told."""

    def loss(data):
        return evidence.difference(data, "cnn", TEACHER)

    number, sets = evidence.over(["nowhere", "short_synthetic", TEMPLATES], loss, less=IN_DOMAIN)
    values = {data: loss(data).linear.value for data in (IN_DOMAIN, "short_synthetic", TEMPLATES)}
    assert sets == ("short_synthetic", TEMPLATES)
    assert number.value == pytest.approx((values["short_synthetic"] + values[TEMPLATES]) / 2 - values[IN_DOMAIN])
    with pytest.raises(NotMeasured, match=r"None of the sets nowhere is at hand here\."):
        evidence.over(["nowhere"], loss)


def test_a_difference_exceeds_itself_by_nothing(evidence):
    """Exactly."""
    loss = evidence.difference(IN_DOMAIN, "cnn", TEACHER)
    assert excess(loss, over=loss).value == 0


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda e: e.value("nowhere", "cnn"), "The set nowhere is not at hand here."),
        (lambda e: e.value(IN_DOMAIN, "gru"), "There is no model gru on in_domain."),
        (
            lambda e: e.difference(IN_DOMAIN, "cnn", TEACHER, among=np.arange(600) % 2 == 1),
            "300 positives and 0 negatives",
        ),
        (lambda e: e.difference(IN_DOMAIN, "cnn", TEACHER, among=np.zeros(600, dtype=bool)), "no item is left"),
        (
            lambda e: measure(e.difference(TEMPLATES, "cnn", TEACHER, among=np.arange(600) < 40)),
            "fewer than 10 clusters",
        ),
    ],
)
def test_what_cannot_be_measured_says_why(evidence, ask, why):
    """As a sentence, for the claim that rests on it."""
    with pytest.raises(NotMeasured, match=why):
        ask(evidence)
