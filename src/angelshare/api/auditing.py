"""A teacher and its students compared: what `ash.audit` and `angelshare audit` do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

from angelshare.api.answers import Desk, members_of, refuse_outputs_of_nobody, side_of
from angelshare.api.arrays import refuse_other_index
from angelshare.api.asked import AuditWish, GateWish, audits_of, gates_of
from angelshare.api.kinds import Data, Model, Models, Values
from angelshare.api.labels import declared_labels, labels_in_memory
from angelshare.api.rows import DATA, Rows, rows_of
from angelshare.api.statement import Statement
from angelshare.audits.frame.registry import DEFAULT_AUDITS
from angelshare.core.atomic import folder_of
from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress, Silent
from angelshare.core.task import N_BINARY, Outputs, Role, Task
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.recipes.audit import AuditRequest, audited
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import Side


def audit(
    teacher: Model | Sequence[Model],
    student: Models,
    *,
    baseline: Models | None = None,
    data: Data | None = None,
    split: Role = "test",
    task: Task | None = None,
    labels: Sequence[str] | None = None,
    outputs: Outputs | Mapping[str, Outputs] | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    clip: bool = False,
    slices: Mapping[str, Values] | Sequence[str] | str = (),
    clusters: Values | None = None,
    weights: Values | None = None,
    audits: AuditWish | Sequence[AuditWish] = (),
    identities: Sequence[str] = (),
    gates: GateWish | Sequence[GateWish] | Mapping[str, float] = (),
    columns: Mapping[str, str] | None = None,
    data_columns: Mapping[str, str] | None = None,
    max_length: int | None = None,
    trust_remote_code: bool = False,
    allow_pickle: bool = False,
    redact_texts: bool = False,
    overwrite: bool = False,
    out: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Statement:
    """Compare students with their teacher, as models or by what they answered.

    Example:
        Two arrays of probabilities, a column for each label, and the right answers as positions of labels:

        >>> import numpy as np
        >>> import angelshare as ash
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.integers(2, size=2000)
        >>> sure = np.clip(0.5 + (truth - 0.5) * 0.6 + rng.normal(0, 0.2, 2000), 0, 1)
        >>> unsure = np.clip(sure + rng.normal(0, 0.2, 2000), 0, 1)
        >>> statement = ash.audit(sure, unsure, data=truth, task="binary", outputs="probabilities")
        >>> statement.check("accuracy >= -0.01").state
        'lost'

    A model is one of

    - an array or series: labels that were decided for (1-d), or numbers that `outputs` says what they are: a column for
      every label in the order of `labels` (of a binary task one for the second label), a ranking score, values;
    - a data frame with the columns of a file of predictions (`id`, `logit:LABEL`, ...; docs/prediction-files.md), or
      with a column for each label and `outputs`;
    - the path of such a file or of a log of evaluation, a model folder, a hub id;
    - a network in memory with its tokenizer, `(model, tokenizer)`, or a text-classification pipeline.

    Answers in memory without ids are those of the items of `data`, row by row.

    Args:
        teacher: a model, or a list of its seeds.
        student: a model, a list of its seeds, or name -> any of these.
        baseline: the students trained on human labels only, under the students' names.
        data: human labels, row by row; or a data frame of them (`truth`) with `slice:NAME`, `cluster`, `weight` and
            further columns; or labelled texts (`text`, `label`), which models need: a data frame, file, folder, hub id,
            or a name that `angelshare data list` knows. Missing labels are unlabelled items; `perplexity` and `seat`
            need none.
        split: which part of labelled texts.
        task: what the models answer; of texts and files that say it themselves, theirs.
        labels: names in the order of columns and positions; by default those of the data, else the positions.
        outputs: what numbers in memory are; by student or role where they differ.
        positive: the label that a score is about; by default the second.
        threshold: at or above it a score is positive.
        clip: raise probabilities of 0, so that KL is finite.
        slices: name -> mask, or as on the command line, such as `column=source` and `length:quantiles=4`.
        clusters: which items belong together, as names or numbers.
        weights: how many items each one stands for.
        audits: names, or `{"kind": "speed", "n_texts": 200}`; by default quality, agreement, calibration and examples.
        identities: which slices are identities for `identity_auc`, as patterns.
        gates: rules such as "auc[slice=women] >= -0.01", or metric -> margin.
        columns: the house's names of columns to those of files and frames of answers.
        data_columns: the same for the data.
        max_length: where models cut texts, in tokens.
        trust_remote_code: let models bring code.
        allow_pickle: load pickled weights, which can run code.
        redact_texts: leave users' texts out of the statement.
        overwrite: replace a statement of another origin in `out`, which is otherwise kept in a sub-folder.
        out: a folder for the statement and all that leads to it, as `angelshare audit` writes it. Without it nothing is
            kept, and this look at the test split is not counted until the statement is saved.
        progress: told about long steps.

    Raises:
        InputError: for anything that cannot be measured, in one sentence or two.
    """
    members = [*members_of("teacher", teacher), *members_of("student", student)]
    members += [] if baseline is None else members_of("baseline", baseline)
    rows = rows_of(data, slices=slices, clusters=clusters, weights=weights, columns=data_columns or {})
    refuse_other_index({DATA: data} | {each.called: each.what for each in members})
    choices = audits_of(audits, identities) or audits_of(DEFAULT_AUDITS, identities)
    rules = gates_of(gates)
    with TemporaryDirectory(prefix="angelshare-") as scratch:
        refuse_outputs_of_nobody(outputs, members)
        desk = Desk(task, outputs, columns or {}, Path(scratch))
        sides = [side_of(member, desk) for member in members]
        named = _labels(labels, sides, rows, task, positive)
        request = AuditRequest(
            sides=tuple(_with_rows(sides, rows.under(named, task))),
            out=Path(scratch) if out is None else folder_of(out),
            now=datetime.now(UTC),
            data=rows.data,
            split=split,
            audits=choices,
            gates=rules,
            slices=rows.slices,
            reading=Reading(
                task=task,
                labels=named,
                columns=columns or {},
                positive=positive or _second(named, sides, task),
                threshold=threshold,
                clip=clip,
                max_length=max_length,
                trust_remote_code=trust_remote_code,
                allow_pickle=allow_pickle,
            ),
            data_columns=dict(data_columns or {}),
            redact_texts=redact_texts,
            overwrite=overwrite,
        )
        with locked(request.out):
            conclusion = audited(request, progress=progress or Silent())
            return Statement.concluded(conclusion, None if out is None else request.out, overwrite=overwrite)


def _labels(
    declared: Sequence[str] | None, sides: Sequence[Side], rows: Rows, task: Task | None, positive: str | None
) -> tuple[str, ...] | None:
    """Return the labels, as declared or as answers in memory show them; None: texts or files say them."""
    if declared is not None:
        return declared_labels(declared)
    if rows.data is not None:
        return None
    answers = [side.answers for side in sides if side.answers is not None]
    truth = None if rows.frame is None or "truth" not in rows.frame.columns else rows.frame["truth"]
    n_truths = 0 if rows.truth is None else rows.truth.shape[1]
    return labels_in_memory(answers, truth, n_truths, task=task, positive=positive)


def _second(labels: Sequence[str] | None, sides: Sequence[Side], task: Task | None) -> str | None:
    """Return the label that scores in memory are about where nobody says: the second of two."""
    scored = any(side.answers is not None and "score" in side.answers.table.frame.columns for side in sides)
    return labels[1] if scored and task == "binary" and labels is not None and len(labels) == N_BINARY else None


def _with_rows(sides: Sequence[Side], rows: Rows) -> Iterator[Side]:
    """Yield the sides, those in memory with what is known of their items.

    Raises:
        InputError: if it is known row by row, and nobody has rows.
    """
    if rows.frame is not None and all(side.answers is None for side in sides):
        raise InputError(
            "Human labels, masks of slices, clusters and weights are given row by row, but no model by answers "
            "in memory. Give them as columns of a data frame with the texts: data=..."
        )
    for side in sides:
        if side.answers is None:
            yield side
        else:
            table = TableAtHand(side.source, rows.joined(side.answers.table.frame, side.source))
            yield replace(side, answers=replace(side.answers, table=table))
