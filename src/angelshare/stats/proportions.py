"""Proportions: paired differences (Tango, McNemar), of recipes too, and single shares (Wilson)."""

import math
from dataclasses import dataclass

from scipy import optimize, stats

from angelshare.core.arrays import Scores
from angelshare.core.estimate import Interval
from angelshare.stats.inference import StudentT
from angelshare.stats.means import recipe_mean


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
        """Return the difference of the proportions."""
        return (self.n_left_only - self.n_right_only) / self.n

    @property
    def item_variance(self) -> float:
        """Return the variance of one item's difference.

        Where no items, or all on one side, are discordant, it would be 0; a sample cannot show that, so half an item is
        added to each of the four cells (Agresti & Min 2005).
        """
        variance = _variance(self.n_left_only, self.n_right_only, self.n)
        return variance or _variance(self.n_left_only + 0.5, self.n_right_only + 0.5, self.n + 2)

    @property
    def se(self) -> float:
        """Return the standard error (of the estimate, not of the score test)."""
        return math.sqrt(self.item_variance / self.n)

    @property
    def df(self) -> float:
        """Return infinity: the reference distribution is normal."""
        return math.inf

    @property
    def n_clusters(self) -> None:
        """Return None: items are independent."""
        return

    @property
    def n_seeds(self) -> int:
        """Return 1: one model on either side."""
        return 1

    @property
    def seed_variance(self) -> float:
        """Return 0: this model is judged, not its recipe."""
        return 0.0

    @property
    def method(self) -> str:
        """Return the name of the test."""
        return "Tango score"

    def interval(self, level: float = 0.95) -> Interval:
        """Return all differences that the score test does not reject."""
        z = float(stats.norm.ppf((1 + level) / 2))
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
        return float(2 * stats.norm.sf(distance / scale))


@dataclass(frozen=True, slots=True)
class Hull:
    """A t inference that is never narrower than what the items leave open; see `core.estimate.Inference`.

    A t interval takes its spread from the discordance that was sampled, and where that is rare it comes out far too
    narrow. The interval is the hull of the t interval and the floor's; the p-value is the larger of the two, so
    that both still invert one procedure. Spread and degrees of freedom are those of t.

    Attributes:
        t: the inference with the standard error.
        floor: Tango's, on few or no discordant items.
    """

    t: StudentT
    floor: PairedProportions

    @property
    def value(self) -> float:
        """Return the difference."""
        return self.t.value

    @property
    def _spread(self) -> "StudentT | PairedProportions":
        """Return the part whose standard error counts."""
        return self.t

    @property
    def _offset(self) -> float:
        """Return what is added to the floor's interval."""
        return 0.0

    @property
    def item_variance(self) -> float:
        """Return the variance of one item's contribution."""
        return self._spread.item_variance

    @property
    def se(self) -> float:
        """Return the standard error, without the floor."""
        return self._spread.se

    @property
    def df(self) -> float:
        """Return the degrees of freedom that go with the standard error."""
        return self._spread.df

    @property
    def seed_variance(self) -> float:
        """Return the share of the squared standard error that more items cannot remove."""
        return self._spread.seed_variance

    @property
    def n(self) -> int:
        """Return the number of items."""
        return self.t.n

    @property
    def n_clusters(self) -> None:
        """Return None: items are independent."""
        return

    @property
    def n_seeds(self) -> int:
        """Return the number of seeds."""
        return self.t.n_seeds

    @property
    def method(self) -> str:
        """Return the name of the procedure."""
        return f"{self.t.method}, never narrower than {self.floor.method}"

    def interval(self, level: float = 0.95) -> Interval:
        """Return the hull of both intervals."""
        t, floor = self.t.interval(level), self.floor.interval(level)
        low, high = min(t.low, floor.low + self._offset), max(t.high, floor.high + self._offset)
        return Interval(low, high, level, self.method)

    def p_value(self, null: float = 0.0) -> float:
        """Return the larger of the two p-values of the hypothesis that the true difference is `null`."""
        return max(self.t.p_value(null), self.floor.p_value(null - self._offset))


@dataclass(frozen=True, slots=True)
class RecipeProportions(Hull):
    """left - right of two recipes' proportions on the same items.

    `t` is the inference over seeds and items, `floor` Tango's on the discordant items of an average member. One
    item of 200 that both seeds lose would be counted by t as nearly certain to lie within a margin of 1.5
    points, although a single seed with the same outcomes is not: a recipe is never known better than the items
    alone would let one model be known.
    """

    @classmethod
    def of(cls, differences: Scores) -> "RecipeProportions":
        """Return the inference from (seeds, n) differences of -1, 0 or 1, one row per pair of members.

        Raises:
            ValueError: with fewer than two seeds or items.
        """
        wins, losses = (math.ceil(float((differences * sign > 0).sum(axis=1).mean())) for sign in (1, -1))
        # rounded up, the two can exceed the items by one
        n = max(differences.shape[1], wins + losses)
        return cls(recipe_mean(differences), PairedProportions(wins, losses, n))

    @property
    def _spread(self) -> "StudentT | PairedProportions":
        """Return the part that has a standard error: the items' where nothing varies over seeds and items."""
        return self.t if self.t.se > 0 else self.floor


def mcnemar_exact(n_left_only: int, n_right_only: int) -> float:
    """Return the two-sided exact (binomial) McNemar p-value; 1 without discordant items."""
    smaller, n = min(n_left_only, n_right_only), n_left_only + n_right_only
    return min(1.0, 2 * float(stats.binom.cdf(smaller, n, 0.5)))


def mcnemar_midp(n_left_only: int, n_right_only: int) -> float:
    """Return the two-sided mid-p McNemar p-value (Fagerland et al. 2013); 1 without discordant items."""
    smaller, n = min(n_left_only, n_right_only), n_left_only + n_right_only
    return min(1.0, float(2 * stats.binom.cdf(smaller, n, 0.5) - stats.binom.pmf(smaller, n, 0.5)))


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of one share."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    # rounding leaves 1e-17 where the bound is exactly 0 or 1
    return Interval(
        0.0 if successes == 0 else float(low), 1.0 if successes == n else float(high), level, "Wilson score"
    )


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

    return float(optimize.brentq(excess, surplus / n, 1.0, xtol=1e-14))
