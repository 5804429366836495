"""A statement as the rows of a page: pure functions, no markup."""

from dataclasses import dataclass

from angelshare.report import charts, figures, forest, provenance, rows, sentences, sizes
from angelshare.report.numbers import DASH, count, size, times
from angelshare.statement.schema import DataRow, Statement

NOTABLE = 1.1  # as many times fewer parameters are worth a large figure


@dataclass(frozen=True, slots=True)
class Fact:
    """A large figure and what it is."""

    figure: str
    caption: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template prints."""

    statement: Statement
    headline: sentences.Headline
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    words: tuple[sentences.StudentWords, ...]
    decompositions: tuple[charts.Decomposition, ...]
    sizes: sizes.SizeChart | None
    sections: tuple[forest.DifferenceSection, ...]
    level: str
    exploratory: str
    audits: tuple[figures.AuditView, ...]
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
    """Return everything that the page shows."""
    plain = statement.model_dump(mode="json", include={"recipe", "environment"})
    return Page(
        statement=statement,
        headline=sentences.headline(statement),
        facts=facts(statement),
        warnings=sentences.warnings(statement),
        words=sentences.plain_words(statement),
        decompositions=charts.decompositions(statement),
        sizes=sizes.size_chart(statement),
        sections=forest.difference_sections(statement),
        level=level(statement),
        exploratory=sentences.exploratory_note(statement),
        audits=tuple(figures.audit_view(audit) for audit in statement.audits),
        models=provenance.model_views(statement),
        splits=tuple(data for data in statement.data if data.split != rows.TRANSFER),
        transfer=tuple(data for data in statement.data if data.split == rows.TRANSFER),
        looks=provenance.looks(statement),
        notes=sentences.split_by_kind(statement.notes)[1],
        margins=provenance.margins(statement),
        methods=provenance.methods(statement),
        recipe=provenance.as_yaml(plain["recipe"]),
        environment=provenance.as_yaml(plain["environment"]),
    )


def facts(statement: Statement) -> tuple[Fact, ...]:
    """Return the figures that a reader remembers: how much smaller, on how much, how often the labels differ."""
    found = []
    teacher = rows.teacher_size(statement)
    pupils = [e for e in rows.population_sizes(statement).values() if e.role == "student" and e.n_parameters]
    if teacher and teacher.n_parameters and pupils:
        smallest = min(pupils, key=lambda entry: entry.n_parameters or 0.0)
        ratio = teacher.n_parameters / (smallest.n_parameters or 1.0)
        ends = f"{size(teacher.n_parameters)} → {size(smallest.n_parameters)}"
        if ratio >= NOTABLE:
            found.append(Fact(times(ratio), f"fewer parameters in {smallest.name} ({ends})"))
    split = rows.audited_split(statement)
    audited = [data for data in statement.data if data.split == split]
    found += [Fact(count(d.n), f"{split} items in {d.name}, {rows.looked_at(statement)}") for d in audited]
    seeds = [entry.n_members for entry in rows.population_sizes(statement).values() if entry.role == "student"]
    if seeds:
        n = f"{min(seeds)}" if min(seeds) == max(seeds) else f"{min(seeds)}{DASH}{max(seeds)}"
        found.append(Fact(n, "seed of each student" if n == "1" else "seeds of each student"))
    found += _disagreement(statement)
    return tuple(found)


def _disagreement(statement: Statement) -> list[Fact]:
    """Return the range over students of the share of labels that differ from the teacher's."""
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
    levels = dict.fromkeys(f"{100 * row.interval.level:g}%" for row in rows.differences(statement))
    return ", ".join(levels)
