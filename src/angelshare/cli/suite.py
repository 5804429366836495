"""The command that runs a suite of test sets."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from angelshare.cli.options import AsJson, GateRules, Identities, Margins, Redact, folder_of, gates_of
from angelshare.cli.progress import progress_for
from angelshare.cli.summary import finish
from angelshare.core.predictions import IDENTITIES
from angelshare.data.suites.gathering import SuiteScale


def suite(  # noqa: PLR0917  (typer's options are parameters)
    name: Annotated[str, typer.Argument(metavar="SUITE", help="A suite known by name, such as lost-in-distillation.")],
    teacher: Annotated[list[str], typer.Option("--teacher", help="A model folder or hub id.")],
    student: Annotated[
        list[str],
        typer.Option("--student", metavar="[NAME=]PATH", help="The same; several of one name are its seeds."),
    ],
    baseline: Annotated[
        list[str] | None,
        typer.Option("--baseline", metavar="[NAME=]PATH", help="The student trained on human labels only."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", parser=folder_of, help="Folder for the statement; runs/SUITE by default."
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", help="Labelled texts whose test split is the in-domain set; several are joined."),
    ] = None,
    scale: Annotated[
        SuiteScale, typer.Option("--scale", help="tiny: generated sets only. small: local copies. paper: the hub's.")
    ] = "small",
    labels: Annotated[
        str | None, typer.Option("--labels", metavar="A,B", help="What the models' outputs mean, in order.")
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    identities: Identities = None,
    max_length: Annotated[int | None, typer.Option("--max-length", min=2, help="In tokens.")] = None,
    trust_remote_code: Annotated[bool, typer.Option("--trust-remote-code", help="Let models bring code.")] = False,  # noqa: FBT002
    allow_pickle: Annotated[bool, typer.Option("--allow-pickle", help="Load pickled weights.")] = False,  # noqa: FBT002
    redact_texts: Redact = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Compare models on all sets of a suite at once: one statement, with every model on every set in one table."""
    from angelshare.recipes.observe.sides import parse_side
    from angelshare.recipes.suite_statement import SuiteRequest, run_suite

    folder = out or Path("runs") / name
    request = SuiteRequest(
        name=name,
        sides=(
            *(parse_side("teacher", given) for given in teacher),
            *(parse_side("student", given) for given in student),
            *(parse_side("baseline", given) for given in baseline or []),
        ),
        out=folder,
        now=datetime.now(UTC),
        scale=scale,
        data=tuple(data or ()),
        labels=None if labels is None else tuple(labels.split(",")),
        gates=gates_of(margin, gate),
        identities=tuple(identities or IDENTITIES),
        max_length=max_length,
        trust_remote_code=trust_remote_code,
        allow_pickle=allow_pickle,
        redact_texts=redact_texts,
    )
    statement = run_suite(request, progress=progress_for(Console(stderr=True)))
    finish(statement, folder, as_json=as_json)
