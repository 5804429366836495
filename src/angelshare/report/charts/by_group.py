"""Charts of numbers by group: the AUCs of each identity, the functionalities of a suite."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, Literal

from angelshare.audits.identities.identity_facts import BY_IDENTITY
from angelshare.core.estimate import ContrastName
from angelshare.core.metric import POINTS
from angelshare.report.charts.groups import ChartGroup, chart_groups
from angelshare.report.words import lookup
from angelshare.report.words.numbers import metric_name
from angelshare.statement.reproduction import Chart, Point, Series
from angelshare.statement.schema import DifferenceRow, Statement, TableRow

IDENTITIES, FUNCTIONALITIES = "identity_aucs", "functionalities"
LINES = "Lines are the intervals of the differences to the teacher, at each model's own value; an arrow: it goes on."
STANDS: Mapping[ContrastName, Literal["student", "baseline"]] = {
    "student-teacher": "student",
    "baseline-teacher": "baseline",
}
"""Contrast with the teacher -> the role of the model compared with it."""
Key = tuple[str, str, str, str]
"""Role and name of a model, metric, slice."""


def tables(statement: Statement, name: str) -> tuple[TableRow, ...]:
    """Return the tables of this name, one for each text set; those of further sets have a number after the name."""
    everything = (table for audit in statement.audits for table in audit.tables if table.rows)
    return tuple(t for t in everything if t.name == name or t.name.removeprefix(f"{name}_").isdigit())


def group_charts(statement: Statement) -> tuple[ChartGroup, ...]:
    """Return the charts by identity and by functionality; a model has the same symbol in all of them."""
    charts = identity_charts(statement)
    charts += [_functionality_chart(table) for table in tables(statement, FUNCTIONALITIES)]
    groups = chart_groups(charts, POINTS)
    named = {table.name: _title(table) for name in (IDENTITIES, FUNCTIONALITIES) for table in tables(statement, name)}
    names = dict.fromkeys(chart.name.partition("/")[0] for chart in charts)
    return tuple(replace(group, title=named.get(name, group.title)) for group, name in zip(groups, names, strict=True))


def identity_charts(statement: Statement) -> list[Chart]:
    """Return a chart for each text set and measure by identity, then the means over identities."""
    several = lookup.several_sets(statement)
    charts = []
    for table in tables(statement, IDENTITIES):
        about = [row for row in lookup.differences(statement) if not several or table.title.endswith(f"({row.data})")]
        by_slice = [row for row in about if row.slice is not None and row.contrast in STANDS]
        charts += _by_identity(table, {(STANDS[r.contrast], r.student, r.metric, str(r.slice)): r for r in by_slice})
    return charts + _means_over_identities(statement)


def _title(table: TableRow) -> str:
    """Return a table's title without its remark on columns, which a drawing does not have."""
    told, stop, rest = table.title.partition(";")
    return told + (f" ({rest.rpartition('(')[2]}" if stop and rest.endswith(")") else "")


def _by_identity(table: TableRow, known: Mapping[Key, DifferenceRow]) -> list[Chart]:
    """Return a chart for each measure: means over seeds, with the intervals of the differences on the same set."""
    records = lookup.records(table)
    models = dict.fromkeys((_role(r["role"]), lookup.population(str(r["model"]))) for r in records)
    return [
        Chart(
            name=f"{table.name}/{measure}",
            title=metric_name(measure),
            kind="bars",
            x_label="identity",
            y_label="equality gap" if measure.startswith("aeg") else "AUC",
            categories=_short(_identities(records)),
            series=tuple(
                Series(name=name, role=role, points=_means(records, (role, name), measure, known))
                for role, name in models
            ),
            note=f"Points are means over a model's seeds. {LINES}",
        )
        for measure in BY_IDENTITY
        if measure in table.columns
    ]


def _short(identities: Sequence[str]) -> tuple[str, ...]:
    """Return the names of slices without prefixes such as `mentions_`, if they stay distinct."""
    short = tuple(
        name.removeprefix("mentions_").removeprefix("identity=").removeprefix("identity_term=").replace("_", " ")
        for name in identities
    )
    return short if len(set(short)) == len(short) else tuple(identities)


