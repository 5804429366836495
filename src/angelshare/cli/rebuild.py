"""The command that rebuilds statements from the answers kept beside them."""

from pathlib import Path
from typing import Annotated

import typer

from angelshare.core.atomic import folder_of


def rebuild(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders with a statement and predictions/.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", parser=folder_of, help="Folder for the rebuilt statement of a single DIR."
        ),
    ] = None,
) -> None:
    """Measure and judge the answers kept beside a statement again.

    No model runs and no text is read, so it takes seconds. Exit codes: 0 every row is the same to the last digit, 4
    some are not.
    """
    from angelshare.core.errors import InputError
    from angelshare.core.shown import one_line
    from angelshare.recipes.conclude.places import check_place
    from angelshare.recipes.conclude.publish import publish
    from angelshare.recipes.folder.lock import locked
    from angelshare.recipes.rebuild import differing_findings, differing_rows, rebuild
    from angelshare.statement.build import read_statement

    if out is not None and len(folders) > 1:
        raise InputError("--out takes the statement of one folder. Name one, or leave out --out.")
    differing = 0
    for folder in folders:
        statement = rebuild(folder)
        differ = [*differing_rows(read_statement(folder), statement), *differing_findings(folder, statement)]
        n_rows = sum(len(audit.differences) for audit in statement.audits)
        told = f"not the same: {', '.join(sorted(differ)[:5])}" if differ else "the same to the last digit"
        typer.echo(one_line(f"{folder}: {n_rows:,} differences between models, their figures and tables: {told}"))
        differing += len(differ)
        if out is not None:
            check_place(out)
            with locked(out):
                publish(statement, out)
    raise typer.Exit(4 if differing else 0)
