"""The places of marks in charts; templates/charts.html.j2 draws them.

Charts are inline SVG rather than Vega-Altair: its bundle weighs about a megabyte on every page and draws nothing where
scripts are off, while inline SVG prints, follows dark mode through CSS variables, is read by screen readers and needs
no script. Positions are percentages of a chart's width, which SVG takes for lines, circles and rectangles, so that one
drawing fits every screen without shrinking its text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from angelshare.core.metric import Unit
from angelshare.report.words import lookup, phrases
from angelshare.report.words.numbers import TIMES, amount, interval, signed, unit_of
from angelshare.statement.schema import DifferenceRow, IntervalRow, Statement

MOST_METRICS = 4
FAR = 3
"""The factor beyond which evenly spaced factors crowd."""
Turn = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in per cent of its length."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis.

    Attributes:
        low: its left end, in the metric's values.
        high: its right end.
        ticks: round values between them.
    """

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()

    def at(self, value: float) -> float:
        """Return the place of a value in per cent, held between 0 and 100."""
        return round(min(max(100 * (value - self.low) / (self.high - self.low), 0.0), 100.0), 2)

    def holds(self, value: float) -> bool:
        """Return whether the value lies on the axis."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """One difference against its margin; places are in per cent.

    Attributes:
        value: the estimate.
        low: the lower end of the row's own interval, a thick line.
        high: its upper end.
        family_low: the lower end of the family's interval, a thin line.
        family_high: its upper end.
        margin_low: the lower end of the band of the margin.
        margin_high: its upper end.
        zero: the middle of that band.
        cut_low: whether the thin line goes on below the axis.
        cut_high: whether it goes on above the axis.
        label: the drawing in words, for screen readers.
    """

    value: float
    low: float
    high: float
    family_low: float
    family_high: float
    margin_low: float
    margin_high: float
    zero: float
    cut_low: bool
    cut_high: bool
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a decomposition: a value (`start` and `turn` are None) or the way from one value to the next."""

    name: str
    note: str
    text: str
    interval: str
    start: float | None
    end: float
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The parts of one student's difference in one metric."""

    student: str
    metric: str
    data: str
    steps: tuple[Step, ...]


def ticks(low: float, high: float, unit: Unit, *, most: int = 5, sign: bool = False) -> tuple[Tick, ...]:
    """Return round values between low and high, 1, 2 or 5 times a power of ten apart; for a ratio, round factors."""
    if unit.ratio:
        return _factor_ticks(low, high, most)
    span = (high - low) * unit.factor
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * k for k in (1, 2, 5, 10) if span / (power * k) <= most)
    digits = max(0, -math.floor(math.log10(step)))
    plain = Unit(unit.factor, digits, "", ratio=unit.ratio)
    indices = range(math.ceil(low * unit.factor / step), math.floor(high * unit.factor / step) + 1)
    values = [index * step / unit.factor for index in indices]
    text = signed if sign else amount
    return tuple(Tick(round(100 * (v - low) / (high - low), 2), text(v, plain)) for v in values)


def _factor_ticks(low: float, high: float, most: int) -> tuple[Tick, ...]:
    """Return round factors between two logarithms, closer together on a short axis."""
    reach = math.exp(max(-low, high))
    near = [[1 + step * k for k in range(-20, 41)] for step in (0.01, 0.02, 0.05, 0.1, 0.25, 0.5)]
    far = [[m * 10.0**e for e in range(-6, 7) for m in ms] for ms in ((1, 2, 5), (1, 3), (1,))]
    for grid in (near if reach < FAR else []) + far:
        factors = [f for f in grid if f > 0 and low <= math.log(f) <= high]
        if 1 <= len(factors) <= most:
            break
    return tuple(Tick(round(100 * (math.log(f) - low) / (high - low), 2), f"{f:g}{TIMES}") for f in factors)


def forest_axis(differences: Sequence[DifferenceRow]) -> Axis:
    """Return the axis that rows of one unit share.

    It holds all estimates, all margins and four fifths of the family intervals, up to three times the reach of the
    rows' own. Longer intervals, of a tiny slice or of a family with three seeds, are cut with an arrow: they would
    squeeze all others to a dot.
    """
    families = [row.judged_family or row.interval_family for row in differences]
    values = [abs(value) for row in differences for value in (row.delta, lookup.distance(row), 1.6 * row.margin)]
    reach = max(min(_most_ends(families), 3 * _most_ends([_drawn(row) for row in differences])), *values)
    margin, floor = max(row.margin for row in differences), 0.25 * reach or 1e-3
    down = min(reach, max(margin, *(-family.low for family in families)))
    up = min(reach, max(margin, *(family.high for family in families)))
    low, high = -1.12 * max(down, floor), 1.12 * max(up, floor)
    return Axis(low, high, ticks(low, high, lookup.unit(differences[0]), sign=True))


