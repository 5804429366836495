"""Tests of statistics over several text sets."""

import math

import numpy as np
import pytest

from angelshare.stats.auc import linear_auc
from angelshare.stats.components import SIMPLE, Design, inference, linear_mean
from angelshare.stats.pooling import Sampled, pooled


def mean_of(rows, clusters=None, weights=None):
    """Return the statistic of (seeds, n) differences."""
    design = Design(None if clusters is None else np.array(clusters), None if weights is None else np.array(weights))
    return Sampled(linear_mean(np.array(rows, dtype=np.float64), design), design)


def test_a_difference_of_two_means_worked_by_hand():
    """(1, 0, 1, 0) less (0, 0, 1): 1/2 - 1/3; variances 1/3 / 4 and 1/3 / 3 add up."""
    pool = pooled([(1.0, mean_of([[1, 0, 1, 0]])), (-1.0, mean_of([[0, 0, 1]]))])
    t = inference(pool.linear, pool.design, method="t")
    assert t.value == pytest.approx(1 / 6)
    assert t.se == pytest.approx(math.sqrt(1 / 12 + 1 / 9))
    # the smaller set's degrees of freedom
    assert (t.df, t.n, t.n_clusters) == (2, 7, None)


def test_weights_scale_the_standard_error():
    """A half of a mean has half its error, and an unseen item moves it half as much."""
    mean = mean_of([[1, 0, 1, 0]])
    half = pooled([(0.5, mean)])
    whole, part = (inference(s.linear, s.design, method="t") for s in (mean, half))
    assert part.se == pytest.approx(whole.se / 2)
    assert half.linear.worth == 8


def test_seeds_stay_joint():
    """What a seed does to both sets cancels in their difference: seed by seed (1, 1) - (1, 1) and (0, 0) - (0, 0)."""
    rows = [[1, 1, 1, 1], [0, 0, 0, 0]]
    pool = pooled([(1.0, mean_of(rows)), (-1.0, mean_of(rows))])
    assert pool.linear.by_seed.tolist() == [0.0, 0.0]


def test_clusters_of_two_sets_are_different_clusters():
    """Even if their codes are the same; items of a set without clusters are one each."""
    pool = pooled([(1.0, mean_of([[1, 0, 1]], clusters=[0, 0, 1])), (1.0, mean_of([[1, 0]]))])
    assert pool.design.clusters.tolist() == [0, 0, 1, 2, 3]
    assert pool.design.weights is None


def test_the_variance_of_clustered_sets_is_the_sum_of_theirs():
    """Up to the factors of the two jackknives, which the pooled one replaces by its own: (1 - 1/G) for each."""
    rng = np.random.default_rng(0)
    first, second = (mean_of([rng.normal(size=400)], clusters=np.repeat(np.arange(100), 4)) for _ in range(2))
    pool = pooled([(1.0, first), (-1.0, second)])
    alone = [inference(s.linear, s.design, method="t").se for s in (first, second)]
    assert inference(pool.linear, pool.design, method="t").se == pytest.approx(math.hypot(*alone), rel=0.01)


def test_sets_of_the_same_templates_share_their_clusters():
    """Two equal sets have one set's standard error, not that of twice as many templates."""
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(20), 5)
    rows = rng.normal(size=20)[codes] + rng.normal(size=100)
    mean = mean_of([rows], clusters=codes)
    named = Sampled(mean.linear, mean.design, np.array([f"t{code}" for code in codes], dtype=object))
    pool = pooled([(0.5, named), (0.5, named)])
    whole, alone = (inference(s.linear, s.design, method="t") for s in (pool, named))
    assert (whole.n_clusters, whole.value) == (20, pytest.approx(alone.value))
    assert whole.se == pytest.approx(alone.se)
    # a template that was not sampled would move both halves: as much as it moves one whole
    assert pool.linear.worth == pytest.approx(named.linear.worth)


def test_a_set_without_names_shares_nothing():
    """Its items stay one cluster each."""
    plain = mean_of([[1, 0, 1]])
    named = Sampled(plain.linear, plain.design, np.array(["a", "a", ""], dtype=object))
    pool = pooled([(1.0, named), (1.0, plain)])
    assert len(np.unique(pool.design.clusters)) == 5
    assert pool.design.clusters[0] == pool.design.clusters[1]


def test_weighted_items_beside_alike_ones():
    """Those of a set without weights count one each."""
    pool = pooled([(1.0, mean_of([[1, 0]], weights=[2.0, 1.0])), (1.0, mean_of([[1, 0, 0]]))])
    assert pool.design.weights.tolist() == [2, 1, 1, 1, 1]


def test_an_auc_and_a_mean_can_be_pooled():
    """The parts of both stand side by side."""
    positive = np.array([True, True, False, False])
    auc = Sampled(linear_auc(np.array([[4.0, 1, 2, 3]]), np.array([[4.0, 3, 2, 1]]), positive), SIMPLE)
    pool = pooled([(1.0, auc), (-1.0, mean_of([[1, 0, 0]]))])
    assert [part.items.tolist() for part in pool.linear.parts] == [[0, 1], [2, 3], [4, 5, 6]]
    # (1/2 - 1) - 1/3
    assert pool.linear.value == pytest.approx(-5 / 6)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([], "at least one term"),
        ([(0.0, mean_of([[1, 0]]))], "no weight of 0"),
        ([(1.0, mean_of([[1, 0]])), (1.0, mean_of([[1, 0], [0, 1]]))], r"Statistics of \[1, 2\] members do not pair"),
    ],
)
def test_what_cannot_be_pooled_is_refused(terms, message):
    """With a full sentence."""
    with pytest.raises(ValueError, match=message):
        pooled(terms)


@pytest.mark.parametrize("n_sets", [2, 5])
def test_the_interval_of_a_pooled_loss_covers_it(n_sets):
    """95% of 600 draws of several clustered sets, within Monte-Carlo error."""
    rng = np.random.default_rng(n_sets)
    covered = 0
    for _ in range(600):
        terms = []
        for index in range(n_sets):
            codes = np.repeat(np.arange(30), 5)
            rows = rng.normal(size=30)[codes] + rng.normal(size=150)
            terms.append((1.0 if index else -1.0, mean_of([rows], clusters=codes)))
        pool = pooled(terms)
        interval = inference(pool.linear, pool.design, method="t").interval()
        covered += interval.low <= 0 <= interval.high
    assert 0.95 - 3 * math.sqrt(0.95 * 0.05 / 600) <= covered / 600 <= 1.0
