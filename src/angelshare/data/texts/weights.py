"""How many items of the population each one stands for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Vector
from angelshare.core.errors import InputError
from angelshare.data.tables.columns import read_numbers

MOST_SPREAD = 1e9
"""Of weights: sums of larger and smaller ones keep too few digits of the smaller."""


def read_weights(frame: pd.DataFrame, *, where: str, ids: Sequence[str] | Array) -> Vector | None:
    """Return the column `weight`: the number of items of the population for which each stands; None without it.

    Raises:
        InputError: for a weight that is blank, not finite or negative, with its row and id; or if all are 0, or some
            are more than 1e9 times others.
    """
    if "weight" not in frame.columns:
        return None
    weights = read_numbers(frame, "weight", path=where, ids=ids)
    wrong = ~(weights >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        what = "blank" if np.isnan(weights[row]) else f"{weights[row]:g}"
        raise InputError(
            f"{where}, row {row + 1} (id {str(ids[row])!r}): the weight is {what} (such rows: {int(wrong.sum())}). "
            "A weight says how many items one stands for: write 0 or more in every row."
        )
    if not weights.any():
        raise InputError(f"{where}: every weight is 0, so that no item counts. Leave the weights out, or correct them.")
    heaviest, lightest = weights.max(), weights[weights > 0].min()
    if heaviest > MOST_SPREAD * lightest:
        raise InputError(
            f"{where}: the weights go from {lightest:g} to {heaviest:g}; beside the heaviest the lightest vanish. "
            f"Leave items out, or weights that are at most {MOST_SPREAD:g} times each other."
        )
    return weights
