"""The commands that carry out a recipe: one of your own, or the demo."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from angelshare.cli.options import AsJson, GateRules, Jobs, Margins, Out, Redact, folder_of, gates_of, jobs_of

if TYPE_CHECKING:  # both load what help does not need
    from angelshare.recipes.run import RunSettings
    from angelshare.recipes.schema import Recipe
    from angelshare.statement.schema import Statement


def demo(
    out: Out = Path("runs/demo"), jobs: Jobs = None, redact_texts: Redact = False, as_json: AsJson = False
) -> None:
    """Distil and audit embedded texts with real weights, offline.

    Its gate fails on purpose, and the exit code is 0 all the same.
    """
    from angelshare.cli.summary import show
    from angelshare.recipes.reading import read_recipe
    from angelshare.recipes.run import RunSettings

    settings = RunSettings(now=datetime.now(UTC), redact_texts=redact_texts, jobs=jobs_of(jobs))
    show(_carried_out(read_recipe("demo"), out, settings), out, as_json=as_json)


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A built-in recipe ({recipes}), or a file.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", parser=folder_of, help="The run folder; runs/NAME by default."),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    jobs: Jobs = None,
    redact_texts: Redact = False,
    as_json: AsJson = False,
) -> None:
    """Carry out a recipe, from data to statement.

    Teacher, transfer set, students and baselines, audits. After an interruption the same command goes on where it
    stood.
    """
    from angelshare.cli.summary import finish
    from angelshare.recipes.reading import read_recipe

    content, gates = read_recipe(recipe), gates_of(margin, gate)

    # mistakes show before the networks are loaded, which takes seconds
    from angelshare.recipes.run import RunSettings

    folder = out or Path("runs") / content.name
    settings = RunSettings(now=datetime.now(UTC), gates=gates, redact_texts=redact_texts, jobs=jobs_of(jobs))
    finish(_carried_out(content, folder, settings), folder, as_json=as_json)


def _carried_out(content: "Recipe", folder: Path, settings: "RunSettings") -> "Statement":
    """Return the statement of a run."""
    from angelshare.cli.progress import resumable
    from angelshare.recipes.run import run_recipe

    with resumable() as progress:
        return run_recipe(content, folder, settings, progress=progress)
