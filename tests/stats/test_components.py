"""Tests of the variance over items, clusters, weights and seeds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from angelshare.stats.auc import linear_auc
from angelshare.stats.components import (
    MIN_CLUSTERS,
    SIMPLE,
    Design,
    Linear,
    Part,
    confined,
    effective_size,
    has_variance,
    inference,
    item_spread,
    linear_mean,
    n_units,
)
from angelshare.stats.correlation import linear_correlation, pearson
from angelshare.stats.precision import linear_precision


@st.composite
def clustered_items(draw):
    """Return (seeds, n) differences of -1, 0 or 1, cluster codes with gaps, and weights of which some are 0."""
    n = draw(st.integers(8, 40))
    codes = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)))
    codes[:4] = [0, 3, 5, 9]
    weights = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=n, max_size=n)))
    weights[:4] = 1.0
    n_seeds = draw(st.integers(1, 3))
    rows = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=n, max_size=n)
    return np.array([draw(rows) for _ in range(n_seeds)]), codes, weights


def jackknife(statistic, units):
    """Return (G - 1) / G sum (theta_(-g) - mean)^2, leaving out one unit at a time for real."""
    left_out = np.array([statistic(units != unit) for unit in np.unique(units)])
    return (len(left_out) - 1) / len(left_out) * float(((left_out - left_out.mean()) ** 2).sum())


def test_three_clusters_worked_by_hand():
    """Pairs (1, 0), (1, 1) and (0, 0)."""
    # without each: 2/4, 1/4, 3/4; mean 1/2; variance 2/3 (0 + 1/16 + 1/16) = 1/12
    # two of the three make up the variance: (1/8)^2 / (2 / 256) = 2, so 1 degree of freedom, not 3 - 1
    differences, design = np.array([[1.0, 0, 1, 1, 0, 0]]), Design(np.array([0, 0, 1, 1, 2, 2]))
    spread = item_spread(linear_mean(differences, design), design)
    assert spread.variance == pytest.approx(1 / 12)
    assert (spread.df, spread.n_clusters, spread.n_contributing) == (pytest.approx(1), 3, pytest.approx(2))
    mean = inference(linear_mean(differences, design), design, method="t")
    assert (mean.value, mean.n, mean.n_clusters, mean.n_seeds) == (0.5, 6, 3, 1)
    assert mean.se == pytest.approx(math.sqrt(1 / 12))
    assert mean.item_variance == pytest.approx(6 / 12)
    assert mean.method == "t, delete-one-cluster jackknife"


def test_unequal_clusters_count_for_fewer():
    """Sizes 1, 1, 1, 1 and 6, two of each sign and one mixed: (10)^2 / (4 + 36) = 2.5 of them, 1.5 degrees of freedom."""
    codes = np.array([0, 1, 2, 3, 4, 4, 4, 4, 4, 4])
    differences = np.array([[1.0, -1, 1, -1, 1, -1, 1, -1, 0, 0]])
    spread = item_spread(linear_mean(differences, Design(codes)), Design(codes))
    assert (spread.df, spread.n_contributing) == (pytest.approx(1.5), pytest.approx(4))


def test_a_weighted_mean_worked_by_hand():
    """Weights 1, 1, 2 on 1, 0, 1."""
    # mean 3/4; without each: 2/3, 1, 1/2; mean 13/18; deviations -1/18, 5/18, -4/18: squares 42/324
    # variance 2/3 * 42/324 = 7/81; effective items 16/6
    design = Design(weights=np.array([1.0, 1.0, 2.0]))
    linear = linear_mean(np.array([[1.0, 0, 1]]), design)
    spread = item_spread(linear, design)
    assert linear.value == 0.75
    assert spread.variance == pytest.approx(7 / 81)
    assert spread.df == pytest.approx(16 / 6 - 1)
    # squares 1, 25, 16: 42^2 / (1 + 625 + 256)
    assert (spread.n_clusters, spread.n_contributing) == (None, pytest.approx(2))
    assert inference(linear, design, method="t").method == "t"


@given(clustered_items())
@settings(max_examples=25)
def test_the_jackknife_of_a_mean_is_the_brute_force_one(items):
    """Every cluster is left out for real, with and without weights; so is every weighted item."""
    differences, codes, weights = items
    mean = differences.mean(axis=0)
    for design in (Design(codes), Design(codes, weights)):
        w = np.ones(len(mean)) if design.weights is None else design.weights
        present = w > 0
        expected = jackknife(lambda kept, w=w, p=present: np.average(mean[p][kept], weights=w[p][kept]), codes[present])
        spread = item_spread(linear_mean(differences, design), design)
        assert spread.variance == pytest.approx(expected, abs=1e-12)
        assert spread.n_clusters == len(np.unique(codes[present]))
        sizes = np.bincount(codes, w)
        assert spread.df <= max(0.25, sizes.sum() ** 2 / (sizes**2).sum() - 1 + 1e-9)
    kept = weights > 0
    expected = jackknife(lambda rest: np.average(mean[kept][rest], weights=weights[kept][rest]), np.flatnonzero(kept))
    by_item = item_spread(linear_mean(differences, Design(weights=weights)), Design(weights=weights))
    assert by_item.variance == pytest.approx(expected, abs=1e-12)
    assert by_item.df == pytest.approx(weights.sum() ** 2 / (weights**2).sum() - 1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("what", ["auc", "precision", "pearson"])
def test_the_jackknife_of_a_smooth_statistic_is_near_the_brute_force_one(what, weighted):
    """200 clusters of 1 to 15 items: first order, so within 4% of leaving each out for real."""
    rng = np.random.default_rng(31)
    codes = np.repeat(np.arange(200), rng.integers(1, 16, size=200))
    n = len(codes)
    weights = rng.uniform(0.5, 2, size=n) if weighted else None
    truth = rng.normal(size=n)
    shared = rng.normal(0, 0.7, size=200)[codes]
    left, right = (strength * truth + shared + rng.normal(size=n) for strength in (1.0, 1.3))

    def linear(kept):
        design = Design(codes[kept], None if weights is None else weights[kept])
        sides = left[None, kept], right[None, kept]
        if what == "pearson":
            return linear_correlation(*sides, truth[kept], pearson, design)
        return (linear_auc if what == "auc" else linear_precision)(*sides, truth[kept] > 0.3, design)

    spread = item_spread(linear(np.full(n, True)), Design(codes, weights))
    assert spread.variance == pytest.approx(jackknife(lambda kept: linear(kept).value, codes), rel=0.04)


@given(clustered_items())
@settings(max_examples=25)
def test_clusters_of_one_item_and_equal_weights_change_no_variance(items):
    """As independent items; and the labels of the clusters say nothing."""
    differences, codes, _ = items
    n = differences.shape[1]
    alone = item_spread(linear_mean(differences), SIMPLE)
    of_one = item_spread(linear_mean(differences), Design(np.arange(n)))
    assert of_one.variance == pytest.approx(alone.variance, abs=1e-12)
    assert (alone.df, of_one.n_clusters) == (n - 1, n)
    assert of_one.df == pytest.approx(min(n - 1, max(1, of_one.n_contributing - 1)))
    equal = Design(weights=np.full(n, 0.3))
    weighted = item_spread(linear_mean(differences, equal), equal)
    assert weighted.variance == pytest.approx(alone.variance, abs=1e-12)
    assert weighted.df == pytest.approx(n - 1)
    there, renamed = (item_spread(linear_mean(differences), Design(c)) for c in (codes, (9 - codes) * 2))
    assert renamed.variance == pytest.approx(there.variance, abs=1e-12)
    assert renamed.df == pytest.approx(there.df)
    assert renamed.n_clusters == there.n_clusters


def test_shifts_of_equal_size_contribute_as_many_and_none_contributes_none():
    """Twelve clusters that shift by as much; twelve that do not shift at all: 1 degree of freedom."""
    codes = np.repeat(np.arange(12), 3)
    signs = np.where(codes % 2, 1.0, -1.0)[None]
    assert item_spread(linear_mean(signs), Design(codes)).n_contributing == pytest.approx(12)
    assert item_spread(linear_mean(signs), Design(codes)).df == pytest.approx(11)
    still = item_spread(linear_mean(0 * signs), Design(codes))
    assert (still.variance, still.n_contributing, still.df) == (0, 0, 1)
    assert MIN_CLUSTERS == 10


def test_independent_items_of_one_seed_are_the_paired_t_test_and_of_several_the_recipe():
    """Scipy's standard error of a mean; with three seeds that and theirs; and the names of the tests."""
    rng = np.random.default_rng(2)
    differences = rng.normal(0.1, 1, size=(3, 50))
    mean = inference(linear_mean(differences[:1]), SIMPLE, method="t")
    assert (mean.value, mean.se, mean.df) == (differences[0].mean(), pytest.approx(stats.sem(differences[0])), 49)
    assert (mean.item_variance, mean.n_seeds, mean.n, mean.n_clusters) == (
        pytest.approx(differences[0].var(ddof=1)),
        1,
        50,
        None,
    )
    assert (mean.seed_variance, mean.method) == (0, "t")
    several = inference(linear_mean(differences), SIMPLE, method="t")
    items, seeds = differences.mean(axis=0).var(ddof=1) / 50, differences.mean(axis=1).var(ddof=1) / 3
    assert (several.value, several.se) == (pytest.approx(differences.mean()), pytest.approx(math.sqrt(items + seeds)))
    assert several.df == pytest.approx((items + seeds) ** 2 / (items**2 / 49 + seeds**2 / 2))
    assert (several.item_variance, several.n) == (pytest.approx(50 * items), 50)
    assert (several.n_seeds, several.n_clusters, several.method) == (3, None, "seeds x items, t")


