"""Tests of intervals made of others."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from angelshare.stats.hull import SMALLEST_P, Hull, Recovered
from angelshare.stats.inference import StudentT
from angelshare.stats.proportions import PairedProportions, wilson
from angelshare.stats.shares import ClusterBound


class OneShare:
    """Wilson's interval as a region."""

    def __init__(self, successes, n):
        self.successes, self.n = successes, n

    def interval(self, level=0.95):
        return wilson(self.successes, self.n, level)


def test_the_hull_holds_every_interval_and_takes_the_largest_p():
    """Around 0: +- 1.96 * .1; regions .1 +- 1.96 * .1 and -.3 +- 1.96 * .01: from -.3196 to .296."""
    t = StudentT(0.0, 0.1, math.inf, 50, 7, 3, item_variance=0.2, seed_variance=0.003)
    up, low = replace(t, value=0.1), replace(t, value=-0.3, se=0.01)
    hull = Hull(t, (up, low), "hull")
    interval = hull.interval()
    assert (interval.low, interval.high) == (low.interval().low, up.interval().high)
    assert (interval.level, interval.method) == (0.95, "hull")
    assert hull.interval(0.5).level == 0.5
    assert (hull.p_value(-0.1), hull.p_value(0.3), hull.p_value(-0.3)) == (t.p_value(-0.1), up.p_value(0.3), 1)
    assert hull.p_value() == 1
    assert hull.p_value(0.02) == t.p_value(0.02)
    assert (hull.value, hull.se, hull.df, hull.n) == (0, 0.1, math.inf, 50)
    assert (hull.n_clusters, hull.n_seeds, hull.item_variance, hull.seed_variance) == (7, 3, 0.2, 0.003)


def test_a_spread_is_lent_where_t_has_none():
    """Only there; without a lender there is none."""
    items = PairedProportions(0, 0, 100)
    still, moving = StudentT(0, 0, 4, 100, seed_variance=0.0), StudentT(0, 0.1, 4, 100, item_variance=1.0)
    lent = Hull(still, (items,), "h", lent=items)
    assert (lent.se, lent.df, lent.item_variance, lent.seed_variance) == (items.se, math.inf, items.item_variance, 0)
    assert (Hull(moving, (items,), "h", lent=items).se, Hull(moving, (items,), "h", lent=items).df) == (0.1, 4)
    assert (Hull(still, (items,), "h").se, Hull(still, (items,), "h").df) == (0, 4)


def test_a_difference_of_two_shares_is_newcombes():
    """56 of 70 and 48 of 80: .2, .0524 to .3339 (Newcombe 1998, Statistics in Medicine 17:873, method 10)."""
    difference = Recovered(56 / 70, OneShare(56, 70), 48 / 80, OneShare(48, 80))
    interval = difference.interval()
    assert difference.value == pytest.approx(0.2)
    assert (interval.low, interval.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert interval.method == "MOVER of Wilson score"
    assert difference.p_value(interval.low) == pytest.approx(0.05)


def test_of_two_normal_values_it_is_the_normal_interval():
    """Standard errors .3 and .4 make .5; p is the z test's."""
    sides = StudentT(1.0, 0.3, math.inf, 10), StudentT(0.4, 0.4, math.inf, 10)
    difference, normal = Recovered(1.0, sides[0], 0.4, sides[1]), StudentT(0.6, 0.5, math.inf, 20)
    for level in (0.5, 0.9, 0.999):
        interval, expected = difference.interval(level), normal.interval(level)
        assert (interval.low, interval.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
        assert interval.level == level
    for null in (-1.5, 0.0, 0.59, 0.61, 2.0):
        assert difference.p_value(null) == pytest.approx(normal.p_value(null), rel=1e-6)
    assert difference.p_value() == pytest.approx(2 * stats.norm.sf(0.6 / 0.5))


def test_the_inverted_p_ends_at_one_and_far_out_at_the_smallest():
    """At the value 1; so near that no level excludes it 1; beyond all levels 1e-12."""
    sides = StudentT(0.0, 0.3, math.inf, 10), StudentT(0.0, 0.4, math.inf, 10)
    difference = Recovered(0.0, sides[0], 0.0, sides[1])
    assert (difference.p_value(0.0), difference.p_value(1e-13), difference.p_value(-1e-13)) == (1, 1, 1)
    assert difference.p_value(1e-9) == pytest.approx(1, abs=1e-6)
    assert difference.p_value(50.0) == SMALLEST_P == 1e-12
    assert difference.p_value(-50.0) == SMALLEST_P
    assert difference.p_value(3.4) == pytest.approx(2 * stats.norm.sf(6.8), rel=1e-4)


@st.composite
def regions(draw):
    """Return two values of discordant items, or clusters, and the regions around them."""
    sides = []
    for _ in range(2):
        n = draw(st.integers(20, 300))
        left_only, right_only = draw(st.integers(0, 8)), draw(st.integers(0, 8))
        pair = PairedProportions(left_only, right_only, n)
        bound = ClusterBound(draw(st.integers(0, 7)), 8, draw(st.floats(1, 1.5)))
        sides += draw(st.sampled_from([(pair.value, pair), (0.0, bound)]))
    return Recovered(*sides)


@given(regions(), st.floats(0.8, 0.999))
@settings(max_examples=25)
def test_interval_and_p_value_of_a_difference_invert_each_other_and_exchange_with_its_sides(difference, level):
    """At the ends p is 1 - level; the exchanged difference is mirrored exactly; wider at a higher level."""
    interval = difference.interval(level)
    mirrored = Recovered(difference.right_value, difference.right, difference.left_value, difference.left)
    assert mirrored.value == -difference.value
    back = mirrored.interval(level)
    assert (back.low, back.high) == (-interval.high, -interval.low)
    assert interval.low <= difference.value <= interval.high
    wider = difference.interval(0.9995)
    assert wider.low <= interval.low
    assert wider.high >= interval.high
    if all(isinstance(side, PairedProportions) for side in (difference.left, difference.right)):
        for end in (interval.low, interval.high):
            assert difference.p_value(end) == pytest.approx(1 - level, rel=1e-5)
            assert mirrored.p_value(-end) == pytest.approx(difference.p_value(end), rel=1e-6)
