"""A comparison of two releases as an HTML page and as a Markdown comment, from the same tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from angelshare.report.charts import forest
from angelshare.report.pages.html import rendered
from angelshare.report.pages.markdown import escaped, pipe_table
from angelshare.report.words import lookup, phrases, sentences
from angelshare.report.words.headline import deciding
from angelshare.report.words.numbers import (
    DASH,
    MINUS,
    amount,
    compared,
    interval,
    metric_name,
    minute,
    ratio_interval,
    signed,
    unit_of,
)
from angelshare.statement.comparison import Comparison, GateChange, RowChange, RowState
from angelshare.statement.schema import DifferenceRow

SIGNS = {"lost": "▼", "preserved": "●", "held": "●", "gained": "▲", "undecided": "◌"}
MOST_ROWS = 40
MOST_CLAIMS = 3


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """A table of texts.

    Attributes:
        title: its heading.
        columns: the names of the columns.
        rows: the cells.
        more: a sentence on the rows left out; empty if there are none.
        is_drawn: whether the page draws the rows instead.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str = ""
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The content of the page and of the comment."""

    title: str
    state: str
    verdict: str | None
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    tables: tuple[ChangeTable, ...]
    provenance: str


def render_comparison_html(comparison: Comparison) -> str:
    """Return the page: self-contained, every text escaped, and changes with intervals drawn."""
    differences = [row for audit in comparison.audits for row in audit.differences]
    students = tuple(dict.fromkeys(row.student for row in differences))
    return rendered(
        "comparison.html.j2",
        page=change_page(comparison),
        sections=forest.difference_sections(comparison.audits, students),
        slices=tuple(dict.fromkeys(row.slice for row in differences if row.slice)),
    )


def render_comparison_markdown(comparison: Comparison) -> str:
    """Return the comparison as a comment on a pull request."""
    page = change_page(comparison)
    lines = [f"### {escaped(page.title)}", "", f"**{page.state}.**", ""]
    lines += [f"- {escaped(sentence)}" for sentence in (*page.sentences, *page.warnings)] + [""]
    for table in page.tables:
        cells = [tuple(escaped(cell) for cell in row) for row in table.rows]
        lines += [f"#### {escaped(table.title)}", "", *pipe_table(table.columns, cells)]
        lines += [escaped(table.more), ""] if table.more else []
    return "\n".join([*lines, f"<sub>{escaped(page.provenance)}</sub>"]) + "\n"


def change_page(comparison: Comparison) -> ChangePage:
    """Return the content of the page and of the comment."""
    verdict = comparison.verdict
    return ChangePage(
        title=f"{comparison.new.title}: this release against the last",
        state="No gate on the change" if verdict is None else with_sign(verdict),
        verdict=verdict,
        sentences=tuple(_sentences(comparison)),
        warnings=tuple(dict.fromkeys(comparison.warnings)),
        tables=tuple(table for table in _tables(comparison) if table.rows),
        provenance=(
            f"old: {comparison.old.title}, {minute(comparison.old.created)}, angelshare {comparison.old.angelshare} · "
            f"new: {comparison.new.title}, {minute(comparison.new.created)}, angelshare {comparison.new.angelshare}"
        ),
    )


def with_sign(verdict: str | None) -> str:
    """Return a verdict or a gate's state with its symbol in front."""
    return DASH if verdict is None else f"{SIGNS.get(verdict, DASH)} {verdict.replace('_', ' ')}"


def _sentences(comparison: Comparison) -> Iterator[str]:
    """Yield the sentences at the top."""
    if comparison.identical:
        yield "Nothing changed: the same models, the same data, the same numbers."
        return
    between = [row for audit in comparison.audits for row in audit.differences]
    yield from dict.fromkeys(sentences.claim(row) for row in _decisive(comparison, between))
    if between:
        verdicts = Counter(row.verdict for row in between if row.verdict is not None)
        told = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ("lost", "undecided", "preserved", "gained"))
        yield f"Changes from the old release to the new one, on the same items: {told}."
    turns = Counter(row.change for row in comparison.rows)
    counts = (f"{turns[turn]} {turn}" for turn in ("worse", "better", "same", "new", "gone"))
    yield f"Verdicts of the two statements: {', '.join(counts)}."
    n_margins = sum(row.margin_changed for row in comparison.rows)
    if n_margins:
        yield f"Judged at another margin than before, so that the verdicts do not compare: {n_margins}."
    if comparison.items is not None:
        yield comparison.items


def _decisive(comparison: Comparison, between: Sequence[DifferenceRow]) -> list[DifferenceRow]:
    """Return the changes that decided the gates, else the losses on all items; the largest first."""
    lost = [row for row in between if lookup.is_whole(row) and row.verdict == "lost"]
    rows = deciding(between, comparison.verdict) or sorted(lost, key=lookup.loss, reverse=True)
    return rows[:MOST_CLAIMS]


