"""Quantiles and probabilities of the distributions that tests and intervals rest on.

They equal those of `scipy.stats` to the last digit, whose import alone takes as long as an audit of two small files: it
calls the same functions of `scipy.special`. They are loaded at the first call, since listing audits needs none.
"""

import scipy


def t_quantile(probability: float, df: float) -> float:
    """Return the value that Student's t stays below with this probability; of the normal where df is infinite."""
    return float(scipy.special.stdtrit(df, probability))


def t_two_sided(distance: float, df: float) -> float:
    """Return the probability that |Student's t| is beyond `distance` >= 0; the normal's where df is infinite."""
    return float(2 * scipy.special.stdtr(df, -distance))


def normal_quantile(probability: float) -> float:
    """Return the value that a standard normal stays below with this probability."""
    return float(scipy.special.ndtri(probability))


def normal_two_sided(distance: float) -> float:
    """Return the probability that |standard normal| is beyond `distance` >= 0."""
    return float(2 * scipy.special.ndtr(-distance))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return the value that a beta variable with a, b > 0 stays below with this probability."""
    return float(scipy.special.betaincinv(a, b, probability))


def binomial_cdf(k: int, n: int, share: float) -> float:
    """Return the probability of at most k of n successes, with 0 <= k <= n."""
    # the public bdtr and betaincc differ from scipy.stats.binom in the last digit
    from scipy.special._ufuncs import _binom_cdf

    return float(_binom_cdf(k, n, share))


def fair_coin_pmf(k: int, n: int) -> float:
    """Return the probability of exactly k heads in n tosses of a fair coin, with 0 <= k <= n."""
    from scipy.special._ufuncs import _binom_pmf

    return float(_binom_pmf(k, n, 0.5))
