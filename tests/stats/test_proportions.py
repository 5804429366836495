"""Tests of paired proportions and of single shares."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from angelshare.stats.proportions import PairedProportions, mcnemar_exact, mcnemar_midp, wilson


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


@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.5, 0.999))
def test_wilsons_interval_is_statsmodels(n, share, level):
    """Of whole numbers of items, and of parts of them."""
    for successes in (round(share * n), share * n):
        interval = wilson(successes, n, level)
        low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
        assert (interval.low, interval.high) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
        assert (interval.level, interval.method) == (level, "Wilson score")
    assert wilson(0, 3).high == wilson(0, 3, 0.95).high
    # no rounding at the ends
    assert (wilson(0, n).low, wilson(n, n).high) == (0, 1)
    assert 0 < wilson(1, n + 1).low < wilson(n, n + 1).high < 1


def test_the_variance_worked_by_hand():
    """Counts 6 and 2 of 40: 8/40 - (4/40)^2 = .19; all on one side of 4: half an item in each cell."""
    pair = PairedProportions(6, 2, 40)
    assert (pair.value, pair.item_variance) == (0.1, pytest.approx(0.19))
    assert pair.se == pytest.approx(math.sqrt(0.19 / 40))
    # 4.5 and .5 of 6: 5/6 - (4/6)^2 = 7/18
    assert PairedProportions(4, 0, 4).item_variance == pytest.approx(7 / 18)
    # .5 and .5 of 12
    assert PairedProportions(0, 0, 10).item_variance == pytest.approx(1 / 12)
    assert (pair.df, pair.n_clusters, pair.n_seeds, pair.seed_variance) == (math.inf, None, 1, 0)
    assert (pair.method, pair.interval().method, pair.interval().level) == ("Tango score", "Tango score", 0.95)
    assert pair.interval(0.8).level == 0.8


def test_the_ends_of_what_can_be_asked():
    """Differences beyond -1 and 1 are rejected; -1 and 1 are tested."""
    pair = PairedProportions(3, 1, 5)
    assert (pair.p_value(1.0001), pair.p_value(-1.0001)) == (0, 0)
    # at 1 the score has no variance: impossible with an item on the other side, certain with all on this one
    assert (pair.p_value(1.0), pair.p_value(-1.0)) == (0, 0)
    assert (PairedProportions(5, 0, 5).p_value(1.0), PairedProportions(0, 5, 5).p_value(-1.0)) == (1, 1)
    assert PairedProportions(0, 0, 1).interval().high == pytest.approx(3.841459 / 4.841459)
    all_right = PairedProportions(0, 5, 5).interval()
    assert (all_right.low, all_right.high) == (-1, pytest.approx((3.841459 - 5) / (3.841459 + 5)))


@pytest.mark.parametrize("counts", [(-1, 0, 5), (0, -1, 5), (3, 3, 5), (0, 0, 0), (-1, 2, 0)])
def test_counts_that_cannot_be_are_told(counts):
    """Negative ones, and more than there are items; as many as there are is fine."""
    with pytest.raises(ValueError, match=r"^-?\d and -?\d discordant of \d items cannot be\.$"):
        PairedProportions(*counts)
    assert PairedProportions(2, 3, 5).value == -0.2


def test_exact_and_mid_p_of_small_tables():
    """With b = 2, c = 3: P(X <= 2) is one half, twice is 1; the mid-p is 1 less P(X = 2) = 10 / 32."""
    assert mcnemar_exact(2, 3) == 1
    assert mcnemar_midp(2, 3) == pytest.approx(1 - 10 / 32)
    assert mcnemar_exact(2, 2) == 1
    assert mcnemar_exact(0, 0) == 1
    # rounding makes no p-value larger than 1
    assert max(max(mcnemar_exact(b, b), mcnemar_midp(b, b)) for b in range(1, 200)) <= 1
    assert (mcnemar_exact(0, 5), mcnemar_midp(5, 0)) == (pytest.approx(2 / 32), pytest.approx(1 / 32))
