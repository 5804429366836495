"""A statement made again from the answers kept beside it, without models, texts or training."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from angelshare.audits.frame.registry import Choice, load_audits, run_audits
from angelshare.core.audit import AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.protocols import ModelCard
from angelshare.core.task import ModelRole
from angelshare.recipes.conclude.kept import card_of, kept_index, kept_observations
from angelshare.recipes.conclude.kept_list import Protocol
from angelshare.statement.build import read_statement, with_results
from angelshare.statement.gates import metrics_in_slices
from angelshare.statement.reproduction import Reproduction, read_reproduction
from angelshare.statement.schema import Statement, TableRow

if TYPE_CHECKING:  # a study's engine also trains: it loads the networks' packages, which no other statement needs here
    from angelshare.recipes.studies.run import Setting

PAPER = "paper"
"""The key under which a study's statement names its paper."""


def rebuild(folder: Path) -> Statement:
    """Return the statement of a folder, measured and judged again from its `predictions/`.

    Models, data and circumstances are taken over; all rows, gates and the verdict are made anew. Since texts are not
    kept, the tables show none. A study's sets are made or read again, for the tables about them.

    Raises:
        InputError: if the folder has no statement or no kept answers, or the statement has tables of a suite.
    """
    statement = read_statement(folder)
    protocol, seen = kept_index(folder, statement).protocol, kept_observations(folder, statement)
    if PAPER in statement.recipe:
        from angelshare.recipes.studies.run import measure

        results = measure(_setting(statement), seen, _sizes(statement))
    else:
        settings = AuditSettings(in_slices=metrics_in_slices(protocol.gates))
        results = run_audits(load_audits(_choices(protocol, folder)), next(iter(seen.values())), settings)
    return with_results(statement, results, protocol.gates, protocol.margins, redact_texts=True)


def rebuild_reproduction(folder: Path, statement: Statement) -> Reproduction | None:
    """Return the paper beside us, from a study's kept answers; None if the statement is not that of a study.

    Args:
        folder: of the study.
        statement: the rebuilt one.
    """
    if PAPER not in statement.recipe:
        return None
    from angelshare.recipes.studies.run import beside

    seen, created = kept_observations(folder, statement), datetime.fromisoformat(statement.created)
    return beside(_setting(statement), seen, statement, created)


def _setting(statement: Statement) -> "Setting[Any]":
    """Return the study behind a statement, with its texts."""
    from angelshare.recipes.reproduce import read_paper
    from angelshare.recipes.studies.run import set_up

    paper, scale = read_paper(statement.recipe[PAPER]), statement.recipe["scale"]
    return set_up(paper, paper.read_study(scale), scale)


def _sizes(statement: Statement) -> dict[tuple[ModelRole, str], ModelCard]:
    """Return one card for each population: that of its last member."""
    return {(model.role, model.name): card_of(model) for model in statement.models}


def _choices(protocol: Protocol, folder: Path) -> Sequence[Choice]:
    """Return the audits with their options.

    Raises:
        InputError: if the statement rests on more than the audits of one text set.
    """
    if protocol.audits is None:
        raise InputError(
            f"The statement in {folder} has tables of a suite, which are made from its texts. Run the suite again."
        )
    return [Choice(audit.kind, audit.options) for audit in protocol.audits]


def differing_rows(statement: Statement, rebuilt: Statement) -> list[str]:
    """Return the names of the rows, tables, gaps, remarks and gates that differ between two statements in any digit."""
    before, after = dict(_rows(statement)), dict(_rows(rebuilt))
    return [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]


def differing_findings(folder: Path, statement: Statement) -> list[str]:
    """Return which parts of a study's page, such as its claims, differ from those in its folder.

    Args:
        folder: of the study.
        statement: the rebuilt one. If it is not that of a study, nothing differs.
    """
    again = rebuild_reproduction(folder, statement)
    if again is None:
        return []
    before = read_reproduction(folder)
    parts = ("claims", "figures", "charts", "settings", "not_reproducible", "notes", "warnings")
    return [part for part in parts if getattr(before, part) != getattr(again, part)]


def _rows(statement: Statement) -> Iterator[tuple[str, object]]:
    """Yield everything that was measured or judged, under a unique name, without users' texts."""
    yield "verdict", statement.verdict
    yield from ((f"gate {gate.rule}", gate) for gate in statement.gates)
    for audit in statement.audits:
        yield f"{audit.name}: not applicable", audit.not_applicable
        for part in ("differences", "estimates", "gaps", "remarks", "warnings"):
            yield from ((f"{audit.name}: {part} {place}", row) for place, row in enumerate(getattr(audit, part)))
        yield from ((f"{audit.name}: table {table.name}", _without_texts(table)) for table in audit.tables)


def _without_texts(table: TableRow) -> TableRow:
    """Return a table without users' texts, which are not kept."""
    hidden = [place for place, column in enumerate(table.columns) if column in table.text_columns]
    rows = tuple(tuple(None if place in hidden else cell for place, cell in enumerate(row)) for row in table.rows)
    return table.model_copy(update={"rows": rows, "redacted": False})
