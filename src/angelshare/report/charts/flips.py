"""Where a student newly errs and where it is newly right, slice by slice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from angelshare.report.words import lookup
from angelshare.report.words.numbers import count
from angelshare.statement.schema import Statement

TABLE = "flips_by_slice"
MOST_SLICES = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One share with its interval; places are in per cent of the lane, from the left."""

    start: float
    end: float
    low: float
    high: float
    text: str
    interval: str


@dataclass(frozen=True, slots=True)
class FlipLine:
    """One slice: new errors grow to the left, new hits to the right."""

    slice: str
    n: str
    negative: Bar
    positive: Bar


@dataclass(frozen=True, slots=True)
class FlipChart:
    """One student's slices, the largest net loss first.

    Attributes:
        student: the student's name.
        reach: the share at both ends of the lane, printed; the same for all students.
        lines: all items, then at most `MOST_SLICES` slices.
        n_more: the number of slices that stand in the table only.
    """

    student: str
    reach: str
    lines: tuple[FlipLine, ...]
    n_more: int


def flip_charts(statement: Statement) -> tuple[FlipChart, ...]:
    """Return a chart for each student; empty where flips were not measured by slice."""
    table = lookup.table(statement, TABLE)
    if table is None:
        return ()
    records = lookup.records(table)
    ends = sorted(max(end for end in (r["negative_high"], r["positive_high"], 0.0) if end is not None) for r in records)
    largest = max(max(r["negative_flips"], r["positive_flips"]) for r in records)
    reach = max(ends[math.ceil(0.9 * len(ends)) - 1], largest) or 0.01
    reach = math.ceil(reach * 50) / 50
    return tuple(_chart(student, records, reach) for student in dict.fromkeys(str(r["student"]) for r in records))


def _chart(student: str, records: Sequence[dict[str, Any]], reach: float) -> FlipChart:
    """Return one student's chart: all items first, then the slices by net loss."""
    slices = [r for r in records if str(r["student"]) == student]
    slices.sort(key=lambda r: (r["slice"] is not None, r["positive_flips"] - r["negative_flips"]))
    lines = tuple(
        FlipLine(
            "all items" if r["slice"] is None else str(r["slice"]),
            count(r["n"]),
            _bar(r, "negative", reach, -1),
            _bar(r, "positive", reach, 1),
        )
        for r in slices[:MOST_SLICES]
    )
    return FlipChart(student, f"{100 * reach:.0f}%", lines, len(slices) - len(lines))


def _bar(record: dict[str, Any], side: str, reach: float, sign: int) -> Bar:
    """Return one bar with its whisker, both cut at the end of the lane."""

    def at(share: float) -> float:
        return round(50 + sign * 50 * min(share / reach, 1.0), 2)

    share = record[f"{side}_flips"]
    low, high = (share if record[f"{side}_{end}"] is None else record[f"{side}_{end}"] for end in ("low", "high"))
    start, end = sorted((50.0, at(share)))
    said = f"{100 * low:.1f} to {100 * high:.1f}"
    return Bar(start, end, at(low), at(high), f"{100 * share:.1f}%", said)