def _means(
    records: Sequence[Mapping[str, Any]], model: tuple[str, str], measure: str, known: Mapping[Key, DifferenceRow]
) -> tuple[Point, ...]:
    """Return the mean over a model's seeds for each identity on which all of them were measured."""
    points = []
    for place, identity in enumerate(_identities(records)):
        of_identity = [r for r in records if str(r["identity"]) == identity]
        values = [r[measure] for r in of_identity if (_role(r["role"]), lookup.population(str(r["model"]))) == model]
        if values and None not in values:
            points.append(_with_interval(place, fmean(values), known.get((*model, measure, identity))))
    return tuple(points)


def _identities(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the identities, in the order of the records."""
    return tuple(dict.fromkeys(str(r["identity"]) for r in records))


def _with_interval(place: int, value: float, row: DifferenceRow | None) -> Point:
    """Return a value as a point, with the interval of its difference from the teacher where there is one."""
    if row is None:
        return Point(x=place, y=value)
    teacher = value - row.delta
    return Point(x=place, y=value, low=teacher + row.interval.low, high=teacher + row.interval.high)


def _means_over_identities(statement: Statement) -> list[Chart]:
    """Return a chart for each text set: the mean AUCs over identities of the teacher and of every other model."""
    wanted = tuple(f"mean_{metric}" for metric, facts in BY_IDENTITY.items() if facts.rest == "identities")
    about = [row for row in lookup.differences(statement) if row.metric in wanted and row.contrast in STANDS]
    charts = []
    for data in dict.fromkeys(row.data for row in about):
        rows = [row for row in about if row.data == data]
        measured = tuple(metric for metric in wanted if any(row.metric == metric for row in rows))
        known = {row.metric: row.right_value for row in rows}
        teacher = tuple(Point(x=measured.index(metric), y=value) for metric, value in known.items())
        models = dict.fromkeys((STANDS[row.contrast], row.student) for row in rows)
        charts.append(
            Chart(
                name=f"means over identities, {data}",
                title="Means over identities" + (f" ({data})" if lookup.several_sets(statement) else ""),
                kind="bars",
                x_label="mean over identities",
                y_label="AUC",
                categories=tuple(metric_name(metric.removeprefix("mean_")) for metric in measured),
                series=(
                    Series(name="teacher", role="teacher", points=teacher),
                    *(
                        Series(name=name, role=role, points=_beside(rows, (role, name), measured))
                        for role, name in models
                    ),
                ),
                note=LINES,
            )
        )
    return charts


def _beside(rows: Sequence[DifferenceRow], model: tuple[str, str], measured: Sequence[str]) -> tuple[Point, ...]:
    """Return one model's means, each with the interval of its difference from the teacher."""
    return tuple(
        Point(
            x=measured.index(row.metric),
            y=row.left_value,
            low=row.right_value + row.interval.low,
            high=row.right_value + row.interval.high,
        )
        for row in rows
        if (STANDS[row.contrast], row.student) == model
    )


def _functionality_chart(table: TableRow) -> Chart:
    """Return the chart of each student's loss in each functionality, the largest mean loss first."""
    records = lookup.records(table)
    losses: dict[str, list[float]] = {}
    for r in records:
        losses.setdefault(str(r["functionality"]), []).append(r["delta"])
    order = tuple(sorted(losses, key=lambda name: fmean(losses[name])))
    return Chart(
        name=table.name,
        title="Student's accuracy less the teacher's",
        kind="bars",
        x_label="functionality",
        y_label="accuracy",
        categories=order,
        series=tuple(
            Series(
                name=student,
                role="student",
                points=tuple(
                    Point(x=order.index(str(r["functionality"])), y=r["delta"], low=r["low"], high=r["high"])
                    for r in records
                    if str(r["student"]) == student
                ),
            )
            for student in dict.fromkeys(str(r["student"]) for r in records)
        ),
        note="Lines are 95% intervals of the differences; where there are none, the cases have a single template.",
    )


def _role(role: object) -> Literal["teacher", "student", "baseline", "reference"]:
    """Return a record's role as a role of charts; `reference` if it is none of theirs."""
    return next((known for known in ("teacher", "student", "baseline") if known == role), "reference")
