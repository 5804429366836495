"""Quality against its cost, in size or in time: a point for each population, and the Pareto front."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.metric import Unit
from angelshare.report.charts import name_places
from angelshare.report.charts.marks import Tick, ticks
from angelshare.report.words import lookup
from angelshare.report.words.numbers import amount, metric_name, size, unit_of, with_word
from angelshare.statement.schema import Statement

WIDE, HALF, NARROW = 900.0, 500.0, 360.0
HEIGHT, LEFT, EDGE, TOP, BOTTOM = 340.0, 46.0, 30.0, 16.0, 290.0


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost, on the horizontal axis.

    Attributes:
        metric: the metric, such as `n_parameters`.
        title: its name in headings.
        axis: its name under the axis.
        beaten: the end of "no model on the front is beaten by one ...".
        more_is_better: whether more is cheaper, such as more texts per second.
    """

    metric: str
    title: str
    axis: str
    beaten: str
    more_is_better: bool = False


MIN_TICKS = 3
COSTS = (
    Cost("n_parameters", "size", "parameters (log)", "as small"),
    Cost("texts_per_second", "speed", "texts per second, in bulk (log)", "as fast", more_is_better=True),
    Cost("latency_p50_ms", "waiting time", "milliseconds for one text, median (log)", "as fast"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One population's cost and quality.

    Attributes:
        role: the population's role.
        name: the population's name.
        cost: the mean over its members.
        quality: the mean over its members.
        seeds: each member's quality, where the statement has it.
    """

    role: str
    name: str
    cost: float
    quality: float
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TradePoint:
    """One population in a drawing, with places in the drawing's units."""

    role: str
    name: str
    cost: str
    quality: str
    x: float
    y: float
    seeds: tuple[float, ...]
    label_x: float
    label_y: float
    anchor: str
    on_front: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The chart at one width: telephones get their own, so that no text shrinks."""

    width: float
    right: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[TradePoint, ...]
    front: str


@dataclass(frozen=True, slots=True)
class TradeChart:
    """Quality against one cost (log axis), with the Pareto front as a path."""

    cost: Cost
    metric: str
    unit: str
    wide: Drawing
    narrow: Drawing

    @property
    def is_half(self) -> bool:
        """Whether two such charts stand side by side on a wide screen."""
        return self.wide.width == HALF


def pareto_front(points: Sequence[Measured], *, more_is_better: bool = False) -> tuple[Measured, ...]:
    """Return the points that no other beats at the same or a better cost, the best cost first."""
    sign = -1 if more_is_better else 1
    front: list[Measured] = []
    for point in sorted(points, key=lambda p: (sign * p.cost, -p.quality)):
        if not front or point.quality > front[-1].quality:
            front.append(point)
    return tuple(front)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes of a drawing: the logarithm of the cost from left to right, quality upwards."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    right: float

    def x(self, n: float) -> float:
        """Return the place of a cost."""
        return round(LEFT + (self.right - LEFT) * (math.log10(n) - self.x_low) / (self.x_high - self.x_low), 1)

    def y(self, quality: float) -> float:
        """Return the place of a quality."""
        return round(BOTTOM - (BOTTOM - TOP) * (quality - self.y_low) / (self.y_high - self.y_low), 1)

    def at(self, point: Measured) -> tuple[float, float]:
        """Return the place of a population."""
        return self.x(point.cost), self.y(point.quality)


def trade_charts(statement: Statement) -> tuple[TradeChart, ...]:
    """Return the main metric against each cost that is known of at least two populations."""
    metric = lookup.main_metric(statement)
    if metric is None:
        return ()
    populations = {cost: measured(statement, metric, cost) for cost in COSTS}
    known = [(cost, points) for cost, points in populations.items() if len(points) > 1]
    widths = {0: (), 1: (WIDE,), 2: (HALF, HALF), 3: (WIDE, HALF, HALF)}[len(known)]
    about = next(row for row in lookup.differences(statement) if row.metric == metric and lookup.is_whole(row))
    name = metric_name(metric) + (f" on {about.data}" if lookup.several_sets(statement) else "")
    return tuple(_chart(metric, name, cost, points, width) for (cost, points), width in zip(known, widths, strict=True))


def measured(statement: Statement, metric: str, cost: Cost) -> list[Measured]:
    """Return all populations whose quality and cost are both known."""
    costs = lookup.costs(statement, cost.metric)
    return [
        Measured(*key, costs[key], quality.value, quality.seeds)
        for key, quality in lookup.qualities(statement, metric).items()
        if costs.get(key)
    ]


def _chart(metric: str, name: str, cost: Cost, points: Sequence[Measured], width: float) -> TradeChart:
    """Return one chart, for wide screens and for telephones."""
    wide, narrow = (_drawing(metric, cost, points, w) for w in (width, NARROW))
    return TradeChart(cost, name, unit_of(metric).word, wide, narrow)


def _drawing(metric: str, cost: Cost, points: Sequence[Measured], width: float) -> Drawing:
    """Return the chart at one width."""
    values = [value for p in points for value in (p.quality, *p.seeds)]
    pad, unit = 0.12 * (max(values) - min(values)) or 0.01, unit_of(metric)
    right = width - EDGE
    frame = _Frame(*_decades([p.cost for p in points]), min(values) - pad, max(values) + pad, right)
    front = pareto_front(points, more_is_better=cost.more_is_better)
    y_ticks = ticks(frame.y_low, frame.y_high, unit)
    return Drawing(
        width=width,
        right=right,
        x_ticks=tuple(Tick(frame.x(n), size(n) if n >= 1 else f"{n:g}") for n in _round_costs(frame)),
        y_ticks=tuple(Tick(round(BOTTOM - (BOTTOM - TOP) * t.at / 100, 1), t.label) for t in y_ticks),
        points=_placed(points, front, frame, unit, cost),
        front="M" + " L".join("{} {}".format(*frame.at(p)) for p in front),
    )


def _placed(
    points: Sequence[Measured], front: Sequence[Measured], frame: _Frame, unit: Unit, cost: Cost
) -> tuple[TradePoint, ...]:
    """Return the points with their labels, each where it covers as little as possible."""
    taken = name_places.marks([(frame.x(p.cost), [frame.y(value) for value in (p.quality, *p.seeds)]) for p in points])
    taken += name_places.along([frame.at(p) for p in front])
    room = (LEFT, 0.0, frame.right + EDGE, BOTTOM + 4)
    placed = []
    for p in points:
        x, y = frame.at(p)
        (label_x, label_y, anchor), box = name_places.place(x, y, len(p.name), taken, room)
        taken.append(box)
        placed.append(
            TradePoint(
                role=p.role,
                name=p.name,
                cost=printed_cost(p.cost, cost),
                quality=amount(p.quality, unit),
                x=x,
                y=y,
                seeds=tuple(frame.y(value) for value in p.seeds),
                label_x=label_x,
                label_y=label_y,
                anchor=anchor,
                on_front=p in front,
            )
        )
    return tuple(placed)


def printed_cost(value: float, cost: Cost) -> str:
    """Return a cost with its unit: `81K parameters`, `4.12 ms`."""
    if cost.metric == "n_parameters":
        return f"{size(value)} parameters"
    unit = unit_of(cost.metric)
    return with_word(amount(value, unit), unit)


def _round_costs(frame: _Frame) -> list[float]:
    """Return the powers of ten on the axis, with threes, or twos and fives, where these are few."""
    powers = range(math.floor(frame.x_low), math.ceil(frame.x_high) + 1)
    for steps in ((1,), (1, 3), (1, 2, 5)):
        values = [m * 10.0**p for p in powers for m in steps if frame.x_low <= math.log10(m * 10.0**p) <= frame.x_high]
        if len(values) >= MIN_TICKS:
            break
    return values


def _decades(costs: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the log axis, with some room around the costs."""
    return math.log10(min(costs)) - 0.25, math.log10(max(costs)) + 0.25
