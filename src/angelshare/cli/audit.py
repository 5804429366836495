"""The command that compares a student with its teacher."""

from datetime import UTC, datetime
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
    Out,
    Redact,
    Slices,
    Students,
    TrustRemoteCode,
    audits_of,
    columns_of,
    gates_of,
    labels_of,
    sides_of,
)
from angelshare.core.task import Role, Task


def audit(
    teacher: Annotated[
        list[str],
        typer.Option("--teacher", metavar="PATH", help="A model folder, hub id, or file of predictions."),
    ],
    student: Students,
    out: Out,
    baseline: Baselines = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="DATA",
            help="Labelled texts: folder, file, hub id, or a name from `angelshare data list`.",
        ),
    ] = None,
    split: Annotated[Role, typer.Option("--split", help="Which split of the data.")] = "test",
    task: Annotated[Task | None, typer.Option("--task", help="What the models answer.")] = None,
    audits: Annotated[
        list[str] | None,
        typer.Option(
            "--audit",
            metavar="NAME[:OPTION=VALUE,...]",
            help="Any of {audits}; by default quality, agreement, calibration and examples.",
        ),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    slices: Slices = None,
    identities: Identities = None,
    labels: LabelNames = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="OURS=THEIRS,...", help="Columns of the files of predictions: id=case_id."),
    ] = None,
    data_columns: Annotated[
        str | None, typer.Option("--data-columns", metavar="OURS=THEIRS,...", help="Columns of the data: text=body.")
    ] = None,
    positive: Annotated[
        str | None, typer.Option("--positive", metavar="LABEL", help="The positive label of a `score` column.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", metavar="NUMBER", help="At or above it a score is positive.")
    ] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Raise probabilities of 0 so that KL is finite.")] = False,
    max_length: MaxLength = None,
    trust_remote_code: TrustRemoteCode = False,
    allow_pickle: AllowPickle = False,
    redact_texts: Redact = False,
    as_json: AsJson = False,
) -> None:
    """Compare students with their teacher, as models or as files.

    Files of predictions and logs of lm-evaluation-harness and inspect_ai need no --data, no network and no torch.
    """
    from angelshare.audits.frame.registry import DEFAULT_AUDITS
    from angelshare.cli.progress import resumable
    from angelshare.cli.summary import finish
    from angelshare.data.slices.specs import parse_slice
    from angelshare.recipes.audit import AuditRequest, audit_models
    from angelshare.recipes.observe.opening import Reading

    request = AuditRequest(
        sides=sides_of(teacher, student, baseline or []),
        out=out,
        now=datetime.now(UTC),
        data=data,
        split=split,
        audits=audits_of(audits, identities) or DEFAULT_AUDITS,
        gates=gates_of(margin, gate),
        slices=tuple(parse_slice(given) for given in slices or []),
        reading=Reading(
            task=task,
            labels=labels_of(labels),
            columns=columns_of(columns),
            positive=positive,
            threshold=threshold,
            clip=clip,
            max_length=max_length,
            trust_remote_code=trust_remote_code,
            allow_pickle=allow_pickle,
        ),
        data_columns=columns_of(data_columns),
        redact_texts=redact_texts,
    )
    with resumable() as progress:
        statement = audit_models(request, progress=progress)
    finish(statement, out, as_json=as_json)
