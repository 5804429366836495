"""Tests of verdicts."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from angelshare.core.estimate import Difference, Interval, judge
from angelshare.stats.inference import StudentT

ENDS = st.floats(-1, 1)
MARGINS = st.floats(0, 0.5)


def interval(low, high):
    """Return an interval whose level does not matter."""
    return Interval(low, high, 0.95, "any")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.30, -0.20, "lost"),
        (-0.20, -0.10, "undecided"),  # touches the margin
        (-0.20, 0.00, "undecided"),
        (-0.10, 0.05, "undecided"),  # touches the margin
        (-0.09, 0.05, "preserved"),
        (-0.09, 0.50, "preserved"),
        (0.05, 0.50, "preserved"),
        (0.11, 0.50, "gained"),
    ],
)
def test_a_verdict_is_read_from_the_interval_against_the_margin(low, high, verdict):
    """Margin .1, higher is better."""
    assert judge(interval(low, high), 0.1, "higher") == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(-0.2, -0.1, "lost"), (0.1, 0.2, "gained"), (-0.1, 0.2, "undecided")]
)
def test_without_a_margin_nothing_is_preserved(low, high, verdict):
    """The sign is decided, or it is not."""
    assert judge(interval(low, high), 0.0, "higher") == verdict


@given(ENDS, ENDS, MARGINS)
def test_lower_is_better_mirrors_higher_is_better(first, second, margin):
    """The sign is swapped, nothing else."""
    low, high = sorted((first, second))
    assert judge(interval(low, high), margin, "lower") == judge(interval(-high, -low), margin, "higher")


@given(ENDS, ENDS, MARGINS, st.floats(0, 0.5))
def test_a_larger_margin_never_makes_a_loss(first, second, margin, more):
    """What was not lost is not lost with more tolerance; what was preserved is not undone."""
    low, high = sorted((first, second))
    before, after = judge(interval(low, high), margin, "higher"), judge(interval(low, high), margin + more, "higher")
    assert after != "lost" or before == "lost"
    assert before not in ("preserved", "gained") or after in ("preserved", "gained") or margin == 0


@given(ENDS, ENDS, MARGINS, st.floats(0, 1))
def test_a_wider_interval_never_changes_the_side(first, second, margin, wider):
    """It can only become undecided, or gained become preserved."""
    low, high = sorted((first, second))
    assume(high > low)
    narrow = judge(interval(low, high), margin, "higher")
    wide = judge(interval(low - wider, high + wider), margin, "higher")
    assert wide in (narrow, "undecided") or (narrow, wide) == ("gained", "preserved")


@given(st.floats(-1, 1), st.floats(0.01, 0.5))
def test_a_zero_width_interval_gives_a_verdict_only_for_identical_models(value, margin):
    """An accident of few items is no evidence."""
    assert judge(interval(value, value), margin, "higher") == "undecided"
    assert judge(interval(0, 0), margin, "higher", identical=True) == "preserved"


def test_a_metric_without_direction_has_no_verdict_and_a_target_needs_its_distance():
    """And a margin cannot be negative or no number."""
    assert judge(interval(-1, -0.5), 0.1, "none") is None
    with pytest.raises(ValueError, match="distance from the target"):
        judge(interval(-1, -0.5), 0.1, "target")
    for margin in (-0.1, math.nan):
        with pytest.raises(ValueError, match="cannot be"):
            judge(interval(-1, -0.5), margin, "higher")


@pytest.mark.parametrize(("n_seeds", "few"), [(2, True), (4, True), (5, False)])
def test_a_recipe_of_fewer_than_five_seeds_is_marked(n_seeds, few):
    """This model alone is never marked."""
    left = tuple(f"mlp/{seed}" for seed in range(n_seeds))
    row = Difference(
        "accuracy",
        "toy",
        "student-teacher",
        "mlp",
        left,
        ("t/0",),
        0.8,
        0.9,
        (-0.1,),
        StudentT(-0.1, 0.1, 4, 9),
        "recipe",
    )
    assert row.few_seeds is few
