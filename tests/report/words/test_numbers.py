"""Numbers as a reader wants them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.metric import NATS, PLAIN, POINTS, RATIO
from angelshare.report.words.numbers import (
    amount,
    estimate,
    factor,
    interval,
    metric_name,
    minute,
    p_value,
    signed,
    size,
    times,
    unit_of,
)


@pytest.mark.parametrize(
    ("value", "printed"),
    [(-0.072, "\u22127.2"), (0.028, "+2.8"), (0.0, "0.0"), (-0.0004, "0.0"), (0.0004, "0.0"), (1.0, "+100.0")],
)
def test_a_difference_of_shares_is_signed_points_with_one_decimal(value: float, printed: str):
    """-0.072 is -7.2 points with a true minus sign; what rounds to nothing has no sign."""
    assert signed(value, POINTS) == printed


def test_a_ratio_is_printed_as_a_factor():
    """exp(0.256) = 1.2918."""
    assert signed(0.256, RATIO) == "\N{MULTIPLICATION SIGN}1.29"


def test_four_digits_are_enough():
    """A perplexity of 24 needs no three decimals, and one of 1,234.5 none."""
    assert [amount(v, PLAIN) for v in (0.3127, 24.0, 1234.5)] == ["0.313", "24.0", "1,234"]


def test_an_interval_names_both_ends():
    """Low to high."""
    assert interval(-0.086, -0.058, POINTS) == "\u22128.6 to \u22125.8"


@pytest.mark.parametrize(
    ("n", "printed"),
    [
        (None, "\N{EN DASH}"),
        (512, "512"),
        (81_250, "81K"),
        (22_713_986, "22.7M"),
        (999_600, "1M"),
        (1.5e9, "1.5G"),
        (124e6, "124M"),
    ],
)
def test_sizes_are_shortened(n: float | None, printed: str):
    """Thousands without, millions with one decimal, three digits at most."""
    assert size(n) == printed


def test_factors_and_p_values_promise_no_more_than_they_hold():
    """Two digits of a factor, three decimals of p."""
    assert (times(279.6), times(1.93), p_value(0.0004), p_value(0.0342)) == (
        "280\N{MULTIPLICATION SIGN}",
        "1.9\N{MULTIPLICATION SIGN}",
        "< 0.001",
        "0.034",
    )


@pytest.mark.parametrize(
    ("metric", "unit"),
    [("accuracy", POINTS), ("auc", POINTS), ("brier", POINTS), ("kl", NATS), ("nll", NATS), ("mse", PLAIN)],
)
def test_units_follow_the_metric(metric: str, unit: object):
    """Shares and AUCs are points; information is in nats; errors have their own unit."""
    assert unit_of(metric) is unit


def test_a_metric_that_no_audit_knows_is_a_plain_number():
    """The statement of a package that is not installed here: nothing is guessed from its name."""
    assert (metric_name("emoji_auc"), estimate("emoji_auc", 0.1234)) == ("emoji AUC", "0.123")
    assert unit_of("n_emoji_bytes") is PLAIN


def test_a_log_ratio_is_a_ratio_whatever_its_metric():
    """The scale decides."""
    assert unit_of("accuracy", "log_ratio") is RATIO


def test_names_and_figures_are_words():
    """Underscores go, acronyms stay, counts are counts, shares are per cent."""
    assert metric_name("negative_flips") == "negative flips"
    assert metric_name("subgroup_auc") == "subgroup AUC"
    assert estimate("n_parameters", 81_250) == "81K"
    assert amount(13.0, unit_of("n_functionalities_lower")) == "13"
    assert estimate("agreement", 0.884) == "88.4%"
    assert estimate("kl", 0.1234) == "0.123 nats"
    assert estimate("mcnemar_midp", 0.0391) == "0.039"
    assert metric_name("mcnemar_exact_p") == "McNemar's exact p"


@given(st.floats(min_value=-1, max_value=1))
def test_the_sign_of_a_printed_difference_is_the_sign_of_the_number(value: float):
    """A plus is never printed for a loss, nor a minus for a gain."""
    printed = signed(value, POINTS)
    assert not (printed.startswith("+") and value < 0)
    assert not (printed.startswith("\u2212") and value > 0)
    assert "-" not in printed


def test_a_moment_is_printed_to_the_minute():
    """Seconds and their fractions tell a reader nothing."""
    assert minute("2026-01-02T03:04:05.678901+00:00") == "2026-01-02 03:04"
    assert minute("") == ""


def test_endless_numbers_have_a_power_of_ten():
    """Nobody reads sixty digits, and a ratio beyond float64 still has a name."""
    assert amount(-1e60, PLAIN) == "\N{MINUS SIGN}1e+60"
    assert amount(1e150, RATIO) == "\N{MULTIPLICATION SIGN}1.01e+304"
    assert factor(-1e150) == "1.01e+304\N{MULTIPLICATION SIGN}"
