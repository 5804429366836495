"""How often a loss as large as the stated detectable difference is detected."""

from collections.abc import Callable
from typing import Any

import numpy as np

from angelshare.core.estimate import judge
from angelshare.stats.power import detectable_difference
from calibration import rankings, shares, values
from calibration.worlds import World

N_PILOTS = 100
ALPHA = 0.05


def power(*, case: str, n_repetitions: int, rng: np.random.Generator, **settings: Any) -> dict[str, Any]:
    """Return the stated detectable difference (the median over pilots without a true difference) and its power.

    Args:
        case: `accuracy`, `recipe`, `clustered`, `auc` or `mean`.
        n_repetitions: data sets whose true difference is exactly that.
        rng: source of chance.
        settings: of the case's world.
    """
    world_at = CASES[case]
    pilots = [world_at(0.0, settings).sample(rng) for _ in range(N_PILOTS)]
    stated = [detectable_difference(pilot.inference, alpha=ALPHA) for pilot in pilots if pilot is not None]
    mde = float(np.median(stated))
    if "discordance" in settings and mde > settings["discordance"]:
        return {"mde": mde, "n": 0, "lost": 0}
    world, lost, n = world_at(mde, settings), 0, 0
    for _ in range(n_repetitions):
        draw = world.sample(rng)
        if draw is None:
            continue
        n += 1
        verdict = judge(draw.inference.interval(1 - ALPHA), 0.0, "lower" if world.lower_is_better else "higher")
        lost += verdict == "lost" and "lost" not in draw.withheld
    return {"mde": mde, "n": n, "lost": lost}


def _share(study: Callable[..., World]) -> Callable[[float, dict[str, Any]], World]:
    """Return the world of a share whose loss is this many items of the whole; discordance stays."""
    return lambda loss, settings: study(**settings, loss=loss / settings["discordance"])


def _ranking(loss: float, settings: dict[str, Any]) -> World:
    """Return the world of an AUC that falls by so much."""
    return rankings.ranking(metric="auc", loss=loss, **settings)


def _mean(loss: float, settings: dict[str, Any]) -> World:
    """Return the world of a mean error that rises by so much."""
    return values.mean(loss=loss, **settings)


CASES: dict[str, Callable[[float, dict[str, Any]], World]] = {
    "accuracy": _share(shares.one_pair),
    "recipe": _share(shares.recipe),
    "clustered": _share(shares.clustered),
    "auc": _ranking,
    "mean": _mean,
}
