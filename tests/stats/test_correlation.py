"""Tests of correlations and of their influence functions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from angelshare.stats.components import SIMPLE, Design, inference, item_spread
from angelshare.stats.correlation import linear_correlation, mean_of_both, pearson, spearman

BOTH = pytest.mark.parametrize("correlate", [pearson, spearman, mean_of_both])


@st.composite
def pairs(draw):
    """Return two vectors of a few whole numbers, so that ties are many, and weights that sum to 1."""
    n = draw(st.integers(5, 25))
    x, y = (np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), dtype=np.float64) for _ in range(2))
    x[:2], y[:2] = [0, 6], [1, 5]
    weights = np.array(draw(st.lists(st.integers(1, 4), min_size=n, max_size=n)), dtype=np.float64)
    return x, y, weights / weights.sum()


def equal(n):
    """Return equal weights that sum to 1."""
    return np.full(n, 1 / n)


def test_correlations_worked_by_hand():
    """1, 2, 3, 6 with 1, 3, 2, 4: deviations -2 -1 0 3 and -1.5 .5 -.5 1.5."""
    # products 3 - .5 + 0 + 4.5 = 7; squares 14 and 5: 7 / sqrt(70) = .836660
    # ranks 1 2 3 4 and 1 3 2 4: 1 - 6 * 2 / (4 * 15) = .8
    x, y = np.array([1.0, 2, 3, 6]), np.array([1.0, 3, 2, 4])
    assert pearson(x, y, equal(4)).value == pytest.approx(7 / math.sqrt(70))
    assert spearman(x, y, equal(4)).value == pytest.approx(0.8)
    assert mean_of_both(x, y, equal(4)).value == pytest.approx((7 / math.sqrt(70) + 0.8) / 2)
    # in standard units the first item is -2 / sqrt(3.5) and -1.5 / sqrt(1.25)
    u, v, r = -2 / math.sqrt(3.5), -1.5 / math.sqrt(1.25), 7 / math.sqrt(70)
    assert pearson(x, y, equal(4)).influence[0] == pytest.approx(u * v - r * (u**2 + v**2) / 2)


@given(pairs())
@settings(max_examples=25)
def test_values_are_scipys(items):
    """Ties included."""
    x, y, _ = items
    weights = equal(len(x))
    r, rho = stats.pearsonr(x, y).statistic, stats.spearmanr(x, y).statistic
    assert pearson(x, y, weights).value == pytest.approx(r, abs=1e-12)
    assert spearman(x, y, weights).value == pytest.approx(rho, abs=1e-12)
    assert mean_of_both(x, y, weights).value == pytest.approx((r + rho) / 2, abs=1e-12)


@given(pairs())
@settings(max_examples=25)
def test_whole_weights_are_repeated_items(items):
    """The value with weight 2 is that with the item twice."""
    x, y, weights = items
    times = np.round(weights / weights.min() * 12).astype(int)
    weights = times / times.sum()
    again = np.repeat(x, times), np.repeat(y, times), equal(times.sum())
    for correlate in (pearson, spearman, mean_of_both):
        assert correlate(x, y, weights).value == pytest.approx(correlate(*again).value, abs=1e-9)


@BOTH
@given(items=pairs())
@settings(max_examples=25)
def test_the_influence_is_the_derivative_by_the_weight_of_an_item(correlate, items):
    """d/de of the value at weights (1 - e) w + e at the item, by a central difference; its weighted mean is 0."""
    x, y, weights = items
    influence, step = correlate(x, y, weights).influence, 1e-6
    for item in range(0, len(x), 4):
        ends = []
        for e in (step, -step):
            moved = (1 - e) * weights
            moved[item] += e
            ends.append(correlate(x, y, moved).value)
        assert influence[item] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5)
    assert weights @ influence == pytest.approx(0, abs=1e-9)


@BOTH
@given(items=pairs(), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_sides_exchange_and_the_order_says_nothing(correlate, items, seed):
    """delta(a, a) = 0, delta(a, b) = -delta(b, a) exactly, with clusters, weights and none."""
    x, y, weights = items
    rng = np.random.default_rng(seed)
    truth = y + rng.normal(size=len(y))
    for design in (SIMPLE, Design(weights=weights), Design(np.arange(len(x)) % 4)):
        there, back, itself = (
            inference(linear_correlation(left[None], right[None], truth, correlate, design), design, method="t")
            for left, right in ((x, y), (y, x), (x, x))
        )
        assert (there.value, there.se) == (-back.value, back.se)
        assert (itself.value, itself.se) == (0, 0)
        order = rng.permutation(len(x))
        turned = linear_correlation(x[None, order], y[None, order], truth[order], correlate, design.take(order))
        assert turned.value == pytest.approx(there.value, abs=1e-12)
        spread = item_spread(turned, design.take(order))
        assert math.sqrt(spread.variance) == pytest.approx(there.se, abs=1e-9)


def test_seeds_pair_row_by_row_or_with_one():
    """Values by seed are the differences of pairs; the influence is the mean over members."""
    rng = np.random.default_rng(6)
    truth, left, right = rng.normal(size=30), rng.normal(size=(3, 30)), rng.normal(size=(3, 30))
    linear = linear_correlation(left, right, truth, pearson)
    r = [[stats.pearsonr(row, truth).statistic for row in side] for side in (left, right)]
    np.testing.assert_allclose(linear.by_seed, np.subtract(*r))
    of_one = [pearson(row, truth, equal(30)).influence for row in [*left, *right]]
    np.testing.assert_allclose(linear.parts[0].values, np.mean(of_one[:3], axis=0) - np.mean(of_one[3:], axis=0))
    assert (linear.n, linear.parts[0].items.tolist(), linear.rare) == (30, list(range(30)), None)
    single = linear_correlation(left, right[:1], truth, pearson)
    np.testing.assert_allclose(single.by_seed, np.array(r[0]) - r[1][0])
    np.testing.assert_allclose(linear.sides, r)


def test_the_weights_of_a_design_need_not_sum_to_one():
    """Twice as heavy items are the same items."""
    rng = np.random.default_rng(7)
    truth, sides, weights = rng.normal(size=30), rng.normal(size=(2, 1, 30)), rng.uniform(1, 3, size=30)
    once, twice = (linear_correlation(*sides, truth, spearman, Design(weights=k * weights)) for k in (1, 2))
    assert once.value == pytest.approx(twice.value)
    expected = [spearman(side[0], truth, weights / weights.sum()).value for side in sides]
    assert once.value == pytest.approx(expected[0] - expected[1])


def test_a_constant_side_has_no_correlation():
    """Neither kind, on either side."""
    x, constant = np.arange(5.0), np.full(5, 0.1)
    for correlate in (pearson, spearman):
        for sides in ((x, constant), (constant, x)):
            with pytest.raises(ValueError, match=r"^A constant side has no correlation\.$"):
                correlate(*sides, equal(5))
    # the only other value weighs nothing
    # its variance is below what a number can hold, or above: it is taken in its own unit
    for unit in (1e-200, 1e200):
        assert pearson(x, unit * x, equal(5)).value == pytest.approx(1)
    with pytest.raises(ValueError, match="constant"):
        pearson(np.arange(6.0), np.array([0.1] * 5 + [9]), np.array([0.2] * 5 + [0]))


@pytest.mark.parametrize("correlate", [pearson, spearman])
def test_the_interval_covers(correlate):
    """400 seeded draws of 150 items: correlations .8 and .7 of normal values with one truth."""
    rng, n_draws, covered = np.random.default_rng(51), 400, 0
    rs = np.array([0.8, 0.7])
    truths = rs if correlate is pearson else 6 / np.pi * np.arcsin(rs / 2)
    for _ in range(n_draws):
        truth = rng.normal(size=150)
        left, right = (r * truth + math.sqrt(1 - r**2) * rng.normal(size=150) for r in rs)
        linear = linear_correlation(left[None], right[None], truth, correlate)
        covered += inference(linear, SIMPLE, method="t").p_value(truths[0] - truths[1]) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


def test_what_one_item_can_move_worked_by_hand():
    """The furthest values in standard units: 3 / sqrt(3.5) and 1.5 / sqrt(1.25); of ranks, both 1.5 / sqrt(1.25)."""
    # Pearson: 2.151412 + (9 / 3.5 + 2.25 / 1.25) / 2 = 2.151412 + 2.185714; Spearman: 1.8 + (1.8 + 1.8) / 2
    x, y = np.array([1.0, 2, 3, 6]), np.array([1.0, 3, 2, 4])
    reaches = {pearson: 4.337126, spearman: 3.6, mean_of_both: 3.968563}
    for correlate, reach in reaches.items():
        assert correlate(x, y, equal(4)).reach == pytest.approx(reach, abs=1e-6)
        assert correlate(-x, y, equal(4)).reach == pytest.approx(reach, abs=1e-6)
    # the further of all members counts, on either side
    members, truth = np.array([[1.0, 2, 2, 1], [1, 2, 3, 6]]), y
    for sides in ((members, members[:1]), (members[:1], members)):
        linear = linear_correlation(*sides, truth, pearson)
        assert linear.unseen == pytest.approx(4 / 4.337126, abs=1e-6)
