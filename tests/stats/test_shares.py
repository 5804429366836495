"""Tests of differences of shares."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from statsmodels.stats.proportion import proportion_confint

from angelshare.stats.components import MIN_CLUSTERS, SIMPLE, Design, item_spread, linear_mean
from angelshare.stats.components import inference as t_inference
from angelshare.stats.hull import Recovered
from angelshare.stats.proportions import PairedProportions
from angelshare.stats.shares import (
    MIN_CONTRIBUTING,
    ClusterBound,
    share_difference,
    share_excess,
    tango,
)


def outcomes(n, *seeds):
    """Return (seeds, n) differences: for every seed the positions lost, as -1; a negative position is a win."""
    differences = np.zeros((len(seeds), n))
    for row, positions in zip(differences, seeds, strict=True):
        for position in positions:
            row[abs(position)] = 1 if position < 0 else -1
    return differences


def test_one_item_that_two_seeds_lose_is_known_no_better_than_from_one_seed():
    """200 items: t alone gives -1.49 to +0.49 points, Tango's on (0, 1) of 200 gives -2.78 to +1.41."""
    inference = share_difference(outcomes(200, [7], [7]))
    alone = t_inference(linear_mean(outcomes(200, [7], [7])), SIMPLE, method="t").interval()
    assert (alone.low, alone.high) == (pytest.approx(-0.01486, abs=1e-5), pytest.approx(0.00486, abs=1e-5))
    interval, single = inference.interval(), PairedProportions(0, 1, 200).interval()
    assert (interval.low, interval.high) == (single.low, single.high)
    assert interval.low < -0.027
    assert (inference.value, inference.n, inference.n_seeds) == (-0.005, 200, 2)
    assert inference.se == t_inference(linear_mean(outcomes(200, [7], [7])), SIMPLE, method="t").se


def test_discordant_items_are_averaged_over_seeds_and_rounded_up():
    """Losses 1, 2 and 0, wins 0, 0 and 1: one on average, and a third of one."""
    differences = outcomes(50, [1], [2, 3], [-4])
    assert share_difference(differences).regions[0] == PairedProportions(1, 1, 50)
    assert share_difference(outcomes(3, [1, 2, -1], [-1, -2, 1])).regions[0].n >= 3


def test_seeds_that_differ_more_than_the_items_keep_their_t_interval():
    """0, 20 and 40 items of 200 lost: the spread over seeds decides."""
    differences = outcomes(200, [], range(20), range(40))
    inference, alone = share_difference(differences), t_inference(linear_mean(differences), SIMPLE, method="t")
    assert inference.interval() == replace(alone.interval(), method=inference.method)
    assert (inference.df, inference.seed_variance) == (alone.df, alone.seed_variance)


def test_recipes_that_agree_on_every_item_have_tangos_width_and_standard_error():
    """No item differs on any seed: z^2 / (n + z^2) on either side, never nothing."""
    inference, single = share_difference(np.zeros((3, 100))), PairedProportions(0, 0, 100)
    assert inference.interval().high == pytest.approx(0.03699, abs=1e-5)
    assert (inference.se, inference.item_variance, inference.df) == (single.se, single.item_variance, math.inf)
    assert inference.p_value() == 1


RECIPES = npst.arrays(
    np.float64, st.tuples(st.integers(2, 5), st.integers(20, 60)), elements=st.sampled_from([-1.0, 0.0, 0.0, 0.0, 1.0])
)


@given(RECIPES, st.floats(0.9, 0.999))
@settings(max_examples=25)
def test_the_hull_and_the_larger_p_value_invert_each_other(differences, level):
    """At either end the p-value is 1 - level; within it is not smaller, and the value is within."""
    inference = share_difference(differences)
    interval = inference.interval(level)
    assert interval.low - 1e-12 <= inference.value <= interval.high + 1e-12
    for end in (interval.low, interval.high):
        if abs(end) < 1 - 1e-9:
            assert inference.p_value(end) == pytest.approx(1 - level, rel=1e-4, abs=1e-7)
    for inside in np.linspace(interval.low, interval.high, 9):
        assert inference.p_value(float(inside)) >= (1 - level) * (1 - 1e-4)


