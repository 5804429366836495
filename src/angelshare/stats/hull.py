"""Intervals made of others: never narrower than what the items leave open, and of differences of two."""

import math
from dataclasses import dataclass
from typing import Protocol

import scipy

from angelshare.core.estimate import Interval
from angelshare.stats.inference import StudentT, Widened

SMALLEST_P = 1e-12
"""A p-value found by inverting an interval is not followed below this."""


class Region(Protocol):
    """Values that a test does not reject: an interval at every level, and the p-value that inverts it."""

    def interval(self, level: float = 0.95) -> Interval:
        """Return the two-sided interval of this coverage."""
        ...

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the true value is `null`."""
        ...


class PowerInputs(Protocol):
    """What power needs to know of an inference."""

    @property
    def se(self) -> float: ...
    @property
    def df(self) -> float: ...
    @property
    def item_variance(self) -> float: ...
    @property
    def seed_variance(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Hull(Widened):
    """A t inference that is never narrower than other regions; see `core.estimate.Inference`.

    A t interval takes its spread from what was sampled, and where discordance is rare it comes out far too narrow. The
    interval is the hull of the t interval and the regions; the p-value is the largest of all, so that both still invert
    one procedure. Spread and degrees of freedom are those of t; where it has none, those of `lent`.

    Attributes:
        t: the inference with the standard error.
        regions: what is left open besides, such as Tango's interval on few or no discordant items.
        method: the name of the procedure.
        lent: the source of the spread where that of t is 0.
        limit: the largest possible difference.
    """

    t: StudentT
    regions: tuple[Region, ...]
    method: str
    lent: PowerInputs | None = None
    limit: float = math.inf

    @property
    def _spread(self) -> PowerInputs:
        """The part whose standard error counts."""
        return self.t if self.t.se > 0 or self.lent is None else self.lent

    @property
    def item_variance(self) -> float:
        """The variance of one item's contribution."""
        return self._spread.item_variance

    @property
    def se(self) -> float:
        """The standard error, without the regions."""
        return self._spread.se

    @property
    def df(self) -> float:
        """The degrees of freedom that go with the standard error."""
        return self._spread.df

    @property
    def seed_variance(self) -> float:
        """The share of the squared standard error that more items cannot remove."""
        return self._spread.seed_variance

    def interval(self, level: float = 0.95) -> Interval:
        """Return the hull of all intervals."""
        intervals = [self.t.interval(level), *(region.interval(level) for region in self.regions)]
        low, high = max(-self.limit, min(i.low for i in intervals)), min(self.limit, max(i.high for i in intervals))
        return Interval(low, high, level, self.method)

    def p_value(self, null: float = 0.0) -> float:
        """Return the largest of all p-values of the hypothesis that the true value is `null`; 0 beyond the limit."""
        if abs(null) > self.limit:
            return 0.0
        return max(self.t.p_value(null), *(region.p_value(null) for region in self.regions))


@dataclass(frozen=True, slots=True)
class Recovered:
    """left - right of two independent values, from the interval of each (MOVER).

    The variance of either value is recovered from the half of its interval that matters: low = left - right -
    sqrt((left - left_low)^2 + (right_high - right)^2), high likewise (Zou & Donner 2008, Statistics in Medicine
    27:1693). The p-value inverts the interval.

    Attributes:
        left_value, right_value: the estimates. left, right: the regions around them.
    """

    left_value: float
    left: Region
    right_value: float
    right: Region

    @property
    def value(self) -> float:
        """The difference left - right."""
        return self.left_value - self.right_value

    def interval(self, level: float = 0.95) -> Interval:
        """Return the interval of the difference."""
        left, right = self.left.interval(level), self.right.interval(level)
        below = math.hypot(self.left_value - left.low, right.high - self.right_value)
        above = math.hypot(left.high - self.left_value, self.right_value - right.low)
        return Interval(self.value - below, self.value + above, level, f"MOVER of {left.method}")

    def p_value(self, null: float = 0.0) -> float:
        """Return 1 - the largest level whose interval excludes `null`."""
        if null == self.value:
            return 1.0

        def inside(log_p: float) -> float:
            interval = self.interval(1 - math.exp(log_p))
            return null - interval.low if null < self.value else interval.high - null

        smallest, largest = math.log(SMALLEST_P), math.log1p(-1e-9)
        if inside(smallest) <= 0:
            return SMALLEST_P
        if inside(largest) >= 0:
            return 1.0
        return math.exp(scipy.optimize.brentq(inside, smallest, largest, xtol=1e-9))
