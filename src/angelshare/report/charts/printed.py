"""Figures and tables of an audit, printed; tables of texts go to the explorer."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from angelshare.core.metric import POINTS
from angelshare.report.charts import flips, reliability
from angelshare.report.words.excerpts import shortened
from angelshare.report.words.numbers import DASH, MINUS, amount, count, estimate, metric_name, unit_of
from angelshare.statement.schema import AuditRow, EstimateRow, TableRow

FILTERS = ("about", "subset", "student", "group", "slice", "role", "truth")
MOST_CHOICES = 60
SUITE = "table2"
"""The table of every model on every set of a suite: it has a section of its own."""
DRAWN = ("decomposition", SUITE, reliability.TABLE, flips.TABLE)
MOST_LINES_ACROSS = 6
MOST_METRICS_ACROSS = 5
MOST_DIGITS = 6
PER_CENT = -2
SHARES = ("share", "ece", "ece_plug_in", "ece_classwise", "ece_classwise_plug_in")
"""Columns of a table that are printed in per cent, as the same figures are elsewhere."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed value with a note beneath it, such as its interval."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table.

    Attributes:
        columns: the names of the columns.
        rows: the cells.
        numeric: whether each column holds numbers, which are aligned to the right.
        filters: (position, name, values) of each column that can be filtered.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    filters: tuple[tuple[int, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of an audit.

    Attributes:
        name: the table's name.
        title: the table's title.
        grid: its cells.
        text_columns: positions of the columns with users' texts; empty where there are none.
        redacted: whether the texts were left out on request.
    """

    name: str
    title: str
    grid: Grid
    text_columns: tuple[int, ...]
    redacted: bool


@dataclass(frozen=True, slots=True)
class AuditView:
    """An audit without its differences and warnings, which stand elsewhere on the page."""

    name: str
    question: str
    not_applicable: str | None
    remarks: tuple[str, ...]
    estimates: Grid | None
    tables: tuple[TableView, ...]
    explorers: tuple[TableView, ...]


def audit_view(audit: AuditRow) -> AuditView:
    """Return an audit's figures, tables and remarks; tables of texts go to the explorer, drawn tables are left out."""
    shown = [table for table in audit.tables if table.name not in DRAWN]
    return AuditView(
        audit.name,
        audit.question,
        audit.not_applicable,
        tuple(dict.fromkeys(audit.remarks)),
        estimate_grid(audit.estimates),
        tuple(table_view(table) for table in shown if not table.text_columns),
        tuple(table_view(table) for table in shown if table.text_columns),
    )


def estimate_grid(estimates: Sequence[EstimateRow]) -> Grid | None:
    """Return estimates as a table: a line for each student and subset, a column for each metric.

    Many metrics of a few models without subsets get a line for each metric instead: numbers to compare then stand side
    by side, and the table fits the page.
    """
    if not estimates:
        return None
    metrics = tuple(dict.fromkeys(row.metric for row in estimates))
    lines: dict[tuple[str, str, int], dict[str, Cell]] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for row in estimates:
        models = ", ".join(row.models)
        who = row.student if row.student and len(row.models) != 1 else models or row.student or "all items"
        subset = ", ".join(part for part in (row.slice, row.output) if part)
        lines.setdefault((who, subset, seen[who, subset, row.metric]), {})[row.metric] = _figure(row)
        seen[who, subset, row.metric] += 1  # members of two roles may bear one name: each has its own line
    none = Cell(DASH)
    has_subset = any(subset for _, subset, _ in lines)
    if not has_subset and len(metrics) > MOST_METRICS_ACROSS and len(lines) <= MOST_LINES_ACROSS:
        across = tuple((Cell(metric_name(m)), *(cells.get(m, none) for cells in lines.values())) for m in metrics)
        return _grid(("figure", *(who for who, _, _ in lines)), across, n_heads=1)
    head = ("about", "subset") if has_subset else ("about",)
    rows = tuple(
        (*(Cell(name) for name in key[:2][: len(head)]), *(cells.get(metric, none) for metric in metrics))
        for key, cells in lines.items()
    )
    return _grid((*head, *(metric_name(metric) for metric in metrics)), rows, n_heads=len(head))


def _grid(columns: tuple[str, ...], cells: tuple[tuple[Cell, ...], ...], *, n_heads: int) -> Grid:
    """Return a grid with `n_heads` columns of names, and numbers in the others."""
    return Grid(columns, cells, tuple(i >= n_heads for i in range(len(columns))), _filters(columns, cells))


def _filters(columns: Sequence[str], cells: Sequence[tuple[Cell, ...]]) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Return the columns that can be filtered: those of `FILTERS` with several values, but not too many."""
    kinds = ((columns.index(name), name) for name in FILTERS if name in columns)
    choices = ((i, name, tuple(dict.fromkeys(row[i].text for row in cells))) for i, name in kinds)
    return tuple(choice for choice in choices if 1 < len(choice[2]) <= MOST_CHOICES)


def _figure(row: EstimateRow) -> Cell:
    """Return one figure with its interval."""
    text = estimate(row.metric, row.value)
    if row.interval is None:
        return Cell(text)
    unit = unit_of(row.metric)
    return Cell(text, f"{amount(row.interval.low, unit)} to {amount(row.interval.high, unit)}")


def table_view(table: TableRow) -> TableView:
    """Return a table, printed."""
    columns, values = _narrowed(table)
    numeric = tuple(
        all(_is_number(row[i]) or row[i] is None for row in values) and any(_is_number(row[i]) for row in values)
        for i in range(len(columns))
    )
    digits = [PER_CENT if name in SHARES else _digits([row[i] for row in values]) for i, name in enumerate(columns)]
    cells = tuple(tuple(Cell(cell(value, n)) for value, n in zip(row, digits, strict=True)) for row in values)
    texts = tuple(i for i, name in enumerate(columns) if name in table.text_columns)
    names = tuple(metric_name(column) for column in columns)
    grid = Grid(names, cells, numeric, _filters(columns, cells))
    return TableView(table.name, table.title, grid, texts, table.redacted)


def _narrowed(table: TableRow) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return columns and rows with each `X confidence` joined to its `X label`, and without empty columns of texts."""
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


def _digits(column: Sequence[object]) -> int:
    """Return the number of decimals at which a column's largest number has three digits; shares get three decimals."""
    sizes = [abs(value) for value in column if isinstance(value, float) and value]
    if not sizes:
        return 2
    largest = max(sizes)
    return max(0, 2 - math.floor(math.log10(0.999 * largest if largest <= 1 else largest)))


def cell(value: object, digits: int = 2) -> str:
    """Return one value of a table, printed; a fraction that would round to zero gets more decimals.

    Args:
        value: any value of JSON.
        digits: the number of decimals of a fraction, or `PER_CENT`.
    """
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    if not isinstance(value, float):
        return shortened(str(value))
    if digits == PER_CENT:
        return f"{amount(value, POINTS)}%"
    if value and abs(value) < (0.5 if digits else 1) * 10.0**-digits:
        digits = min(1 - math.floor(math.log10(abs(value))), MOST_DIGITS)
    return f"{value:,.{digits}f}".replace("-", MINUS)


def _is_number(value: object) -> bool:
    """Return whether a value is a number; booleans are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
