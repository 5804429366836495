"""Quality against size: one point for every population, and the front of those that nothing smaller beats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from angelshare.report import rows
from angelshare.report.charts import Tick, ticks
from angelshare.report.numbers import Unit, amount, metric_name, size, unit_of
from angelshare.statement.schema import Statement

WIDTH, HEIGHT = 900.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 870.0, 16.0, 290.0
_LETTER = 7.4  # the width of a letter of a label
_REACH = 13.0  # from a point's centre to its label


@dataclass(frozen=True, slots=True)
class Measured:
    """One population's size and quality.

    Attributes:
        role, name: which population.
        n_parameters: mean over its members.
        quality: mean over its members; seeds: of every member, where the statement has them.
    """

    role: str
    name: str
    n_parameters: float
    quality: float
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SizePoint:
    """One population in the chart; places in the drawing's own units."""

    role: str
    name: str
    size: str
    quality: str
    x: float
    y: float
    seeds: tuple[float, ...]
    label_x: float
    label_y: float
    anchor: str
    on_front: bool


@dataclass(frozen=True, slots=True)
class SizeChart:
    """Quality against the number of parameters (log axis), with the Pareto front as a path."""

    metric: str
    unit: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[SizePoint, ...]
    front: str


def pareto_front(points: Sequence[Measured]) -> tuple[Measured, ...]:
    """Return the points, by size, that no point beats with as few or fewer parameters."""
    front: list[Measured] = []
    for point in sorted(points, key=lambda p: (p.n_parameters, -p.quality)):
        if not front or point.quality > front[-1].quality:
            front.append(point)
    return tuple(front)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where sizes and qualities stand: powers of ten from left to right, the metric upwards."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, n: float) -> float:
        """Return the place of a number of parameters."""
        return round(LEFT + (RIGHT - LEFT) * (math.log10(n) - self.x_low) / (self.x_high - self.x_low), 1)

    def y(self, quality: float) -> float:
        """Return the place of a quality."""
        return round(BOTTOM - (BOTTOM - TOP) * (quality - self.y_low) / (self.y_high - self.y_low), 1)

    def at(self, point: Measured) -> tuple[float, float]:
        """Return the place of a population."""
        return self.x(point.n_parameters), self.y(point.quality)


def size_chart(statement: Statement) -> SizeChart | None:
    """Return the chart of the main metric; None where fewer than two sizes are known."""
    metric = rows.main_metric(statement)
    points = [] if metric is None else measured(statement, metric)
    if metric is None or len(points) < 2:  # noqa: PLR2004  (one point shows no trade)
        return None
    values = [value for p in points for value in (p.quality, *p.seeds)]
    pad = 0.12 * (max(values) - min(values)) or 0.01
    frame = _Frame(*_decades([p.n_parameters for p in points]), min(values) - pad, max(values) + pad)
    front, unit = pareto_front(points), unit_of(metric)
    decades = range(math.ceil(frame.x_low), math.floor(frame.x_high) + 1)
    y_ticks = ticks(frame.y_low, frame.y_high, unit)
    return SizeChart(
        metric=metric_name(metric),
        unit=unit.word,
        x_ticks=tuple(Tick(frame.x(10**d), size(10**d)) for d in decades),
        y_ticks=tuple(Tick(round(BOTTOM - (BOTTOM - TOP) * t.at / 100, 1), t.label) for t in y_ticks),
        points=_placed(points, front, frame, unit),
        front="M" + " L".join("{} {}".format(*frame.at(p)) for p in front),
    )


def measured(statement: Statement, metric: str) -> list[Measured]:
    """Return every population of which both quality and size are known."""
    sizes = rows.population_sizes(statement)
    return [
        Measured(*key, n, quality.value, quality.seeds)
        for key, quality in rows.qualities(statement, metric).items()
        if key in sizes and (n := sizes[key].n_parameters)
    ]


def _placed(points: Sequence[Measured], front: Sequence[Measured], frame: _Frame, unit: Unit) -> tuple[SizePoint, ...]:
    """Return the points with their labels, each where it covers least of what is drawn already."""
    taken = _marks([(frame.x(p.n_parameters), [frame.y(value) for value in (p.quality, *p.seeds)]) for p in points])
    taken += _along([frame.at(p) for p in front])
    found = []
    for p in points:
        x, y = frame.at(p)
        (label_x, label_y, anchor), box = _label_place(x, y, len(p.name), taken)
        taken.append(box)
        found.append(
            SizePoint(
                role=p.role,
                name=p.name,
                size=size(p.n_parameters),
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
    return tuple(found)


def _decades(sizes: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the log axis: some room around the sizes, and at least one power of ten within."""
    low, high = math.log10(min(sizes)) - 0.25, math.log10(max(sizes)) + 0.25
    return (math.floor(low), math.ceil(high)) if math.floor(high) < math.ceil(low) else (low, high)


Box = tuple[float, float, float, float]
Side = tuple[float, float, str]


def _label_place(x: float, y: float, n_letters: int, taken: Sequence[Box]) -> tuple[Side, Box]:
    """Return where a label fits best beside its point (x, y, anchor), and the room that it takes there."""
    width = min(n_letters, 24) * _LETTER
    frame = (LEFT, 0.0, WIDTH, BOTTOM + 4)
    sides: dict[Side, Box] = {}
    for up in (5, 17, -8):
        sides[x + _REACH, y + up, "start"] = (x + _REACH, y + up - 13, x + _REACH + width, y + up + 4)
        sides[x - _REACH, y + up, "end"] = (x - _REACH - width, y + up - 13, x - _REACH, y + up + 4)
    cost = {side: sum(_overlap(box, other) for other in taken) + _outside(box, frame) for side, box in sides.items()}
    best = min(cost, key=lambda side: cost[side])
    return best, sides[best]


def _marks(points: Sequence[tuple[float, Sequence[float]]]) -> list[Box]:
    """Return the room that points take, with their seeds."""
    return [(x - 9, min(ys) - 8, x + 9, max(ys) + 8) for x, ys in points]


def _along(corners: Sequence[tuple[float, float]], n_pieces: int = 40) -> list[Box]:
    """Return small boxes along a path, so that labels keep off it."""
    boxes = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        for k in range(1, n_pieces):
            x, y = x0 + (x1 - x0) * k / n_pieces, y0 + (y1 - y0) * k / n_pieces
            boxes.append((x - 4, y - 3, x + 4, y + 3))
    return boxes


def _overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def _outside(box: Box, frame: Box) -> float:
    """Return the area of a box that lies outside the frame."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _overlap(box, frame)
