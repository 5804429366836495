"""Statements, comparisons and reproductions as files, and a statement's lines on data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.atomic import whole_texts
from angelshare.core.panel import Panel
from angelshare.core.task import Role
from angelshare.data.texts.textset import Splits, count_unusual
from angelshare.recipes.conclude.places import make_room
from angelshare.recipes.folder.stages import digest
from angelshare.report.pages.comparison import render_comparison_html, render_comparison_markdown
from angelshare.report.pages.html import render_html
from angelshare.report.pages.markdown import render_markdown
from angelshare.report.papers.markdown import render_reproduction_markdown
from angelshare.report.papers.reproduction import render_reproduction_html
from angelshare.statement.build import as_text
from angelshare.statement.comparison import Comparison, comparison_text
from angelshare.statement.reproduction import Reproduction, reproduction_text
from angelshare.statement.schema import DataRow, Statement

if TYPE_CHECKING:  # publishing an audit of two files must not load torch
    from angelshare.transfer.label import TransferSet


def pages_of(statement: Statement) -> dict[str, str]:
    """Return statement.json, statement.html and statement.md by name."""
    return {
        "statement.json": f"{as_text(statement)}\n",
        "statement.html": render_html(statement),
        "statement.md": render_markdown(statement),
    }


def publish(statement: Statement, folder: Path, *, overwrite: bool = False) -> None:
    """Write a statement and its pages, once all are rendered; what stood there is replaced or kept, see `places`."""
    with whole_texts({folder / name: text for name, text in pages_of(statement).items()}):
        make_room(folder, statement.title, overwrite=overwrite)


def publish_comparison(comparison: Comparison, folder: Path) -> None:
    """Write comparison.json, comparison.html and comparison.md, once all are rendered."""
    pages = {
        "comparison.json": f"{comparison_text(comparison)}\n",
        "comparison.html": render_comparison_html(comparison),
        "comparison.md": render_comparison_markdown(comparison),
    }
    with whole_texts({folder / name: text for name, text in pages.items()}):
        pass


def publish_reproduction(reproduction: Reproduction, folder: Path) -> None:
    """Write reproduction.json, .html and .md, once all are rendered."""
    pages = {
        "reproduction.json": f"{reproduction_text(reproduction)}\n",
        "reproduction.html": render_reproduction_html(reproduction),
        "reproduction.md": render_reproduction_markdown(reproduction),
    }
    with whole_texts({folder / name: text for name, text in pages.items()}):
        pass


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
