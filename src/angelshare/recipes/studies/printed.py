"""A number that a paper prints with ours beside it, or with the reason why there is none."""

from collections.abc import Callable

from angelshare.recipes.studies.evidence import Measured, NotMeasured
from angelshare.statement.reproduction import PaperFigure


def beside(printed: PaperFigure, ours: Callable[[], Measured | float]) -> PaperFigure:
    """Return the number with ours.

    Args:
        printed: what the paper prints, with the model of ours and what stands in for its data.
        ours: measures ours; where it raises `NotMeasured`, the reason takes the place of the note.
    """
    try:
        number = ours()
    except NotMeasured as why:
        return printed.model_copy(update={"note": str(why)})
    if isinstance(number, float):
        return printed.model_copy(update={"ours": number})
    return printed.model_copy(update={"ours": number.value, "low": number.low, "high": number.high})