def _most_ends(intervals: Sequence[IntervalRow]) -> float:
    """Return a distance from zero within which four fifths of the intervals lie."""
    ends = sorted(max(abs(row.low), abs(row.high)) for row in intervals)
    return ends[math.ceil(0.8 * len(ends)) - 1]


def interval_mark(row: DifferenceRow, axis: Axis) -> IntervalMark:
    """Return the places of a difference, its intervals and its margin on the axis."""
    drawn, family, unit = _drawn(row), row.judged_family or row.interval_family, lookup.unit(row)
    said = phrases.change(row) if row.judged is None else f"distance {signed(lookup.distance(row), unit)}"
    label = (
        f"{said}, {drawn.level:.0%} interval {phrases.span(row, drawn.low, drawn.high)}, "
        f"family interval {phrases.span(row, family.low, family.high)}, margin {phrases.margin(row)}"
    )
    return IntervalMark(
        value=axis.at(lookup.distance(row)),
        low=axis.at(drawn.low),
        high=axis.at(drawn.high),
        family_low=axis.at(family.low),
        family_high=axis.at(family.high),
        margin_low=axis.at(-row.margin),
        margin_high=axis.at(row.margin),
        zero=axis.at(0.0),
        cut_low=not axis.holds(family.low),
        cut_high=not axis.holds(family.high),
        label=label,
    )


def decompositions(statement: Statement) -> tuple[Decomposition, ...]:
    """Return the way from teacher over baseline to student, for each student's `MOST_METRICS` most important metrics.

    First comes the main metric, then those that gates name, then those that are not about one label of several.

    All students share one scale per metric, so that a loss of a tenth of a point does not look like one of ten.
    Students without a baseline are left out, and so are metrics on a ratio scale, whose steps do not add up.
    """
    everything = lookup.differences(statement)
    parts = []
    for student in lookup.students(statement):
        for row in _drawn_first(statement, student):
            capacity = lookup.first(everything, "baseline-teacher", like=row)
            distillation = lookup.first(everything, "student-baseline", like=row)
            if capacity is not None and distillation is not None:
                parts.append((row, capacity, distillation))
            if sum(total.student == student for total, _, _ in parts) == MOST_METRICS:
                break
    values: dict[tuple[str, str], list[float]] = {}
    for row, capacity, _ in parts:
        values.setdefault((lookup.name(row), row.data), []).extend(_three_values(row, capacity))
    return tuple(
        Decomposition(total.student, lookup.name(total), total.data, _steps(total, capacity, distillation, axis))
        for total, capacity, distillation in parts
        for axis in [_padded_axis(values[lookup.name(total), total.data], total.margin)]
    )


def _drawn_first(statement: Statement, student: str) -> list[DifferenceRow]:
    """Return a student's differences from its teacher on all items, the most important first."""
    wanted = (student, "student-teacher", "difference", None)
    about = [r for r in lookup.differences(statement) if (r.student, r.contrast, r.scale, r.slice) == wanted]
    main = lookup.main_metric(statement)
    return sorted(about, key=lambda row: (row.metric != main, row.family != lookup.PRIMARY, row.output is not None))


def _three_values(total: DifferenceRow, capacity: DifferenceRow) -> list[float]:
    """Return the metric of teacher, baseline and student."""
    return [total.right_value, capacity.left_value, total.left_value]


def _padded_axis(values: Sequence[float], margin: float) -> Axis:
    """Return an axis that holds these values with some room, and is at least as wide as two margins."""
    middle, reach = (max(values) + min(values)) / 2, (max(values) - min(values)) / 2
    half = max(1.24 * reach, margin) or 0.01
    return Axis(middle - half, middle + half)


def _steps(total: DifferenceRow, capacity: DifferenceRow, distillation: DifferenceRow, axis: Axis) -> tuple[Step, ...]:
    """Return the five lines: teacher, capacity, baseline, distillation, student."""
    values, unit = _three_values(total, capacity), unit_of(total.metric)
    teacher, baseline, student = (axis.at(value) for value in values)

    def value(name: str, note: str, number: float, at: float) -> Step:
        return Step(name, note, amount(number, unit), "", None, at, None)

    def way(name: str, row: DifferenceRow, start: float, end: float) -> Step:
        said = interval(row.interval.low, row.interval.high, unit)
        text = signed(row.delta, unit)
        turn: Turn = "same" if not text.strip("0.,") else "worse" if lookup.loss(row) > 0 else "better"
        return Step(name, "", text, said, start, end, turn)

    return (
        value("teacher", "", values[0], teacher),
        way("capacity", capacity, teacher, baseline),
        value("baseline", "human labels only", values[1], baseline),
        way("distillation and its extra text", distillation, baseline, student),
        value("student", "distilled", values[2], student),
    )


def _drawn(row: DifferenceRow) -> IntervalRow:
    """Return the interval that is drawn thick; for a target metric, that of the distance from the target."""
    return row.judged or row.interval
