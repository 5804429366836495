"""Tests of t and normal inference."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from angelshare.stats.inference import IDENTICAL, StudentT, no_difference


def test_the_interval_is_the_value_plus_and_minus_t_standard_errors():
    """t(0.975, 4) = 2.776, so 0.1 +- 2.776 * 0.02."""
    interval = StudentT(0.1, 0.02, 4, 50).interval(0.95)
    assert interval.low == pytest.approx(0.1 - 2.7764451 * 0.02)
    assert interval.high == pytest.approx(0.1 + 2.7764451 * 0.02)


def test_infinite_degrees_of_freedom_are_normal():
    """Student's t with df = inf has the normal's quantiles and tails."""
    normal = StudentT(1.0, 1.0, math.inf, 10)
    assert normal.interval(0.9).high == pytest.approx(1 + stats.norm.ppf(0.95))
    assert normal.p_value() == pytest.approx(2 * stats.norm.sf(1))


def test_without_a_standard_error_there_is_no_width_and_p_is_one_at_the_value_only():
    """An exact zero."""
    exact = no_difference(10)
    assert (exact.interval().low, exact.interval().high, exact.method) == (0, 0, IDENTICAL)
    assert (exact.p_value(0.0), exact.p_value(0.01)) == (1.0, 0.0)
    assert (exact.value, exact.se, exact.df, exact.n, exact.n_seeds) == (0, 0, math.inf, 10, 1)
    assert no_difference(10, n_seeds=3).n_seeds == 3
    assert exact.p_value() == 1


def test_what_is_not_given_has_its_usual_value():
    """One seed, independent items, no variances known, 95%."""
    plain = StudentT(0.1, 0.02, 4, 50)
    assert (plain.n_clusters, plain.n_seeds, plain.item_variance, plain.seed_variance) == (None, 1, 0, 0)
    assert (plain.method, plain.interval().method, plain.interval().level) == ("t", "t", 0.95)
    assert (plain.interval(0.9).level, StudentT(0, 1, 4, 9, method="m").interval().method) == (0.9, "m")
    assert plain.p_value() == pytest.approx(2 * stats.t.sf(5, 4))
    assert plain.p_value(0.2) == pytest.approx(2 * stats.t.sf(5, 4))


@given(st.floats(-1, 1), st.floats(1e-4, 1), st.floats(1, 1e6), st.floats(0.5, 0.999))
def test_interval_and_p_value_invert_the_same_test(value, se, df, level):
    """At either end of an interval the p-value is 1 - level."""
    inference = StudentT(value, se, df, 10)
    interval = inference.interval(level)
    assert inference.p_value(interval.low) == pytest.approx(1 - level, rel=1e-6)
    assert inference.p_value(interval.high) == pytest.approx(1 - level, rel=1e-6)


@pytest.mark.parametrize(("value", "se", "df"), [(0, -1, 1), (math.nan, 1, 1), (0, math.inf, 1), (0, 1, 0)])
def test_numbers_that_make_no_interval_are_refused(value, se, df):
    """Nothing that is not finite comes into a statement."""
    with pytest.raises(ValueError, match="No inference"):
        StudentT(value, se, df, 10)


def test_half_the_width_is_that_of_the_interval():
    """1.959964 standard errors at 95%, unless another level is asked for."""
    t = StudentT(0.3, 0.01, math.inf, 50)
    assert t.half_width() == pytest.approx(0.01959964)
    assert t.half_width(0.9) == pytest.approx(0.01644854)
