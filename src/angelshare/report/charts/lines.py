"""Small multiples of lines: a panel for each text set, intervals at the points, the teacher as a dashed line."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from angelshare.core.metric import Unit
from angelshare.report.charts.marks import Axis, Tick, ticks
from angelshare.report.charts.series import said
from angelshare.report.charts.symbols import Key, Symbol
from angelshare.report.words.numbers import size
from angelshare.statement.reproduction import Chart, Point, Series

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340.0, 232.0, 46.0, 326.0, 12.0, 186.0
MOST_TICKS = 6
GAP = 0.35  # decades between the smallest amount and zero, which has no logarithm


@dataclass(frozen=True, slots=True)
class Spot:
    """One point of a line, in the drawing's own units."""

    x: float
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One model's points; `path` joins them, but for a point at the zero of a logarithmic axis."""

    symbol: Symbol
    path: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A model that does not depend on x, as a dashed line with its interval as a band."""

    symbol: Symbol
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LinePanel:
    """One chart; `label` tells its values in words."""

    title: str
    x_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    label: str
    note: str | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes of one panel; `zero` is the place of 0 on a logarithmic axis."""

    x: Axis
    y: Axis
    log: bool
    zero: float

    def across(self, value: float) -> float:
        """Return the place of an x."""
        place = value if not self.log else math.log10(value) if value > 0 else self.zero
        return round(LEFT + (RIGHT - LEFT) * self.x.at(place) / 100, 1)

    def up(self, value: float) -> float:
        """Return the place of a y."""
        return round(BOTTOM - (BOTTOM - TOP) * self.y.at(value) / 100, 1)


def line_panel(chart: Chart, symbols: Mapping[Key, Symbol], unit: Unit) -> LinePanel:
    """Return one panel, on a scale of its own."""
    flat = [series for series in chart.series if series.points and _is_level(series)]
    rising = [series for series in chart.series if series.points and not _is_level(series)]
    frame = _frame(chart, rising or flat, unit)
    told = (
        f"{symbols[series.role, series.name].called}: "
        + ", ".join(f"{size(point.x)}: {said(point, unit)}" for point in series.points)
        for series in chart.series
    )
    return LinePanel(
        title=chart.title,
        x_label=chart.x_label + (" (log)" if chart.log_x else ""),
        x_ticks=_x_ticks(frame, [point.x for series in rising for point in series.points]),
        y_ticks=tuple(Tick(round(BOTTOM - (BOTTOM - TOP) * t.at / 100, 1), t.label) for t in frame.y.ticks),
        lines=tuple(_line(series, symbols, frame) for series in rising),
        levels=tuple(_level(series, symbols, frame) for series in flat),
        label="; ".join(told),
        note=chart.note,
    )


def _is_level(series: Series) -> bool:
    """Return whether a series has one value at every x; a student's never counts as such."""
    return series.role != "student" and len({point.y for point in series.points}) == 1


def _frame(chart: Chart, rising: Sequence[Series], unit: Unit) -> _Frame:
    """Return the axes around all points and intervals of a chart."""
    points = [point for series in chart.series for point in series.points]
    ends = [end for point in points for end in (point.y, point.low, point.high) if end is not None] or [0.0, 1.0]
    pad = 0.08 * (max(ends) - min(ends)) or 0.01
    low, high = min(ends) - pad, max(ends) + pad
    y = Axis(low, high, ticks(low, high, unit, most=4))
    xs = [point.x for series in rising for point in series.points] or [1.0]
    places = [math.log10(x) if chart.log_x else x for x in xs if x > 0 or not chart.log_x] or [0.0]
    zero = min(places) - GAP
    if chart.log_x and min(xs) <= 0:
        places.append(zero)
    room = 0.05 * (max(places) - min(places)) or 0.5
    return _Frame(Axis(min(places) - room, max(places) + room), y, chart.log_x, zero)


def _x_ticks(frame: _Frame, xs: Sequence[float]) -> tuple[Tick, ...]:
    """Return round values; on a logarithmic axis powers of ten, with twos and fives where these are few, and 0."""
    if not frame.log:
        even = ticks(frame.x.low, frame.x.high, Unit(1.0, 3, ""), most=5)
        return tuple(Tick(round(LEFT + (RIGHT - LEFT) * t.at / 100, 1), t.label) for t in even)
    start = min((math.log10(x) for x in xs if x > 0), default=frame.x.low)
    powers = range(math.floor(start), math.ceil(frame.x.high) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        kept = [m * 10.0**p for p in powers for m in steps if start - 0.1 <= math.log10(m * 10.0**p) <= frame.x.high]
        if len(kept) <= MOST_TICKS:
            break
    zero = (Tick(frame.across(0.0), "0"),) if any(x <= 0 for x in xs) else ()
    return (*zero, *(Tick(frame.across(n), size(n) if n >= 1 else f"{n:g}") for n in kept))


def _line(series: Series, symbols: Mapping[Key, Symbol], frame: _Frame) -> Line:
    """Return one model's points from left to right."""
    points = sorted(series.points, key=lambda point: point.x)
    joined = [point for point in points if point.x > 0 or not frame.log]
    path = "M" + " L".join(f"{frame.across(p.x)} {frame.up(p.y)}" for p in joined) if len(joined) > 1 else ""
    return Line(symbols[series.role, series.name], path, tuple(_spot(point, frame) for point in points))


def _spot(point: Point, frame: _Frame) -> Spot:
    """Return the places of a point and its interval."""
    low, high = (None if end is None else frame.up(end) for end in (point.low, point.high))
    return Spot(frame.across(point.x), frame.up(point.y), low, high)


def _level(series: Series, symbols: Mapping[Key, Symbol], frame: _Frame) -> Level:
    """Return a series that does not depend on x as a level."""
    spot = _spot(series.points[0], frame)
    return Level(symbols[series.role, series.name], spot.y, spot.low, spot.high)
