"""A world: a population whose true difference is known, from which one data set after another is drawn."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from angelshare.core.estimate import Inference, Verdict

NO_VERDICT: tuple[Verdict, ...] = ("lost", "preserved", "gained")
"""What an audit withholds from all but shares in fewer than 10 clusters."""
LEVEL, SIMULTANEOUS = 0.95, 0.999
"""Of one row, and of a row among fifty that hold together."""
A_BIT_MORE = 0.9
"""A margin that a true loss exceeds a little, as a share of the loss."""
NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
"""Points and weights of a standard normal seed effect, for means over all seeds there could be."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit would say about one data set: the inference, and the verdicts that it would withhold."""

    inference: Inference
    withheld: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """A population with a known difference.

    Attributes:
        truth: the difference. sample: one data set; None where the audit would not measure it.
        lower_is_better: which side of the truth is a loss.
    """

    truth: float
    sample: Callable[[np.random.Generator], Found | None]
    lower_is_better: bool = False


def coverage(world: World, n_repetitions: int, rng: np.random.Generator) -> dict[str, float]:
    """Return how often intervals miss the truth, on which side, and how often a verdict is wrong.

    Keys: n, measured data sets; skipped, those that the audit would not measure; for 95% and 99.9% better (the
    interval lies above the truth: it looks better than it is) and worse; width, the sum of the 95% ones; preserved
    and preserved_more, wrong at a margin of exactly the true loss, and of `A_BIT_MORE` of it; lost and gained, where
    nothing is.
    """
    sign = -1 if world.lower_is_better else 1
    truth = sign * world.truth
    counts = dict.fromkeys(("n", "skipped", "better", "worse", "better_999", "worse_999"), 0.0)
    counts |= dict.fromkeys(("width", "preserved", "preserved_more", "lost", "gained"), 0.0)
    for _ in range(n_repetitions):
        draw = world.sample(rng)
        if draw is None:
            counts["skipped"] += 1
            continue
        counts["n"] += 1
        low, high = _bounds(draw.inference, LEVEL, sign)
        counts["width"] += high - low
        counts["better"] += low > truth
        counts["worse"] += high < truth
        if not low <= truth <= high:
            # intervals are nested: where the narrower one holds the truth, so does the wider
            widest = _bounds(draw.inference, SIMULTANEOUS, sign)
            counts["better_999"] += widest[0] > truth
            counts["worse_999"] += widest[1] < truth
        if truth < 0 and "preserved" not in draw.withheld:
            counts["preserved"] += low > truth and high > low
            counts["preserved_more"] += low > A_BIT_MORE * truth and high > low
        if truth == 0:
            counts["lost"] += high < 0 and "lost" not in draw.withheld and high > low
            counts["gained"] += low > 0 and "gained" not in draw.withheld and high > low
    return counts


def _bounds(inference: Inference, level: float, sign: int) -> tuple[float, float]:
    """Return the interval, with more being better."""
    interval = inference.interval(level)
    return (interval.low, interval.high) if sign == 1 else (-interval.high, -interval.low)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid.

    Attributes:
        study: the name of the function that makes its world. settings: its arguments.
        n_repetitions: data sets of a block.
    """

    study: str
    settings: Mapping[str, Any]  # Any: numbers and names
    n_repetitions: int

    @property
    def name(self) -> str:
        """Return the settings in words."""
        return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in self.settings.items())


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a cell's data sets, with chance of its own."""

    cell: Cell
    number: int

    @property
    def settings(self) -> str:
        """Return all that the result depends on, but for source."""
        cell = self.cell
        return json.dumps([cell.study, dict(cell.settings), cell.n_repetitions, self.number], sort_keys=True)
