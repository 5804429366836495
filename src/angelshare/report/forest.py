"""Every difference as a line of a table: by student, contrast, audit and unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.estimate import ContrastName
from angelshare.report import charts, phrases, rows, sentences
from angelshare.report.numbers import amount, metric_name, p_value, signed, unit_of
from angelshare.statement.schema import AuditRow, DifferenceRow, Statement

MOST_SLICES = 16
MAIN = ("student-teacher", "new-old")


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One line of the table of differences, printed.

    Attributes:
        slice: for the filter; None is all items.
        short: the least of the evidence: items and remarks.
        word: what a factor says, such as `faster`; empty on other scales.
        order: the difference and the rank of the verdict (the worst is 0), by which lines are sorted.
    """

    name: str
    subset: str
    evidence: tuple[str, ...]
    slice: str | None
    short: tuple[str, ...]
    word: str
    order: tuple[float, int]
    left: str
    right: str
    delta: str
    interval: str
    verdict: str | None
    mark: charts.IntervalMark


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """The differences of one audit that share an axis."""

    audit: str
    unit: str
    axis: charts.Axis
    lines: tuple[DifferenceView, ...]


@dataclass(frozen=True, slots=True)
class DifferenceSection:
    """All differences of one student and contrast."""

    student: str
    contrast: str
    kind: ContrastName
    left: str
    right: str
    is_main: bool
    n: int
    verdicts: tuple[tuple[str, int], ...]
    groups: tuple[DifferenceGroup, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all sections share: an axis for each unit, and whether the text sets must be named."""

    axes: dict[str, charts.Axis]
    names_data: bool


def difference_sections(audits: Sequence[AuditRow], students: Sequence[str]) -> tuple[DifferenceSection, ...]:
    """Return every difference, by student, contrast, audit and unit."""
    everything = [row for audit in audits for row in audit.differences]
    frame = _Frame(
        {key: charts.forest_axis(same) for key, same in _by_axis(everything).items()},
        names_data=len({row.data for row in everything}) > 1,
    )
    found = []
    for student in students:
        for contrast, title in rows.CONTRASTS.items():
            groups = [group for audit in audits for group in _groups(audit, student, contrast, frame=frame)]
            if groups:
                found.append(_section(student, contrast, title, groups))
    return tuple(found)


def _by_axis(everything: Sequence[DifferenceRow]) -> dict[str, list[DifferenceRow]]:
    """Return the rows that share an axis: all shares one, any other metric its own."""
    found: dict[str, list[DifferenceRow]] = {}
    for row in everything:
        found.setdefault(_axis_name(row), []).append(row)
    return found


def _axis_name(row: DifferenceRow) -> str:
    """Return `points`, or the metric where it has a unit of its own."""
    return rows.unit(row).word if rows.unit(row).word == "points" else metric_name(row.metric)


def _groups(audit: AuditRow, student: str, contrast: ContrastName, *, frame: _Frame) -> list[DifferenceGroup]:
    """Return one audit's differences of this student and contrast, a group for each axis."""
    about = [row for row in audit.differences if (row.student, row.contrast) == (student, contrast)]
    return [
        DifferenceGroup(
            audit.name, name, axis, tuple(difference_view(r, axis, names_data=frame.names_data) for r in same)
        )
        for name, same in _by_axis(about).items()
        for axis in [frame.axes[name]]
    ]


def _section(student: str, contrast: ContrastName, title: str, groups: Sequence[DifferenceGroup]) -> DifferenceSection:
    """Return the section with its verdicts counted."""
    verdicts = [line.verdict or "not judged" for group in groups for line in group.lines]
    left, right = contrast.split("-")
    counted = tuple((verdict, verdicts.count(verdict)) for verdict in dict.fromkeys(sorted(verdicts)))
    return DifferenceSection(
        student, title, contrast, left, right, contrast in MAIN, len(verdicts), counted, tuple(groups)
    )


def difference_view(row: DifferenceRow, axis: charts.Axis, *, names_data: bool = True) -> DifferenceView:
    """Return one difference, printed; the text set is named where there are several."""
    values, change = unit_of(row.metric), phrases.change(row)
    number, _, word = change.partition(" ") if rows.unit(row).ratio else (signed(row.delta, rows.unit(row)), "", "")
    side = signed if row.contrast == "slice-rest" else amount
    return DifferenceView(
        name=rows.name(row) + _direction(row),
        subset=row.slice or "",
        evidence=_evidence(row)[not names_data :],
        slice=row.slice,
        short=tuple(part for part in (phrases.items(row), row.remark) if part),
        word=word,
        order=(row.delta, sentences.WORST_FIRST.index(row.verdict)),
        left=side(row.left_value, values),
        right=side(row.right_value, values),
        delta=number,
        interval=phrases.span(row, row.interval.low, row.interval.high).removesuffix(f" {word}" if word else ""),
        verdict=row.verdict,
        mark=charts.interval_mark(row, axis),
    )


def _direction(row: DifferenceRow) -> str:
    """Return what is better, where more is not."""
    if row.direction == "target" and row.target is not None:
        return f" (ideal {row.target * unit_of(row.metric).factor:g}; drawn: the distance from it)"
    return " (lower is better)" if row.direction == "lower" else ""


def _evidence(row: DifferenceRow) -> tuple[str, ...]:
    """Return what the row rests on: text set, items, seeds, margin, p, remarks."""
    seeds = f"{row.n_seeds} seeds" if row.inference == "recipe" else "this model"
    source = "default margin" if row.margin_source == "default" else "margin"
    parts = [row.data, phrases.items(row), seeds]
    if row.direction != "none":
        parts.append(f"{source} {phrases.margin(row)}")
    if row.direction != "none" and row.p_margin is not None:
        parts.append(f"p at margin {p_value(row.p_margin)}")
    if row.family == rows.PRIMARY:
        parts.append("named by a gate")
    if row.remark:
        parts.append(row.remark)
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class ExcessSection:
    """Whom a student's loss hurts more than the others: its slices, the largest excess loss first.

    Attributes:
        student, metric: what is compared.
        worse: on which side of zero the slice does worse, `below` or `above`.
        axis, lines: the drawing.
        n_more: slices that stand in the table of differences only.
    """

    student: str
    metric: str
    worse: str
    axis: charts.Axis
    lines: tuple[DifferenceView, ...]
    n_more: int


def excess_sections(statement: Statement) -> tuple[ExcessSection, ...]:
    """Return every student's excess losses by slice, of the main metric where it has them."""
    about = [row for row in rows.differences(statement) if row.contrast == "slice-rest"]
    if not about:
        return ()
    main = rows.main_metric(statement)
    metric = main if main is not None and any(row.metric == main for row in about) else about[0].metric
    about = [row for row in about if row.metric == metric]
    axis, worse = charts.forest_axis(about), "above" if about[0].direction == "lower" else "below"
    found = []
    for student in dict.fromkeys(row.student for row in about):
        own = sorted((row for row in about if row.student == student), key=rows.loss, reverse=True)
        lines = tuple(difference_view(row, axis) for row in own[:MOST_SLICES])
        found.append(ExcessSection(student, metric_name(metric), worse, axis, lines, len(own) - len(lines)))
    return tuple(found)