def _tables(comparison: Comparison) -> Iterator[ChangeTable]:
    """Yield all tables, in the order of a page."""
    gates = tuple((g.rule, g.student or "every student", with_sign(g.state)) for g in comparison.gates)
    yield ChangeTable("Gates on the change", ("rule", "student", "state"), gates)
    yield _verdicts(comparison)
    yield from _changes(comparison)
    moved = tuple(
        (gate.rule, gate.student or "every student", with_sign(gate.old), with_sign(gate.new), _margins(gate))
        for gate in comparison.gate_changes
        if gate.change != "same" or gate.old_margin != gate.new_margin
    )
    yield ChangeTable("Gates of the two statements that changed", ("rule", "student", "before", "now", "margin"), moved)
    yield ChangeTable("Models that changed", ("model", "role", "seeds", "change"), tuple(_models(comparison)))
    data = tuple(
        (data.name, data.split, _count(data.old_n), _count(data.new_n), data.change)
        for data in comparison.data
        if data.change != "same"
    )
    yield ChangeTable("Data that changed", ("set", "split", "items before", "items now", "change"), data)


def _models(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield each population that changed, with the seeds of its changed members."""
    seeds: dict[tuple[str, str, str], list[str]] = {}
    for model in comparison.models:
        if model.change != "same":
            seed = DASH if model.seed is None else str(model.seed)
            seeds.setdefault((model.name, model.role, model.change), []).append(seed)
    for (name, role, change), changed in seeds.items():
        yield name, role, ", ".join(changed), change


def _changes(comparison: Comparison) -> Iterator[ChangeTable]:
    """Yield the tables of changes with intervals; gated rows come first, then all items, then decided verdicts."""
    rows = [row for audit in comparison.audits for row in audit.differences if row.direction != "none"]
    rows.sort(key=lambda row: (row.family != lookup.PRIMARY, row.slice is not None, row.verdict == "undecided"))
    titles = {
        "new-old": ("What changed on the same items", "old → new"),
        "slice-rest": ("Whether a slice changed otherwise than the rest", "rest → slice"),
    }
    for contrast, (title, values) in titles.items():
        about = [row for row in rows if row.contrast == contrast]
        columns = ("student", "metric", values, "change", "interval", "margin", "verdict")
        yield ChangeTable(title, columns, tuple(map(_change, about[:MOST_ROWS])), _left_out(len(about)), is_drawn=True)


def _change(row: DifferenceRow) -> tuple[str, ...]:
    """Return one change as cells."""
    read, side = lookup.deciding_interval(row), signed if row.contrast == "slice-rest" else amount
    what = _what(row.metric, row.output, row.slice) + (f" {MINUS} rest" if row.contrast == "slice-rest" else "")
    return (
        row.student,
        what,
        f"{side(row.right_value, unit_of(row.metric))} → {side(row.left_value, unit_of(row.metric))}",
        phrases.change(row),
        phrases.span(row, read.low, read.high),
        phrases.margin(row),
        with_sign(row.verdict),
    )


def _verdicts(comparison: Comparison) -> ChangeTable:
    """Return the rows whose verdict or margin changed, and those that only one of the two statements has."""
    rows = [row for row in comparison.rows if row.change != "same" or row.margin_changed]
    columns = ("student", "metric", "compared", "before", "now", "margin", "change")
    lines = tuple(_verdict(row) for row in rows[:MOST_ROWS])
    return ChangeTable("Verdicts of the two statements that changed", columns, lines, _left_out(len(rows)))


def _verdict(row: RowChange) -> tuple[str, ...]:
    """Return one row of both statements as cells."""
    known = [state for state in (row.old, row.new) if state is not None]
    margins = (phrases.printed_margin(state.margin, unit_of(row.metric, state.scale)) for state in known)
    return (
        row.student,
        _what(row.metric, row.output, row.slice),
        row.contrast.replace("-", f" {MINUS} "),
        _state(row, row.old),
        _state(row, row.new),
        " → ".join(dict.fromkeys(margins)),
        row.change,
    )


def _state(row: RowChange, state: RowState | None) -> str:
    """Return a verdict with its difference and interval."""
    if state is None:
        return DASH
    unit, low, high = unit_of(row.metric, state.scale), state.interval.low, state.interval.high
    if unit.ratio:
        value, between = compared(state.delta, row.metric), ratio_interval(low, high, row.metric)
    else:
        value, between = signed(state.delta, unit), interval(low, high, unit)
    return f"{with_sign(state.verdict)}, {value} ({between})"


def _what(metric: str, output: str | None, subset: str | None) -> str:
    """Return metric, label and slice in words."""
    name = metric_name(metric) if output is None else f"{metric_name(metric)} of {output}"
    return name if subset is None else f"{name} on slice {subset}"


def _margins(gate: GateChange) -> str:
    """Return a gate's margin, or both margins where they differ."""
    known = (f"{margin:g}" for margin in (gate.old_margin, gate.new_margin) if margin is not None)
    return " → ".join(dict.fromkeys(known))


def _left_out(n: int) -> str:
    """Return a sentence on the rows left out; empty if there are none."""
    return f"{n - MOST_ROWS:,} more stand in comparison.json." if n > MOST_ROWS else ""


def _count(n: int | None) -> str:
    """Return a number of items, printed; a dash for None."""
    return DASH if n is None else f"{n:,}"
