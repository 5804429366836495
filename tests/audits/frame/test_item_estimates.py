"""Tests of shares and means with clusters, weights and seeds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from angelshare.audits.frame.item_estimates import design_of, mean, share
from angelshare.stats.components import SIMPLE, Design
from angelshare.stats.proportions import wilson


def test_one_model_on_independent_items_has_wilsons_interval():
    """3 of 10."""
    figure = share(np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0, 0]]), SIMPLE, 0.95)
    assert (figure.value, figure.n, figure.n_clusters) == (0.3, 10, None)
    assert figure.se == pytest.approx(math.sqrt(0.3 * 0.7 / 10))
    assert figure.interval == wilson(3, 10)


def test_a_mean_of_shares_has_the_hull_of_both_whole_numbers():
    """1.5 of 4."""
    interval = share(np.array([[0.5, 1, 0, 0]]), SIMPLE, 0.9).interval
    assert (interval.low, interval.high) == (wilson(1, 4, 0.9).low, wilson(2, 4, 0.9).high)


def test_seeds_widen_the_interval_but_never_narrow_it():
    """Five seeds with equal outcomes are as good as one; seeds that differ are worse."""
    row = (np.arange(40) < 10).astype(float)
    single, repeated = share(row[None], SIMPLE, 0.95), share(np.tile(row, (5, 1)), SIMPLE, 0.95)
    assert repeated.interval.low <= single.interval.low < single.interval.high <= repeated.interval.high
    apart = share(np.array([row, np.ones(40), np.zeros(40)]), SIMPLE, 0.95)
    assert (apart.interval.low, apart.interval.high) == (0, 1)


def test_nothing_found_in_any_seed_still_leaves_room():
    """As Wilson's interval of 0 of 50."""
    figure = share(np.zeros((3, 50)), SIMPLE, 0.95)
    assert (figure.value, figure.se, figure.interval.low) == (0, 0, 0)
    assert figure.interval.high == wilson(0, 50).high
    assert figure.interval.method == "seeds x items, t, never narrower than Wilson score"


def test_few_clusters_or_clusters_alike_count_as_one_item_each():
    """Nothing in 5 clusters of 100 is nothing in 5; in 20 clusters, nothing in 20."""
    for n_clusters in (5, 20):
        design = Design(np.repeat(np.arange(n_clusters), 100))
        figure = share(np.zeros((1, 100 * n_clusters)), design, 0.95)
        assert figure.interval.high == wilson(0, n_clusters).high
        assert figure.n_clusters == n_clusters


def test_clusters_that_differ_have_the_t_interval_of_their_means():
    """Twelve clusters of ten, all 1 or all 0: as a t interval over twelve numbers, here wider than Wilson's of 120."""
    by_cluster = np.array([1.0, 0.0] * 6)
    figure = share(np.repeat(by_cluster, 10)[None], Design(np.repeat(np.arange(12), 10)), 0.95)
    half = stats.t.ppf(0.975, 11) * by_cluster.std(ddof=1) / math.sqrt(12)
    assert (figure.interval.low, figure.interval.high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))


def test_weights_count_for_the_value_and_its_error():
    """Two of three weigh 1, one weighs 2: the share of that one is a half."""
    figure = share(np.array([[0.0, 0.0, 1.0]]), Design(weights=np.array([1.0, 1.0, 2.0])), 0.95)
    assert figure.value == 0.5
    # Kish: 16 / 6, so two items
    assert figure.interval.low <= wilson(1, 2).low
    assert figure.interval.high >= wilson(1, 2).high


def test_a_single_cluster_says_nothing_of_others():
    """A value without an interval."""
    for measured in (share, mean):
        figure = measured(np.array([[0.0, 1.0]]), Design(np.zeros(2, dtype=int)), 0.95)
        assert (figure.value, figure.se, figure.interval, figure.n_clusters) == (0.5, None, None, 1)


@given(st.lists(st.floats(0, 2), min_size=2, max_size=20), st.floats(0.5, 0.99))
def test_a_mean_has_the_t_interval_cut_to_what_is_possible(values, level):
    """As scipy's."""
    row = np.array(values)
    figure = mean(row[None], SIMPLE, level, within=(0.0, 2.0))
    half = stats.t.ppf((1 + level) / 2, len(row) - 1) * row.std(ddof=1) / math.sqrt(len(row))
    assert figure.value == pytest.approx(row.mean())
    assert figure.interval.low == pytest.approx(max(0, row.mean() - half), abs=1e-12)
    assert figure.interval.high == pytest.approx(min(2, row.mean() + half), abs=1e-12)


def test_clusters_of_one_item_each_are_none(make_member):
    """And codes with gaps are closed."""
    alone = make_member("m/0", [1, 2, 3], clusters=np.array([7, 3, 5]))
    assert design_of(alone.items).is_simple
    paired = make_member("m/0", [1, 2, 3], clusters=np.array([7, 3, 7]))
    assert design_of(paired.items).clusters.tolist() == [1, 0, 1]
