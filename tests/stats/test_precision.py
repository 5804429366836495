"""Tests of average precision and of its influence function."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from angelshare.stats.auc import dense_ranks
from angelshare.stats.components import SIMPLE, Design, inference, item_spread
from angelshare.stats.precision import linear_precision, precision_components


@st.composite
def scored_items(draw):
    """Return scores with ties, a mask with a positive, and whole weights."""
    n = draw(st.integers(4, 30))
    scores = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), dtype=np.float64)
    positive = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    positive[0] = True
    return scores, positive, np.array(draw(st.lists(st.integers(1, 4), min_size=n, max_size=n)), dtype=np.float64)


def test_a_small_set_worked_by_hand():
    """Positives at .9 and .5, negatives at .7, .5 and .1: precision 1 and 2 / 4, mean 3/4."""
    components = precision_components(np.array([0.9, 0.7, 0.5, 0.5, 0.1]), np.array([True, False, True, False, False]))
    assert components.average_precision == pytest.approx(0.75)
    # p = 2/5; b at .9 .5 = 1/5, 4/5; of positives at or below: E[Y/b] at .5: 1/4, at .9: 1/4 + 1 = 5/4
    # E[Y precision/b]: at .5: 1/8, at .9 9/8. The positive at .9: (1 + 5/4 - 9/8 - 3/4) / (2/5) = 15/16
    # the positive at .5: (1/2 + 1/4 - 1/8 - 3/4) / .4 = -5/16; negatives at .7 and .5: -1/8 / .4 = -5/16; at .1: 0
    assert components.influence == pytest.approx(np.array([15, -5, -5, -5, 0]) / 16)


@given(scored_items())
@settings(max_examples=25)
def test_the_value_is_sklearns_with_weights_and_without(items):
    """Ties included; dense ranks give the same."""
    scores, positive, weights = items
    components = precision_components(scores, positive)
    assert components.average_precision == pytest.approx(average_precision_score(positive, scores))
    assert precision_components(dense_ranks(scores), positive).average_precision == components.average_precision
    weighted = precision_components(scores, positive, weights)
    assert weighted.average_precision == pytest.approx(average_precision_score(positive, scores, sample_weight=weights))
    equal = precision_components(scores, positive, np.full(len(scores), 0.3))
    assert equal.average_precision == pytest.approx(components.average_precision)
    np.testing.assert_allclose(equal.influence, components.influence, atol=1e-9)
    times = weights.astype(int)
    again = precision_components(np.repeat(scores, times), np.repeat(positive, times))
    assert weighted.average_precision == pytest.approx(again.average_precision)


@given(scored_items())
@settings(max_examples=25)
def test_the_influence_is_the_derivative_by_the_weight_of_an_item(items):
    """A central difference at every item; its weighted mean is 0."""
    scores, positive, weights = items
    weights = weights / weights.sum()
    components, step = precision_components(scores, positive, weights), 1e-6
    for item in range(len(scores)):
        ends = []
        for e in (step, -step):
            moved = (1 - e) * weights
            moved[item] += e
            ends.append(precision_components(scores, positive, moved).average_precision)
        assert components.influence[item] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5)
    assert weights @ components.influence == pytest.approx(0, abs=1e-9)


@given(scored_items(), st.integers(0, 99))
@settings(max_examples=25)
def test_sides_exchange_and_the_order_says_nothing(items, seed):
    """delta(a, a) = 0, delta(a, b) = -delta(b, a) exactly, with clusters, weights and none."""
    scores, positive, weights = items
    positive[1] = True
    rng = np.random.default_rng(seed)
    other = rng.permutation(scores)
    for design in (SIMPLE, Design(weights=weights), Design(np.arange(len(scores)) % 3)):
        there, back, itself = (
            inference(linear_precision(a[None], b[None], positive, design), design, method="t")
            for a, b in ((scores, other), (other, scores), (scores, scores))
        )
        assert (there.value, there.se) == (-back.value, back.se)
        assert (itself.value, itself.se) == (0, 0)
        order = rng.permutation(len(scores))
        turned = linear_precision(scores[None, order], other[None, order], positive[order], design.take(order))
        assert turned.value == pytest.approx(there.value, abs=1e-12)
        spread = item_spread(turned, design.take(order))
        assert math.sqrt(spread.variance) == pytest.approx(there.se, abs=1e-9)


def test_the_positives_are_rare_and_seeds_pair():
    """Degrees of freedom of the positives; values by seed and the mean influence over members."""
    rng = np.random.default_rng(8)
    positive = np.arange(60) % 5 == 0
    left, right = rng.normal(size=(2, 3, 60)) + positive
    linear = linear_precision(left, right, positive)
    assert item_spread(linear, SIMPLE).df == 11
    assert linear.rare.tolist() == list(range(0, 60, 5))
    assert (linear.n, linear.parts[0].items.tolist()) == (60, list(range(60)))
    values = [[average_precision_score(positive, row) for row in side] for side in (left, right)]
    np.testing.assert_allclose(linear.by_seed, np.subtract(*values))
    of_one = [precision_components(row, positive).influence for row in [*left, *right]]
    np.testing.assert_allclose(linear.parts[0].values, np.mean(of_one[:3], axis=0) - np.mean(of_one[3:], axis=0))
    np.testing.assert_allclose(linear.sides, values)
    single = linear_precision(left, right[:1], positive)
    np.testing.assert_allclose(single.by_seed, np.array(values[0]) - values[1][0])


def test_ranks_above_those_of_a_subset_hold_nothing():
    """Dense ranks of all items, on a few of them: as if ranked anew."""
    ranks = np.array([40, 3, 20, 7])
    positive = np.array([False, True, True, False])
    components, anew = precision_components(ranks, positive), precision_components(ranks.astype(float), positive)
    assert components.average_precision == anew.average_precision == pytest.approx((1 / 2 + 2 / 4) / 2)
    np.testing.assert_allclose(components.influence, anew.influence)
    np.testing.assert_allclose(
        precision_components(np.array([9, 2, 0]), np.array([False, True, True])).influence, anew_small()
    )


def anew_small():
    """Return the influence of a negative above two positives: precisions 1/2 and 2/3."""
    return precision_components(np.array([2.0, 1, 0]), np.array([False, True, True])).influence


def test_items_without_weight_at_the_top_say_nothing():
    """As if they were not there; a positive counts nothing either."""
    scores, positive = np.array([5.0, 4, 3, 2, 1]), np.array([False, True, False, True, False])
    components = precision_components(scores, positive, np.array([0.0, 0, 1, 1, 1]))
    rest = precision_components(scores[2:], positive[2:])
    assert components.average_precision == pytest.approx(rest.average_precision)
    np.testing.assert_allclose(components.influence[2:], rest.influence, atol=1e-12)


def test_without_a_positive_there_is_none():
    """Or with positives that weigh nothing."""
    scores = np.arange(4.0)
    with pytest.raises(ValueError, match=r"^4 items without a positive have no average precision\.$"):
        precision_components(scores, np.zeros(4, dtype=bool))
    with pytest.raises(ValueError, match="without a positive"):
        precision_components(scores, scores > 2, np.array([1.0, 1, 1, 0]))


def test_the_interval_covers():
    """400 seeded draws of 300 items, a third positive; the true difference from one draw of 400,000."""
    rng, n_draws, covered = np.random.default_rng(53), 400, 0

    def draw(n):
        positive = rng.random(n) < 1 / 3
        shared = rng.normal(size=n)
        return positive, *((k * positive + 0.7 * shared + rng.normal(size=n))[None] for k in (1.0, 1.4))

    positive, left, right = draw(400_000)
    truth = linear_precision(left, right, positive).value
    for _ in range(n_draws):
        positive, left, right = draw(300)
        difference = inference(linear_precision(left, right, positive), SIMPLE, method="t")
        covered += difference.p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


@pytest.mark.parametrize(("n_positive", "worth"), [(1, 1.0), (2, 2.0), (4, 4 / math.log(4)), (20, 20 / math.log(20))])
def test_a_negative_that_jumps_above_all_positives_costs_about_log_m_over_m(n_positive, worth):
    """So it is worth m / log m positives; of fewer than three all."""
    scores = np.arange(40.0)[None]
    assert linear_precision(scores, scores, np.arange(40) < n_positive).unseen == pytest.approx(worth)
