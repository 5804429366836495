"""Statements, comparisons, reproductions and the catalogue on a terminal."""

from collections.abc import Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from angelshare.core.shown import one_line
from angelshare.data.texts.catalog import CatalogCard
from angelshare.report.pages.comparison import change_page
from angelshare.report.words.caveats import warnings
from angelshare.report.words.headline import headline
from angelshare.report.words.sentences import plain_words
from angelshare.statement.build import as_text
from angelshare.statement.comparison import Comparison
from angelshare.statement.judging import exit_code
from angelshare.statement.reproduction import Reproduction
from angelshare.statement.schema import Statement

MOST_ROWS = 12
"""The most rows of a table of changes on a terminal."""
NO_VERDICTS = "Nothing that was measured carries a verdict; the page has the figures."
_STYLES = {"lost": "bold red", "preserved": "bold blue", "gained": "bold green", "undecided": "bold yellow"}
_CLAIM_STYLES = {"holds": "bold green", "contradicted": "bold red", "undecided": "bold yellow"}


def finish(statement: Statement, folder: Path | None, *, as_json: bool) -> None:
    """Print a statement and its folder, and end with the exit code of its gates.

    Raises:
        typer.Exit: always.
    """
    show(statement, folder, as_json=as_json)
    raise typer.Exit(exit_code(statement))


def show(statement: Statement, folder: Path | None, *, as_json: bool) -> None:
    """Print a statement, for people or for other programs."""
    if as_json:
        typer.echo(as_text(statement))
    else:
        print_statement(Console(), statement, folder)


def print_statement(console: Console, statement: Statement, folder: Path | None) -> None:
    """Print the verdicts in plain sentences, and then the path of the statement.

    Everything is printed as data: names and texts of users cannot add markup, line breaks or control characters.
    """
    head = headline(statement)
    console.print(_line(head.state or "no gate", head.gates), soft_wrap=True)
    for words in plain_words(statement):
        console.print(Text(f"\n{one_line(words.student)}", style="bold"), soft_wrap=True)
        for sentence in words.sentences:
            console.print(_line(sentence.verdict or "-", sentence.text), soft_wrap=True)
        if not words.sentences:
            console.print(_line("-", NO_VERDICTS), soft_wrap=True)
    for warning in warnings(statement):
        console.print(_line("warning", warning), soft_wrap=True)
    for audit in statement.audits:
        if audit.not_applicable:
            console.print(_line("not measured", f"{audit.name}: {audit.not_applicable}"), soft_wrap=True)
    if folder is not None:
        console.print(Text(f"\nThe statement: {one_line(str(folder / 'statement.html'))}"), soft_wrap=True)


def print_comparison(console: Console, comparison: Comparison, folder: Path | None) -> None:
    """Print the changes between two releases, and then the path of the comparison."""
    page = change_page(comparison)
    for gate in comparison.gates:
        console.print(_line(gate.state.replace("_", " "), gate.rule), soft_wrap=True)
    console.print(_line(comparison.verdict or "no gate", page.sentences[0]), soft_wrap=True)
    for sentence in page.sentences[1:]:
        console.print(_line("-", sentence), soft_wrap=True)
    for warning in page.warnings:
        console.print(_line("warning", warning), soft_wrap=True)
    tables = page.tables[1:] if comparison.gates else page.tables
    for table in () if comparison.identical else tables:
        console.print(Text(f"\n{one_line(table.title)}", style="bold"), soft_wrap=True)
        drawn = Table(*(Column(Text(one_line(name))) for name in table.columns), box=None, padding=(0, 2, 0, 0))
        for row in table.rows[:MOST_ROWS]:
            drawn.add_row(*(Text(one_line(cell)) for cell in row))
        console.print(drawn)
        if len(table.rows) > MOST_ROWS:
            console.print(Text(f"{len(table.rows) - MOST_ROWS} more; --out keeps them all."), soft_wrap=True)
    if folder is not None:
        console.print(Text(f"\nThe comparison: {one_line(str(folder / 'comparison.html'))}"), soft_wrap=True)


def print_reproduction(console: Console, reproduction: Reproduction, folder: Path) -> None:
    """Print every claim with its verdict, and then the path of the page."""
    for claim in reproduction.claims:
        verdict = Text(f"{claim.verdict:>12}  ", style=_CLAIM_STYLES.get(claim.verdict, "bold"))
        console.print(verdict + Text(one_line(claim.claim)), soft_wrap=True)
        console.print(Text(f"{'':>14}{one_line(claim.finding)}", style="dim"), soft_wrap=True)
    console.print(Text(f"\nThe paper beside us: {one_line(str(folder / 'reproduction.html'))}"), soft_wrap=True)
    console.print(Text(f"The statement: {one_line(str(folder / 'statement.html'))}"), soft_wrap=True)


def print_cards(console: Console, cards: Mapping[str, CatalogCard]) -> None:
    """Print one line per data set; names are never cut, so that they can be copied."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("name", no_wrap=True, min_width=max(map(len, cards)))
    for title in ("task", "what it is", "licence"):
        table.add_column(title)
    for name, card in cards.items():
        table.add_row(Text(name), Text(card.task or "-"), Text(card.about), Text(card.licence))
    console.print(table)


def print_card(console: Console, name: str, card: CatalogCard) -> None:
    """Print all that is known about a data set."""
    table = Table(Column(no_wrap=True), Column(overflow="fold"), box=None, show_header=False, padding=(0, 2, 0, 0))
    lines = {
        "name": name,
        "what it is": card.about,
        "task": card.task or "none: it is not for classifiers",
        "labels": ", ".join(card.labels) or "-",
        "source": card.source,
        "revision": card.revision or "not known: unpinned",
        "content sha256": card.sha256 or "-",
        "hub id": card.hub or "-",
        "homepage": card.homepage or "-",
        "stands in for": ", ".join(card.stands_in_for) or "-",
        "licence": card.licence,
        "hazards": card.hazards,
    }
    for what, value in lines.items():
        table.add_row(Text(what, style="bold"), Text(value))
    console.print(table)


def _line(verdict: str, sentence: str) -> Text:
    """Return a verdict and its sentence."""
    return Text(f"{verdict:<13}", style=_STYLES.get(verdict, "bold")) + Text(one_line(sentence))
