"""The command that reproduces a paper."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from angelshare.cli.options import AsJson, Jobs, Overwrite, Redact
from angelshare.core.atomic import folder_of
from angelshare.core.task import SuiteScale


def reproduce(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="One of {papers}.")],
    scale: Annotated[
        SuiteScale,
        typer.Option("--scale", help="tiny: minutes, generated texts. small: local data, two cores. paper: GPUs, hub."),
    ] = "small",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", parser=folder_of, help="The folder of the study; by default runs/PAPER-SCALE."
        ),
    ] = None,
    jobs: Jobs = None,
    redact_texts: Redact = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Carry out a paper's study and test its claims.

    After an interruption, the same command resumes the work.
    """
    from rich.console import Console

    from angelshare.api.running import jobs_of
    from angelshare.cli.progress import shown_progress
    from angelshare.cli.summary import print_reproduction
    from angelshare.recipes.reproduce import reproduce as carry_out
    from angelshare.recipes.studies.run import StudyRequest
    from angelshare.statement.reproduction import reproduction_text

    folder = out or Path("runs") / f"{paper}-{scale}"
    request = StudyRequest(
        scale, folder, datetime.now(UTC), jobs=jobs_of(jobs), redact_texts=redact_texts, overwrite=overwrite
    )
    with shown_progress() as progress:
        reproduction = carry_out(paper, request, progress=progress)
    if as_json:
        typer.echo(reproduction_text(reproduction))
    else:
        print_reproduction(Console(), reproduction, folder)
