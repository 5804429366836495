"""Inference by a t or normal distribution around an estimate."""

import math
from dataclasses import dataclass

from angelshare.core.estimate import Interval
from angelshare.stats.distributions import t_quantile, t_two_sided

IDENTICAL = "identical scores"
"""The method of a difference that is exactly zero: both sides gave the same score to every item."""


@dataclass(frozen=True, slots=True)
class StudentT:
    """An estimate with a standard error and a t distribution; see `core.estimate.Inference`.

    The interval is value +- t(df) se; the p-value is that of |value - null| / se. With df = inf both are normal. With
    se = 0 the interval has no width and p is 1 at the value, 0 elsewhere.

    Several seeds: never narrower than t with K - 1 degrees of freedom on the seeds' own part of se^2. Where a few seeds
    come out alike by luck, their part of se^2 is small and Satterthwaite's degrees of freedom are large at once: with 3
    seeds the interval would cover 92%.

    Raises:
        ValueError: if the standard error is negative or not finite, or the degrees of freedom are not positive.
    """

    value: float
    se: float
    df: float
    n: int
    n_clusters: int | None = None
    n_seeds: int = 1
    item_variance: float = 0.0
    seed_variance: float = 0.0
    method: str = "t"

    def __post_init__(self) -> None:
        """Refuse numbers that no interval can be made of."""
        if not (math.isfinite(self.value) and math.isfinite(self.se) and self.se >= 0 and self.df > 0):
            raise ValueError(f"No inference from value {self.value}, standard error {self.se} and df {self.df}.")

    def interval(self, level: float = 0.95) -> Interval:
        """Return value +- t se."""
        half = self.half_width(level)
        return Interval(self.value - half, self.value + half, level, self.method)

    def half_width(self, level: float = 0.95) -> float:
        """Return half the width of the interval of this level."""
        return max(t_quantile((1 + level) / 2, df) * se for se, df in self._spreads)

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the true value is `null`."""
        if self.se == 0:
            return 1.0 if self.value == null else 0.0
        return max(t_two_sided(abs(self.value - null) / se, df) for se, df in self._spreads if se > 0)

    @property
    def _spreads(self) -> tuple[tuple[float, float], ...]:
        """Standard error and degrees of freedom; of several seeds, those of the seeds alone besides."""
        whole = (self.se, self.df)
        return (whole,) if self.n_seeds == 1 else (whole, (math.sqrt(self.seed_variance), self.n_seeds - 1))


def no_difference(n: int, *, n_seeds: int = 1) -> StudentT:
    """Return the inference of two sides that gave the same scores: zero, exactly."""
    return StudentT(0.0, 0.0, math.inf, n, n_seeds=n_seeds, method=IDENTICAL)


class Widened:
    """What an inference shares with the t inference that it widens."""

    __slots__ = ()
    t: StudentT

    @property
    def value(self) -> float:
        """The difference."""
        return self.t.value

    @property
    def se(self) -> float:
        """The standard error of what was sampled."""
        return self.t.se

    @property
    def df(self) -> float:
        """Its degrees of freedom."""
        return self.t.df

    @property
    def item_variance(self) -> float:
        """The variance of one item's contribution."""
        return self.t.item_variance

    @property
    def seed_variance(self) -> float:
        """The share of the squared standard error that more items cannot remove."""
        return self.t.seed_variance

    @property
    def n(self) -> int:
        """The number of items."""
        return self.t.n

    @property
    def n_clusters(self) -> int | None:
        """The number of clusters; None where items are independent."""
        return self.t.n_clusters

    @property
    def n_seeds(self) -> int:
        """The number of seeds."""
        return self.t.n_seeds
