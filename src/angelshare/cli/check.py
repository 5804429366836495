"""The command that checks a finished statement."""

from pathlib import Path
from typing import Annotated

import typer

from angelshare.cli.options import AsJson, GateRules, Margins, gates_of


def check(
    statement: Annotated[Path, typer.Argument(metavar="DIR", help="A run folder, or a statement.json.")],
    margin: Margins = None,
    gate: GateRules = None,
    as_json: AsJson = False,
) -> None:
    """Check a statement; the exit code says whether its gates hold.

    With --margin or --gate it is judged by these gates instead of its own. Exit codes: 0 no gate failed, 4 a gate
    has seen a loss, 5 undecided or not measured.
    """
    from angelshare.api.statement import read
    from angelshare.cli.summary import finish

    gates, finished = gates_of(margin, gate), read(statement)
    finish(finished.check(*gates).statement if gates else finished.content, None, as_json=as_json)
