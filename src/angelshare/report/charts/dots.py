"""Dot plots by category: for each identity the value of every model, with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from angelshare.core.metric import Unit
from angelshare.report.charts.marks import Axis, ticks
from angelshare.report.charts.series import said
from angelshare.report.charts.symbols import Key, Symbol
from angelshare.statement.reproduction import Chart, Point

ROOM, STEP, NARROW_STEP = 20.0, 11.0, 8.0
MANY = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """One value and its interval.

    Attributes:
        symbol: the model's symbol.
        x: the place of the value, in per cent of the lane.
        low: the place of the interval's lower end; None without an interval.
        high: the place of its upper end.
        y: the distance from the top of the line, in pixels.
        cut_low: whether the interval goes on below the axis.
        cut_high: whether it goes on above the axis.
    """

    symbol: Symbol
    x: float
    low: float | None
    high: float | None
    y: float
    cut_low: bool
    cut_high: bool


@dataclass(frozen=True, slots=True)
class DotLine:
    """One category.

    Attributes:
        name: the category.
        height: the height of the line, in pixels.
        dots: one for each model that was measured.
        label: the values in words.
        missing: a remark on models that were not measured; empty if all were.
    """

    name: str
    height: float
    dots: tuple[Dot, ...]
    label: str
    missing: str


@dataclass(frozen=True, slots=True)
class DotPanel:
    """One measure by category; `ideal` is the place of 0, None where the axis does not reach it."""

    title: str
    x_label: str
    y_label: str
    axis: Axis
    ideal: float | None
    lines: tuple[DotLine, ...]
    note: str | None


def dot_panels(charts: Sequence[Chart], symbols: Mapping[Key, Symbol], unit: Unit) -> tuple[DotPanel, ...]:
    """Return a panel for each chart of a group; charts with the same label of values share an axis."""
    panels = []
    for chart in charts:
        alike = [other for other in charts if other.y_label == chart.y_label]
        axis = _axis([point for other in alike for series in other.series for point in series.points], unit)
        ideal = axis.at(0.0) if axis.low < 0 < axis.high else None
        lines = tuple(_line(chart, place, axis, symbols, unit) for place in range(len(chart.categories)))
        panels.append(DotPanel(chart.title, chart.x_label, chart.y_label, axis, ideal, lines, chart.note))
    return tuple(panels)


def _axis(points: Sequence[Point], unit: Unit) -> Axis:
    """Return an axis that holds all values and intervals, with some room; from 0 to 1 without any.

    Intervals are cut at three times the median reach, so that one of a tiny group does not squeeze all others.
    """
    reaches = [abs(end - point.y) for point in points for end in (point.low, point.high) if end is not None]
    most = 3 * median(reaches) if reaches else 0.0
    ends = [point.y for point in points] or [0.0, 1.0]
    ends += [max(point.low, point.y - most) for point in points if point.low is not None]
    ends += [min(point.high, point.y + most) for point in points if point.high is not None]
    pad = 0.06 * (max(ends) - min(ends)) or 0.01
    low, high = min(ends) - pad, max(ends) + pad
    return Axis(low, high, ticks(low, high, unit, most=5))


def _line(chart: Chart, place: int, axis: Axis, symbols: Mapping[Key, Symbol], unit: Unit) -> DotLine:
    """Return one category, its models below one another so that no interval hides another."""
    points = [next((point for point in series.points if point.x == place), None) for series in chart.series]
    measured = [(k, s, p) for k, (s, p) in enumerate(zip(chart.series, points, strict=True)) if p is not None]
    called = {(s.role, s.name): symbols[s.role, s.name].called for s in chart.series}
    missing = [
        called[series.role, series.name] for series, point in zip(chart.series, points, strict=True) if point is None
    ]
    step = STEP if len(chart.series) <= MANY else NARROW_STEP
    height = ROOM + step * (len(chart.series) - 1)
    dots = tuple(
        Dot(
            symbol=symbols[series.role, series.name],
            x=axis.at(point.y),
            low=None if point.low is None else axis.at(point.low),
            high=None if point.high is None else axis.at(point.high),
            y=ROOM / 2 + step * k,
            cut_low=point.low is not None and not axis.holds(point.low),
            cut_high=point.high is not None and not axis.holds(point.high),
        )
        for k, series, point in measured
    )
    label = "; ".join(f"{called[series.role, series.name]} {said(point, unit)}" for _, series, point in measured)
    gaps = "not measured" if not measured else f"not measured: {', '.join(missing)}" if missing else ""
    return DotLine(chart.categories[place], height, dots, label, gaps)
