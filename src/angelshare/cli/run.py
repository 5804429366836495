"""The commands that carry out a recipe: one of your own, or the demo."""

from pathlib import Path
from typing import Annotated

import typer

from angelshare.cli.options import AsJson, GateRules, Jobs, Margins, Out, Overwrite, Redact, gates_of
from angelshare.core.atomic import folder_of


def demo(
    out: Out = Path("runs/demo"), jobs: Jobs = None, redact_texts: Redact = False, as_json: AsJson = False
) -> None:
    """Distil and audit on built-in texts, with real weights, offline.

    Its gate fails on purpose; the exit code is 0 nevertheless.
    """
    from angelshare.api.running import run
    from angelshare.cli.progress import shown_progress
    from angelshare.cli.summary import show

    with shown_progress() as progress:
        statement = run("demo", out=out, jobs=jobs, redact_texts=redact_texts, progress=progress)
    show(statement.content, statement.folder, as_json=as_json)


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A built-in recipe ({recipes}), or a file.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", parser=folder_of, help="The run folder; by default runs/NAME."),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    jobs: Jobs = None,
    redact_texts: Redact = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Carry out a recipe, from data to statement.

    It makes teacher, transfer set, students and baselines, and audits them. After an interruption, the same command
    resumes the work.
    """
    from angelshare.api.running import run
    from angelshare.cli.progress import shown_progress
    from angelshare.cli.summary import finish

    with shown_progress() as progress:
        gates = gates_of(margin, gate)
        statement = run(
            recipe, out=out, gates=gates, jobs=jobs, redact_texts=redact_texts, overwrite=overwrite, progress=progress
        )
    finish(statement.content, statement.folder, as_json=as_json)
