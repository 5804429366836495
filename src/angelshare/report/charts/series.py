"""Charts in groups, and their numbers as words and tables."""

from collections.abc import Sequence

from angelshare.core.metric import Unit
from angelshare.report.charts.printed import Cell, Grid
from angelshare.report.words.numbers import amount, figure
from angelshare.statement.reproduction import Chart, Point


def said(point: Point, unit: Unit) -> str:
    """Return a value with its interval: `0.912 (0.904 to 0.921)`."""
    between = interval_of(point, unit)
    return f"{amount(point.y, unit)} ({between})" if between else amount(point.y, unit)


def interval_of(point: Point, unit: Unit) -> str:
    """Return `0.904 to 0.921`, or nothing."""
    if point.low is None or point.high is None:
        return ""
    return f"{amount(point.low, unit)} to {amount(point.high, unit)}"


def groups(charts: Sequence[Chart]) -> tuple[tuple[Chart, ...], ...]:
    """Return the charts in groups of one kind and one name before the stroke."""
    by_name: dict[tuple[str, str], list[Chart]] = {}
    for chart in charts:
        by_name.setdefault((chart.name.partition("/")[0], chart.kind), []).append(chart)
    return tuple(tuple(group) for group in by_name.values())


def heading(group: Sequence[Chart]) -> str:
    """Return the heading of a group: `Figure 2: AUC-ROC against transfer texts`; of a single chart, its title."""
    if len(group) == 1:
        return group[0].title
    name = group[0].name.partition("/")[0].replace("-", " ").replace("_", " ")
    labels = " and ".join(dict.fromkeys(chart.y_label for chart in group))
    about = f"{labels} against {group[0].x_label}" if group[0].kind == "lines" else labels
    return f"{name[:1].upper()}{name[1:]}: {about}"


def chart_grid(group: Sequence[Chart], unit: Unit) -> Grid:
    """Return the numbers of a group as a table: a row for each model and place, measured or not."""
    panels = len(group) > 1
    head = ("panel", "model", "role") if panels else ("model", "role")
    columns = (*head, group[0].x_label, group[0].y_label if not panels else "value", "interval")
    rows = tuple(
        tuple(Cell(text) for text in ((chart.title,) if panels else ()) + line)
        for chart in group
        for line in _lines(chart, unit)
    )
    numeric = tuple(i >= len(head) + (group[0].kind == "bars") for i in range(len(columns)))
    filters = tuple(
        (i, name, values)
        for i, name in enumerate(columns[: len(head) + (group[0].kind == "bars")])
        for values in [tuple(dict.fromkeys(row[i].text for row in rows))]
        if len(values) > 1
    )
    return Grid(columns, rows, numeric, filters)


def _lines(chart: Chart, unit: Unit) -> list[tuple[str, ...]]:
    """Return model, role, place, value and interval of every point of a chart."""
    lines: list[tuple[str, ...]] = []
    for series in chart.series:
        if chart.kind == "lines":
            lines += [
                (series.name, series.role, figure(point.x), amount(point.y, unit), interval_of(point, unit))
                for point in series.points
            ]
            continue
        points = {point.x: point for point in series.points}
        for place, category in enumerate(chart.categories):
            point = points.get(float(place))
            printed = ("not measured", "") if point is None else (amount(point.y, unit), interval_of(point, unit))
            lines.append((series.name, series.role, category, *printed))
    return lines
