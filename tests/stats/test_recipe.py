"""Tests of inference over seeds and items."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from angelshare.stats.components import SIMPLE, inference, linear_mean
from angelshare.stats.recipe import recipe_inference

DIFFERENCES = arrays(
    np.float64, st.tuples(st.integers(2, 5), st.integers(2, 30)), elements=st.sampled_from([-1.0, 0.0, 1.0])
)


def recipe_mean(differences, method="t"):
    """Return the inference on the mean of (seeds, n) differences."""
    return inference(linear_mean(differences), SIMPLE, method=method)


def test_one_pair_is_scipys_paired_t_test():
    """Same p, same interval."""
    rng = np.random.default_rng(0)
    differences = rng.normal(0.2, 1, size=40)
    ours, theirs = recipe_mean(differences[None], "paired t"), stats.ttest_1samp(differences, 0)
    assert ours.p_value() == pytest.approx(theirs.pvalue)
    assert ours.interval(0.9).low == pytest.approx(theirs.confidence_interval(0.9).low)
    assert (ours.n, ours.df, ours.n_seeds, ours.n_clusters, ours.method) == (40, 39, 1, None, "paired t")
    assert ours.item_variance == pytest.approx(differences.var(ddof=1))


def test_a_recipe_worked_by_hand():
    """Two seeds, four items."""
    # rows 1 0 0 1 and 1 0 0 0: means 1/2 and 1/4; mean over seeds 1 0 0 1/2
    # item variance: mean 3/8, squares (25 + 9 + 9 + 1)/64 = 44/64, / 3 = 11/48; / n = 11/192
    # seeds: variance of 1/2, 1/4 = 1/32; / K = 1/64. se^2 = 11/192 + 3/192 = 14/192
    # df: (14)^2 / (11^2 / 3 + 3^2 / 1) = 196 / 49.33 = 3.973
    mean = recipe_mean(np.array([[1.0, 0, 0, 1], [1, 0, 0, 0]]))
    assert mean.value == 0.375
    assert mean.se == pytest.approx(math.sqrt(14 / 192))
    assert mean.df == pytest.approx(196 / (121 / 3 + 9))
    assert mean.seed_variance == pytest.approx(1 / 64)
    assert mean.item_variance == pytest.approx(11 / 48)
    assert mean.n_seeds == 2


@given(DIFFERENCES)
@settings(max_examples=25)
def test_the_order_of_items_and_seeds_does_not_matter_and_the_sign_follows_the_sides(differences):
    """delta(a, b) = -delta(b, a); permuted items give the same standard error."""
    mean, reverse = recipe_mean(differences), recipe_mean(-differences[::-1, ::-1])
    assert mean.value == pytest.approx(-reverse.value)
    assert mean.se == pytest.approx(reverse.se)
    assert mean.df == pytest.approx(reverse.df)


@given(DIFFERENCES)
@settings(max_examples=25)
def test_satterthwaite_lies_between_the_smallest_and_the_pooled_degrees_of_freedom(differences):
    """min(n - 1, K - 1) <= df <= n + K - 2, unless nothing varies."""
    n_seeds, n = differences.shape
    mean = recipe_mean(differences)
    assert min(n - 1, n_seeds - 1) - 1e-9 <= mean.df <= n + n_seeds - 2 + 1e-9


def test_equal_seeds_leave_the_items_degrees_of_freedom():
    """No spread over seeds: the items' alone; nothing varies at all: no width."""
    same = np.array([[1.0, 0, 0, 1]] * 3)
    assert recipe_mean(same).df == pytest.approx(3)
    assert recipe_mean(np.zeros((3, 4))).se == 0
    assert recipe_inference(np.zeros(3), item_variance=0.1, n=10, item_df=math.inf, method="x").df == math.inf


def test_the_recipe_interval_covers_over_seeds_and_items():
    """2,000 seeded draws of 5 seeds and 100 items, both with their own spread: at least 94% less two errors."""
    rng = np.random.default_rng(11)
    n_draws, truth, covered = 2000, -0.02, 0
    for _ in range(n_draws):
        seeds = rng.normal(0, 0.03, size=(5, 1))
        items = rng.normal(0, 0.3, size=(1, 100)) + rng.normal(0, 0.2, size=(5, 100))
        covered += recipe_mean(truth + seeds + items).p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


def test_one_item_or_one_seed_has_no_variance():
    """A variance needs two."""
    with pytest.raises(ValueError, match="single item"):
        recipe_mean(np.array([[1.0]]))
    with pytest.raises(ValueError, match="1 seeds"):
        recipe_inference(np.zeros(1), item_variance=0.1, n=5, item_df=4, method="x")
