"""The statement as files, and its lines about data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from angelshare.core.predictions import Panel
from angelshare.core.task import Role
from angelshare.data.textset import Splits
from angelshare.recipes.stages import digest, write_text
from angelshare.report.html import render_html
from angelshare.report.markdown import render_markdown
from angelshare.statement.build import write_statement
from angelshare.statement.schema import DataRow, Statement

if TYPE_CHECKING:  # publishing an audit of two files must not load torch
    from angelshare.transfer.label import TransferSet


def publish(statement: Statement, folder: Path) -> None:
    """Write statement.json, statement.html and statement.md, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_statement(statement, folder / "statement.json")
    write_text(folder / "statement.html", render_html(statement))
    write_text(folder / "statement.md", render_markdown(statement))


def data_rows(splits: Splits, roles: Sequence[Role]) -> list[DataRow]:
    """Return what the statement says about each split it rests on."""
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
    """Return one line per source of the transfer set: how many texts it gave, and what was dropped."""
    names = np.array(transfer.sources)
    keys = np.array(transfer.batch.keys())
    return [
        DataRow(
            name=source,
            split="transfer",
            n=int((names == source).sum()),
            sha256=digest(sorted(keys[names == source].tolist())),
            revision=None,
            licence="as its source",
            hazards="as its source",
            leaked_and_dropped=counts.get("leaked", 0),
            handled={reason: n for reason, n in counts.items() if reason not in ("read", "kept", "leaked")},
        )
        for source, counts in transfer.counts.items()
    ]


def given_row(panel: Panel) -> DataRow:
    """Return the line on data that are known from files of predictions alone."""
    first = panel.teacher.first
    truth = None if panel.truth is None else panel.truth.astype(str).tolist()
    return DataRow(
        name=panel.data,
        split="given",
        n=len(first),
        sha256=digest([first.ids.tolist(), truth]),
        revision=None,
        licence="not stated",
        hazards="not stated",
        leaked_and_dropped=0,
        handled={},
    )
