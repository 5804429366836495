"""The content of a statement's page: pure functions, no markup."""

import math
from dataclasses import dataclass

from angelshare.report.charts import by_group, flips, forest, marks, printed, reliability, trade
from angelshare.report.charts.groups import ChartGroup
from angelshare.report.words import caveats, glossary, lookup, provenance, sentences
from angelshare.report.words import headline as headlines
from angelshare.report.words.numbers import DASH, compared, count, size, times
from angelshare.statement.schema import DataRow, GateRow, Statement

MOST_SETS = 2  # with more text sets, their items are summed
NOTABLE = 1.1  # the least ratio of sizes or speeds that is worth a large figure


@dataclass(frozen=True, slots=True)
class Fact:
    """A large figure and its caption."""

    figure: str
    caption: str


@dataclass(frozen=True, slots=True)
class Page:
    """The variables of the template."""

    statement: Statement
    headline: headlines.Headline
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    words: tuple[sentences.StudentWords, ...]
    verdicts: tuple[tuple[str, str], ...]
    gates: tuple[GateRow, ...]
    suite: printed.TableView | None
    several_sets: bool
    decompositions: tuple[marks.Decomposition, ...]
    decomposition_table: printed.TableView | None
    trades: tuple[trade.TradeChart, ...]
    excess: tuple[forest.ExcessSection, ...]
    groups: tuple[ChartGroup, ...]
    glossaries: tuple[glossary.Glossary, ...]
    flips: tuple[flips.FlipChart, ...]
    flip_table: printed.TableView | None
    reliability: reliability.Reliability | None
    reliability_table: printed.TableView | None
    sections: tuple[forest.DifferenceSection, ...]
    slices: tuple[str, ...]
    level: str
    exploratory: str
    audits: tuple[printed.AuditView, ...]
    models: tuple[provenance.ModelView, ...]
    splits: tuple[DataRow, ...]
    transfer: tuple[DataRow, ...]
    looks: str
    notes: tuple[str, ...]
    margins: tuple[str, ...]
    methods: tuple[tuple[str, int], ...]
    recipe: str
    environment: str


def page(statement: Statement) -> Page:
    """Return the content of the page."""
    plain = statement.model_dump(mode="json", include={"recipe", "environment"})
    return Page(
        statement=statement,
        headline=headlines.headline(statement),
        facts=facts(statement),
        warnings=caveats.warnings(statement),
        words=sentences.plain_words(statement),
        verdicts=sentences.VERDICTS,
        gates=lookup.gates_worst_first(statement),
        suite=_drawn_table(statement, printed.SUITE),
        several_sets=lookup.several_sets(statement),
        decompositions=marks.decompositions(statement),
        decomposition_table=_drawn_table(statement, "decomposition"),
        trades=trade.trade_charts(statement),
        excess=forest.excess_sections(statement),
        groups=by_group.group_charts(statement),
        glossaries=glossary.glossaries(statement),
        flips=flips.flip_charts(statement),
        flip_table=_drawn_table(statement, flips.TABLE),
        reliability=reliability.reliability(statement),
        reliability_table=_drawn_table(statement, reliability.TABLE),
        slices=tuple(dict.fromkeys(row.slice for row in lookup.differences(statement) if row.slice)),
        sections=forest.difference_sections(statement.audits, lookup.students(statement)),
        level=level(statement),
        exploratory=sentences.exploratory_note(statement),
        audits=tuple(printed.audit_view(audit) for audit in statement.audits),
        models=provenance.model_views(statement),
        splits=tuple(data for data in statement.data if data.split != lookup.TRANSFER),
        transfer=tuple(data for data in statement.data if data.split == lookup.TRANSFER),
        looks=provenance.looks(statement),
        notes=tuple(dict.fromkeys(statement.notes)),
        margins=provenance.margins(statement),
        methods=provenance.methods(statement),
        recipe=provenance.as_yaml(plain["recipe"]),
        environment=provenance.as_yaml(plain["environment"]),
    )


def _drawn_table(statement: Statement, name: str) -> printed.TableView | None:
    """Return the table of a drawing's numbers."""
    table = lookup.table(statement, name)
    return None if table is None else printed.table_view(table)


def facts(statement: Statement) -> tuple[Fact, ...]:
    """Return the large figures: ratio of sizes, speed, items, seeds, share of labels that differ."""
    figures = []
    teacher = lookup.teacher_size(statement)
    pupils = [e for e in lookup.population_sizes(statement).values() if e.role == "student" and e.n_parameters]
    if teacher and teacher.n_parameters and pupils:
        smallest = min(pupils, key=lambda entry: entry.n_parameters or 0.0)
        ratio = teacher.n_parameters / (smallest.n_parameters or 1.0)
        ends = f"{size(teacher.n_parameters)} → {size(smallest.n_parameters)}"
        if ratio >= NOTABLE:
            figures.append(Fact(times(ratio), f"fewer parameters in {smallest.name} ({ends})"))
    figures += _speed(statement)
    audited = [data for data in statement.data if data.split == lookup.audited_split(statement)]
    items, seen = lookup.audited_items(statement), lookup.looked_at(statement)
    if len(audited) > MOST_SETS:
        figures.append(Fact(count(sum(d.n for d in audited)), f"{items} in {len(audited)} text sets, {seen}"))
    else:
        figures += [Fact(count(d.n), f"{items} in {d.name}, {seen}") for d in audited]
    seeds = [entry.n_members for entry in lookup.population_sizes(statement).values() if entry.role == "student"]
    if seeds:
        n = f"{min(seeds)}" if min(seeds) == max(seeds) else f"{min(seeds)}{DASH}{max(seeds)}"
        figures.append(Fact(n, "seed of each student" if n == "1" else "seeds of each student"))
    figures += _disagreement(statement)
    return tuple(figures)


def _speed(statement: Statement) -> list[Fact]:
    """Return the speed of the fastest student relative to its teacher, in bulk or else one text at a time."""
    for metric, how in (("texts_per_second", "in bulk"), ("latency_p50_ms", "one text at a time")):
        measured = [row for row in lookup.differences(statement) if row.metric == metric and row.scale == "log_ratio"]
        faster = [
            row for row in measured if row.contrast == "student-teacher" and lookup.loss(row) < -math.log(NOTABLE)
        ]
        if faster:
            best = min(faster, key=lookup.loss)
            figure, word = compared(best.delta, metric).split()
            return [Fact(figure, f"{word} {how} in {best.student}, measured side by side")]
    return []


def _disagreement(statement: Statement) -> list[Fact]:
    """Return the share of labels that differ from the teacher's, as a range over students."""
    values = [
        1 - row.value
        for audit in statement.audits
        for row in audit.estimates
        if row.metric == "agreement" and row.slice is None and row.output is None and row.student is not None
    ]
    if not values:
        return []
    low, high = (f"{100 * value:.1f}" for value in (min(values), max(values)))
    figure = f"{low}%" if low == high else f"{low}{DASH}{high}%"
    return [Fact(figure, "of labels differ from the teacher's")]


def level(statement: Statement) -> str:
    """Return the coverage of the rows' own intervals, such as `95%`."""
    levels = dict.fromkeys(f"{100 * row.interval.level:g}%" for row in lookup.differences(statement))
    return ", ".join(levels)
