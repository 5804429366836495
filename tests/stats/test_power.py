"""Tests of what a comparison could have found."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.estimate import Interval
from angelshare.stats.floor import Floored
from angelshare.stats.inference import StudentT
from angelshare.stats.power import N_STEPS, POWER, detectable_difference, n_needed


def test_the_detectable_difference_is_q_standard_errors():
    """Here q = 1.95996 + 0.84162 = 2.80158 for the normal."""
    assert detectable_difference(StudentT(0, 0.01, math.inf, 100), alpha=0.05) == pytest.approx(0.0280158, abs=1e-6)


def test_items_needed_worked_by_hand():
    """(margin / q)^2 = (0.01 / 2.80158)^2 = 1.27408e-5; variance 0.1 / 1.27408e-5 = 7848.9."""
    inference = StudentT(0.5, math.sqrt(0.1 / 1000), math.inf, 1000, item_variance=0.1)
    assert n_needed(inference, 0.01, alpha=0.05) == 7849


def test_more_items_cannot_decide_against_the_spread_over_seeds_or_without_a_margin():
    """The seeds' share alone is larger than the margin allows; a margin of 0 needs no number."""
    inference = StudentT(0, 0.02, math.inf, 1000, item_variance=0.1, seed_variance=0.0003, n_seeds=3)
    assert n_needed(inference, 0.01, alpha=0.05) is None
    assert n_needed(StudentT(0, 0.01, 9, 10, item_variance=0.1), 0.0, alpha=0.05) is None


def test_a_floor_that_the_standard_error_does_not_show_needs_items_too():
    """Half width .161145 of 300 items against .01: 16.1 times as many; the standard error alone asks for 24."""
    t = StudentT(0, 0.001, math.inf, 300, item_variance=300 * 1e-6)
    assert n_needed(t, 0.01, alpha=0.05) == 24
    assert n_needed(Floored(t, 20), 0.01, alpha=0.05) == 4835


def test_clusters_are_counted_where_there_are_any():
    """1,000 items in 100 clusters: a tenth of the number."""
    alone = StudentT(0, 0.01, math.inf, 1000, item_variance=0.1)
    clustered = StudentT(0, 0.01, math.inf, 1000, n_clusters=100, item_variance=0.1)
    assert n_needed(clustered, 0.01, alpha=0.05) == math.ceil(7848.9 / 10)
    assert n_needed(alone, 0.01, alpha=0.05) == 7849


def test_what_an_interval_adds_is_added_to_the_detectable_difference():
    """Half of an interval from -.3 to .1 at 1 - alpha is .2; t(.80, 9) = .883404 standard errors of .01.

    The median of a standard error with 9 degrees of freedom is (1 - 2 / 81)^1.5 = .963193 of the true one.
    """

    class Lopsided(StudentT):
        def interval(self, level=0.95):
            assert level == 0.99
            return Interval(-0.3, 0.1, level, "lopsided")

    assert detectable_difference(Lopsided(0, 0.01, 9, 10), alpha=0.01) == pytest.approx(
        0.20883404 / 0.9631925, abs=1e-6
    )
    assert POWER == 0.80


def test_items_needed_with_few_degrees_of_freedom_and_a_spread_over_seeds():
    """With q = t(.995, 4) + t(.8, 4) = 4.604095 + .940965 = 5.545060 at alpha .01; (1 - 2 / 36)^1.5 = .917835."""
    # (.1 / 5.545060)^2 = 3.25230e-4, less 1e-4 over seeds: 2.25230e-4; 100 * .002 / 100 / 2.25230e-4 = 8.9
    t = StudentT(0, math.sqrt(0.002 / 100 + 1e-4), 4, 100, item_variance=0.002, seed_variance=1e-4)
    assert n_needed(t, 0.1, alpha=0.01) == 9
    assert detectable_difference(t, alpha=0.01) == pytest.approx(5.545060 * math.sqrt(1.2e-4) / 0.917835, rel=1e-6)


def test_at_least_one_item_is_needed_and_a_floor_counts_from_the_margin_on():
    """No variance at all: 1; a half width just above the margin asks for more, one at the margin does not."""
    assert n_needed(StudentT(0, 0, 9, 10), 0.01, alpha=0.05) == 1

    class Wide(StudentT):
        def interval(self, level=0.95):
            return Interval(-0.5, 0.5, level, "wide")

    assert n_needed(Wide(0, 1e-9, 9, 10, item_variance=1e-17), 0.5, alpha=0.05) == 1
    assert n_needed(Wide(0, 1e-9, 9, 10, item_variance=1e-17), 0.25, alpha=0.05) == 20
    assert n_needed(Wide(0, 1e-9, 9, 10, 5, item_variance=1e-17), 0.25, alpha=0.05) == 10


def test_just_the_spread_over_seeds_leaves_no_room():
    """The margin is q seed deviations: no number of items decides."""
    q = detectable_difference(StudentT(0, 1, math.inf, 10), alpha=0.05)
    t = StudentT(0, 0.5, math.inf, 10, item_variance=0.1, seed_variance=0.25)
    assert n_needed(t, q / 2, alpha=0.05) is None
    assert n_needed(t, q / 2 * 1.01, alpha=0.05) is not None
    assert n_needed(StudentT(0, 0.01, 9, 10, item_variance=0.1), 1.0, alpha=0.05) == 1


@given(st.floats(0.001, 1), st.floats(0.005, 0.2), st.integers(2, 10_000))
def test_with_the_items_needed_the_detectable_difference_is_the_margin(variance, margin, n):
    """The two answer each other."""
    needed = n_needed(StudentT(0, math.sqrt(variance / n), math.inf, n, item_variance=variance), margin, alpha=0.05)
    at_needed = StudentT(0, math.sqrt(variance / needed), math.inf, needed, item_variance=variance)
    assert detectable_difference(at_needed, alpha=0.05) <= margin * (1 + 1e-9)


def test_a_loss_makes_items_vary_more_and_that_is_counted():
    """The difference d = .201172 + .841621 sqrt(.0025 + d (1/3 - d) / 20) is .251191; without the loss .243253."""
    t = StudentT(0, 0.05, math.inf, 300)
    floored = Floored(t, 20)
    detectable = detectable_difference(floored, alpha=0.05)
    half = floored.interval().high
    assert detectable == pytest.approx(half + 0.8416212 * floored.se_at(detectable), abs=1e-7)
    assert detectable == pytest.approx(0.251191, abs=1e-5)
    assert half + 0.8416212 * t.se == pytest.approx(0.243253, abs=1e-5)
    assert N_STEPS == 20


@pytest.mark.parametrize(("df", "factor"), [(0.25, 7 / 9), (1, 7 / 9), (1.5, 1 - 4 / 27), (2, 8 / 9)])
def test_the_median_of_a_standard_error_is_taken_from_one_degree_of_freedom_on(df, factor):
    """(1 - 2 / (9 df))^1.5; of fewer as of one, where the formula would turn negative."""

    class Known(StudentT):
        def interval(self, level=0.95):
            return Interval(-0.2, 0.2, level, "known")

    assert detectable_difference(Known(0, 0.0, df, 10), alpha=0.05) == pytest.approx(0.2 / factor**1.5)
