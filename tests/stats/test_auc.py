"""Tests of AUC and DeLong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from MLstatkit import Delong_test
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from angelshare.core.estimate import judge
from angelshare.stats.auc import FlooredAuc, auc_components, paired_auc
from angelshare.stats.inference import StudentT
from angelshare.stats.proportions import PairedProportions


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


def test_the_floor_worked_by_hand():
    """No discordance among 20 positives: +- 1.95996^2 / (20 + 1.95996^2) = .161125 around -.02."""
    inference = FlooredAuc(StudentT(-0.02, 0.001, 19, 300), PairedProportions(0, 0, 20))
    interval = inference.interval()
    assert (interval.low, interval.high) == (pytest.approx(-0.181125, abs=1e-6), pytest.approx(0.141125, abs=1e-6))
    assert inference.p_value(interval.low) == pytest.approx(0.05)
    # x = .1: z*^2 = 20 * .1 / .9
    assert inference.p_value(0.08) == pytest.approx(2 * norm.sf(math.sqrt(2 / 0.9)))
    assert inference.p_value(-0.02) == 1
    assert (inference.floor.p_value(1.0), inference.floor.p_value(1.52)) == (0, 0)
    assert (inference.se, inference.df, inference.n, inference.n_seeds) == (0.001, 19, 300, 1)


def test_the_t_interval_counts_where_it_is_the_wider():
    """Standard error .2 against a floor of .161."""
    t = StudentT(0.0, 0.2, 19, 300)
    inference = FlooredAuc(t, PairedProportions(0, 0, 20))
    assert (inference.interval().low, inference.interval().high) == (t.interval().low, t.interval().high)
    assert inference.p_value(-0.3) == t.p_value(-0.3)


@given(st.floats(-0.5, 0.5), st.floats(0, 0.2), st.integers(10, 5000), st.floats(0.5, 0.999))
def test_interval_and_p_value_of_a_floored_auc_invert_one_procedure(value, se, smaller, level):
    """At either end p is 1 - level, outside it is smaller, inside larger."""
    inference = FlooredAuc(StudentT(value, se, smaller - 1, 2 * smaller), PairedProportions(0, 0, smaller))
    interval = inference.interval(level)
    for end, outwards in ((interval.low, -1), (interval.high, 1)):
        assert inference.p_value(end) == pytest.approx(1 - level, abs=1e-6)
        assert inference.p_value(end + outwards * 1e-3) < 1 - level < inference.p_value(end - outwards * 1e-4)


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
    """One class, nine positives, or members that do not pair."""
    scores, positive = np.zeros((2, 40)), np.arange(40) < 9
    with pytest.raises(ValueError, match="no AUC"):
        auc_components(scores[0], np.zeros(40, dtype=bool))
    with pytest.raises(ValueError, match="9 positives and 31 negatives: at least 10 of each"):
        paired_auc(scores[:1], scores[:1], positive)
    with pytest.raises(ValueError, match="do not pair"):
        paired_auc(scores[:1], scores, positive)
