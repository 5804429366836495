"""Whether a statement fits together: what can be computed from its rows is, and must be what it says."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from angelshare.statement.gates import PRIMARY, Named
from angelshare.statement.judging import gate_p_values, is_about, judged, state_of
from angelshare.statement.schema import DifferenceRow, GateRow, IntervalRow, Statement, TableRow

ROUNDING = 1e-9
"""How far apart numbers may be that ought to be equal, relative to 1 + their size."""


def contradiction(statement: Statement) -> str | None:
    """Return the first contradiction in a statement, as the middle of a sentence; None if there is none.

    No row stands twice, since gates read each. Every interval is one around its difference, and that of the family
    holds the single one. Verdicts, the p-values of gated rows and the states of gates are those that the rows give.
    Tables are as wide as their heads, and a column holds texts or numbers.
    """
    rows = [row for audit in statement.audits for row in audit.differences]
    gaps = [gap for audit in statement.audits for gap in audit.gaps]
    faults = chain(
        _twice(rows),
        *map(_of_intervals, rows),
        *map(_of_verdict, rows),
        _of_p_values(rows),
        _of_gates(statement.gates, rows, gaps),
        *(_of_table(table) for audit in statement.audits for table in audit.tables),
    )
    return next(faults, None)


def about(row: Named) -> str:
    """Return the description of a row."""
    output = "" if row.output is None else f" of {row.output}"
    part = "" if row.slice is None else f" on slice {row.slice}"
    return f"{row.metric}{output}{part} ({row.student}, {row.contrast}, {row.data})"


def _twice(rows: Sequence[DifferenceRow]) -> Iterator[str]:
    """Yield the rows that stand more than once."""
    times = Counter((row.metric, row.data, row.slice, row.output, row.contrast, row.student) for row in rows)
    for row in rows:
        if times[row.metric, row.data, row.slice, row.output, row.contrast, row.student] > 1:
            yield f"it has more than one row on {about(row)}"


def _of_intervals(row: DifferenceRow) -> Iterator[str]:
    """Yield what does not fit between a row's difference, its interval and that of its family."""
    for interval in (row.interval, row.interval_family):
        if not _at_most(interval.low, row.delta) or not _at_most(row.delta, interval.high):
            ends = f"{interval.low:g} to {interval.high:g}"
            yield f"the interval of {about(row)}, {ends}, does not hold the difference {row.delta:g}"
    for single, family in ((row.interval, row.interval_family), (row.judged, row.judged_family)):
        if single is not None and family is not None and not _holds(family, single):
            yield (
                f"the interval of {about(row)} that holds for its whole family, {family.low:g} to {family.high:g}, is "
                f"narrower than its own, {single.low:g} to {single.high:g}"
            )


def _of_verdict(row: DifferenceRow) -> Iterator[str]:
    """Yield a verdict that a row's intervals do not give at its margin."""
    verdict = judged(row).verdict
    if verdict != row.verdict:
        yield f"{about(row)} is {row.verdict}, and its interval and margin say {verdict}"


def _of_p_values(rows: Sequence[DifferenceRow]) -> Iterator[str]:
    """Yield the gated rows whose adjusted p-values are not those of their losses."""
    gated = [row for row in rows if row.family == PRIMARY]
    for row, p in zip(gated, gate_p_values(gated, [row.margin for row in gated]), strict=True):
        if not math.isclose(row.p_adjusted, p, rel_tol=ROUNDING, abs_tol=ROUNDING):
            yield f"the adjusted p-value of {about(row)} is {row.p_adjusted:g}, and its rows say {p:g}"


def _of_gates(gates: Sequence[GateRow], rows: Sequence[DifferenceRow], gaps: Sequence[Named]) -> Iterator[str]:
    """Yield the gates whose states no row gives, and the gated rows that no gate tells of."""
    gated = [row for row in rows if row.family == PRIMARY]
    for gate in gates:
        states = {state_of(row, gate.margin) for row in gated if is_about(gate, row) and row.margin == gate.margin}
        if gate.state == "not_measured":
            fits = not states or any(is_about(gate, gap) for gap in gaps)
        else:
            fits = gate.state in states
        if not fits:
            said = ", ".join(sorted(states)) or "nothing"
            yield f"the gate {gate.rule!r} is {gate.state.replace('_', ' ')}, and its rows say {said}"
    for row in gated:
        state = state_of(row, row.margin)
        if not any((gate.margin, gate.state) == (row.margin, state) for gate in gates if is_about(gate, row)):
            yield f"no gate says that {about(row)} is {state}"


def _of_table(table: TableRow) -> Iterator[str]:
    """Yield what no table has, and no chart can be drawn from."""
    if any(len(row) != len(table.columns) for row in table.rows):
        yield f"a row of the table {table.name!r} has not as many cells as there are columns"
        return
    for name, cells in zip(table.columns, zip(*table.rows, strict=True), strict=False):
        kinds = {isinstance(cell, str) for cell in cells if cell is not None}
        if len(kinds) > 1 or not all(cell is None or isinstance(cell, str) or _is_finite(cell) for cell in cells):
            yield f"the column {name!r} of the table {table.name!r} holds other things than all texts, or all numbers"


def _is_finite(cell: object) -> bool:
    """Return whether a cell is a number that can be printed."""
    return isinstance(cell, int | float) and math.isfinite(cell)


def _holds(outer: IntervalRow, inner: IntervalRow) -> bool:
    """Return whether an interval holds another."""
    return _at_most(outer.low, inner.low) and _at_most(inner.high, outer.high)


def _at_most(low: float, high: float) -> bool:
    """Return whether one number is no more than another, but for rounding."""
    return low <= high + ROUNDING * (1 + abs(high))
