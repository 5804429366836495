"""The command line: parse, call, print, exit code."""

import logging
import os
import sys
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from angelshare import __version__
from angelshare.cli.catalogue import catalogue
from angelshare.cli.options import (
    INTERRUPTED,
    MOST_JOBS,
    AsJson,
    GateRules,
    Identities,
    Jobs,
    Margins,
    Out,
    Redact,
    Slices,
    columns_of,
    folder_of,
    gates_of,
)
from angelshare.cli.progress import progress_for
from angelshare.cli.reproduce import reproduce
from angelshare.cli.suite import suite
from angelshare.cli.summary import finish, print_comparison, show
from angelshare.core.errors import InputError, RecipeError
from angelshare.core.predictions import IDENTITIES
from angelshare.core.shown import one_line
from angelshare.core.task import Role, Task
from angelshare.statement.build import read_statement, regate
from angelshare.statement.comparison import comparison_text
from angelshare.statement.gates import Gate
from angelshare.statement.judging import exit_code
from angelshare.statement.schema import Statement

INPUT_ERROR, INTERNAL_ERROR = 3, 70

app = typer.Typer(
    name="angelshare",
    help="What a language model loses when it is made smaller, how sure that is, and whom it hurts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(catalogue, name="data")
app.command()(suite)
app.command()(reproduce)


@app.command()
def demo(
    out: Out = Path("runs/demo"),
    jobs: Jobs = None,
    redact_texts: Redact = False,  # noqa: FBT002  (typer's options are parameters)
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Run the built-in demo: real weights, embedded texts, no network. Its gate fails on purpose; it ends with 0."""
    statement = _run("demo", out, (), jobs=jobs, redact_texts=redact_texts)
    show(statement, out, as_json=as_json)


@app.command()
def run(  # noqa: PLR0917  (typer's options are parameters)
    recipe: Annotated[str, typer.Argument(help="A built-in recipe (demo, sst2, emotion), or a path to one.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", parser=folder_of, help="The run folder; runs/NAME by default."),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    jobs: Jobs = None,
    redact_texts: Redact = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Carry out a recipe, from data to statement. After an interruption the same command goes on where it stood."""
    from angelshare.recipes.reading import read_recipe

    folder = out or Path("runs") / read_recipe(recipe).name
    statement = _run(recipe, folder, gates_of(margin, gate), jobs=jobs, redact_texts=redact_texts)
    finish(statement, folder, as_json=as_json)


def _run(recipe: str, folder: Path, gates: tuple[Gate, ...], *, jobs: int | None, redact_texts: bool) -> Statement:
    """Carry out a recipe.

    Raises:
        typer.Exit: with 130 after Ctrl-C.
    """
    from angelshare.recipes.reading import read_recipe
    from angelshare.recipes.run import RunSettings, run_recipe

    content = read_recipe(recipe)
    jobs = jobs or min(os.cpu_count() or 1, MOST_JOBS)
    settings = RunSettings(now=datetime.now(UTC), gates=gates, redact_texts=redact_texts, jobs=jobs)
    try:
        return run_recipe(content, folder, settings, progress=progress_for(_stderr()))
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None


@app.command()
def audit(  # noqa: PLR0917  (typer's options are parameters)
    teacher: Annotated[list[str], typer.Option("--teacher", help="A model folder, hub id, or file of predictions.")],
    student: Annotated[
        list[str],
        typer.Option("--student", metavar="[NAME=]PATH", help="The same; several of one name are its seeds."),
    ],
    out: Out,
    baseline: Annotated[
        list[str] | None,
        typer.Option("--baseline", metavar="[NAME=]PATH", help="The student trained on human labels only."),
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Labelled texts: a catalogue name, folder, file or hub id.")
    ] = None,
    split: Annotated[Role, typer.Option("--split", help="Which split of the data.")] = "test",
    audits: Annotated[
        list[str] | None,
        typer.Option("--audit", metavar="NAME", help="By default quality, agreement, calibration, examples."),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    slices: Slices = None,
    identities: Identities = None,
    task: Annotated[Task | None, typer.Option("--task", help="What the models answer.")] = None,
    labels: Annotated[
        str | None,
        typer.Option("--labels", metavar="A,B,...", help="What the outputs mean, in order; also of a model."),
    ] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="id=case_id,...", help="Our names to the prediction files'.")
    ] = None,
    data_columns: Annotated[
        str | None, typer.Option("--data-columns", metavar="text=body,...", help="Our names to the data's.")
    ] = None,
    positive: Annotated[str | None, typer.Option("--positive", help="The positive label of a `score` column.")] = None,
    threshold: Annotated[float | None, typer.Option("--threshold", help="At or above it a score is positive.")] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Raise probabilities of 0 so that KL is finite.")] = False,  # noqa: FBT002
    max_length: Annotated[int | None, typer.Option("--max-length", min=2, help="In tokens.")] = None,
    trust_remote_code: Annotated[bool, typer.Option("--trust-remote-code", help="Let models bring code.")] = False,  # noqa: FBT002
    allow_pickle: Annotated[bool, typer.Option("--allow-pickle", help="Load pickled weights.")] = False,  # noqa: FBT002
    redact_texts: Redact = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Compare a student with its teacher: models, files of predictions, or both."""
    from angelshare.audit.frame.registry import DEFAULT_AUDITS
    from angelshare.data.slices.specs import parse_slice
    from angelshare.recipes.audit import AuditRequest, audit_models
    from angelshare.recipes.observe.sides import parse_side

    request = AuditRequest(
        sides=(
            *(parse_side("teacher", given) for given in teacher),
            *(parse_side("student", given) for given in student),
            *(parse_side("baseline", given) for given in baseline or []),
        ),
        out=out,
        now=datetime.now(UTC),
        data=data,
        split=split,
        audits=tuple(audits or DEFAULT_AUDITS),
        gates=gates_of(margin, gate),
        slices=tuple(parse_slice(given) for given in slices or []),
        identities=tuple(identities or IDENTITIES),
        task=task,
        labels=None if labels is None else tuple(labels.split(",")),
        columns=columns_of(columns),
        data_columns=columns_of(data_columns),
        positive=positive,
        threshold=threshold,
        clip=clip,
        max_length=max_length,
        trust_remote_code=trust_remote_code,
        allow_pickle=allow_pickle,
        redact_texts=redact_texts,
    )
    statement = audit_models(request, progress=progress_for(_stderr()))
    finish(statement, out, as_json=as_json)


@app.command()
def check(
    statement: Annotated[Path, typer.Argument(metavar="DIR", help="A run folder, or a statement.json.")],
    margin: Margins = None,
    gate: GateRules = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Read a statement again and set the exit code; with --margin or --gate by these gates instead of its own."""
    gates = gates_of(margin, gate)
    read = read_statement(statement)
    finish(regate(read, gates) if gates else read, None, as_json=as_json)


@app.command()
def compare(  # noqa: PLR0917  (typer's options are parameters)
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The last release: a run folder, or a statement.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="This release.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", parser=folder_of, help="Folder for the comparison.")
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Hold this release against the last; gates are about each student's change from OLD to NEW."""
    from angelshare.recipes.compare import CompareRequest, compare_releases

    request = CompareRequest(old, new, datetime.now(UTC), out=out, gates=gates_of(margin, gate))
    comparison = compare_releases(request)
    if as_json:
        typer.echo(comparison_text(comparison))
    else:
        print_comparison(Console(), comparison, out)
    raise typer.Exit(exit_code(comparison))


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer calls it)
    """Print the version and end."""
    if wanted:
        typer.echo(f"angelshare {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[  # noqa: FBT002  (typer's options are parameters; this one's callback acts)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What a language model loses when it is made smaller, how sure that is, and whom it hurts."""


def _shown(error: InputError) -> str:
    """Return an error's message on one line, and a recipe's mistakes on one each: names in them forge no others."""
    return "\n".join(map(one_line, error.problems if isinstance(error, RecipeError) else (str(error),)))


def _stderr() -> Console:
    """Return the console that progress and errors go to."""
    return Console(stderr=True)


def main() -> None:
    """Run the command line and end with its exit code."""
    # libraries' own remarks are not ours to pass on; what matters is in the statement
    warnings.simplefilter("ignore")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    for variable in ("HF_HUB_VERBOSITY", "DATASETS_VERBOSITY"):  # they set their levels when they are imported
        os.environ.setdefault(variable, "error")
    try:
        app()
    except InputError as error:
        # messages hold users' data: control and direction characters are shown, not obeyed
        print(f"error: {_shown(error)}", file=sys.stderr)  # noqa: T201
        sys.exit(INPUT_ERROR)
    except OSError as error:
        # a folder that may not be written, a full disk: the user's to mend
        told = f"{error.strerror or error}: {error.filename or ''}"
        print(f"error: {one_line(told)}", file=sys.stderr)  # noqa: T201
        sys.exit(INPUT_ERROR)
    except Exception:  # noqa: BLE001  (the last resort of the process: shown whole, with its own exit code)
        traceback.print_exc()
        print("This is a mistake in angelshare, not in your input.", file=sys.stderr)  # noqa: T201
        sys.exit(INTERNAL_ERROR)
