"""Many questions at once."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p-values (1979), in the order given.

    The k-th smallest of m is multiplied by m - k + 1, and is never below a smaller one's. (statsmodels has it too, with
    a garbage collection in every call, which costs a tenth of a second for each family.)
    """
    order = np.argsort(p_values)
    stepped = np.asarray(p_values)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return tuple(adjusted.tolist())


def simultaneous_level(level: float, size: int) -> float:
    """Return the level at which `size` intervals hold together with at least `level` (Bonferroni)."""
    return 1 - (1 - level) / size
