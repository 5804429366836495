import math
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from angelshare.stats.distributions import (
    beta_quantile,
    binomial_cdf,
    fair_coin_pmf,
    normal_quantile,
    normal_two_sided,
    t_quantile,
    t_two_sided,
)

PROBABILITIES = st.floats(0.5, 1 - 1e-12)
DISTANCES = st.floats(0, 1e6)
DEGREES = st.floats(0.5, 1e7) | st.integers(1, 10_000).map(float) | st.just(math.inf)
COUNTS = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_values_of_the_tables():
    """t(0.975, 10) = 2.228, z(0.975) = 1.960; P(at most 1 of 3 coins) = 1/8 + 3/8; a beta(1, 1) is uniform."""
    assert t_quantile(0.975, 10) == pytest.approx(2.228, abs=5e-4)
    assert t_two_sided(2.228, 10) == pytest.approx(0.05, abs=5e-5)
    assert normal_quantile(0.975) == pytest.approx(1.960, abs=5e-4)
    assert normal_two_sided(1.960) == pytest.approx(0.05, abs=5e-5)
    assert binomial_cdf(1, 3, 0.5) == 0.5
    assert fair_coin_pmf(1, 3) == pytest.approx(3 / 8)
    assert beta_quantile(0.3, 1, 1) == pytest.approx(0.3)


@given(PROBABILITIES, DISTANCES, DEGREES)
@example(1.0, math.inf, math.inf)
def test_t_and_normal_are_scipys_to_the_last_digit(probability, distance, df):
    """Statements made with `scipy.stats` stay as they are."""
    assert t_quantile(probability, df) == stats.t.ppf(probability, df)
    assert t_two_sided(distance, df) == 2 * stats.t.sf(distance, df)
    assert normal_quantile(probability) == stats.norm.ppf(probability)
    assert normal_two_sided(distance) == 2 * stats.norm.sf(distance)


@given(COUNTS, st.floats(0, 1) | st.just(0.5), PROBABILITIES)
@example((0, 0), 0.5, 0.975)
@example((2, 5), 1.0, 0.975)
def test_binomial_and_beta_are_scipys_to_the_last_digit(counts, share, probability):
    """The same, for counts of discordant items and clusters."""
    k, n = counts
    assert binomial_cdf(k, n, share) == stats.binom.cdf(k, n, share)
    assert fair_coin_pmf(k, n) == stats.binom.pmf(k, n, 0.5)
    if k < n:
        assert beta_quantile(probability, k + 1, n - k) == stats.beta.ppf(probability, k + 1, n - k)


def test_it_loads_no_scipy_stats():
    """Which would take longer than the audit of two small files."""
    code = "import angelshare.stats.recipe, angelshare.stats.power, sys; assert 'scipy.stats' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