@given(RECIPES)
@settings(max_examples=25)
def test_a_recipe_is_never_narrower_than_its_items_and_its_sign_follows_the_sides(differences):
    """delta(a, b) = -delta(b, a); the interval holds both others."""
    inference, swapped = share_difference(differences), share_difference(-differences[::-1, ::-1])
    interval, items = inference.interval(), inference.regions[0].interval()
    assert interval.low <= items.low
    assert interval.high >= items.high
    assert interval.low == pytest.approx(-swapped.interval().high, abs=1e-12)
    assert inference.p_value(0.03) == pytest.approx(swapped.p_value(-0.03), rel=1e-6)


def test_the_recipe_interval_covers_with_500_items_of_which_few_are_discordant():
    """Five seeds, 0.5% discordance, half of it on the same items for all seeds: 1,500 seeded draws."""
    rng, n_draws, covered = np.random.default_rng(23), 1500, 0
    cells = [0.002, 0.0005, 0.9975]
    for _ in range(n_draws):
        shared, separate = (
            rng.choice([-1.0, 1.0, 0.0], size=500, p=cells),
            rng.choice([-1.0, 1.0, 0.0], size=(5, 500), p=cells),
        )
        differences = np.where(shared == 0, separate, shared)
        truth = -0.0015 * (1 + cells[2])
        covered += share_difference(differences).p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


@st.composite
def clustered_outcomes(draw):
    """Return (seeds, n) differences, and codes of 4 to 14 clusters."""
    n_clusters, n_seeds = draw(st.integers(4, 14)), draw(st.integers(1, 3))
    codes = np.repeat(
        np.arange(n_clusters), draw(st.lists(st.integers(1, 6), min_size=n_clusters, max_size=n_clusters))
    )
    rows = st.lists(st.sampled_from([-1.0, 0.0, 0.0, 0.0, 0.0, 1.0]), min_size=len(codes), max_size=len(codes))
    return np.array([draw(rows) for _ in range(n_seeds)]), codes


def test_the_bound_on_clusters_worked_by_hand():
    """None of 8 discordant: 1 - .025^(1/8) = .369417, times a largest cluster of 1.5 mean sizes = .554125."""
    bound = ClusterBound(0, 8, 1.5)
    interval = bound.interval()
    assert (interval.low, interval.high) == (pytest.approx(-0.554125, abs=1e-6), pytest.approx(0.554125, abs=1e-6))
    assert (interval.level, interval.method) == (0.95, "exact bound on discordant clusters")
    # P(none of 8 | share .3 / 1.5 = .2) = .8^8 = .16777216, twice
    assert bound.p_value(0.3) == pytest.approx(2 * 0.16777216)
    assert bound.p_value(-0.3) == bound.p_value(0.3)
    assert (bound.p_value(), bound.p_value(1.0001), bound.p_value(-1.0001)) == (1, 0, 0)
    # of all items: share 1 / 1.5
    assert bound.p_value(1.0) == pytest.approx(2 * (1 / 3) ** 8)
    assert ClusterBound(0, 8, 1.0).p_value(1.0) == 0
    # all clusters of one size, but for rounding
    assert ClusterBound(0, 8, 1 - 1e-16).p_value(1.0) == 0


def test_the_bound_is_clopper_and_pearsons_and_at_most_one():
    """The upper end of 2 of 9 from statsmodels; all discordant, or a cluster far above the mean: 1."""
    upper = proportion_confint(2, 9, alpha=0.1, method="beta")[1]
    assert ClusterBound(2, 9, 1.0).interval(0.9).high == pytest.approx(upper)
    assert ClusterBound(2, 9, 1.1).interval(0.9).low == pytest.approx(-1.1 * upper)
    assert [ClusterBound(*counts).interval().high for counts in ((9, 9, 1.0), (0, 8, 3.0))] == [1, 1]
    assert (ClusterBound(9, 9, 1.0).p_value(0.0), ClusterBound(9, 9, 1.0).p_value(1.0)) == (1, 1)
    assert ClusterBound(9, 9, 1.0).p_value(-1.5) == 0


@given(st.integers(0, 11), st.floats(1, 2), st.floats(0.5, 0.999))
def test_interval_and_p_value_of_the_bound_invert_each_other(n_discordant, ratio, level):
    """At an end inside 1, p is 1 - level."""
    bound = ClusterBound(n_discordant, 12, ratio)
    end = bound.interval(level).high
    if end < 1:
        assert bound.p_value(end) == pytest.approx(1 - level, rel=1e-6)


