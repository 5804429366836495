"""Tests of reading a verdict on a claim from an interval."""

import pytest

from angelshare.recipes.studies.answers import above, below, listed, numbers, told, within, without
from angelshare.recipes.studies.evidence import Measured


def interval(low, high):
    """Return a number with this interval."""
    return Measured((low + high) / 2, low, high, 100)


@pytest.mark.parametrize(
    ("low", "high", "is_below", "is_above", "is_within"),
    [
        (-0.3, -0.2, "holds", "contradicted", "contradicted"),
        (-0.3, -0.1, "undecided", "contradicted", "undecided"),
        (-0.3, 0.2, "undecided", "undecided", "undecided"),
        (-0.05, 0.05, "contradicted", "contradicted", "holds"),
        (0.2, 0.3, "contradicted", "holds", "contradicted"),
    ],
)
def test_a_verdict_needs_the_whole_interval(low, high, is_below, is_above, is_within):
    """Below -0.1, above 0.1, and within 0.1 of 0."""
    number = interval(low, high)
    verdicts = (below(number, -0.1), above(number, 0.1), within(number, 0.1))
    assert verdicts == (is_below, is_above, is_within)


def test_numbers_are_told_to_three_decimals():
    """As the paper prints AUCs, differences with their sign."""
    assert told(interval(-0.0123, 0.0043)) == "\N{MINUS SIGN}0.004 (\N{MINUS SIGN}0.012 to +0.004)"
    assert (
        listed({"set_one": interval(0, 1), "two": interval(1, 2)})
        == "set one +0.500 (+0.000 to +1.000), two +1.500 (+1.000 to +2.000)"
    )
    assert numbers({"a": 0.5}) == "a +0.500"
    assert numbers({"a": 0.5, "b": 1}, sign=False) == "a 0.500, b 1.000"


def test_missing_sets_are_named():
    """Nothing is said where all are there."""
    assert without(["a", "b"], of_all=["a", "b"]) is None
    assert without(["b"], of_all=["a", "b", "c"]) == "Without a, c, which are not at hand here."
