"""The command that runs a suite of test sets."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from angelshare.cli.options import (
    AllowPickle,
    AsJson,
    Baselines,
    GateRules,
    Identities,
    LabelNames,
    Margins,
    MaxLength,
    Overwrite,
    Redact,
    Students,
    Teacher,
    TrustRemoteCode,
    gates_of,
    labels_of,
    sides_of,
)
from angelshare.core.atomic import folder_of
from angelshare.core.task import SuiteScale


def suite(
    name: Annotated[str, typer.Argument(metavar="SUITE", help="One of {suites}.")],
    teacher: Teacher,
    student: Students,
    baseline: Baselines = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", parser=folder_of, help="Folder for the statement; by default runs/SUITE."
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data", metavar="DATA", help="Labelled texts whose test split is the in-domain set; several are joined."
        ),
    ] = None,
    scale: Annotated[
        SuiteScale, typer.Option("--scale", help="tiny: generated sets only. small: local copies. paper: the hub's.")
    ] = "small",
    labels: LabelNames = None,
    margin: Margins = None,
    gate: GateRules = None,
    identities: Identities = None,
    max_length: MaxLength = None,
    trust_remote_code: TrustRemoteCode = False,
    allow_pickle: AllowPickle = False,
    redact_texts: Redact = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Compare models on all test sets of a suite at once.

    The result is one statement, with every model on every set in one table.
    """
    from angelshare.api.asked import audits_of
    from angelshare.cli.progress import shown_progress
    from angelshare.cli.summary import finish
    from angelshare.recipes.observe.opening import Reading
    from angelshare.recipes.suite_statement import SuiteRequest, run_suite

    folder = out or Path("runs") / name
    request = SuiteRequest(
        name=name,
        sides=sides_of(teacher, student, baseline or []),
        out=folder,
        now=datetime.now(UTC),
        scale=scale,
        data=tuple(data or ()),
        gates=gates_of(margin, gate),
        reading=Reading(
            labels=labels_of(labels),
            max_length=max_length,
            trust_remote_code=trust_remote_code,
            allow_pickle=allow_pickle,
        ),
        audits=audits_of("identity_auc", identities or ()),
        redact_texts=redact_texts,
        overwrite=overwrite,
    )
    with shown_progress() as progress:
        statement = run_suite(request, progress=progress)
    finish(statement, folder, as_json=as_json)
