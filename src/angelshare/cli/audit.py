"""The command that compares a student with its teacher."""

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
    Overwrite,
    Redact,
    Slices,
    Students,
    TrustRemoteCode,
    columns_of,
    gates_of,
    labels_of,
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
    split: Annotated[Role, typer.Option("--split", help="The split of the data.")] = "test",
    task: Annotated[Task | None, typer.Option("--task", help="The task of the models.")] = None,
    audits: Annotated[
        list[str] | None,
        typer.Option(
            "--audit",
            metavar="NAME[:OPTION=VALUE,...]",
            help="One of {audits}; by default quality, agreement, calibration and examples.",
        ),
    ] = None,
    margin: Margins = None,
    gate: GateRules = None,
    slices: Slices = None,
    identities: Identities = None,
    labels: LabelNames = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="OURS=THEIRS,...", help="Columns of files of predictions, as in id=case_id."),
    ] = None,
    data_columns: Annotated[
        str | None,
        typer.Option("--data-columns", metavar="OURS=THEIRS,...", help="Columns of the data, as in text=body."),
    ] = None,
    positive: Annotated[
        str | None, typer.Option("--positive", metavar="LABEL", help="The positive label of a `score` column.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", metavar="NUMBER", help="The score from which an item is positive.")
    ] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Raise probabilities of 0 so that KL is finite.")] = False,
    max_length: MaxLength = None,
    trust_remote_code: TrustRemoteCode = False,
    allow_pickle: AllowPickle = False,
    redact_texts: Redact = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Compare students with their teacher, given as models or files.

    Files of predictions and logs of lm-evaluation-harness and inspect_ai need no --data, no network and no torch.
    """
    from angelshare.api.auditing import audit
    from angelshare.cli.progress import shown_progress
    from angelshare.cli.summary import finish

    with shown_progress() as progress:
        statement = audit(
            teacher,
            student,
            baseline=baseline,
            out=out,
            data=data,
            split=split,
            task=task,
            audits=audits or (),
            gates=gates_of(margin, gate),
            slices=slices or (),
            identities=identities or (),
            labels=labels_of(labels),
            columns=columns_of(columns),
            data_columns=columns_of(data_columns),
            positive=positive,
            threshold=threshold,
            clip=clip,
            max_length=max_length,
            trust_remote_code=trust_remote_code,
            allow_pickle=allow_pickle,
            redact_texts=redact_texts,
            overwrite=overwrite,
            progress=progress,
        )
    finish(statement.content, out, as_json=as_json)
