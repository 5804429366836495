"""Every difference as a line of a table: by student, contrast, audit and unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.estimate import ContrastName
from angelshare.report import charts, rows
from angelshare.report.numbers import amount, count, interval, metric_name, p_value, signed, unit_of
from angelshare.statement.schema import AuditRow, DifferenceRow, Statement


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One line of the table of differences, printed."""

    name: str
    subset: str
    evidence: tuple[str, ...]
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
    left: str
    right: str
    is_main: bool
    n: int
    verdicts: tuple[tuple[str, int], ...]
    groups: tuple[DifferenceGroup, ...]


def difference_sections(statement: Statement) -> tuple[DifferenceSection, ...]:
    """Return every difference, by student, contrast, audit and unit."""
    everything = rows.differences(statement)
    axes = {key: charts.forest_axis(same) for key, same in _by_axis(everything).items()}
    found = []
    for student in rows.students(statement):
        for contrast, title in rows.CONTRASTS.items():
            groups = [group for audit in statement.audits for group in _groups(audit, student, contrast, axes=axes)]
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


def _groups(
    audit: AuditRow, student: str, contrast: ContrastName, *, axes: dict[str, charts.Axis]
) -> list[DifferenceGroup]:
    """Return one audit's differences of this student and contrast, a group for each axis."""
    about = [row for row in audit.differences if (row.student, row.contrast) == (student, contrast)]
    return [
        DifferenceGroup(audit.name, name, axes[name], tuple(difference_view(row, axes[name]) for row in same))
        for name, same in _by_axis(about).items()
    ]


def _section(student: str, contrast: ContrastName, title: str, groups: Sequence[DifferenceGroup]) -> DifferenceSection:
    """Return the section with its verdicts counted."""
    verdicts = [line.verdict or "not judged" for group in groups for line in group.lines]
    left, right = contrast.split("-")
    counted = tuple((verdict, verdicts.count(verdict)) for verdict in dict.fromkeys(sorted(verdicts)))
    return DifferenceSection(
        student, title, left, right, contrast == "student-teacher", len(verdicts), counted, tuple(groups)
    )


def difference_view(row: DifferenceRow, axis: charts.Axis) -> DifferenceView:
    """Return one difference, printed."""
    unit, values = rows.unit(row), unit_of(row.metric)
    items = f"{count(row.n)} items" + (f" in {count(row.n_clusters)} clusters" if row.n_clusters else "")
    seeds = f"{row.n_seeds} seeds" if row.inference == "recipe" else "this model"
    source = "default margin" if row.margin_source == "default" else "margin"
    parts = [row.data, items, seeds, f"{source} {amount(row.margin, unit)}"]
    if row.p_margin is not None:
        parts.append(f"p at margin {p_value(row.p_margin)}")
    if row.family == rows.PRIMARY:
        parts.append("named by a gate")
    if row.remark:
        parts.append(row.remark)
    direction = {"lower": " (lower is better)", "target": f" (ideal {row.target})", "none": "", "higher": ""}
    return DifferenceView(
        name=rows.name(row) + direction[row.direction],
        subset=row.slice or "",
        evidence=tuple(parts),
        left=amount(row.left_value, values),
        right=amount(row.right_value, values),
        delta=signed(row.delta, unit),
        interval=interval(row.interval.low, row.interval.high, unit),
        verdict=row.verdict,
        mark=charts.interval_mark(row, axis),
    )
