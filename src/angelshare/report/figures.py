"""Figures and tables of an audit, printed; tables of texts go to the explorer."""

from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.report.numbers import DASH, amount, count, estimate, metric_name, unit_of
from angelshare.report.sentences import split_by_kind
from angelshare.report.texts import shortened
from angelshare.statement.schema import AuditRow, EstimateRow, TableRow

FILTERS = ("student", "group")
DRAWN = ("decomposition",)


@dataclass(frozen=True, slots=True)
class Grid:
    """Column names and printed cells; numbers are set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of an audit.

    Attributes:
        name, title: which table.
        grid: its cells.
        text_columns: positions of the columns that hold users' texts; empty where none is at hand.
        filters: (position, name, values) of the columns that the explorer offers.
        redacted: the texts were left out on request.
    """

    name: str
    title: str
    grid: Grid
    text_columns: tuple[int, ...]
    filters: tuple[tuple[int, str, tuple[str, ...]], ...]
    redacted: bool


@dataclass(frozen=True, slots=True)
class AuditView:
    """What an audit says besides differences, and besides its warnings, which stand at the top of the page."""

    name: str
    question: str
    not_applicable: str | None
    remarks: tuple[str, ...]
    estimates: Grid | None
    tables: tuple[TableView, ...]
    explorers: tuple[TableView, ...]


def audit_view(audit: AuditRow) -> AuditView:
    """Return an audit's figures, tables and remarks; tables of texts go to the explorer, what is drawn is left out."""
    shown = [table for table in audit.tables if table.name not in DRAWN]
    return AuditView(
        audit.name,
        audit.question,
        audit.not_applicable,
        split_by_kind(audit.remarks)[1],
        estimate_grid(audit.estimates),
        tuple(table_view(table) for table in shown if not table.text_columns),
        tuple(table_view(table) for table in shown if table.text_columns),
    )


def estimate_grid(estimates: Sequence[EstimateRow]) -> Grid | None:
    """Return figures as a table: a line for each student and subset, a column for each metric."""
    if not estimates:
        return None
    metrics = tuple(dict.fromkeys(row.metric for row in estimates))
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for row in estimates:
        models = ", ".join(row.models)
        who = row.student if row.student and len(row.models) != 1 else models or row.student or "all items"
        subset = ", ".join(part for part in (row.slice, row.output) if part)
        lines.setdefault((who, subset), {})[row.metric] = _figure(row)
    has_subset = any(subset for _, subset in lines)
    head = ("about", "subset") if has_subset else ("about",)
    cells = tuple(
        (*(key if has_subset else key[:1]), *(found.get(metric, DASH) for metric in metrics))
        for key, found in lines.items()
    )
    columns = (*head, *(metric_name(metric) for metric in metrics))
    return Grid(columns, cells, tuple(i >= len(head) for i in range(len(columns))))


def _figure(row: EstimateRow) -> str:
    """Return one figure with its interval."""
    text = estimate(row.metric, row.value)
    if row.interval is None:
        return text
    unit = unit_of(row.metric)
    return f"{text} [{amount(row.interval.low, unit)}, {amount(row.interval.high, unit)}]"


def table_view(table: TableRow) -> TableView:
    """Return a table with its cells printed and what can be filtered."""
    columns, values = _narrowed(table)
    numeric = tuple(
        all(_is_number(row[i]) or row[i] is None for row in values) and any(_is_number(row[i]) for row in values)
        for i in range(len(columns))
    )
    cells = tuple(tuple(cell(value) for value in row) for row in values)
    filters = tuple(
        (i, name, tuple(dict.fromkeys(row[i] for row in cells)))
        for wanted in FILTERS
        for i, name in enumerate(columns)
        if name == wanted and cells
    )
    texts = tuple(i for i, name in enumerate(columns) if name in table.text_columns)
    names = tuple(column.replace("_", " ") for column in columns)
    return TableView(table.name, table.title, Grid(names, cells, numeric), texts, filters, table.redacted)


def _narrowed(table: TableRow) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return columns and rows, narrower: each `X confidence` stands behind its `X label`, columns without texts go."""
    columns = table.columns
    joined = {
        i: columns.index(name.removesuffix("label") + "confidence")
        for i, name in enumerate(columns)
        if name.endswith(" label") and name.removesuffix("label") + "confidence" in columns
    }
    blank = {i for i, name in enumerate(columns) if name in table.text_columns and _is_blank(table, i)}
    kept = [i for i in range(len(columns)) if i not in joined.values() and i not in blank]
    rows = [tuple(_said(row[i], row[joined[i]]) if i in joined else row[i] for i in kept) for row in table.rows]
    return tuple(columns[i].removesuffix(" label") + " says" if i in joined else columns[i] for i in kept), rows


def _is_blank(table: TableRow, column: int) -> bool:
    """Return whether no row has a text in this column."""
    return bool(table.rows) and all(row[column] is None for row in table.rows)


def _said(label: object, confidence: object) -> object:
    """Return a label with its confidence, `positive 0.87`."""
    return f"{label} {confidence:.2f}" if isinstance(confidence, float) else label


def cell(value: object) -> str:
    """Return one value of a table, printed."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    return f"{value:.3g}" if isinstance(value, float) else shortened(str(value))


def _is_number(value: object) -> bool:
    """Return whether a value is a number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)
