"""Tests of intervals that count what was not sampled."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from angelshare.stats.auc import linear_auc
from angelshare.stats.components import SIMPLE, Design, inference, linear_mean
from angelshare.stats.floor import (
    CARRIED,
    MAX_SHARE,
    MIN_UNBOUNDED,
    TYPICAL_LOSS,
    Floored,
    hidden_by_units,
    largest_share,
    rests_on_few,
    with_floor,
)
from angelshare.stats.inference import StudentT
from angelshare.stats.precision import linear_precision
from angelshare.stats.proportions import PairedProportions


def test_an_interval_worked_by_hand():
    """Normal, 20 rare items, standard error .05: a = 3.84146 / 20 = .192073."""
    # half = (.192073 + sqrt(.036892 + 4 * 1.192073 * 3.84146 * .0025)) / (2 * 1.192073)
    #      = (.192073 + sqrt(.036892 + .045793)) / 2.384146 = (.192073 + .287550) / 2.384146 = .201172
    floored = Floored(StudentT(-0.02, 0.05, math.inf, 300), 20)
    interval = floored.interval()
    assert interval.low == pytest.approx(-0.221172, abs=2e-6)
    assert interval.high == pytest.approx(0.181172, abs=2e-6)
    assert (interval.level, interval.method) == (0.95, "t, with unseen items")
    # null .08, distance .1: variance .0025 + .1 * .9 / 20 = .007
    assert floored.p_value(0.08) == pytest.approx(2 * stats.norm.sf(0.1 / math.sqrt(0.007)))
    assert floored.p_value() == pytest.approx(2 * stats.norm.sf(0.02 / math.sqrt(0.0025 + 0.02 * 0.98 / 20)))


@given(st.integers(10, 5000), st.floats(0.5, 0.999))
def test_without_any_spread_it_is_tangos_interval_on_no_discordance(k, level):
    """+- z^2 / (k + z^2), and the p-value of its score test."""
    floored, items = Floored(StudentT(0.1, 0.0, math.inf, 2 * k), k), PairedProportions(0, 0, k)
    assert floored.interval(level).high == pytest.approx(0.1 + items.interval(level).high)
    assert floored.p_value(0.13) == pytest.approx(items.p_value(0.13 - 0.1))
    assert floored.p_value(0.1) == 1
    assert (floored.p_value(1.1), floored.p_value(2.0), floored.p_value(-1.0)) == (0, 0, 0)


@given(st.floats(-0.5, 0.5), st.floats(0, 0.6), st.integers(2, 5000), st.floats(0.5, 0.999))
@settings(max_examples=25)
def test_interval_and_p_value_invert_one_procedure(value, se, k, level):
    """At either end p is 1 - level, outside it is smaller, inside larger; never narrower than t; nested in level."""
    t = StudentT(value, se, max(1, k - 1), 2 * k)
    floored = Floored(t, k)
    interval = floored.interval(level)
    for end, outwards in ((interval.low, -1), (interval.high, 1)):
        assert floored.p_value(end) == pytest.approx(1 - level, abs=1e-6)
        step = 1e-3 * max(1, abs(end))
        assert floored.p_value(end + outwards * step) < 1 - level < floored.p_value(end - outwards * step / 10)
    plain = t.interval(level)
    assert interval.low <= plain.low
    assert interval.high >= plain.high
    assert floored.interval(0.9999).high >= interval.high
    assert interval.high - value == pytest.approx(value - interval.low)


def test_the_ends_are_those_of_a_numerical_inversion():
    """d^2 = q^2 (se^2 + d (1 - d) / k), solved by bisection."""
    q = stats.t.ppf(0.995, 14)
    half = optimize.brentq(lambda d: d**2 - q**2 * (0.03**2 + d * (1 - d) / 15), 1e-6, 1)
    assert Floored(StudentT(0.2, 0.03, 14, 90), 15).interval(0.99).low == pytest.approx(0.2 - half)


def test_all_else_is_that_of_t():
    """Spread, sizes, and the name with what was added."""
    t = StudentT(0.1, 0.2, 9, 30, 10, 3, item_variance=0.4, seed_variance=0.01, method="paired DeLong, t")
    floored = Floored(t, 5)
    assert (floored.value, floored.se, floored.df, floored.n) == (0.1, 0.2, 9, 30)
    assert (floored.n_clusters, floored.n_seeds, floored.item_variance, floored.seed_variance) == (10, 3, 0.4, 0.01)
    assert floored.method == "paired DeLong, t, with unseen items"


def test_the_floor_is_of_the_smallest_part_or_of_the_rare_items():
    """30 items of which 12 are positive, worth 12 / log 12 = 4.829 to an average precision; their weights leave fewer."""
    rng = np.random.default_rng(1)
    positive, sides = np.arange(30) < 12, rng.normal(size=(2, 1, 30))
    linear = linear_precision(*sides, positive)
    floored = with_floor(linear, SIMPLE, method="t")
    assert floored.k == pytest.approx(12 / math.log(12))
    assert floored.t == inference(linear, SIMPLE, method="t")
    assert with_floor(linear_mean(sides[0]), SIMPLE, method="t").k == 30
    weights = np.where(np.arange(30) < 6, 2.0, 1.0)
    # of all items (6 * 2 + 24)^2 / (6 * 4 + 24) = 1296 / 48 = 27 of 30
    weighted = with_floor(
        linear_precision(*sides, positive, Design(weights=weights)), Design(weights=weights), method="t"
    )
    assert weighted.k == pytest.approx(0.9 * 12 / math.log(12))


def test_few_items_or_one_that_outweighs_the_others_are_few():
    """999 items; 1,000; and 1,000 of which one makes up a tenth of the squares: 1 / 9 of the others' 999."""
    errors = np.where(np.arange(1000) % 2, 1.0, -1.0)
    outlier = np.concatenate([errors[:-1], [math.sqrt(111)]])
    assert [rests_on_few(x, SIMPLE) for x in (errors[:999], errors, outlier, np.zeros(1000))] == [
        True,
        False,
        True,
        False,
    ]
    # a constant added to all says nothing; of all squares exactly a twentieth is not more than that
    assert [rests_on_few(x + 1000, SIMPLE) for x in (errors, outlier)] == [False, True]
    twentieth = np.concatenate([np.full(1998, 1.0), [math.sqrt(1998 / 19)]]) * np.where(np.arange(1999) % 2, 1.0, -1.0)
    assert not rests_on_few((twentieth - twentieth.mean()) * np.where(np.arange(1999) == 1998, 0.99, 1.0), SIMPLE)
    assert (MIN_UNBOUNDED, MAX_SHARE) == (1000, 0.05)


