"""Default margins, and which margins make sense."""

from collections.abc import Mapping

from angelshare.audits.frame.installed import AUDITS
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.metric import MetricFacts


def judged_metrics() -> Mapping[str, MetricFacts]:
    """Return the facts of every metric with a margin: those that an audit judges."""
    return {name: facts for name, facts in AUDITS.facts.items() if facts.margin is not None}


def judged_metric(metric: str) -> MetricFacts:
    """Return the facts of a metric that an audit judges.

    Raises:
        InputError: if none does; the nearest name is given.
    """
    known = judged_metrics()
    if metric not in known:
        raise InputError(unknown_name("metric with a margin", metric, known))
    return known[metric]


def default_margin(metric: str) -> float:
    """Return the default margin of a metric.

    Raises:
        InputError: if no audit judges this metric.
    """
    margin = judged_metric(metric).margin
    assert margin is not None, "it is judged"
    return margin


def check_margin(metric: str, margin: float) -> None:
    """Refuse a margin without sense: negative, no number, or so large that all may be lost.

    Raises:
        InputError: if no audit judges the metric, or the margin is not in [0, limit).
    """
    limit = judged_metric(metric).limit
    if not 0 <= margin < limit:
        advice = "Write 0.01 for one point." if limit == 1 else "Give a number such as 0.01."
        raise InputError(
            f"The margin of {metric} says how much worse is still acceptable: at least 0 and less than {limit:,.0f}, "
            f"so it cannot be {margin}. {advice}"
        )
