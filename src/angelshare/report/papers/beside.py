"""A paper's tables with ours beside every number, by text set."""

from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.metric import PLAIN
from angelshare.report.charts.marks import Axis, ticks
from angelshare.report.words.numbers import DASH, figure, metric_name
from angelshare.statement.reproduction import PaperFigure, Reproduction

MOST_METRICS = 3
NOT_MEASURED = "not measured"
STAND_IN = "stand-in"


@dataclass(frozen=True, slots=True)
class Pair:
    """The paper's number and ours, printed. `order`: ours as a number, by which lines are sorted."""

    paper: str
    ours: str
    interval: str
    order: float | None


@dataclass(frozen=True, slots=True)
class PairMark:
    """Where both stand on the axis, in per cent; None: there is no such number."""

    paper: float | None
    ours: float | None
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """One model of the paper on one text set. `state`: `measured`, `stand-in` or `not measured`, for the filter."""

    name: str
    ours: str
    notes: tuple[str, ...]
    state: str
    pairs: tuple[Pair, ...]
    mark: PairMark


@dataclass(frozen=True, slots=True)
class SuiteLines:
    """All models on one text set. `notes`: what holds for each of them."""

    suite: str
    notes: tuple[str, ...]
    lines: tuple[PairLine, ...]


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One table of the paper, with at most `MOST_METRICS` metrics side by side; the `drawn` one has an axis.

    Attributes:
        title: such as `Table 2`. metrics: their names. drawn: the metric that is drawn.
        axis, zero: its axis, and where 0 stands if the axis holds it.
        suites: the lines.
        n_measured, n: how many numbers we have, of how many of the paper's.
    """

    title: str
    metrics: tuple[str, ...]
    drawn: str
    axis: Axis
    zero: float | None
    suites: tuple[SuiteLines, ...]
    n_measured: int
    n: int


def paper_tables(reproduction: Reproduction) -> tuple[PaperTable, ...]:
    """Return the paper's tables in its order; one of many metrics in several parts."""
    found = []
    for title in dict.fromkeys(one.table for one in reproduction.figures):
        about = [one for one in reproduction.figures if one.table == title]
        metrics = tuple(dict.fromkeys(one.metric for one in about))
        for start in range(0, len(metrics), MOST_METRICS):
            part = metrics[start : start + MOST_METRICS]
            found.append(_table(title, part, [one for one in about if one.metric in part]))
    return tuple(found)


def is_difference(metric: str) -> bool:
    """Return whether a metric is a difference to the teacher, which has a sign."""
    return metric.lower().endswith(("difference", "diff"))


def _table(title: str, metrics: tuple[str, ...], about: Sequence[PaperFigure]) -> PaperTable:
    """Return one table; differences to the teacher are drawn before the values themselves."""
    drawn = next((metric for metric in metrics if is_difference(metric)), metrics[0])
    axis = _axis([one for one in about if one.metric == drawn])
    named = [(*_split(one.row), one) for one in about]
    suites = []
    for suite in dict.fromkeys(suite for suite, _, _ in named):
        own = [(model, one) for other, model, one in named if other == suite]
        rows = [[f for other, f in own if other == model] for model in dict.fromkeys(model for model, _ in own)]
        shared = _shared_notes(rows)
        lines = tuple(_line(row, metrics, drawn, axis, shared) for row in rows)
        suites.append(SuiteLines(suite, shared, lines))
    return PaperTable(
        title=title,
        metrics=tuple(metric_name(metric) for metric in metrics),
        drawn=metric_name(drawn),
        axis=axis,
        zero=axis.at(0.0) if axis.low < 0 < axis.high else None,
        suites=tuple(suites),
        n_measured=sum(one.ours is not None for one in about),
        n=len(about),
    )


def _split(row: str) -> tuple[str, str]:
    """Return text set and model of `Hate Check / DISTILLEDCNN`; a row without a stroke is a model."""
    suite, stroke, model = row.partition(" / ")
    return (suite, model) if stroke else ("", row)


def _shared_notes(rows: Sequence[Sequence[PaperFigure]]) -> tuple[str, ...]:
    """Return what several models of a text set are noted for, and every one that was measured."""
    notes = [({one.note for one in row}, any(one.ours is not None for one in row)) for row in rows]
    named = dict.fromkeys(one.note for row in rows for one in row if one.note)
    return tuple(
        note
        for note in named
        if sum(note in own for own, _ in notes) > 1 and all(note in own for own, measured in notes if measured)
    )


def _axis(about: Sequence[PaperFigure]) -> Axis:
    """Return an axis that holds both sides' numbers and our intervals; of nothing, from 0 to 1."""
    values = [value for f in about for value in (f.paper, f.ours, f.low, f.high) if value is not None] or [0.0, 1.0]
    pad = 0.06 * (max(values) - min(values)) or 0.01
    low, high = min(values) - pad, max(values) + pad
    return Axis(low, high, ticks(low, high, PLAIN, most=4, sign=low < 0))


def _line(
    numbers: Sequence[PaperFigure], metrics: Sequence[str], drawn: str, axis: Axis, shared: Sequence[str]
) -> PairLine:
    """Return one model's numbers."""
    found = {one.metric: one for one in numbers}
    notes = tuple(dict.fromkeys(one.note for one in numbers if one.note and one.note not in shared))
    everything = (*notes, *shared)
    measured = any(one.ours is not None for one in numbers)
    stands_in = any(note.startswith(STAND_IN) for note in everything)
    return PairLine(
        name=_split(numbers[0].row)[1],
        ours=next((one.model for one in numbers if one.model), ""),
        notes=notes or (("no reason was given",) if not measured and not shared else ()),
        state=NOT_MEASURED if not measured else STAND_IN if stands_in else "measured",
        pairs=tuple(_pair(found.get(metric), metric) for metric in metrics),
        mark=_mark(found.get(drawn), axis, drawn),
    )


def _pair(found: PaperFigure | None, metric: str) -> Pair:
    """Return the paper's number and ours; a number that the paper does not print is a dash."""
    if found is None:
        return Pair(DASH, DASH, "", None)
    sign = is_difference(metric)
    paper = DASH if found.paper is None else figure(found.paper, sign=sign)
    if found.ours is None:
        return Pair(paper, NOT_MEASURED, "", None)
    return Pair(paper, figure(found.ours, sign=sign), _interval(found, sign=sign), found.ours)


def _interval(found: PaperFigure, *, sign: bool) -> str:
    """Return our interval, or nothing."""
    if found.low is None or found.high is None:
        return ""
    return f"{figure(found.low, sign=sign)} to {figure(found.high, sign=sign)}"


def _mark(found: PaperFigure | None, axis: Axis, metric: str) -> PairMark:
    """Return where both numbers stand."""
    pair = _pair(found, metric)
    ours = pair.ours + (f", interval {pair.interval}" if pair.interval else "")
    label = f"{metric_name(metric)}: paper {pair.paper.replace(DASH, 'not printed')}, ours {ours}"

    def at(value: float | None) -> float | None:
        return None if value is None else axis.at(value)

    if found is None:
        return PairMark(None, None, None, None, f"{metric_name(metric)}: not printed")
    return PairMark(at(found.paper), at(found.ours), at(found.low), at(found.high), label)
