"""Tests of paired proportions and of single shares."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from angelshare.stats.means import recipe_mean
from angelshare.stats.proportions import PairedProportions, RecipeProportions, mcnemar_exact, mcnemar_midp, wilson


@st.composite
def discordant_counts(draw):
    """Return (left only, right only, n)."""
    n = draw(st.integers(1, 300))
    left_only = draw(st.integers(0, n))
    return left_only, draw(st.integers(0, n - left_only)), n


def brute_force(left_only, right_only, n, z):
    """Return the ends of the set of differences that are not rejected, the nuisance maximised on a grid."""
    deltas = np.linspace(-1, 1, 4001)[1:-1]
    kept = []
    for delta in deltas:
        # maximise b log(q + d) + c log q + (n - b - c) log(1 - 2q - d) over q, the probability of right only
        q = np.linspace(max(0, -delta), (1 - delta) / 2, 4003)[1:-1]
        likelihood = (
            left_only * np.log(q + delta)
            + right_only * np.log(q)
            + (n - left_only - right_only) * np.log(1 - 2 * q - delta)
        )
        best = q[np.argmax(likelihood)]
        score = (left_only - right_only - n * delta) / math.sqrt(n * (2 * best + delta * (1 - delta)))
        if abs(score) <= z:
            kept.append(delta)
    return min(kept), max(kept)


def test_a_small_table_worked_by_hand():
    """With b = 1, c = 0, n = 1 against q(delta): all on one side, low = (n - z^2) / (n + z^2)."""
    # z^2 = 3.8415: (1 - 3.8415) / (1 + 3.8415) = -0.5869
    interval = PairedProportions(1, 0, 1).interval()
    assert interval.low == pytest.approx(-0.5869, abs=1e-4)
    assert interval.high == 1


def test_a_published_table():
    """Airway hyper-responsiveness of 21 children, 1 and 7 discordant (Fagerland et al. 2014): -0.517 to -0.026."""
    interval = PairedProportions(1, 7, 21).interval()
    assert (interval.low, interval.high) == (pytest.approx(-0.517, abs=5e-4), pytest.approx(-0.026, abs=5e-4))
    assert mcnemar_midp(1, 7) == pytest.approx(0.0391, abs=5e-5)


def test_without_discordance_the_interval_still_has_a_width():
    """z^2 / (n + z^2) with n = 100: 3.8415 / 103.8415 = 0.03699."""
    interval = PairedProportions(0, 0, 100).interval()
    assert (interval.low, interval.high) == (pytest.approx(-0.03699, abs=1e-5), pytest.approx(0.03699, abs=1e-5))
    assert PairedProportions(0, 0, 100).p_value() == 1
    assert PairedProportions(0, 0, 100).se > 0


@pytest.mark.parametrize(
    ("left_only", "right_only", "n"), [(12, 1, 44), (5, 15, 60), (0, 7, 30), (1, 0, 20), (10, 10, 21)]
)
def test_the_interval_agrees_with_a_brute_force_inversion(left_only, right_only, n):
    """A grid over the difference and over the nuisance parameter gives the same ends."""
    interval = PairedProportions(left_only, right_only, n).interval()
    low, high = brute_force(left_only, right_only, n, stats.norm.ppf(0.975))
    assert interval.low == pytest.approx(low, abs=2e-3)
    assert interval.high == pytest.approx(high, abs=2e-3)


@pytest.mark.parametrize(("left_only", "right_only"), [(12, 1), (5, 15), (3, 3), (1, 0)])
def test_p_at_zero_is_mcnemars(left_only, right_only):
    """statsmodels: uncorrected, and exact."""
    table = [[20, left_only], [right_only, 30]]
    pair = PairedProportions(left_only, right_only, 50 + left_only + right_only)
    assert pair.p_value() == pytest.approx(mcnemar(table, exact=False, correction=False).pvalue)
    assert mcnemar_exact(left_only, right_only) == pytest.approx(mcnemar(table, exact=True).pvalue)


def test_mid_p_counts_the_observed_table_once():
    """With b = 1, c = 5: 2 P(X <= 1) - P(X = 1) = (2 * 7 - 6) / 64 = 0.125."""
    assert mcnemar_midp(1, 5) == pytest.approx(0.125)
    assert mcnemar_midp(0, 0) == 1


@given(discordant_counts(), st.floats(0.5, 0.9999))
def test_interval_and_p_value_invert_the_same_score_test(counts, level):
    """At every end inside (-1, 1) the p-value is 1 - level."""
    pair = PairedProportions(*counts)
    interval = pair.interval(level)
    assert -1 <= interval.low <= pair.value <= interval.high <= 1
    for end in (interval.low, interval.high):
        if abs(end) < 1 - 1e-9:
            assert pair.p_value(end) == pytest.approx(1 - level, rel=1e-4, abs=1e-7)


@given(discordant_counts())
def test_swapping_the_sides_changes_the_sign_only(counts):
    """delta(a, b) = -delta(b, a), ends included."""
    left_only, right_only, n = counts
    pair, swapped = PairedProportions(left_only, right_only, n), PairedProportions(right_only, left_only, n)
    assert pair.value == -swapped.value
    assert pair.interval().low == pytest.approx(-swapped.interval().high, abs=1e-12)
    assert pair.p_value(0.03) == pytest.approx(swapped.p_value(-0.03), rel=1e-6)


@given(discordant_counts())
def test_a_higher_level_gives_a_wider_interval(counts):
    """Family intervals hold the single ones."""
    pair = PairedProportions(*counts)
    narrow, wide = pair.interval(0.95), pair.interval(0.999)
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@pytest.mark.parametrize(("left_only", "right_only"), [(0.1, 0.05), (0.02, 0.005), (0.3, 0.3)])
def test_the_interval_covers_with_50_items(left_only, right_only):
    """Exact coverage by enumeration; a score test of a discrete law is near its level, not above it everywhere."""
    n, covered = 50, 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            chance = stats.multinomial.pmf([b, c, n - b - c], n, [left_only, right_only, 1 - left_only - right_only])
            if chance > 1e-7 and PairedProportions(b, c, n).p_value(left_only - right_only) > 0.05:
                covered += chance
    assert covered > 0.935


def test_the_interval_covers_with_500_items_of_which_few_are_discordant():
    """4,000 seeded draws, two Monte Carlo errors below 94%."""
    rng = np.random.default_rng(7)
    shares = [0.004, 0.001, 0.995]
    draws = rng.multinomial(500, shares, size=4000)
    covered = np.mean([PairedProportions(int(b), int(c), 500).p_value(0.003) > 0.05 for b, c, _ in draws])
    assert covered > 0.94 - 2 * math.sqrt(0.95 * 0.05 / 4000)


def test_impossible_counts_are_refused():
    """More discordant items than items."""
    with pytest.raises(ValueError, match="cannot be"):
        PairedProportions(3, 3, 5)
    assert PairedProportions(3, 1, 5).p_value(1.5) == 0


def test_wilsons_interval_is_the_textbook_one():
    """8 of 10: (0.8 + 0.19207 +- 1.96 sqrt(0.016 + 0.0096037)) / 1.38415 = 0.4902, 0.9433."""
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1


def outcomes(n, *seeds):
    """Return (seeds, n) differences: for every seed the positions lost, as -1; a negative position is a win."""
    differences = np.zeros((len(seeds), n))
    for row, positions in zip(differences, seeds, strict=True):
        for position in positions:
            row[abs(position)] = 1 if position < 0 else -1
    return differences


def test_one_item_that_two_seeds_lose_is_known_no_better_than_from_one_seed():
    """200 items: t alone gives -1.49 to +0.49 points, Tango's on (0, 1) of 200 gives -2.78 to +1.41."""
    inference = RecipeProportions.of(outcomes(200, [7], [7]))
    alone = recipe_mean(outcomes(200, [7], [7])).interval()
    assert (alone.low, alone.high) == (pytest.approx(-0.01486, abs=1e-5), pytest.approx(0.00486, abs=1e-5))
    interval, single = inference.interval(), PairedProportions(0, 1, 200).interval()
    assert (interval.low, interval.high) == (single.low, single.high)
    assert interval.low < -0.027
    assert (inference.value, inference.n, inference.n_seeds) == (-0.005, 200, 2)
    assert inference.se == recipe_mean(outcomes(200, [7], [7])).se