def test_a_cluster_or_a_weight_that_outweighs_the_others_is_few_too():
    """2,000 even errors are many; as one cluster of 400 that errs one way, or with one weight of 200, they are not."""
    errors = np.where(np.arange(2000) % 2, 1.0, -1.0)
    codes = np.maximum(0, np.arange(2000) - 399)
    assert not rests_on_few(errors, Design(clusters=codes))
    assert rests_on_few(np.where(codes == 0, 1.0, errors), Design(clusters=codes))
    assert not rests_on_few(errors, Design(weights=np.ones(2000)))
    assert rests_on_few(errors, Design(weights=np.where(np.arange(2000) == 5, 200.0, 1.0)))
    # (1900 + 100 * 50)^2 / (1900 + 100 * 2500) = 189 items worth
    assert rests_on_few(errors, Design(weights=np.where(np.arange(2000) < 100, 50.0, 1.0)))


def test_the_largest_share_of_the_variance_worked_by_hand():
    """Deviations 3, -1, -1, -1: 9 of 12; as clusters of two 2 and -2: a half; of equal values none."""
    values = np.array([4.0, 0, 0, 0])
    assert largest_share(values, SIMPLE) == pytest.approx(0.75)
    assert largest_share(values, Design(clusters=np.array([0, 0, 1, 1]))) == pytest.approx(0.5)
    # weights 1, 1, 1, 3: mean 4 / 6, deviations 10/3, -2/3, -2/3, -2: 100 of 100 + 4 + 4 + 36
    assert largest_share(values, Design(weights=np.array([1.0, 1, 1, 3]))) == pytest.approx(100 / 144)
    assert largest_share(np.ones(5), SIMPLE) == 0
    assert CARRIED == 0.25