def test_one_seed_of_independent_items_is_tangos():
    """The counts of either sign; exactly the class that has it."""
    assert share_difference(outcomes(50, [1, 2, -3])) == PairedProportions(1, 2, 50)


def test_weights_leave_fewer_items_of_which_the_weighted_share_is_discordant():
    """Weights 2 for ten items, 1 for thirty: 50^2 / 70 = 35.7, so 35; 2 / 50 of them won, 3 / 50 lost: 1.4 and 2.1."""
    weights = np.where(np.arange(40) < 10, 2.0, 1.0)
    differences = outcomes(40, [-5, 6, 20])
    assert tango(differences, Design(weights=weights)) == PairedProportions(2, 3, 35)
    difference = share_difference(differences, Design(weights=weights))
    assert difference.value == pytest.approx(-1 / 50)
    assert difference.regions == (PairedProportions(2, 3, 35),)
    assert difference.method == "t, never narrower than Tango score"
    assert difference.lent == PairedProportions(2, 3, 35)


@given(RECIPES)
@settings(max_examples=25)
def test_equal_weights_are_no_weights(differences):
    """The same counts and the same interval, whatever the weight."""
    weights = np.full(differences.shape[1], 0.3)
    assert tango(differences, Design(weights=weights)) == tango(differences)
    plain, weighted = share_difference(differences), share_difference(differences, Design(weights=weights))
    assert weighted.interval().low == pytest.approx(plain.interval().low, abs=1e-9)
    assert weighted.interval().high == pytest.approx(plain.interval().high, abs=1e-9)


def test_few_clusters_are_bounded_by_those_with_discordance():
    """Nine clusters of 4, one of them discordant: the bound; ten clusters of which six are: Tango's on the items."""
    few, enough = np.repeat(np.arange(9), 4), np.repeat(np.arange(10), 4)
    difference = share_difference(outcomes(36, [1, -2]), Design(few))
    assert difference.regions == (ClusterBound(1, 9, 1.0),)
    assert difference.method == (
        "t, delete-one-cluster jackknife, never narrower than exact bound on discordant clusters"
    )
    assert difference.lent is None
    spread = share_difference(outcomes(40, [0, 4, 8, 12, 16, 20]), Design(enough))
    assert spread.regions == (PairedProportions(0, 6, 40),)
    assert spread.lent == PairedProportions(0, 6, 40)
    assert spread.n_clusters == 10


def test_clusters_of_which_few_make_up_the_variance_are_bounded_too():
    """Half of them discordant or fewer, and the variance of fewer than three: else it is believed."""
    codes = np.repeat(np.arange(20), 4)
    one_cluster = share_difference(outcomes(80, [0, 1, 2, 3]), Design(codes))
    assert one_cluster.regions == (ClusterBound(1, 20, 1.0),)
    five = share_difference(outcomes(80, [0, 4, 8, 12, 16]), Design(codes))
    assert five.regions == (PairedProportions(0, 5, 80),)
    # eleven of twenty discordant, one with four losses that makes up nearly all of the variance
    lopsided = outcomes(80, [0, 1, 2, 3, *(4 * k * (-1) ** k for k in range(1, 11))])
    assert item_spread(linear_mean(lopsided), Design(codes)).n_contributing < 3
    assert isinstance(share_difference(lopsided, Design(codes)).regions[0], PairedProportions)
    # ten of twenty: the bound
    less = outcomes(80, [0, 1, 2, 3, *(4 * k * (-1) ** k for k in range(1, 10))])
    assert item_spread(linear_mean(less), Design(codes)).n_contributing < 3
    assert share_difference(less, Design(codes)).regions == (ClusterBound(10, 20, 1.0),)
    assert (MIN_CONTRIBUTING, MIN_CLUSTERS) == (3, 10)


def test_clusters_without_weight_do_not_count():
    """The discordant item of the last cluster weighs nothing; sizes are sums of weights: 8 against a mean of 5."""
    codes, weights = np.repeat(np.arange(9), 4), np.repeat([2.0, 1, 1, 1, 1, 1, 1, 2, 0], 4)
    difference = share_difference(outcomes(36, [1, 35]), Design(codes, weights))
    assert difference.regions == (ClusterBound(1, 8, pytest.approx(1.6)),)
    assert difference.n_clusters == 8


