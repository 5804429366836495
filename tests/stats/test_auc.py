"""Tests of AUC and DeLong."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from MLstatkit import Delong_test
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from angelshare.core.estimate import judge
from angelshare.stats import auc
from angelshare.stats.auc import MIN_CLASS, auc_components, dense_ranks, linear_auc, ranked
from angelshare.stats.components import SIMPLE, Design, item_spread
from angelshare.stats.floor import with_floor


def paired_auc(left, right, positive, design=SIMPLE):
    """Return the inference on AUC(left) - AUC(right), as audits make it."""
    return with_floor(linear_auc(left, right, positive, design), design, method="paired DeLong, t")


def brute_force(scores, positive):
    """Return the (m, n) matrix of 1, 1/2, 0 for every pair of a positive and a negative."""
    ahead = scores[positive][:, None] - scores[~positive][None, :]
    return (ahead > 0) + 0.5 * (ahead == 0)


@st.composite
def scored_items(draw):
    """Return scores with ties, and a mask with both classes."""
    n = draw(st.integers(20, 60))
    scores = np.array(draw(st.lists(st.integers(0, 8), min_size=n, max_size=n)), dtype=np.float64)
    positive = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    positive[:10], positive[10:20] = True, False
    return scores, positive


def noisy_scores(rng, n, strength):
    """Return a label mask and scores that follow it."""
    positive = rng.random(n) < 0.3
    return positive, strength * positive + rng.normal(size=n)


def test_a_small_set_worked_by_hand():
    """Positives .9 .5, negatives .5 .1: pairs 1, 1, 1/2, 1 of 4 give 7/8."""
    components = auc_components(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))
    assert components.auc == 0.875
    assert components.positives.tolist() == [1.0, 0.75]
    assert components.negatives.tolist() == [0.75, 1.0]


@given(scored_items())
@settings(max_examples=25)
def test_components_are_the_means_of_the_pair_matrix(items):
    """Brute force over all pairs, ties one half; sklearn for the AUC."""
    pairs, components = brute_force(*items), auc_components(*items)
    np.testing.assert_allclose(components.positives, pairs.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(components.negatives, pairs.mean(axis=0), atol=1e-12)
    assert components.auc == pytest.approx(roc_auc_score(items[1], items[0]), abs=1e-12)


def test_one_pair_is_delongs_test():
    """MLstatkit gives the same z; its p is normal, ours has the degrees of freedom of the smaller class."""
    rng = np.random.default_rng(3)
    positive, left = noisy_scores(rng, 300, 1.0)
    right = 0.5 * left + 0.4 * positive + rng.normal(size=300)
    ours = paired_auc(left[None], right[None], positive)
    _, p_value = Delong_test(positive.astype(int), left, right, return_ci=False, return_auc=False)
    assert 2 * norm.sf(abs(ours.value) / ours.se) == pytest.approx(p_value, rel=1e-6)
    assert ours.df == min(positive.sum(), (~positive).sum()) - 1
    assert p_value < ours.t.p_value() < 1.1 * p_value
    assert ours.value == pytest.approx(roc_auc_score(positive, left) - roc_auc_score(positive, right))


@given(scored_items(), st.integers(0, 1000))
@settings(max_examples=25)
def test_swapping_the_sides_changes_the_sign_and_a_model_against_itself_loses_nothing(items, seed):
    """delta(a, b) = -delta(b, a), delta(a, a) = 0."""
    scores, positive = items
    other = np.random.default_rng(seed).permutation(scores)
    there, back = (paired_auc(a[None], b[None], positive) for a, b in ((scores, other), (other, scores)))
    assert there.value == pytest.approx(-back.value)
    assert there.se == pytest.approx(back.se)
    itself = paired_auc(scores[None], scores[None], positive)
    assert (itself.value, itself.se) == (0, 0)


def test_several_seeds_add_their_spread_to_delongs_item_variance():
    """se^2 = item variance / n + s^2 / K, with the item variance of the mean components."""
    rng = np.random.default_rng(5)
    positive, teacher = noisy_scores(rng, 200, 2.0)
    students = np.array([teacher + rng.normal(0, 1, size=200) for _ in range(3)])
    recipe = paired_auc(students, teacher[None], positive)
    by_seed = np.array([paired_auc(row[None], teacher[None], positive).value for row in students])
    assert recipe.value == pytest.approx(by_seed.mean())
    assert recipe.seed_variance == pytest.approx(by_seed.var(ddof=1) / 3)
    assert recipe.se**2 == pytest.approx(recipe.item_variance / 200 + recipe.seed_variance)
    assert recipe.n_seeds == 3


def test_delongs_interval_covers_the_true_difference():
    """600 seeded draws of 200 items; AUC = Phi(strength / sqrt 2), of two independent scores."""
    rng, n_draws, covered = np.random.default_rng(17), 600, 0
    truth = norm.cdf(1.0 / math.sqrt(2)) - norm.cdf(1.4 / math.sqrt(2))
    for _ in range(n_draws):
        positive, left = noisy_scores(rng, 200, 1.0)
        right = 1.4 * positive + rng.normal(size=200)
        covered += paired_auc(left[None], right[None], positive).t.p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


def test_the_interval_covers_with_ten_positives():
    """1,000 seeded draws of 10 positives and 90 negatives: the normal quantile would fall short here."""
    rng, n_draws, covered = np.random.default_rng(29), 1000, 0
    truth, positive = norm.cdf(1.0 / math.sqrt(2)) - norm.cdf(1.4 / math.sqrt(2)), np.arange(100) < 10
    for _ in range(n_draws):
        left, right = (strength * positive + rng.normal(size=100) for strength in (1.0, 1.4))
        covered += paired_auc(left[None], right[None], positive).t.p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


@pytest.mark.parametrize(("n_positive", "n_negative", "drops"), [(20, 280, 0.0202), (150, 150, 0.0101)])
@pytest.mark.parametrize("n_seeds", [1, 3])
def test_rare_positives_that_drop_to_the_bottom_are_seldom_called_preserved(n_positive, n_negative, drops, n_seeds):
    """A positive drops with probability `drops`, so that more than the margin of .01 is lost; 300 seeded draws.

    Mostly none is among the sampled ones: DeLong alone is wrong in half of the draws with 20 positives.
    """
    rng, n_draws, wrong, alone = np.random.default_rng(41), 300, 0, 0
    positive = np.arange(n_positive + n_negative) < n_positive
    for _ in range(n_draws):
        teacher = 4.0 * positive + rng.normal(size=len(positive))
        dropped = positive & (rng.random(len(positive)) < drops)
        students = np.where(dropped, -10.0, teacher + rng.normal(0, 0.1, size=(n_seeds, len(positive))))
        inference = paired_auc(students, teacher[None], positive)
        wrong += judge(inference.interval(), 0.01, "higher") in ("preserved", "gained")
        alone += judge(inference.t.interval(), 0.01, "higher") in ("preserved", "gained")
    assert alone / n_draws > 0.15
    assert wrong / n_draws <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / n_draws)


def test_what_cannot_be_measured_is_refused():
    """One class, or members that do not pair."""
    scores = np.zeros((2, 40))
    with pytest.raises(ValueError, match="no AUC"):
        auc_components(scores[0], np.zeros(40, dtype=bool))
    with pytest.raises(ValueError, match="do not pair"):
        paired_auc(scores[:1], scores, np.arange(40) < 10)


@settings(max_examples=25)
@given(scored_items(), st.integers(0, 99))
def test_weights_are_repeated_items_in_value(items, seed):
    """The AUC of sklearn with weights; whole weights are as many items; the components are weighted shares."""
    scores, positive = items
    times = np.random.default_rng(seed).integers(1, 5, size=len(scores))
    components = auc_components(scores, positive, times.astype(float))
    assert components.auc == pytest.approx(roc_auc_score(positive, scores, sample_weight=times))
    assert components.auc == pytest.approx(auc_components(np.repeat(scores, times), np.repeat(positive, times)).auc)
    pairs = brute_force(scores, positive)
    np.testing.assert_allclose(components.positives, np.average(pairs, axis=1, weights=times[~positive]), atol=1e-12)
    np.testing.assert_allclose(components.negatives, np.average(pairs, axis=0, weights=times[positive]), atol=1e-12)
    equal = auc_components(scores, positive, np.full(len(scores), 0.3))
    assert equal.auc == pytest.approx(auc_components(scores, positive).auc)


@settings(max_examples=25)
@given(scored_items(), st.integers(0, 99))
def test_sides_exchange_exactly_whatever_the_design(items, seed):
    """delta(b, a) has the mirrored interval, bit by bit, with clusters and weights; the order says nothing."""
    scores, positive = items
    rng = np.random.default_rng(seed)
    other, n = rng.permutation(scores), len(scores)
    for design in (SIMPLE, Design(np.arange(n) % 7), Design(weights=rng.uniform(0.5, 2, size=n))):
        there, back = (paired_auc(a[None], b[None], positive, design) for a, b in ((scores, other), (other, scores)))
        interval, mirrored = there.interval(), back.interval()
        assert (there.value, there.se, there.df) == (-back.value, back.se, back.df)
        assert (interval.low, interval.high) == (-mirrored.high, -mirrored.low)
        assert there.p_value(0.1) == back.p_value(-0.1)
        order = rng.permutation(n)
        turned = paired_auc(scores[None, order], other[None, order], positive[order], design.take(order))
        assert turned.value == pytest.approx(there.value, abs=1e-12)
        assert turned.se == pytest.approx(there.se, abs=1e-9)


def test_dense_ranks_serve_all_items_and_every_subset():
    """Sorted once: the same components; ranks far above the number of items are made anew."""
    rng = np.random.default_rng(71)
    scores, positive = rng.integers(0, 30, size=400) / 7, rng.random(400) < 0.4
    ranks = dense_ranks(scores)
    assert (ranks.min(), ranks.max()) == (0, 29)
    for mask in (np.full(400, True), np.arange(400) < 40, np.arange(400) < 3):
        of_ranks, of_scores = (auc_components(x[mask], positive[mask]) for x in (ranks, scores))
        assert of_ranks.auc == of_scores.auc
        np.testing.assert_array_equal(of_ranks.positives, of_scores.positives)
        np.testing.assert_array_equal(of_ranks.negatives, of_scores.negatives)
    few = np.array([0, 15, 3])
    assert ranked(few) is few
    assert ranked(np.array([0, 24, 3])).tolist() == [0, 2, 1]
    assert ranked(np.array([0.0, 15, 3])).tolist() == [0, 2, 1]
    none = np.array([], dtype=int)
    assert ranked(none) is none
    assert (auc.SPARSE, MIN_CLASS) == (8, 10)


def test_members_pair_row_by_row_and_the_parts_are_the_classes():
    """Values by seed are differences of pairs; positives and negatives keep their positions."""
    rng = np.random.default_rng(72)
    positive = np.arange(60) % 4 == 0
    left, right = rng.normal(size=(2, 3, 60)) + positive
    linear = linear_auc(left, right, positive)
    values = [[roc_auc_score(positive, row) for row in side] for side in (left, right)]
    np.testing.assert_allclose(linear.by_seed, np.subtract(*values))
    of_one = [auc_components(row, positive) for row in [*left, *right]]
    expected = np.mean([c.negatives for c in of_one[:3]], axis=0) - np.mean([c.negatives for c in of_one[3:]], axis=0)
    np.testing.assert_allclose(linear.parts[1].values, expected)
    assert [part.items.tolist() for part in linear.parts] == [list(range(0, 60, 4)), np.flatnonzero(~positive).tolist()]
    assert (linear.n, linear.rare) == (60, None)
    np.testing.assert_allclose(linear_auc(left, right[:1], positive).by_seed, np.array(values[0]) - values[1][0])
    np.testing.assert_allclose(linear.sides, values)


def test_weights_enter_value_and_variance():
    """The value is the difference of weighted AUCs."""
    rng = np.random.default_rng(76)
    positive, weights = np.arange(60) % 3 == 0, rng.uniform(0.5, 3, size=60)
    left, right = rng.normal(size=(2, 60)) + positive
    difference = paired_auc(left[None], right[None], positive, Design(weights=weights))
    expected = [roc_auc_score(positive, side, sample_weight=weights) for side in (left, right)]
    assert difference.value == pytest.approx(expected[0] - expected[1])
    assert difference.df < 19


def test_ten_of_each_class_are_enough():
    """Nine negatives are refused as nine positives are; the names of the method."""
    scores = np.random.default_rng(73).normal(size=(2, 1, 40))
    difference = paired_auc(*scores, np.arange(40) < 10)
    assert (difference.df, difference.n, difference.k) == (9, 40, 10)
    assert paired_auc(*scores, np.arange(40) >= 10).df == 9
    assert difference.method == "paired DeLong, t, with unseen items"
    with pytest.raises(ValueError, match=r"^2 members on the left do not pair with 3 on the right\.$"):
        linear_auc(np.zeros((2, 4)), np.zeros((3, 4)), np.arange(4) < 2)
    for labels in (np.zeros(4, dtype=bool), np.ones(4, dtype=bool)):
        with pytest.raises(ValueError, match=r"^[04] positives and [40] negatives have no AUC: both are needed\.$"):
            auc_components(np.arange(4.0), labels)
    with pytest.raises(ValueError, match="0 positives and 0 negatives have no AUC"):
        auc_components(np.array([], dtype=int), np.array([], dtype=bool))
    with pytest.raises(ValueError, match="1 positives and 3 negatives have no AUC"):
        auc_components(np.arange(4.0), np.arange(4) == 3, np.array([1.0, 1, 1, 0]))


def test_clustered_components_are_summed_by_cluster():
    """Every item three times in one cluster: the variance of the items once (Obuchowski 1997), n^2 by hand."""
    rng = np.random.default_rng(74)
    positive = np.arange(60) < 25
    left, right = rng.normal(size=(2, 60)) + positive
    once = item_spread(linear_auc(left[None], right[None], positive), Design(np.arange(60)))
    tripled = linear_auc(np.repeat(left, 3)[None], np.repeat(right, 3)[None], np.repeat(positive, 3))
    thrice = item_spread(tripled, Design(np.repeat(np.arange(60), 3)))
    assert thrice.variance == pytest.approx(once.variance)
    assert (thrice.n_clusters, thrice.df) == (60, pytest.approx(once.df))
    delong = item_spread(linear_auc(left[None], right[None], positive), SIMPLE)
    assert delong.df == 24
    assert once.variance == pytest.approx(delong.variance, rel=0.05)
