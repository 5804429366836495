"""Tests of distances from a target."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.statement.target import DistanceLoss, distance_loss, extremes
from angelshare.stats.inference import IDENTICAL, StudentT, no_difference

numbers = st.floats(-2, 2, allow_subnormal=False)
sides = st.tuples(numbers, numbers).map(sorted)


@pytest.mark.parametrize(
    ("teacher", "delta", "bounds"),
    [
        ((0.3, 0.5), (-0.1, 0.2), (-0.1, 0.2)),  # both above the target: L is delta
        ((-0.5, -0.3), (-0.1, 0.2), (-0.2, 0.1)),  # both below it: L is -delta
        # the line teacher = 0 cuts: L = |t + d| - |t|; (0, .3) gives .3, (-.1, .1) gives -.1
        ((-0.1, 0.1), (0.1, 0.3), (-0.1, 0.3)),
        # teacher + delta = 0 cuts: (.2, -.2) gives -.2, (.1, -.2) 0, (.3, -.1) -.1, (.3, -.3) -.3, (.1, -.3) .1
        ((0.1, 0.3), (-0.3, -0.1), (-0.3, 0.1)),
        ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0)),
        # the line teacher + delta = 0 meets an edge: (1, -1) gives -1, (1, .5) gives .5
        ((1.0, 1.0), (-2.0, 0.5), (-1.0, 0.5)),
        ((0.9, 1.0), (-2.0, 0.5), (-1.0, 0.5)),
    ],
)
def test_extremes_worked_by_hand(teacher, delta, bounds):
    """On either side of the target, and across it."""
    assert extremes(teacher, delta, 0.0) == pytest.approx(bounds)
    moved = (teacher[0] + 50, teacher[1] + 50)
    assert extremes(moved, delta, 50.0) == pytest.approx(bounds)


@given(sides, sides, numbers)
def test_extremes_are_those_of_a_fine_grid(teacher, delta, target):
    """Nothing on the grid lies outside, and the grid comes as close as its step allows."""
    low, high = extremes(tuple(teacher), tuple(delta), target)
    t, d = np.meshgrid(np.linspace(*teacher, 41), np.linspace(*delta, 41))
    losses = np.abs(t + d - target) - np.abs(t - target)
    assert losses.min() >= low - 1e-12
    assert losses.max() <= high + 1e-12
    step = (2 * (teacher[1] - teacher[0]) + (delta[1] - delta[0])) / 40
    assert losses.min() - low <= step + 1e-12
    assert high - losses.max() <= step + 1e-12


@given(sides, sides, numbers, st.floats(0, 1), st.floats(0, 1))
def test_no_point_of_the_rectangle_lies_outside(teacher, delta, target, across, up):
    """So if the rectangle holds the true values, the range holds the true L."""
    low, high = extremes(tuple(teacher), tuple(delta), target)
    t = teacher[0] + across * (teacher[1] - teacher[0])
    d = delta[0] + up * (delta[1] - delta[0])
    assert low - 1e-12 <= distance_loss(t, d, target) <= high + 1e-12


def loss(teacher=0.0, delta=0.05, target=0.0):
    """Return a normal distance with standard errors of .01."""
    return DistanceLoss(StudentT(teacher, 0.01, math.inf, 100), StudentT(delta, 0.01, math.inf, 100), target)


def test_far_from_the_target_it_is_the_difference_at_half_the_level():
    """Teacher 1 above the target: L = delta, so its 95% interval is delta's at 97.5%."""
    interval, delta = loss(1.0).interval(0.95), StudentT(0.05, 0.01, math.inf, 100).interval(0.975)
    assert (interval.low, interval.high, interval.level) == (pytest.approx(delta.low), pytest.approx(delta.high), 0.95)


def test_a_student_on_the_target_has_gained_what_its_teacher_was_off():
    """From .3 to 0: L = -.3, and the interval holds it."""
    distance = loss(0.3, -0.3)
    interval = distance.interval()
    assert distance.value == pytest.approx(-0.3)
    assert interval.low <= -0.3 <= interval.high < -0.2


def test_equal_scores_keep_their_name():
    """Only they may be judged without width."""
    same = DistanceLoss(StudentT(0.2, 0.01, math.inf, 100), no_difference(100), 0.0)
    assert (same.interval().low, same.interval().high, same.interval().method) == (0.0, 0.0, IDENTICAL)


@given(numbers, numbers, numbers, st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_interval_and_p_value_are_one_procedure(teacher, delta, null, level):
    """A value inside the interval has p > 1 - level, one outside p <= 1 - level."""
    distance = loss(teacher, delta)
    interval, p = distance.interval(level), distance.p_value(null)
    if interval.low + 1e-9 < null < interval.high - 1e-9:
        assert p >= 1 - level - 1e-9
    elif null < interval.low - 1e-9 or null > interval.high + 1e-9:
        assert p <= 1 - level + 1e-9


def test_the_p_value_of_the_estimate_is_one():
    """Nothing speaks against it."""
    assert loss().p_value(0.05) == 1.0


@given(numbers, numbers, numbers)
def test_turning_the_scale_round_changes_nothing(teacher, delta, target):
    """A distance has no direction."""
    here, there = loss(teacher, delta, target).interval(), loss(-teacher, -delta, -target).interval()
    assert (here.low, here.high) == (pytest.approx(there.low), pytest.approx(there.high))


def test_without_any_variance_only_the_distance_itself_is_believed():
    """From .25 below the target to .5 above it: L = .25, exactly; zero unless another value is asked for."""
    loss = DistanceLoss(StudentT(0.25, 0.0, math.inf, 9), StudentT(0.75, 0.0, math.inf, 9), 0.5)
    assert (loss.value, loss.interval().low, loss.interval().high) == (0.25, 0.25, 0.25)
    assert loss.p_value(0.25) == 1.0
    assert loss.p_value() == loss.p_value(0.0) < 1e-11
    still = DistanceLoss(StudentT(0.25, 0.0, math.inf, 9), StudentT(0.0, 0.0, math.inf, 9), 0.5)
    assert still.p_value() == 1.0