def test_seeds_and_clusters_together():
    """se^2 = item variance / n + s^2 / K; the clusters' degrees of freedom enter Satterthwaite's."""
    rng = np.random.default_rng(3)
    codes = np.repeat(np.arange(12), 5)
    differences = rng.normal(size=(4, 60)) + rng.normal(size=12)[codes]
    linear, design = linear_mean(differences), Design(codes)
    spread, mean = item_spread(linear, design), inference(linear, design, method="t")
    by_seed = differences.mean(axis=1)
    assert mean.seed_variance == pytest.approx(by_seed.var(ddof=1) / 4)
    assert mean.se**2 == pytest.approx(spread.variance + mean.seed_variance)
    assert mean.item_variance == pytest.approx(60 * spread.variance)
    shares = spread.variance / mean.se**2, mean.seed_variance / mean.se**2
    assert mean.df == pytest.approx(1 / (shares[0] ** 2 / spread.df + shares[1] ** 2 / 3))
    assert (mean.n_clusters, mean.n, mean.n_seeds) == (12, 60, 4)
    assert mean.method == "seeds x items, t, delete-one-cluster jackknife"


def test_two_parts_add_their_variances_and_the_smaller_bounds_the_degrees_of_freedom():
    """Welch's statistic, from scipy; df of the smaller part."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=30)
    parts = Part(np.arange(12), values[:12]), Part(np.arange(12, 30), -values[12:])
    linear = Linear(np.array([values[:12].mean() - values[12:].mean()]), parts, 30)
    mean = inference(linear, SIMPLE, method="t")
    assert mean.value / mean.se == pytest.approx(stats.ttest_ind(values[:12], values[12:], equal_var=False).statistic)
    assert mean.df == 11
    assert item_spread(Linear(linear.by_seed, parts, 30, rare=np.arange(5)), SIMPLE).df == 4


def test_the_units_of_a_part_are_those_with_weight():
    """Items where independent, clusters else; the rare items are a part of their own."""
    linear = Linear(np.zeros(1), (Part(np.arange(6), np.arange(6.0)),), 6, rare=np.array([0, 1, 5]))
    codes, weights = np.array([0, 0, 1, 1, 4, 4]), np.array([1.0, 0, 1, 1, 0, 0])
    assert n_units(linear, SIMPLE) == (6, 3)
    assert n_units(linear, Design(codes)) == (3, 2)
    assert n_units(linear, Design(codes, weights)) == (2, 1)
    assert n_units(linear, Design(weights=weights)) == (3, 1)
    assert has_variance(linear, Design(codes))
    assert not has_variance(linear, Design(codes, weights))
    with pytest.raises(
        ValueError, match=r"^A part of the statistic has a single item or cluster: at least 2 are needed\.$"
    ):
        item_spread(linear, Design(codes, weights))


def test_rare_items_bound_the_degrees_of_freedom_in_clusters():
    """30 clusters of two items; the rare ones lie in three, with sizes 2, 1 and 1: 16 / 6 of them."""
    codes = np.repeat(np.arange(30), 2)
    values = np.random.default_rng(5).normal(size=60)
    part = Part(np.arange(60), values)
    linear = Linear(values[None].mean(axis=1), (part,), 60, rare=np.array([0, 1, 2, 4]))
    assert item_spread(linear, Design(codes)).df == pytest.approx(16 / 6 - 1)
    assert item_spread(Linear(linear.by_seed, (part,), 60), Design(codes)).df > 5
    # codes may be larger than the items are many
    assert item_spread(linear, Design(codes * 5)).df == pytest.approx(16 / 6 - 1)


def test_a_statistic_moves_to_other_positions_and_is_taken_from_another():
    """Positions are mapped, values flipped, seeds subtracted one by one; the fewer rare items stay."""
    here_alone = Linear(np.array([3.0, 1]), (Part(np.array([0, 1]), np.array([1.0, 2])),), 2, rare=np.array([1]))
    other = Linear(np.array([1.0, 1]), (Part(np.array([0, 1, 2]), np.array([4.0, 5, 6])),), 3, rare=np.array([0, 2]))
    here, there = here_alone.at(np.array([1, 4]), 5), other.at(np.array([0, 2, 3]), 5)
    assert (here.n, here.parts[0].items.tolist(), here.rare.tolist()) == (5, [1, 4], [4])
    assert there.rare.tolist() == [0, 3]
    gap = here.minus(there)
    assert gap.by_seed.tolist() == [2, 0]
    assert gap.value == 1
    assert [part.items.tolist() for part in gap.parts] == [[1, 4], [0, 2, 3]]
    assert [part.values.tolist() for part in gap.parts] == [[1, 2], [-4, -5, -6]]
    assert (gap.n, gap.rare.tolist()) == (5, [4])
    assert [group.tolist() for group in gap.groups] == [[1, 4], [0, 2, 3], [4]]
    assert linear_mean(np.zeros((1, 3))).at(np.arange(3), 9).rare is None
    assert linear_mean(np.zeros((1, 3))).minus(linear_mean(np.ones((1, 3)))).rare is None
    assert gap.minus(linear_mean(np.zeros((2, 3)))).rare.tolist() == [4]


def test_a_design_is_taken_with_its_items():
    """By positions or by a mask; without weights all are 1."""
    design = Design(np.array([0, 1, 1]), np.array([1, 2, 3]))
    taken = design.take(np.array([True, False, True]))
    assert (taken.clusters.tolist(), taken.weights.tolist()) == ([0, 1], [1, 3])
    assert SIMPLE.take(np.array([0])).is_simple
    assert not Design(np.zeros(2, dtype=int)).is_simple
    assert not Design(weights=np.ones(2)).is_simple
    assert design.weights_of(np.array([2, 0])).tolist() == [3.0, 1.0]
    assert design.weights_of(np.array([2, 0])).dtype == np.float64
    assert SIMPLE.weights_of(np.array([2, 0])).tolist() == [1, 1]


@given(st.integers(1, 3000), st.sampled_from([0.1, 0.3, 1 / 3, 0.7, 1e-3, 1e6]))
@settings(max_examples=25)
def test_equal_weights_leave_every_item(n, weight):
    """No item is lost to rounding."""
    assert effective_size(np.full(n, weight), n) == n
    assert effective_size(None, n) == n


def test_unequal_weights_leave_fewer_rounded_down():
    """1, 1, 2: 16 / 6 = 2.67; one that holds nearly all: 1."""
    assert effective_size(np.array([1.0, 1, 2]), 3) == 2
    assert effective_size(np.array([1.0, 1e-6]), 2) == 1


def test_a_weighted_mean_of_seeds_is_each_seeds_weighted_mean():
    """Values by seed are weighted; the parts are the mean over seeds."""
    differences = np.array([[1.0, 0, 0, -1], [1, 1, 0, 0]])
    linear = linear_mean(differences, Design(weights=np.array([1.0, 1, 2, 0])))
    assert linear.by_seed.tolist() == [0.25, 0.5]
    assert linear.parts[0].values.tolist() == [1, 0.5, 0, -0.5]
    assert linear.parts[0].items.tolist() == [0, 1, 2, 3]
    assert linear_mean(differences).by_seed.tolist() == [0, 0.5]
    assert linear.n == 4


@pytest.mark.parametrize("n_clusters", [12, 25])
def test_the_clustered_interval_covers(n_clusters):
    """500 seeded draws of clusters of 1 to 12 items that share much of their difference."""
    rng, n_draws, covered = np.random.default_rng(n_clusters), 500, 0
    for _ in range(n_draws):
        codes = np.repeat(np.arange(n_clusters), rng.integers(1, 13, size=n_clusters))
        differences = 0.3 + rng.normal(size=n_clusters)[codes] + rng.normal(size=len(codes))
        design = Design(codes)
        covered += inference(linear_mean(differences[None], design), design, method="t").p_value(0.3) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


def test_a_statistic_is_worth_its_smallest_group_unless_it_says_otherwise():
    """A difference of two is worth the lesser of both."""

    def linear(*sizes, rare=None, unseen=None):
        parts = tuple(Part(np.arange(size), np.zeros(size)) for size in sizes)
        return Linear(np.zeros(1), parts, 20, rare, unseen=unseen)

    assert linear(9, 7).worth == 7
    assert linear(9, 7, rare=np.arange(4)).worth == 4
    assert linear(9, 7, rare=np.arange(4), unseen=5.5).worth == 5.5
    assert linear(9).minus(linear(7)).worth == 7
    assert linear(9, unseen=2.5).minus(linear(7)).worth == 2.5
    assert linear(9).minus(linear(7, unseen=12.0)).worth == 9


def test_clusters_of_one_item_each_are_none():
    """Any codes become 0, 1, ...; one cluster of two keeps them all; weights stay."""
    weights = np.array([1.0, 2, 3])
    alone, pair = Design.from_codes(np.array([70, 5, 9]), weights), Design.from_codes(np.array([70, 5, 70]), weights)
    assert alone.clusters.tolist() == [2, 0, 1]
    assert alone.without_singles().clusters is None
    assert alone.without_singles().weights is weights
    assert pair.without_singles() is pair
    assert Design.from_codes(None, None).is_simple
    assert SIMPLE.without_singles() is SIMPLE


def test_an_interaction_worked_by_hand():
    """(1, 0, 1) less (0, 0, 1) on the same items is the mean of (1, 0, 0); both can lose an item of three: 3 / 2."""
    first, second = linear_mean(np.array([[1.0, 0, 1]])), linear_mean(np.array([[0.0, 0, 1]]))
    interaction = first.less(second)
    assert interaction.value == pytest.approx(1 / 3)
    assert interaction.parts[0].values.tolist() == [1, 0, 0]
    assert interaction.worth == pytest.approx(1.5)


def test_statistics_on_other_items_have_no_interaction():
    """Nor have those of other seeds."""
    mean = linear_mean(np.array([[1.0, 0, 1]]))
    for other in (linear_mean(np.array([[1.0, 0]])), linear_mean(np.array([[1.0, 0, 1], [0, 0, 1]]))):
        with pytest.raises(ValueError, match="have no joint difference"):
            mean.less(other)


def test_a_statistic_among_its_own_items_alone():
    """Items 2, 5 and 7 of nine: they are 0, 1 and 2 there, in their clusters; clusters of one item each are none."""
    linear = Linear(np.zeros(1), (Part(np.array([5, 2]), np.array([1.0, 3])), Part(np.array([7]), np.ones(1))), 9)
    about, design = confined(linear, Design(np.array([0, 0, 1, 1, 1, 1, 2, 2, 2]), np.arange(9.0)))
    assert [part.items.tolist() for part in about.parts] == [[1, 0], [2]]
    assert (about.n, design.clusters.tolist(), design.weights.tolist()) == (3, [1, 1, 2], [2, 5, 7])
    assert confined(linear, Design(np.arange(9)))[1].clusters is None
    simple, same = confined(linear, SIMPLE)
    assert (simple.n, same) == (3, SIMPLE)


@pytest.mark.parametrize("design", [SIMPLE, Design(np.arange(40) % 20)])
def test_a_sum_is_known_no_better_than_it_says(design):
    """Degrees of freedom that a statistic brings along bound those of its items, and stay with its differences."""
    parts = (Part(np.arange(40), np.linspace(0, 1, 40)),)
    free, bound = Linear(np.zeros(1), parts, 40), Linear(np.zeros(1), parts, 40, df=3.5)
    assert item_spread(free, design).df > 10
    assert item_spread(bound, design).df == 3.5
    assert free.less(bound).df == bound.minus(free).df == 3.5
