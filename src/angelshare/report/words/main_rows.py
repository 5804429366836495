"""The differences that come first where there is room for a few: gated ones, and every student's main metric."""

from dataclasses import dataclass

from angelshare.core.estimate import Verdict
from angelshare.report.words import lookup, phrases
from angelshare.report.words.numbers import MINUS, amount, signed, unit_of, with_word
from angelshare.statement.schema import DifferenceRow, Statement

MOST_ROWS = 12
COLUMNS = ("student", "metric", "compared", "from → to", "change", "interval", "margin", "verdict")
INTERVALS = "Intervals are 95% where a gate names the row, else simultaneous over the student's rows of one audit."


@dataclass(frozen=True, slots=True)
class MainRow:
    """One difference in words, under `COLUMNS`; student and metric hold names that users gave, so they are data."""

    student: str
    what: str
    compared: str
    values: str
    change: str
    interval: str
    margin: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class MainRows:
    """The first differences, and a sentence on how many more there are; "" where there are none."""

    rows: tuple[MainRow, ...]
    more: str


def main_rows(statement: Statement) -> MainRows:
    """Return at most `MOST_ROWS` differences, the gated ones first."""
    metric, everything = lookup.main_metric(statement), lookup.differences(statement)
    main = [
        row
        for row in everything
        if row.family == lookup.PRIMARY or (row.metric == metric and row.slice is None and row.contrast != "slice-rest")
    ]
    main.sort(key=lambda row: (row.family != lookup.PRIMARY, lookup.students(statement).index(row.student)))
    several, n_more = lookup.several_sets(statement), len(everything) - len(main[:MOST_ROWS])
    more = f"{n_more} more {'difference' if n_more == 1 else 'differences'} on the page." if n_more else ""
    return MainRows(tuple(_in_words(row, names_data=several) for row in main[:MOST_ROWS]), more)


def _in_words(row: DifferenceRow, *, names_data: bool) -> MainRow:
    """Return one difference in words; `names_data` adds the text set."""
    unit, values, ends = lookup.unit(row), unit_of(row.metric), lookup.deciding_interval(row)
    side = signed if row.contrast in lookup.OF_DIFFERENCES else amount
    return MainRow(
        row.student,
        lookup.what(row) + (f", {row.data}" if names_data else ""),
        row.contrast.replace("-", f" {MINUS} "),
        f"{side(row.right_value, values)} → {side(row.left_value, values)}",
        phrases.change(row) if unit.ratio else signed(row.delta, unit),
        phrases.span(row, ends.low, ends.high),
        phrases.margin(row) if unit.ratio else with_word(phrases.margin(row), unit),
        row.verdict,
    )
