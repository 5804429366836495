"""Which cells reach the figures, and which fall short."""

import math
from collections.abc import Mapping
from typing import Any

from scipy import stats

Result = Mapping[str, Any]  # Any: settings, and what was counted

LEAST = 0.94
"""Coverage that an interval of 95% must have, less two Monte-Carlo standard errors."""
MOST = {"preserved": 0.025, "preserved_more": 0.025, "null": 0.05, "beyond": 0.0012}
"""Rates that must not be exceeded by more than two Monte-Carlo standard errors. `beyond`: of intervals of 99.9% that
miss, a fifth more than nominal, as 6% is of 5%."""
POWER = (0.75, 0.90)
FEWEST = 100
"""Data sets below which a cell says nothing: the audit would hardly ever measure such data."""


def says(cell: Result, figure: str) -> bool:
    """Whether a cell bears on a figure."""
    return figure == "coverage" or rate(cell, figure) is not None


def misses(cell: Result, suffix: str = "") -> int:
    """Return how many intervals missed the truth, on either side."""
    return int(cell[f"better{suffix}"] + cell[f"worse{suffix}"])


def covered(cell: Result) -> float:
    """Return the share of 95% intervals that held the truth."""
    return float(1 - misses(cell) / cell["n"])


def rate(cell: Result, figure: str) -> float | None:
    """Return how often a verdict is wrong, or an interval of 99.9% misses; None where the cell cannot say."""
    if figure == "beyond":
        return float(misses(cell, "_999") / cell["n"])
    if (figure == "null") != (cell["truth"] == 0):
        return None
    if figure == "null":
        return float((cell["lost"] + cell["gained"]) / cell["n"])
    return float(cell[figure] / cell["n"])


def falls_short(cell: Result, figure: str) -> bool:
    """Whether a cell misses a figure by more than two standard errors of so many data sets."""
    n = cell["n"]
    if figure == "coverage":
        return covered(cell) < LEAST - 2 * math.sqrt(LEAST * (1 - LEAST) / n)
    share, most = rate(cell, figure), MOST[figure]
    if share is None:
        return False
    # where hardly any is expected, two standard errors of the binomial itself: the normal has the wrong shape there
    allowed = float(stats.binom.ppf(stats.norm.cdf(2), n, most)) / n if n * most < 5 else _normal(most, n)
    return share > allowed + 1e-12


def power_falls_short(cell: Result) -> bool:
    """Whether the power lies outside its range by more than two standard errors."""
    if cell["n"] == 0:
        return False
    share, (low, high) = cell["lost"] / cell["n"], POWER
    room = 2 * math.sqrt(share * (1 - share) / cell["n"])
    return bool(share < low - room or share > high + room)


def _normal(most: float, n: int) -> float:
    """Return a rate and two standard errors."""
    return most + 2 * math.sqrt(most * (1 - most) / n)
