"""What a comparison of this size could have found."""

import math

from angelshare.core.estimate import Inference
from angelshare.stats.distributions import t_quantile
from angelshare.stats.floor import Floored

POWER = 0.80
N_STEPS = 20
"""Steps towards the loss at which the items vary as much as it takes to find it; each at least halves the distance."""


def detectable_difference(inference: Inference, *, alpha: float) -> float:
    """Return the distance from zero that a test at `alpha` finds with 80% power.

    Half the interval's width at 1 - alpha, and t(0.80, df) se: (t(1 - alpha / 2, df) + t(0.80, df)) se for a t
    interval, more where the interval also counts what was not sampled. `lost` at margin m needs a loss of m plus this.

    A standard error of few degrees of freedom comes out too small more often than too large. Its median is
    (1 - 2 / (9 df))^(3/2) of the true one (Wilson & Hilferty 1931), by which it is divided: with 5 seeds that matter a
    difference 8% smaller would be stated, and found with 72% power.

    A loss makes the items vary more than they do without one: see `Floored.se_at`.
    """
    half, t = _half_width(inference, alpha), t_quantile(POWER, inference.df)
    difference = half + t * inference.se
    if isinstance(inference, Floored):
        for _ in range(N_STEPS):
            difference = half + t * inference.se_at(difference)
    return difference / math.pow(1 - 2 / (9 * max(1.0, inference.df)), 1.5)


def n_needed(inference: Inference, margin: float, *, alpha: float) -> int | None:
    """Return the items (clusters, where clustered) that would decide at this margin if nothing is lost.

    n v_item / ((margin / q)^2 - v_seed), with v_item = item_variance / n and v_seed the two parts of se^2. It assumes
    a true difference of 0, never the observed one. Where the interval has a floor that se does not show, half its width
    is taken to shrink as 1 / n, if that asks for more. None: more items cannot decide, or the margin is 0.
    """
    room = (margin / _quantiles(inference, alpha)) ** 2 - inference.seed_variance
    if margin == 0 or room <= 0:
        return None
    units = inference.n if inference.n_clusters is None else inference.n_clusters
    needed = math.ceil(units * inference.item_variance / inference.n / room)
    half = _half_width(inference, alpha)
    return max(needed, math.ceil(units * half / margin) if half > margin else 1)


def _half_width(inference: Inference, alpha: float) -> float:
    """Return half the interval's width at 1 - alpha, before it is cut to possible values."""
    if isinstance(inference, Floored):
        return inference.half_width(1 - alpha)
    interval = inference.interval(1 - alpha)
    return (interval.high - interval.low) / 2


def _quantiles(inference: Inference, alpha: float) -> float:
    """Return q: how many standard errors a difference found with 80% power lies from zero."""
    return t_quantile(1 - alpha / 2, inference.df) + t_quantile(POWER, inference.df)
