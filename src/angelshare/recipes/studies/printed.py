"""Numbers that a paper prints, each beside ours or with the reason why there is none."""

from collections.abc import Callable

from angelshare.recipes.studies.evidence import Measured, NotMeasured
from angelshare.statement.reproduction import PaperFigure


def beside(printed: PaperFigure, ours: Callable[[], Measured | float]) -> PaperFigure:
    """Return a number of the paper with ours.

    Args:
        printed: the paper's number, with our model and a note on what stands in for its data.
        ours: measures our number; if it raises `NotMeasured`, the reason replaces the note.
    """
    try:
        number = ours()
    except NotMeasured as why:
        return printed.model_copy(update={"note": str(why)})
    if isinstance(number, float):
        return printed.model_copy(update={"ours": number})
    return printed.model_copy(update={"ours": number.value, "low": number.low, "high": number.high})
