"""Proportions: paired differences (Tango, McNemar) and single shares (Wilson)."""

import math
from dataclasses import dataclass

import scipy

from angelshare.core.estimate import Interval
from angelshare.stats.distributions import binomial_cdf, fair_coin_pmf, normal_quantile, normal_two_sided


@dataclass(frozen=True, slots=True)
class PairedProportions:
    """left - right of two proportions on the same items; see `core.estimate.Inference`.

    Interval and p-value invert one score test (Tango 1998, Statistics in Medicine 17:891); at a difference of 0 it is
    McNemar's test without continuity correction. Without any discordant item the interval is +- z^2 / (n + z^2), not
    zero-width.

    Attributes:
        n_left_only, n_right_only: items with a success on one side only. n: all items.

    Raises:
        ValueError: if the counts are negative, or more than n together.
    """

    n_left_only: int
    n_right_only: int
    n: int

    def __post_init__(self) -> None:
        """Refuse impossible counts."""
        if min(self.n_left_only, self.n_right_only) < 0 or self.n < max(1, self.n_left_only + self.n_right_only):
            raise ValueError(f"{self.n_left_only} and {self.n_right_only} discordant of {self.n} items cannot be.")

    @property
    def value(self) -> float:
        """The difference of the proportions."""
        return (self.n_left_only - self.n_right_only) / self.n

    @property
    def item_variance(self) -> float:
        """The variance of one item's difference.

        Where no items, or all on one side, are discordant, it would be 0; a sample cannot show that, so half an item is
        added to each of the four cells (Agresti & Min 2005).
        """
        variance = _variance(self.n_left_only, self.n_right_only, self.n)
        return variance or _variance(self.n_left_only + 0.5, self.n_right_only + 0.5, self.n + 2)

    @property
    def se(self) -> float:
        """The standard error (of the estimate, not of the score test)."""
        return math.sqrt(self.item_variance / self.n)

    @property
    def df(self) -> float:
        """Infinity: the reference distribution is normal."""
        return math.inf

    @property
    def n_clusters(self) -> None:
        """None: items are independent."""
        return

    @property
    def n_seeds(self) -> int:
        """1: one model on either side."""
        return 1

    @property
    def seed_variance(self) -> float:
        """0: this model is judged, not its recipe."""
        return 0.0

    @property
    def method(self) -> str:
        """The name of the test."""
        return "Tango score"

    def interval(self, level: float = 0.95) -> Interval:
        """Return all differences that the score test does not reject."""
        z = normal_quantile((1 + level) / 2)
        low = -_upper(self.n_right_only, self.n_left_only, self.n, z)
        return Interval(low, _upper(self.n_left_only, self.n_right_only, self.n, z), level, self.method)

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the score test of the difference `null`."""
        if not -1 <= null <= 1:
            return 0.0
        distance = abs(self.n_left_only - self.n_right_only - self.n * null)
        scale = math.sqrt(self.n * _score_variance(self.n_left_only, self.n_right_only, self.n, null))
        if scale == 0:
            return 1.0 if distance == 0 else 0.0
        return normal_two_sided(distance / scale)


def mcnemar_exact(n_left_only: int, n_right_only: int) -> float:
    """Return the two-sided exact (binomial) McNemar p-value; 1 without discordant items."""
    smaller, n = min(n_left_only, n_right_only), n_left_only + n_right_only
    return min(1.0, 2 * binomial_cdf(smaller, n, 0.5))


def mcnemar_midp(n_left_only: int, n_right_only: int) -> float:
    """Return the two-sided mid-p McNemar p-value (Fagerland et al. 2013); 1 without discordant items."""
    smaller, n = min(n_left_only, n_right_only), n_left_only + n_right_only
    return min(1.0, 2 * binomial_cdf(smaller, n, 0.5) - fair_coin_pmf(smaller, n))


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of one share; the counts may be fractions, as weighted items have them.

    (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). (statsmodels has it too, and takes half a
    second to be imported.)
    """
    z, share = normal_quantile((1 + level) / 2), successes / n
    centre, scale = share + z**2 / (2 * n), 1 + z**2 / n
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # rounding leaves 1e-17 where the bound is exactly 0 or 1
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == n else (centre + half) / scale
    return Interval(low, high, level, "Wilson score")


def _variance(left_only: float, right_only: float, n: float) -> float:
    """Return the variance of one item's difference from the counts."""
    return (left_only + right_only) / n - ((left_only - right_only) / n) ** 2


def _score_variance(left_only: int, right_only: int, n: int, delta: float) -> float:
    """Return the variance of one item's difference when the true difference is `delta` (Tango 1998, eq. 4-6).

    q, the probability of right only, is its maximum-likelihood value under p_left_only - q = delta: the larger root of
    2n q^2 + b q + c = 0.
    """
    b = (2 * n - left_only + right_only) * delta - left_only - right_only
    c = -right_only * delta * (1 - delta)
    root = math.sqrt(max(0.0, b * b - 8 * n * c))
    # either form of the root, the one without cancellation
    q = (root - b) / (4 * n) if b <= 0 else -2 * c / (root + b)
    return max(0.0, 2 * q + delta * (1 - delta))


def _upper(left_only: int, right_only: int, n: int, z: float) -> float:
    """Return the largest difference whose score test is not rejected at z.

    At the estimate the score's variance is 0 if no item, or every item on one side, is discordant. There the equation
    has a second, spurious root, so these cases are solved by hand.
    """
    if left_only == n:
        return 1.0
    if left_only + right_only == 0:
        return z**2 / (n + z**2)
    if right_only == n:
        return (z**2 - n) / (z**2 + n)
    surplus = left_only - right_only

    def excess(delta: float) -> float:
        return surplus - n * delta + z * math.sqrt(n * _score_variance(left_only, right_only, n, delta))

    return float(scipy.optimize.brentq(excess, surplus / n, 1.0, xtol=1e-14))