def test_discordant_items_are_averaged_over_seeds_and_rounded_up():
    """Losses 1, 2 and 0, wins 0, 0 and 1: one on average, and a third of one."""
    differences = outcomes(50, [1], [2, 3], [-4])
    assert RecipeProportions.of(differences).floor == PairedProportions(1, 1, 50)
    assert RecipeProportions.of(outcomes(3, [1, 2, -1], [-1, -2, 1])).floor.n >= 3


def test_seeds_that_differ_more_than_the_items_keep_their_t_interval():
    """0, 20 and 40 items of 200 lost: the spread over seeds decides."""
    differences = outcomes(200, [], range(20), range(40))
    inference, alone = RecipeProportions.of(differences), recipe_mean(differences)
    assert inference.interval() == replace(alone.interval(), method=inference.method)
    assert (inference.df, inference.seed_variance) == (alone.df, alone.seed_variance)


def test_recipes_that_agree_on_every_item_have_tangos_width_and_standard_error():
    """No item differs on any seed: z^2 / (n + z^2) on either side, never nothing."""
    inference, single = RecipeProportions.of(np.zeros((3, 100))), PairedProportions(0, 0, 100)
    assert inference.interval().high == pytest.approx(0.03699, abs=1e-5)
    assert (inference.se, inference.item_variance, inference.df) == (single.se, single.item_variance, math.inf)
    assert inference.p_value() == 1


