"""Metrics that few readers know, explained."""

from collections.abc import Iterator
from dataclasses import dataclass

from angelshare.audits.frame.installed import AUDITS
from angelshare.core.metric import MetricFacts
from angelshare.report.words import lookup
from angelshare.statement.schema import Statement


@dataclass(frozen=True, slots=True)
class Glossary:
    """Titles and meanings of metrics under one heading, such as `metrics of groups`."""

    heading: str
    entries: tuple[tuple[str, str], ...]


def glossaries(statement: Statement) -> tuple[Glossary, ...]:
    """Return the statement's metrics that need an explanation, by the headings that their facts name."""
    explained: dict[str, list[tuple[str, str]]] = {}
    for facts in _explained(statement):
        explained.setdefault(facts.glossary, []).append((facts.title, facts.meaning))
    return tuple(Glossary(heading, tuple(entries)) for heading, entries in explained.items())


def _explained(statement: Statement) -> Iterator[MetricFacts]:
    """Yield the facts of every metric in the statement that belongs into a glossary."""
    known = {row.metric for row in lookup.differences(statement)}
    known |= {row.metric for audit in statement.audits for row in audit.estimates}
    known |= {column for audit in statement.audits for table in audit.tables if table.rows for column in table.columns}
    return (facts for facts in AUDITS.facts.values() if facts.glossary and facts.name in known)
