"""Answers that an evaluation judged right or wrong.

Such a log knows no classes. It is read as binary decisions for the labels `wrong` and `right`, and the truth
of every item is `right`: accuracy is the share of right answers, a negative flip an answer that was right before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.data.predictions.metadata import Declared

WRONG, RIGHT = "wrong", "right"

JUDGED = Declared(task="binary", labels=(WRONG, RIGHT))
"""The declaration of a log of judged answers."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log of an evaluation under the house's column names, with its declaration."""

    frame: pd.DataFrame
    declared: Declared


def right_or_wrong(
    grades: Sequence[float], *, ids: Sequence[object], name: str, threshold: float | None, where: str
) -> list[str]:
    """Return the decision of every item.

    Args:
        grades: 1 for right and 0 for wrong; others need a threshold.
        ids: the items' names in errors.
        name: of the metric or scorer.
        threshold: the least grade of a right answer.
        where: the log's name in errors.

    Raises:
        InputError: for a grade that is neither 0 nor 1, without a threshold; or for a threshold at which every answer
            would be right, or every one wrong, whatever the model did.
    """
    _check_threshold(threshold, grades, name, where)
    graded = [row for row, grade in enumerate(grades) if grade not in (0, 1)]
    if graded and threshold is None:
        row = graded[0]
        raise InputError(
            f"{where}, sample {str(ids[row])!r}: {name} is {grades[row]:g}, neither right (1) nor wrong (0) "
            f"(such samples: {len(graded)}). Say from which value on an answer is right: --threshold 0.5, for example."
        )
    return [RIGHT if grade >= (1 if threshold is None else threshold) else WRONG for grade in grades]


def _check_threshold(threshold: float | None, grades: Sequence[float], name: str, where: str) -> None:
    """Refuse a threshold outside of the scale of the grades, which goes from 0 to 1 at least."""
    low, high = min(0.0, *grades), max(1.0, *grades)
    if threshold is not None and not low < threshold <= high:
        never = WRONG if threshold <= low else RIGHT
        raise InputError(
            f"{where}: at the threshold {threshold:g} no answer could be {never}: {name} "
            f"goes from {low:g} to {high:g}. Give a number above {low:g}, up to {high:g}."
        )


def only_one(what: str, names: Sequence[str], chosen: str | None, where: str) -> str:
    """Return the metric or scorer to read: the one chosen, or the only one.

    Raises:
        InputError: if there is none, several and none chosen, or not the chosen one.
    """
    if chosen is not None and chosen not in names:
        raise InputError(f"{where}: {unknown_name(what, chosen, tuple(names))}")
    if not names:
        raise InputError(f"{where} has no {what} that says how good the answer to each sample was. Take another log.")
    if chosen is None and len(names) > 1:
        msg = f"{where} has {len(names)} {what}s: {', '.join(names)}."
        raise InputError(f"{msg} Choose one: --columns label={names[0]}, for example.")
    return chosen or names[0]