def test_weights_and_clusters_together():
    """Tango's counts are of Kish's items; which clusters make up the variance depends on the weights."""
    codes = np.repeat(np.arange(20), 2)
    weights = np.where(np.arange(40) % 2 == 0, 3.0, 1.0)
    # 80^2 / (20 * 9 + 20) = 32 items; losses of weight 3 in seven clusters: 21 / 80 of 32 = 8.4
    difference = share_difference(outcomes(40, range(0, 14, 2)), Design(codes, weights))
    assert difference.regions == (PairedProportions(0, 9, 32),)
    # of five clusters a win of weight 3 against a loss of weight 1; alike in number they would cancel
    cancel = outcomes(40, [1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, 12])
    assert item_spread(linear_mean(cancel, Design(codes, weights)), Design(codes, weights)).n_contributing > 3
    heavy = np.where(np.arange(40) < 2, 50.0, 1.0)
    lost = outcomes(40, [0, 1, 2, 4, 6])
    assert item_spread(linear_mean(lost, Design(codes, heavy)), Design(codes, heavy)).n_contributing < 3
    assert item_spread(linear_mean(lost, Design(codes)), Design(codes)).n_contributing > 3
    assert isinstance(share_difference(lost, Design(codes, heavy)).regions[0], ClusterBound)
    assert isinstance(share_difference(lost, Design(codes)).regions[0], PairedProportions)


@given(clustered_outcomes())
@settings(max_examples=25)
def test_a_clustered_share_mirrors_exactly_and_ignores_the_order(items):
    """delta(b, a) is delta(a, b) with its signs changed; items in another order give the same."""
    differences, codes = items
    there, back = (share_difference(rows, Design(codes)) for rows in (differences, -differences))
    interval, mirrored = there.interval(), back.interval()
    assert (there.value, there.se) == (-back.value, back.se)
    assert (interval.low, interval.high) == (-mirrored.high, -mirrored.low)
    assert there.p_value(0.1) == pytest.approx(back.p_value(-0.1), rel=1e-9)
    turned = share_difference(differences[:, ::-1], Design(codes[::-1]))
    assert turned.interval().low == pytest.approx(interval.low, abs=1e-9)
    assert turned.interval().high == pytest.approx(interval.high, abs=1e-9)
    itself = share_difference(0 * differences, Design(codes))
    assert (itself.value, itself.p_value()) == (0, 1)
    assert itself.interval().low < 0 < itself.interval().high


def test_an_excess_worked_by_hand():
    """A slice of 50 that loses 5, a rest of 150 that wins 3: -.1 - .02 = -.12."""
    # variances: (.1 - .01) 50/49 / 50 = .0018367; (.02 - .0004) 150/149 / 150 = .00013154; se .044365
    differences, in_slice = outcomes(200, [*range(5), -60, -61, -62]), np.arange(200) < 50
    excess = share_excess(differences, in_slice)
    assert excess.value == pytest.approx(-0.12)
    assert excess.se == pytest.approx(0.044365, abs=1e-6)
    assert (excess.df, excess.n, excess.n_seeds) == (49, 200, 1)
    assert excess.method == "t, never narrower than MOVER of Tango score"
    sides = PairedProportions(0, 5, 50), PairedProportions(3, 0, 150)
    assert excess.regions == (Recovered(-0.1, sides[0], 0.02, sides[1]),)
    # low: -.12 - sqrt((-.1 - low of the slice)^2 + (high of the rest - .02)^2)
    parts = -0.1 - sides[0].interval().low, sides[1].interval().high - 0.02
    assert excess.regions[0].interval().low == pytest.approx(-0.12 - math.hypot(*parts))


@given(RECIPES)
@settings(max_examples=25)
def test_an_excess_mirrors_exactly_with_the_sides_and_with_the_slice(differences):
    """Students and teacher exchanged, or slice and rest: the sign, and nothing else."""
    in_slice = np.arange(differences.shape[1]) % 3 == 0
    excess = share_excess(differences, in_slice)
    for other in (share_excess(-differences, in_slice), share_excess(differences, ~in_slice)):
        assert other.value == pytest.approx(-excess.value, abs=1e-15)
        assert other.interval().low == pytest.approx(-excess.interval().high, abs=1e-12)
        assert other.p_value(-0.1) == pytest.approx(excess.p_value(0.1), rel=1e-6)
    assert share_excess(0 * differences, in_slice).value == 0
    assert share_excess(0 * differences, in_slice).interval().high > 0


