"""Tests of log loss, Brier score, confidence and calibration errors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss

from angelshare.audits.answers.confidence import (
    binned,
    brier,
    by_label,
    calibration_error,
    decided,
    folded_mean,
    nll,
    overconfidence,
)

SETS = {"task": "multi_label", "labels": ("rude", "threat"), "outputs": "probabilities"}
CLASSES = {"task": "single_label", "labels": ("a", "b", "c")}


def test_a_binary_item_worked_by_hand(make_member):
    """Positive with 0.8, and it is; positive with 0.6, and it is not."""
    observed = make_member("m/0", [[0.2, 0.8], [0.4, 0.6]], truth=[1, 0], outputs="probabilities")
    assert nll(observed.member, observed.items).tolist() == [
        pytest.approx(-math.log(0.8)),
        pytest.approx(-math.log(0.4)),
    ]
    assert brier(observed.member, observed.items).tolist() == [pytest.approx(0.04), pytest.approx(0.36)]
    assert overconfidence(observed.member, observed.items).tolist() == [pytest.approx(-0.2), pytest.approx(0.6)]


def test_several_labels_are_averaged(make_member):
    """Chances 0.9 and 0.3 of two labels, the first of which applies: decisions 0.9 and 0.7 sure, both right."""
    observed = make_member("m/0", [[0.9, 0.3]], truth=[[1.0, 0.0]], **SETS)
    assert nll(observed.member, observed.items)[0] == pytest.approx(-(math.log(0.9) + math.log(0.7)) / 2)
    assert brier(observed.member, observed.items)[0] == pytest.approx((0.01 + 0.09) / 2)
    assert overconfidence(observed.member, observed.items)[0] == pytest.approx((0.9 + 0.7) / 2 - 1)
    chances, correct = decided(observed.member, observed.items)
    assert (chances.tolist(), correct.tolist()) == ([[0.9, 0.7]], [[1, 1]])
    assert [side.tolist() for side in by_label(observed.member, observed.items)] == [[[0.9, 0.3]], [[1, 0]]]


@given(arrays(np.float64, (6, 3), elements=st.floats(-5, 5)), arrays(np.int64, 6, elements=st.integers(0, 2)))
def test_classes_agree_with_sklearn(make_member, logits, truth):
    """log_loss and brier_score_loss, which of several classes is the sum."""
    observed = make_member("m/0", logits, truth=truth, **CLASSES)
    shares = np.exp(observed.member.log_probabilities())
    assert nll(observed.member, observed.items).mean() == pytest.approx(log_loss(truth, shares, labels=[0, 1, 2]))
    assert brier(observed.member, observed.items).mean() == pytest.approx(
        brier_score_loss(truth, shares, labels=[0, 1, 2])
    )
    # (0, z) are two logits
    two = make_member("m/1", logits[:, 0], truth=truth % 2)
    positive = np.exp(two.member.log_probabilities())[:, 1]
    assert brier(two.member, two.items).mean() == pytest.approx(brier_score_loss(truth % 2, positive, pos_label=1))


def test_a_true_label_of_probability_0_costs_infinitely_much(make_member):
    """The Brier score stays finite."""
    observed = make_member("m/0", [[1.0, 0.0]], truth=[1], outputs="probabilities")
    assert nll(observed.member, observed.items).tolist() == [math.inf]
    assert brier(observed.member, observed.items).tolist() == [1.0]


def test_bins_worked_by_hand():
    """Two bins: 0.2 and 0.4 below one half, 0.5 and 1 from there on; weights shift the means."""
    chances, came_true = np.array([0.2, 0.4, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    bins = binned(chances, came_true, n_bins=2)
    assert (bins.index.tolist(), bins.n.tolist(), bins.share.tolist()) == ([0, 1], [2, 2], [0.5, 0.5])
    np.testing.assert_allclose(bins.confidence, [0.3, 0.75])
    np.testing.assert_allclose(bins.accuracy, [0.5, 1.0])
    np.testing.assert_allclose(bins.variance, [(0.16 + 0.24) / 4, 0.25 / 4])
    weighted = binned(chances, came_true, np.array([3.0, 1.0, 1.0, 0.0]), n_bins=2)
    assert (weighted.n.tolist(), weighted.share.tolist()) == ([2, 1], [0.8, 0.2])
    np.testing.assert_allclose(weighted.confidence, [0.25, 0.5])
    np.testing.assert_allclose(weighted.variance, [(9 * 0.16 + 0.24) / 16, 0.25])


def test_bins_without_items_are_left_out():
    """Bin 14 of 15."""
    assert binned(np.array([0.95, 1.0]), np.array([1.0, 1.0])).index.tolist() == [14]


def test_the_plug_in_error_is_the_weighted_mean_gap():
    """Gaps of 0.2 and 0.25, half of the items each."""
    chances, came_true = np.array([0.2, 0.4, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    plug_in, corrected = calibration_error(binned(chances, came_true, n_bins=2))
    assert plug_in == pytest.approx(0.225)
    # gaps no larger than noise leave nothing: signal 0.5 (0.04 - 0.1) + 0.5 (0.0625 - 0.0625) < 0
    expected = 0.225 - math.sqrt(2 / math.pi) * (math.sqrt(0.1) + 0.25) / 2
    assert corrected == pytest.approx(max(0.0, expected)) == 0.0


def test_a_corrected_error_worked_by_hand():
    """100 items of 0.5, 90 of which come true: a gap of 0.4 with variance 0.0025."""
    plug_in, corrected = calibration_error(binned(np.full(100, 0.5), (np.arange(100) < 90).astype(float)))
    assert plug_in == pytest.approx(0.4)
    shrunk = 0.4 * math.sqrt((0.16 - 0.0025) / 0.16)
    bias = stats.foldnorm.mean(shrunk / 0.05, scale=0.05) - shrunk
    assert corrected == pytest.approx(0.4 - bias)
    assert bias < 1e-9


@given(st.floats(0, 3), st.floats(0.01, 3))
def test_the_folded_mean_is_scipys(mean, sd):
    """And |mean| without spread."""
    ours = folded_mean(np.array([mean]), np.array([sd]))[0]
    assert ours == pytest.approx(stats.foldnorm.mean(mean / sd, scale=sd), rel=1e-9)
    assert folded_mean(np.array([mean]), np.array([0.0]))[0] == pytest.approx(mean)


@pytest.mark.parametrize("n", [300, 2000])
def test_a_calibrated_model_has_nearly_no_corrected_error(n):
    """Means over 300 simulated sets: the plug-in error is biased, at most 2/5 of that is left."""
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(300):
        chances = 0.5 + rng.beta(5, 1.2, n) / 2
        errors.append(calibration_error(binned(chances, (rng.random(n) < chances).astype(float))))
    plug_in, corrected = np.mean(errors, axis=0)
    assert plug_in > 0.5 / math.sqrt(n)
    assert corrected < 0.4 * plug_in


@pytest.mark.parametrize("shift", [0.05, 0.1])
def test_an_overconfident_model_keeps_its_error(shift):
    """The mean over 300 sets of 1,000 items is the shift, within 5% of it."""
    rng = np.random.default_rng(4)
    errors = []
    for _ in range(300):
        chances = 0.7 + 0.3 * rng.random(1000)
        came_true = (rng.random(1000) < chances - shift).astype(float)
        errors.append(calibration_error(binned(chances, came_true))[1])
    assert np.mean(errors) == pytest.approx(shift, rel=0.05)
