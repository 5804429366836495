"""A statement as a comment on a pull request: short, and no text in it can mention anybody or act as markup."""

import re
from collections.abc import Iterable

from angelshare.audits.frame.installed import AUDITS
from angelshare.core.estimate import Verdict
from angelshare.core.shown import visible
from angelshare.report.charts import forest
from angelshare.report.words import caveats, lookup, phrases
from angelshare.report.words.excerpts import shortened
from angelshare.report.words.headline import headline
from angelshare.report.words.main_rows import COLUMNS, INTERVALS, main_rows
from angelshare.report.words.numbers import (
    DASH,
    estimate,
    metric_name,
    minute,
    unit_of,
)
from angelshare.statement.schema import Statement

MOST_SLICES = 2
MOST_LINES = 5
MOST_GATES = 8
MOST_WARNINGS = 6
LONGEST = 300
SIGNS = {"lost": "▼", "preserved": "●", "held": "●", "gained": "▲", "undecided": "◌"}
_MARKUP = re.compile(r"([\\`*_{}\[\]|~^$])")
_LIST = re.compile(r"^(\d*)([-+.)])(?=\s|$)")
_LINK = re.compile(r"([@#]|:(?=//)|www(?=\.))", flags=re.IGNORECASE)


def render_markdown(statement: Statement) -> str:
    """Return the summary: verdict, gates, main differences, warnings, provenance."""
    head = headline(statement)
    lines = [f"### Loss statement: {escaped(statement.title)}", ""]
    lines += [f"**{_sign(head.state) if head.state else 'No overall verdict'}.** {escaped(head.gates)}", ""]
    lines += [f"- {escaped(claim)}" for claim in head.sentences] + [""]
    lines += _gates(statement) + _differences(statement) + _for_whom(statement) + _figures(statement)
    lines += _warnings(statement) + _provenance(statement)
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is: one line, no markup, list, mention, link or HTML."""
    line = " ".join(visible(shortened(text, LONGEST)).split())
    line = _LIST.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # backslashes do not stop mentions, issue numbers and addresses from becoming links; a zero-width space does
    return _LINK.sub("\\1\u200b", line)


def pipe_table(columns: Iterable[str], lines: Iterable[Iterable[str]]) -> list[str]:
    """Return a pipe table of cells that are escaped already."""
    names = tuple(columns)
    return [f"| {' | '.join(names)} |", "|" + " --- |" * len(names), *(f"| {' | '.join(line)} |" for line in lines), ""]


def _gates(statement: Statement) -> list[str]:
    """Return the gates as a table, the failed ones first."""
    gates = lookup.gates_worst_first(statement)
    if not gates:
        return []
    lines = [
        (escaped(gate.rule), escaped(gate.student or "every student"), _sign(gate.state)) for gate in gates[:MOST_GATES]
    ]
    more = [f"{len(gates) - MOST_GATES} more gates on the page.", ""] if len(gates) > MOST_GATES else []
    return pipe_table(("gate", "student", "state"), lines) + more


def _differences(statement: Statement) -> list[str]:
    """Return a table of the gated rows and of each student's main metric."""
    main = main_rows(statement)
    if not main.rows:
        return []
    lines = [
        (
            escaped(row.student),
            escaped(row.what),
            row.compared,
            row.values,
            f"**{row.change}**",
            row.interval,
            row.margin,
            _sign(row.verdict) if row.verdict else "not judged",
        )
        for row in main.rows
    ]
    return [*pipe_table(COLUMNS, lines), " ".join(filter(None, (INTERVALS, main.more))), ""]


def _for_whom(statement: Statement) -> list[str]:
    """Return a table of the slices with the largest excess losses, at most two of each student."""
    columns = ("student", "slice", "others → slice", "excess", "95% interval", "verdict")
    sections = [section for section in forest.excess_sections(statement) if section.is_first]
    lines = [
        (
            escaped(section.student),
            escaped(line.subset + (f", {section.data}" if section.data else "")),
            f"{line.right} → {line.left}",
            f"**{line.delta}**",
            line.interval,
            _sign(line.verdict) if line.verdict else "not judged",
        )
        for section in sections
        for line in section.lines[:MOST_SLICES]
    ]
    if not lines:
        return []
    return [f"Who loses more than the others, in {sections[0].metric}:", "", *pipe_table(columns, lines[:MOST_LINES])]


def _figures(statement: Statement) -> list[str]:
    """Return a line on each student: agreement and the like, and ratios of costs."""
    whole = [row for row in lookup.differences(statement) if lookup.is_whole(row) and row.contrast == "student-teacher"]
    in_brief = [name for name, facts in AUDITS.facts.items() if facts.in_brief]
    shares = [row for metric in in_brief for row in lookup.estimates(statement, metric)]
    lines = []
    for student in lookup.students(statement)[:MOST_LINES]:
        told = [
            f"{metric_name(row.metric)} {estimate(row.metric, row.value)}" for row in shares if row.student == student
        ]
        ratios = [row for row in whole if row.student == student and row.scale == "log_ratio"]
        told += [f"{metric_name(row.metric)} {phrases.change(row)}" for row in ratios]
        if told:
            lines.append(f"- {escaped(student)}: {escaped(', '.join(dict.fromkeys(told)))}")
    return [*lines, ""] if lines else []


def _sign(state: Verdict | str) -> str:
    """Return a verdict or the state of a gate with its symbol in front."""
    return f"{SIGNS.get(state, DASH)} {state.replace('_', ' ')}"


def _warnings(statement: Statement) -> list[str]:
    """Return warnings, notes and audits that were not applicable, at most `MOST_WARNINGS`."""
    texts = [*caveats.warnings(statement), *dict.fromkeys(statement.notes)]
    texts += [
        f"{audit.name}: not applicable: {audit.not_applicable}" for audit in statement.audits if audit.not_applicable
    ]
    lines = [f"- {escaped(warning)}" for warning in texts[:MOST_WARNINGS]]
    if len(texts) > MOST_WARNINGS:
        lines.append(f"- {len(texts) - MOST_WARNINGS} more on the page.")
    return [*lines, ""] if lines else []


def _provenance(statement: Statement) -> list[str]:
    """Return one line on the origin of the numbers."""
    dropped = sum(row.leaked_and_dropped for row in statement.data)
    tests = ", ".join(
        f"{row.name} ({row.n:,} items, {row.sha256[:12]})"
        for row in statement.data
        if row.split == lookup.audited_split(statement)
    )
    seen = f"{lookup.audited_items(statement)} {lookup.looked_at(statement)}"
    parts = [f"angelshare {statement.angelshare}", minute(statement.created), tests, seen]
    parts.append(f"{dropped:,} leaked texts dropped")
    metric = lookup.main_metric(statement)
    if metric:
        parts.append(
            f"{metric_name(metric)} in {unit_of(metric).word}" if unit_of(metric).word else metric_name(metric)
        )
    return [f"<sub>{' · '.join(escaped(part) for part in parts if part)}</sub>"]