def test_an_excess_of_weighted_items_and_of_few_clusters():
    """Weights 3 and 1 on either side; the method names the region of the slice."""
    differences, in_slice = outcomes(40, [0, 1, -20]), np.arange(40) < 20
    weights = np.where(np.arange(40) % 20 == 0, 3.0, 1.0)
    excess = share_excess(differences, in_slice, Design(weights=weights))
    # -(3 + 1) / 22 on the slice, 3 / 22 on the rest
    assert excess.value == pytest.approx(-7 / 22)
    # 22^2 / 28 = 17.3 items: 4 / 22 of 17 are 3.1, 3 / 22 of 17 are 2.3
    assert excess.regions[0].left == PairedProportions(0, 4, 17)
    assert excess.regions[0].right == PairedProportions(3, 0, 17)
    assert excess.regions[0].left_value == pytest.approx(-4 / 22)
    codes = np.concatenate([np.arange(20) % 5, np.arange(20)])
    mixed = share_excess(outcomes(40, [0, 1, 25, 26, -27, 28, 29, 30, 31, 32, 33, 34, 35]), in_slice, Design(codes))
    assert isinstance(mixed.regions[0].left, ClusterBound)
    assert isinstance(mixed.regions[0].right, PairedProportions)
    assert mixed.method == (
        "t, delete-one-cluster jackknife, never narrower than MOVER of exact bound on discordant clusters"
    )


def test_the_excess_of_clusters_that_lie_on_both_sides_is_joint():
    """Every cluster has an item on either side with the same difference: the excess has no variance at all."""
    codes = np.tile(np.arange(20), 2)
    one_side = np.where(np.arange(20) % 4 == 0, -1.0, 0.0)
    excess = share_excess(np.tile(one_side, 2)[None], np.arange(40) < 20, Design(codes))
    assert excess.value == 0
    assert excess.se == pytest.approx(0, abs=1e-12)
    assert excess.n_clusters == 20
    few = share_excess(np.tile(one_side[:8], 2)[None], np.arange(16) < 8, Design(np.tile(np.arange(8), 2)))
    assert few.regions[0].left == ClusterBound(2, 8, 1.0)


def test_the_excess_covers():
    """600 seeded draws: a slice of 60 that loses 6% of its items, a rest of 240 that loses 2%."""
    rng, n_draws, covered = np.random.default_rng(43), 600, 0
    in_slice = np.arange(300) < 60
    for _ in range(n_draws):
        differences = np.where(rng.random(300) < np.where(in_slice, 0.06, 0.02), -1.0, 0.0)
        interval = share_excess(differences[None], in_slice).interval()
        covered += interval.low <= -0.04 <= interval.high
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)


def test_rare_discordance_in_few_clusters_is_seldom_judged():
    """400 seeded draws of 12 clusters of 10, all equally likely to lose or win a whole cluster: 0 is mostly inside."""
    rng, n_draws, wrong = np.random.default_rng(47), 400, 0
    codes = np.repeat(np.arange(12), 10)
    for _ in range(n_draws):
        differences = rng.choice([-1.0, 1.0, 0.0], p=[0.05, 0.05, 0.9], size=12)[codes]
        interval = share_difference(differences[None], Design(codes)).interval()
        wrong += interval.low > 0 or interval.high < 0
    assert wrong / n_draws <= 0.05


def test_no_difference_of_shares_exceeds_one_and_no_excess_two():
    """Two seeds that differ by .6 and .8 of ten items, and the same on either side: t with one degree of freedom is wide."""
    wins = np.zeros((2, 20))
    wins[0, :6] = wins[1, 1:9] = 1
    wins[:, 10:] = -wins[:, :10]
    alone = t_inference(linear_mean(wins[:, :10]), SIMPLE, method="t").interval()
    difference = share_difference(wins[:, :10])
    assert alone.high > 1
    assert difference.interval().high == 1.0
    assert share_difference(-wins[:, :10]).interval().low == -1.0
    assert (difference.p_value(1.0) > 0, difference.p_value(1.01)) == (True, 0.0)
    excess = share_excess(wins, np.arange(20) < 10)
    assert excess.interval(0.999).high == 2.0
    assert (excess.p_value(2.0) > 0, excess.p_value(2.01)) == (True, 0.0)
