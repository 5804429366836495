"""Statements, comparisons and reproductions as files, and a statement's lines on data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.atomic import write_text
from angelshare.core.panel import Panel
from angelshare.core.task import Role
from angelshare.data.texts.textset import Splits, count_unusual
from angelshare.recipes.folder.stages import digest
from angelshare.report.pages.comparison import render_comparison_html, render_comparison_markdown
from angelshare.report.pages.html import render_html
from angelshare.report.pages.markdown import render_markdown
from angelshare.report.papers.markdown import render_reproduction_markdown
from angelshare.report.papers.reproduction import render_reproduction_html
from angelshare.statement.build import write_statement
from angelshare.statement.comparison import Comparison, write_comparison
from angelshare.statement.reproduction import Reproduction, reproduction_text
from angelshare.statement.schema import DataRow, Statement

if TYPE_CHECKING:  # publishing an audit of two files must not load torch
    from angelshare.transfer.label import TransferSet


def publish(statement: Statement, folder: Path) -> None:
    """Write statement.json, statement.html and statement.md, each whole or not at all, once all are rendered."""
    page, comment = render_html(statement), render_markdown(statement)
    folder.mkdir(parents=True, exist_ok=True)
    write_statement(statement, folder / "statement.json")
    write_text(folder / "statement.html", page)
    write_text(folder / "statement.md", comment)


def publish_comparison(comparison: Comparison, folder: Path) -> None:
    """Write comparison.json, comparison.html and comparison.md, each whole or not at all, once all are rendered."""
    page, comment = render_comparison_html(comparison), render_comparison_markdown(comparison)
    folder.mkdir(parents=True, exist_ok=True)
    write_comparison(comparison, folder / "comparison.json")
    write_text(folder / "comparison.html", page)
    write_text(folder / "comparison.md", comment)


def publish_reproduction(reproduction: Reproduction, folder: Path) -> None:
    """Write reproduction.json, .html and .md, each whole or not at all, once all are rendered."""
    page, comment = render_reproduction_html(reproduction), render_reproduction_markdown(reproduction)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "reproduction.json", f"{reproduction_text(reproduction)}\n")
    write_text(folder / "reproduction.html", page)
    write_text(folder / "reproduction.md", comment)


def data_rows(splits: Splits, roles: Sequence[Role]) -> list[DataRow]:
    """Return the statement's lines on the splits that it rests on."""
    card = splits.card
    return [
        DataRow(
            name=card.name,
            split=role,
            n=len(splits.role(role)),
            sha256=splits.role(role).sha256(),
            revision=card.revision,
            licence=card.licence,
            hazards=card.hazards,
            leaked_and_dropped=sum(n for what, n in splits.dropped.items() if what.startswith(f"{role} against")),
            handled=dict(splits.role(role).handled),
        )
        for role in roles
    ]


def transfer_rows(transfer: "TransferSet") -> list[DataRow]:
    """Return a line on every source of the transfer set: its origin, the number of its texts, and what was dropped."""
    names = np.array(transfer.sources)
    return [_transfer_row(transfer, source, np.flatnonzero(names == source)) for source in transfer.counts]


def _transfer_row(transfer: "TransferSet", source: str, index: Array) -> DataRow:
    """Return the line on one source. Augmented copies have no card: what is true of their originals is true of them."""
    batch, counts, card = transfer.batch.take(index.tolist()), transfer.counts[source], transfer.cards.get(source)
    dropped = {reason: n for reason, n in counts.items() if reason not in ("read", "kept", "leaked")}
    return DataRow(
        name=source,
        split="transfer",
        n=len(batch),
        sha256=digest(sorted(batch.keys())),
        revision=None if card is None else card.revision,
        licence="as the originals'" if card is None else card.licence,
        hazards="as the originals'" if card is None else card.hazards,
        leaked_and_dropped=counts.get("leaked", 0),
        handled={f"dropped: {reason}": n for reason, n in dropped.items()} | dict(count_unusual(batch)),
    )


def given_row(panel: Panel[Any]) -> DataRow:  # Any: members of any kind
    """Return the line on data that are known only from files of predictions."""
    items = panel.items
    truth = None if panel.truth is None else panel.truth.astype(str).tolist()
    return DataRow(
        name=panel.data,
        split="given",
        n=len(items),
        sha256=digest([items.ids.tolist(), truth]),
        revision=None,
        licence="not stated",
        hazards="not stated",
        leaked_and_dropped=0,
        handled={} if items.texts is None else dict(count_unusual(items.texts)),
    )