def test_what_units_hide_worked_by_hand():
    """z^2 = 3.841459: nothing of items alike; clusters of 6, 3, 3 of 12: 3.841459 / (2 + 3.841459) = .657620."""
    linear = linear_mean(np.zeros((1, 12)))
    assert hidden_by_units(linear, SIMPLE) == 0
    codes = np.array([0] * 6 + [1] * 3 + [2] * 3)
    assert hidden_by_units(linear, Design(clusters=codes)) == pytest.approx(0.657620, abs=1e-6)
    # a part whose items lie in fewer clusters counts: positives 4 of 5 in one cluster, 3.841459 * .8 / 4.073167
    scores, positive = np.arange(20.0)[None], np.isin(np.arange(20), [0, 1, 2, 3, 10])
    spread = Design(clusters=np.where(np.arange(20) < 4, 0, np.arange(20)))
    assert hidden_by_units(linear_auc(scores, scores, positive, spread), spread) == pytest.approx(0.754490, abs=1e-5)
    # worth half of its items: twice as much, at most all
    half = replace(linear, unseen=6.0)
    many = Design(clusters=np.arange(12))
    assert hidden_by_units(half, many) == pytest.approx(2 * 3.841459 / (12 + 3.841459), abs=1e-6)
    assert hidden_by_units(replace(linear, unseen=0.5), many) == 1.0


def test_the_standard_error_where_so_much_is_lost_worked_by_hand():
    """A distance of .1, of which an item loses a third: .0025 + .1 (1/3 - .1) / 20 = .00366667; beyond it nothing more."""
    floored = Floored(StudentT(-0.02, 0.05, math.inf, 300), 20)
    assert floored.se_at(0.1) == pytest.approx(math.sqrt(0.0025 + 0.1 * 7 / 30 / 20))
    assert (floored.se_at(0.0), floored.se_at(0.4)) == (pytest.approx(0.05), pytest.approx(0.05))
    assert TYPICAL_LOSS == 1 / 3


def test_one_heavy_item_hides_as_much_as_one_large_cluster():
    """Of 12 items one weighs 6 and eleven 1, so 6 of 17: z^2 6 / 17 = 1.355809, over 2.355809; alike, z^2 / (12 + z^2)."""
    linear = linear_mean(np.zeros((1, 12)))
    weights = np.where(np.arange(12) == 3, 6.0, 1.0)
    assert hidden_by_units(linear, Design(weights=weights)) == pytest.approx(0.575517, abs=1e-6)
    assert hidden_by_units(linear, Design(weights=np.ones(12))) == pytest.approx(0.242494, abs=1e-6)


def test_an_item_of_exactly_a_twentieth_of_the_variance_is_not_too_much():
    """Deviations +-8 and 576 times +-1: 64 of 64 + 64 + 1152; with +-8.01 it is more."""
    ones = np.where(np.arange(1152) % 2, 1.0, -1.0)
    shares = [largest_share(np.concatenate([[m, -m], ones]), SIMPLE) for m in (8.0, 8.01)]
    assert shares == [0.05, pytest.approx(0.0501125, abs=1e-6)]
    assert [rests_on_few(np.concatenate([[m, -m], ones]), SIMPLE) for m in (8.0, 8.01)] == [False, True]


def test_no_interval_reaches_beyond_what_there_can_be():
    """With one degree of freedom t(.975) is 12.7: .5 +- 1.27 is cut at 1; the width before that is what power counts."""
    floored = Floored(StudentT(0.5, 0.1, 1.0, 20), 1e9, 1.0)
    assert floored.half_width() == pytest.approx(1.2706, abs=1e-4)
    assert (floored.interval().low, floored.interval().high) == (pytest.approx(-0.7706, abs=1e-4), 1.0)
    assert floored.p_value(1.01) == 0
    assert floored.p_value(1.0) > 0.05


def test_a_difference_of_differences_can_be_twice_as_large():
    """So its limit is the sum of both."""
    positive = np.arange(20) % 2 == 0
    auc = linear_auc(np.arange(20.0)[None], np.ones((1, 20)), positive)
    assert (auc.limit, auc.less(auc).limit, auc.minus(auc).limit) == (1, 2, 2)
    assert with_floor(auc.less(auc), SIMPLE, method="t").limit == 2
