"""Charts that belong together, drawn: small multiples of lines, or dot plots by category."""

from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.metric import Unit
from angelshare.report.charts import dots, lines, series
from angelshare.report.charts.printed import Grid
from angelshare.report.charts.symbols import Symbol, symbols
from angelshare.statement.reproduction import Chart


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Charts that belong together.

    Attributes:
        title: the heading of the group.
        note: a remark on all panels.
        symbols: the legend.
        lines: the panels of line charts; empty where dots are drawn.
        dots: the panels of dot plots; empty where lines are drawn.
        has_levels: whether any panel has a model that does not depend on x.
        grid: all numbers as a table.
    """

    title: str
    note: str | None
    symbols: tuple[Symbol, ...]
    lines: tuple[lines.LinePanel, ...]
    dots: tuple[dots.DotPanel, ...]
    has_levels: bool
    grid: Grid


def chart_groups(charts: Sequence[Chart], unit: Unit) -> tuple[ChartGroup, ...]:
    """Return the charts in groups; a model has the same symbol in all of them."""
    known = symbols((model.role, model.name) for chart in charts for model in chart.series)
    groups = []
    for group in series.groups(charts):
        notes = {chart.note for chart in group}
        note = next(iter(notes)) if len(notes) == 1 else None
        panels = group if note is None else tuple(chart.model_copy(update={"note": None}) for chart in group)
        shown = dict.fromkeys((model.role, model.name) for chart in group for model in chart.series)
        drawn = tuple(lines.line_panel(chart, known, unit) for chart in panels if chart.kind == "lines")
        groups.append(
            ChartGroup(
                title=series.heading(group),
                note=note,
                symbols=tuple(known[key] for key in shown),
                lines=drawn,
                dots=() if drawn else dots.dot_panels(panels, known, unit),
                has_levels=any(panel.levels for panel in drawn),
                grid=series.chart_grid(group, unit),
            )
        )
    return tuple(groups)
