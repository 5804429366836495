"""Whether a model is right as often as it is sure: one small diagram for each population."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from angelshare.report.words import lookup
from angelshare.report.words.numbers import DASH, count
from angelshare.statement.schema import Statement, TableRow

TABLE = "reliability"
MOST_PANELS = 8
LEFT, TOP, SIDE = 40.0, 8.0, 180.0
COUNTS_TOP, COUNTS_HEIGHT = 196.0, 26.0


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of confidence: the places of its dot, whisker and bar of counts."""

    x: float
    y: float
    low: float
    high: float
    bar: float
    said: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The diagram of one model.

    Attributes:
        model: the model's name.
        role: the model's role.
        n: the number of items.
        summary: its mean confidence and its accuracy, in words.
        bins: the bins that hold items.
    """

    model: str
    role: str
    n: int
    summary: str
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """The diagrams drawn, the number of models left out, and the figures of all as a table."""

    panels: tuple[Panel, ...]
    n_more: int
    table: TableRow


def reliability(statement: Statement) -> Reliability | None:
    """Return a diagram for the first member of each population; None where calibration was not measured."""
    table = lookup.table(statement, TABLE)
    if table is None:
        return None
    members: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in lookup.records(table):
        members.setdefault((str(record["role"]), str(record["model"])), []).append(record)
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for role, model in members:
        first.setdefault((role, lookup.population(model)), (role, model))
    drawn = sorted(first.values(), key=lambda key: key[0] == "baseline")[:MOST_PANELS]
    panels = tuple(_panel(role, model, members[role, model]) for role, model in drawn)
    return Reliability(panels, len(members) - len(panels), table)


def _panel(role: str, model: str, records: Sequence[dict[str, Any]]) -> Panel:
    """Return the diagram of one model, from the bins that hold items."""
    full = [record for record in records if record["n"] and record["accuracy"] is not None]
    n, largest = sum(r["n"] for r in full), max((r["n"] for r in full), default=1)
    bins = tuple(_bin(record, largest) for record in full)
    return Panel(model, role, n, _summary(full, n), bins)


def _bin(record: dict[str, Any], largest: int) -> Bin:
    """Return one bin's marks."""
    low = record["accuracy"] if record["low"] is None else record["low"]
    high = record["accuracy"] if record["high"] is None else record["high"]
    said = (
        f"confidence {100 * record['confidence']:.0f}%: right in {100 * record['accuracy']:.0f}% "
        f"({100 * low:.0f}{DASH}{100 * high:.0f}%) of {count(record['n'])}"
    )
    return Bin(
        x=round(LEFT + SIDE * record["confidence"], 1),
        y=_up(record["accuracy"]),
        low=_up(low),
        high=_up(high),
        bar=round(COUNTS_HEIGHT * record["n"] / largest, 1),
        said=said,
    )


def _up(share: float) -> float:
    """Return the vertical place of a share."""
    return round(TOP + SIDE * (1 - share), 1)


def _summary(records: Sequence[dict[str, Any]], n: int) -> str:
    """Return a model's mean confidence and its accuracy, in words."""
    if not n:
        return "no labelled item"
    confidence, accuracy = (sum(r["n"] * r[name] for r in records) / n for name in ("confidence", "accuracy"))
    gap = f"{100 * abs(confidence - accuracy):.1f}"
    word = "sure" if confidence > accuracy else "shy"
    verdict = "as sure as it is right" if gap == "0.0" else f"{gap} points too {word}"
    return f"{100 * confidence:.1f}% sure, {100 * accuracy:.1f}% right: {verdict}"