RECIPES = npst.arrays(
    np.float64, st.tuples(st.integers(2, 5), st.integers(20, 60)), elements=st.sampled_from([-1.0, 0.0, 0.0, 0.0, 1.0])
)


@given(RECIPES, st.floats(0.9, 0.999))
def test_the_hull_and_the_larger_p_value_invert_each_other(differences, level):
    """At either end the p-value is 1 - level; within it is not smaller, and the value is within."""
    inference = RecipeProportions.of(differences)
    interval = inference.interval(level)
    assert interval.low - 1e-12 <= inference.value <= interval.high + 1e-12
    for end in (interval.low, interval.high):
        if abs(end) < 1 - 1e-9:
            assert inference.p_value(end) == pytest.approx(1 - level, rel=1e-4, abs=1e-7)
    for inside in np.linspace(interval.low, interval.high, 9):
        assert inference.p_value(float(inside)) >= (1 - level) * (1 - 1e-4)


@given(RECIPES)
def test_a_recipe_is_never_narrower_than_its_items_and_its_sign_follows_the_sides(differences):
    """delta(a, b) = -delta(b, a); the interval holds both others."""
    inference, swapped = RecipeProportions.of(differences), RecipeProportions.of(-differences[::-1, ::-1])
    interval, items = inference.interval(), inference.floor.interval()
    assert interval.low <= items.low
    assert interval.high >= items.high
    assert interval.low == pytest.approx(-swapped.interval().high, abs=1e-12)
    assert inference.p_value(0.03) == pytest.approx(swapped.p_value(-0.03), rel=1e-6)


def test_the_recipe_interval_covers_with_500_items_of_which_few_are_discordant():
    """Five seeds, 0.5% discordance, half of it on the same items for all seeds: 1,500 seeded draws."""
    rng, n_draws, covered = np.random.default_rng(23), 1500, 0
    cells = [0.002, 0.0005, 0.9975]
    for _ in range(n_draws):
        shared, own = (
            rng.choice([-1.0, 1.0, 0.0], size=500, p=cells),
            rng.choice([-1.0, 1.0, 0.0], size=(5, 500), p=cells),
        )
        differences = np.where(shared == 0, own, shared)
        truth = -0.0015 * (1 + cells[2])
        covered += RecipeProportions.of(differences).p_value(truth) > 0.05
    assert covered / n_draws > 0.94 - 2 * math.sqrt(0.95 * 0.05 / n_draws)
