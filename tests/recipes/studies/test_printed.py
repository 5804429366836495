"""Tests of a paper's number beside ours."""

from angelshare.recipes.studies.evidence import Measured, NotMeasured
from angelshare.recipes.studies.printed import beside
from angelshare.statement.reproduction import PaperFigure

PRINTED = PaperFigure(table="Table 1", row="BERT", metric="AUC", paper=0.9, ours=None, model="teacher", note="stand-in")


def test_an_estimate_brings_its_interval():
    """The note stays."""
    figure = beside(PRINTED, lambda: Measured(0.8, 0.7, 0.85, 100))
    assert (figure.paper, figure.ours, figure.low, figure.high) == (0.9, 0.8, 0.7, 0.85)
    assert figure.note == "stand-in"


def test_a_bare_value_has_none():
    """Such as an average precision."""
    figure = beside(PRINTED, lambda: 0.75)
    assert (figure.ours, figure.low, figure.high) == (0.75, None, None)


def test_the_reason_takes_the_place_of_the_note():
    """Where nothing was measured, nothing stands in for anything."""

    def ours():
        raise NotMeasured("There is no model BERT.")

    figure = beside(PRINTED, ours)
    assert (figure.ours, figure.note) == (None, "There is no model BERT.")
