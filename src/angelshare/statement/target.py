"""Verdicts on metrics that have an ideal value: whether the student is further from it than its teacher."""

from dataclasses import dataclass

from angelshare.core.estimate import Inference, Interval
from angelshare.stats.inference import IDENTICAL
from angelshare.stats.multiplicity import simultaneous_level

PRECISION = 1e-12
"""Of a p-value found by bisection."""


def distance_loss(teacher: float, delta: float, target: float) -> float:
    """Return L = |student - target| - |teacher - target|, with student = teacher + delta. Positive: further away."""
    return abs(teacher + delta - target) - abs(teacher - target)


def extremes(teacher: tuple[float, float], delta: tuple[float, float], target: float) -> tuple[float, float]:
    """Return the least and the greatest L over a rectangle of (teacher value, delta), exactly.

    L is linear on each side of the lines teacher = target and teacher + delta = target. So its extremes lie at corners
    of the parts into which these lines cut the rectangle: its own corners, the points where a line meets an edge, and
    the point (target, 0) where the two lines meet.
    """
    (low, high), (less, more) = teacher, delta
    corners = [(t, d) for t in (low, high) for d in (less, more)]
    corners += [(target, d) for d in (less, more)] + [(target - d, d) for d in (less, more)]
    corners += [(t, target - t) for t in (low, high)] + [(target, 0.0)]
    inside = [distance_loss(t, d, target) for t, d in corners if low <= t <= high and less <= d <= more]
    return min(inside), max(inside)


@dataclass(frozen=True, slots=True)
class DistanceLoss:
    """The inference on L; its interval and its p-value invert the same procedure.

    The interval at level 1 - a is the range of L over the rectangle of two intervals at level 1 - a/2, of the teacher's
    value and of delta. By Bonferroni the rectangle holds both true values with probability 1 - a at least, whatever
    their dependence, and wherever it does the range holds the true L. So the coverage is at least that of the two
    intervals. A percentile interval of |x - target| has no such warrant: it is biased where x is near the target.

    Attributes:
        teacher: inference on the teacher's value. delta: on student - teacher.
        target: the ideal value.
    """

    teacher: Inference
    delta: Inference
    target: float

    @property
    def value(self) -> float:
        """L at the point estimates."""
        return distance_loss(self.teacher.value, self.delta.value, self.target)

    def interval(self, level: float = 0.95) -> Interval:
        """Return the range of L over the rectangle that holds with this level."""
        each = simultaneous_level(level, 2)
        teacher, delta = self.teacher.interval(each), self.delta.interval(each)
        low, high = extremes((teacher.low, teacher.high), (delta.low, delta.high), self.target)
        same = delta.method == IDENTICAL
        method = IDENTICAL if same else f"range over ({teacher.method}) x ({delta.method})"
        return Interval(low, high, level, method)

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of L = null: the largest a at which the interval of level 1 - a holds it.

        It is found by bisection, since the interval grows with the level; rounded up, so that it never says too much.
        """
        outside, inside = 1.0, 0.0
        if self._holds(null, outside):
            return 1.0
        while outside - inside > PRECISION:
            middle = (outside + inside) / 2
            outside, inside = (outside, middle) if self._holds(null, middle) else (middle, inside)
        return outside

    def _holds(self, null: float, alpha: float) -> bool:
        """Whether the interval of level 1 - alpha holds a value."""
        interval = self.interval(1 - alpha)
        return interval.low <= null <= interval.high
