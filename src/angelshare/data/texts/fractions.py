"""Fractional labels: the share of a text's annotators who gave the positive label."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from angelshare.core.arrays import Array, Vector
from angelshare.core.errors import InputError
from angelshare.core.items import UNLABELLED
from angelshare.core.task import Task
from angelshare.data.tables.columns import read_numbers

_HALF = 0.5


def read_fractions(
    frame: pd.DataFrame, truth: Array | None, *, task: Task, labels: Sequence[str], where: str
) -> Vector | None:
    """Return the column `fraction`: the share of the annotators who give the positive label, nan where blank.

    Raises:
        InputError: if the task is not binary, a share is outside 0 to 1 (with its row), or most of the shares that are
            not one half contradict the labels: they must be about the other label then.
    """
    if task != "binary":
        raise InputError(f"{where}: fractional labels are for binary tasks, but this is {task}. Leave them out.")
    if "fraction" not in frame.columns:
        return None
    shares = read_numbers(frame, "fraction", path=where, gaps=True)
    wrong = (shares < 0) | (shares > 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{where}, row {row + 1}: the fraction is {shares[row]:g} (such rows: {int(wrong.sum())}). It is the share "
            f"of the annotators who say {labels[-1]}: write a number from 0 to 1, or leave it blank."
        )
    if truth is not None:
        decided = (truth != UNLABELLED) & ~np.isnan(shares) & (shares != _HALF)
        against = decided & ((shares > _HALF) != (truth == 1))
        if against.sum() > decided.sum() / 2:
            raise InputError(
                f"{where}: {int(against.sum())} of {int(decided.sum())} fractions contradict their labels. Write the "
                f"share of the annotators who say {labels[-1]}, not of those who say {labels[0]}."
            )
    return shares
