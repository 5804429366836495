"""A paper's tables by text set, with our number beside each of its numbers."""

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
    """The paper's number and ours, printed; lines are sorted by `order`, which is ours as a number."""

    paper: str
    ours: str
    interval: str
    order: float | None


@dataclass(frozen=True, slots=True)
class PairMark:
    """The places of both numbers and of our interval on the axis, in per cent; None where there is no number."""

    paper: float | None
    ours: float | None
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """One model of the paper on one text set; `state` is `measured`, `stand-in` or `not measured`, for the filter."""

    name: str
    ours: str
    notes: tuple[str, ...]
    state: str
    pairs: tuple[Pair, ...]
    mark: PairMark


@dataclass(frozen=True, slots=True)
class SetLines:
    """All models on one text set; `notes` apply to each of them."""

    data: str
    notes: tuple[str, ...]
    lines: tuple[PairLine, ...]


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One table of the paper, with at most `MOST_METRICS` metrics side by side.

    Attributes:
        title: the paper's name of it, such as `Table 2`.
        metrics: the names of the metrics.
        drawn: the name of the metric that is drawn.
        axis: the axis of that metric.
        zero: the place of 0; None where the axis does not reach it.
        sets: the lines of each text set.
        n_measured: the number of our numbers.
        n: the number of the paper's.
    """

    title: str
    metrics: tuple[str, ...]
    drawn: str
    axis: Axis
    zero: float | None
    sets: tuple[SetLines, ...]
    n_measured: int
    n: int


def paper_tables(reproduction: Reproduction) -> tuple[PaperTable, ...]:
    """Return the paper's tables in its order; a table of many metrics is split."""
    parts = []
    for title in dict.fromkeys(number.table for number in reproduction.figures):
        about = [number for number in reproduction.figures if number.table == title]
        metrics = tuple(dict.fromkeys(number.metric for number in about))
        for start in range(0, len(metrics), MOST_METRICS):
            shown = metrics[start : start + MOST_METRICS]
            parts.append(_table(title, shown, [number for number in about if number.metric in shown]))
    return tuple(parts)


def is_difference(metric: str) -> bool:
    """Return whether a metric is a difference from the teacher, which is printed with its sign."""
    return metric.lower().endswith(("difference", "diff"))


def _table(title: str, metrics: tuple[str, ...], about: Sequence[PaperFigure]) -> PaperTable:
    """Return one table; a difference from the teacher is drawn rather than a value."""
    drawn = next((metric for metric in metrics if is_difference(metric)), metrics[0])
    axis = _axis([printed for printed in about if printed.metric == drawn])
    named = [(*_split(printed.row), printed) for printed in about]
    sets = tuple(
        _set_lines(data, [(model, printed) for other, model, printed in named if other == data], metrics, drawn, axis)
        for data in dict.fromkeys(data for data, _, _ in named)
    )
    return PaperTable(
        title=title,
        metrics=tuple(metric_name(metric) for metric in metrics),
        drawn=metric_name(drawn),
        axis=axis,
        zero=axis.at(0.0) if axis.low < 0 < axis.high else None,
        sets=sets,
        n_measured=sum(printed.ours is not None for printed in about),
        n=len(about),
    )


def _set_lines(
    data: str, numbers: Sequence[tuple[str, PaperFigure]], metrics: Sequence[str], drawn: str, axis: Axis
) -> SetLines:
    """Return the models on one text set, each number with the model that the paper has it of."""
    models = dict.fromkeys(model for model, _ in numbers)
    rows = [[printed for other, printed in numbers if other == model] for model in models]
    shared = _shared_notes(rows)
    return SetLines(data, shared, tuple(_line(row, metrics, drawn, axis, shared) for row in rows))


def _split(row: str) -> tuple[str, str]:
    """Return text set and model of `Hate Check / DISTILLEDCNN`; a row without a stroke is a model."""
    data, stroke, model = row.partition(" / ")
    return (data, model) if stroke else ("", row)


def _shared_notes(rows: Sequence[Sequence[PaperFigure]]) -> tuple[str, ...]:
    """Return the notes that several models of a text set share, and all of them that were measured."""
    notes = [({printed.note for printed in row}, _is_measured(row)) for row in rows]
    named = dict.fromkeys(printed.note for row in rows for printed in row if printed.note)
    return tuple(
        note
        for note in named
        if sum(note in noted for noted, _ in notes) > 1 and all(note in noted for noted, measured in notes if measured)
    )


def _is_measured(row: Sequence[PaperFigure]) -> bool:
    """Return whether any number of a model has one of ours beside it."""
    return any(printed.ours is not None for printed in row)


def _axis(about: Sequence[PaperFigure]) -> Axis:
    """Return an axis that holds both sides' numbers and our intervals; from 0 to 1 without any."""
    values = [value for f in about for value in (f.paper, f.ours, f.low, f.high) if value is not None] or [0.0, 1.0]
    pad = 0.06 * (max(values) - min(values)) or 0.01
    low, high = min(values) - pad, max(values) + pad
    return Axis(low, high, ticks(low, high, PLAIN, most=4, sign=low < 0))


def _line(
    numbers: Sequence[PaperFigure], metrics: Sequence[str], drawn: str, axis: Axis, shared: Sequence[str]
) -> PairLine:
    """Return one model's numbers."""
    by_metric = {printed.metric: printed for printed in numbers}
    notes = tuple(dict.fromkeys(printed.note for printed in numbers if printed.note and printed.note not in shared))
    everything = (*notes, *shared)
    measured = _is_measured(numbers)
    stands_in = any(note.startswith(STAND_IN) for note in everything)
    return PairLine(
        name=_split(numbers[0].row)[1],
        ours=next((printed.model for printed in numbers if printed.model), ""),
        notes=notes or (("no reason was given",) if not measured and not shared else ()),
        state=NOT_MEASURED if not measured else STAND_IN if stands_in else "measured",
        pairs=tuple(_pair(by_metric.get(metric), metric) for metric in metrics),
        mark=_mark(by_metric.get(drawn), axis, drawn),
    )


def _pair(printed: PaperFigure | None, metric: str) -> Pair:
    """Return the paper's number and ours; a dash stands for a number that the paper does not print."""
    if printed is None:
        return Pair(DASH, DASH, "", None)
    sign = is_difference(metric)
    paper = DASH if printed.paper is None else figure(printed.paper, sign=sign)
    if printed.ours is None:
        return Pair(paper, NOT_MEASURED, "", None)
    return Pair(paper, figure(printed.ours, sign=sign), _interval(printed, sign=sign), printed.ours)


def _interval(printed: PaperFigure, *, sign: bool) -> str:
    """Return our interval; empty without one."""
    if printed.low is None or printed.high is None:
        return ""
    return f"{figure(printed.low, sign=sign)} to {figure(printed.high, sign=sign)}"


def _mark(printed: PaperFigure | None, axis: Axis, metric: str) -> PairMark:
    """Return the places of both numbers."""
    pair = _pair(printed, metric)
    ours = pair.ours + (f", interval {pair.interval}" if pair.interval else "")
    label = f"{metric_name(metric)}: paper {pair.paper.replace(DASH, 'not printed')}, ours {ours}"

    def at(value: float | None) -> float | None:
        return None if value is None else axis.at(value)

    if printed is None:
        return PairMark(None, None, None, None, f"{metric_name(metric)}: not printed")
    return PairMark(at(printed.paper), at(printed.ours), at(printed.low), at(printed.high), label)
