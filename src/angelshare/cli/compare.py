"""The command that compares two releases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from angelshare.cli.options import AsJson, GateRules, Margins, gates_of
from angelshare.core.atomic import folder_of


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The last release: a run folder, or a statement.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="This release.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", parser=folder_of, help="Folder for the comparison.")
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    as_json: AsJson = False,
) -> None:
    """Compare this release with the last.

    Gates are about each student's change from OLD to NEW.
    """
    from rich.console import Console

    from angelshare.cli.summary import print_comparison
    from angelshare.recipes.compare import CompareRequest, compare_releases
    from angelshare.statement.comparison import comparison_text
    from angelshare.statement.judging import exit_code

    request = CompareRequest(old, new, datetime.now(UTC), out=out, gates=gates_of(margin, gate))
    comparison = compare_releases(request)
    if as_json:
        typer.echo(comparison_text(comparison))
    else:
        print_comparison(Console(), comparison, out)
    raise typer.Exit(exit_code(comparison))
