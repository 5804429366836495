"""The command that carries out a paper's study and holds its claims against what came out."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from angelshare.cli.options import INTERRUPTED, MOST_JOBS, Jobs, Redact, folder_of
from angelshare.cli.progress import progress_for
from angelshare.core.shown import one_line
from angelshare.data.suites.gathering import SuiteScale
from angelshare.statement.reproduction import Reproduction, reproduction_text

_STYLES = {"holds": "bold green", "contradicted": "bold red", "undecided": "bold yellow", "not measured": "bold"}


def reproduce(  # noqa: PLR0917  (typer's options are parameters)
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="lost-in-distillation (Chvasta et al. 2022).")],
    scale: Annotated[
        SuiteScale,
        typer.Option("--scale", help="tiny: minutes, generated texts. small: local data, two cores. paper: GPUs, hub."),
    ] = "small",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", parser=folder_of, help="Its folder; runs/PAPER-SCALE by default."),
    ] = None,
    jobs: Jobs = None,
    redact_texts: Redact = False,  # noqa: FBT002
    as_json: Annotated[bool, typer.Option("--json", help="Print the reproduction as JSON, and nothing else.")] = False,  # noqa: FBT002
) -> None:
    """Carry out a paper's study and hold its claims against it. After an interruption the same command goes on."""
    from angelshare.recipes.studies.run import ReproduceRequest
    from angelshare.recipes.studies.run import reproduce as carry_out

    folder = out or Path("runs") / f"{paper}-{scale}"
    jobs = jobs or min(os.cpu_count() or 1, MOST_JOBS)
    request = ReproduceRequest(paper, scale, folder, datetime.now(UTC), jobs=jobs, redact_texts=redact_texts)
    try:
        found = carry_out(request, progress=progress_for(Console(stderr=True)))
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(reproduction_text(found))
    else:
        _print(Console(), found, folder)


def _print(console: Console, found: Reproduction, folder: Path) -> None:
    """Print every claim with its verdict, then where the page lies."""
    for claim in found.claims:
        verdict = Text(f"{claim.verdict:>12}  ", style=_STYLES[claim.verdict])
        console.print(verdict + Text(one_line(claim.claim)), soft_wrap=True)
        console.print(Text(f"{'':>14}{one_line(claim.finding)}", style="dim"), soft_wrap=True)
    console.print(Text(f"\nThe paper beside us: {one_line(str(folder / 'reproduction.html'))}"), soft_wrap=True)
    console.print(Text(f"The statement: {one_line(str(folder / 'statement.html'))}"), soft_wrap=True)
