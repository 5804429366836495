"""A paper's tables with ours beside them."""

import pytest

from angelshare.report.papers.beside import PaperTable, paper_tables
from angelshare.statement.reproduction import PaperFigure, Reproduction


@pytest.fixture(scope="module")
def table(reproduction: Reproduction) -> PaperTable:
    """The paper's Table 2."""
    (table,) = paper_tables(reproduction)
    return table


def with_figures(reproduction: Reproduction, *figures: PaperFigure) -> tuple[PaperTable, ...]:
    """The tables of these numbers alone."""
    return paper_tables(reproduction.model_copy(update={"figures": figures}))


def test_models_stand_under_their_text_set(table: PaperTable):
    """`Hate Check / CNN` is a line of Hate Check; the difference to the teacher is drawn."""
    assert [of_set.data for of_set in table.sets][:2] == ["Civil Comments", "Short Synthetic"]
    assert [line.name for line in table.sets[0].lines][-1] == "CNN"
    assert table.metrics == ("AUC-PR", "AUC", "AUC difference")
    assert table.drawn == "AUC difference"
    assert (table.n_measured, table.n) == (54, 84)


def test_a_number_that_was_not_measured_says_so_with_its_reason(table: PaperTable):
    """Never 0, never blank; its state can be filtered, and it sorts behind all numbers."""
    line = table.sets[0].lines[2]
    assert [pair.ours for pair in line.pairs] == ["not measured"] * 3
    assert [pair.order for pair in line.pairs] == [None] * 3
    assert line.notes == ("distilled from proprietary texts: not reproducible",)
    assert line.state == "not measured"
    assert (line.mark.ours, line.mark.label) == (None, "AUC difference: paper \N{MINUS SIGN}0.040, ours not measured")


def test_a_stand_in_is_told_once_for_its_text_set(table: PaperTable):
    """The model that was not measured has a reason of its own, and does not stop it."""
    assert table.sets[1].notes == ("stand-in: short_synthetic",)
    assert [line.state for line in table.sets[1].lines] == ["stand-in", "stand-in", "not measured", "stand-in"]
    assert table.sets[1].lines[0].notes == ()
    assert table.sets[6].notes == ("proprietary: not reproducible",)


def test_a_note_of_one_measured_model_is_not_shared(reproduction: Reproduction):
    """Two models, one on a stand-in: the note stays on its line."""
    numbers = [
        PaperFigure(table="T", row=f"S / {model}", metric="auc", paper=0.9, ours=0.8, note=note)
        for model, note in (("A", "stand-in: x"), ("B", None), ("C", "stand-in: x"))
    ]
    (table,) = with_figures(reproduction, *numbers)
    assert table.sets[0].notes == ()
    assert table.sets[0].lines[0].notes == ("stand-in: x",)


def test_differences_have_signs_and_values_none(table: PaperTable):
    """As the paper prints them: 0.950, but -0.030."""
    value, _, difference = table.sets[0].lines[0].pairs
    assert (value.paper, value.ours, value.interval) == ("0.980", "0.950", "0.938 to 0.961")
    assert (difference.paper, difference.ours, difference.interval) == (
        "0.000",
        "\N{MINUS SIGN}0.030",
        "\N{MINUS SIGN}0.042 to \N{MINUS SIGN}0.019",
    )


def test_one_number_is_a_table(reproduction: Reproduction):
    """A row without a text set, without a number of the paper and without an interval."""
    (table,) = with_figures(
        reproduction, PaperFigure(table="T", row="cnn", metric="n_parameters", paper=None, ours=28_100_000.0)
    )
    (of_set,) = table.sets
    assert (of_set.data, of_set.lines[0].name) == ("", "cnn")
    assert (of_set.lines[0].pairs[0].paper, of_set.lines[0].pairs[0].ours) == ("\N{EN DASH}", "28.1M")
    assert of_set.lines[0].mark.paper is None
    assert "not printed" in of_set.lines[0].mark.label


def test_nothing_measured_and_no_reason_is_told(reproduction: Reproduction):
    """A gap without a reason is not hidden."""
    (table,) = with_figures(reproduction, PaperFigure(table="T", row="S / A", metric="auc", paper=0.9, ours=None))
    assert table.sets[0].lines[0].notes == ("no reason was given",)


def test_many_metrics_are_parted(reproduction: Reproduction):
    """Five metrics: a table of three and one of two."""
    numbers = [PaperFigure(table="T", row="S / A", metric=f"m{k}", paper=0.1, ours=0.2) for k in range(5)]
    assert [len(table.metrics) for table in with_figures(reproduction, *numbers)] == [3, 2]


def test_the_axis_holds_both_sides_and_every_interval(table: PaperTable):
    """From -0.072 to 0 with 6% of room; 0 is marked."""
    assert table.axis.low == pytest.approx(-0.072 - 0.06 * 0.072)
    assert table.axis.high == pytest.approx(0.06 * 0.072)
    assert table.zero == pytest.approx(100 * 1.06 / 1.12, abs=0.01)
