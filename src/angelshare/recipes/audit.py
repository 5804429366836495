"""An audit of what the user has: models, files of predictions, answers in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from angelshare.audits.frame.registry import DEFAULT_AUDITS, Choice, kinds_of, load_audits, run_audits
from angelshare.core.alignment import Observed
from angelshare.core.audit import Audit, AuditSettings
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import Progress
from angelshare.core.requests import Observations
from angelshare.core.task import Role
from angelshare.core.text import TextBatch
from angelshare.data.predictions.sources import read_prediction_texts
from angelshare.data.slices.slicing import check_slices
from angelshare.data.slices.specs import SliceSpec, columns_of
from angelshare.data.tables.at_hand import TableAtHand
from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.recipes.conclude.places import check_place
from angelshare.recipes.conclude.publish import data_rows, given_row
from angelshare.recipes.conclude.statements import Conclusion, Framing, Measured, concluded
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.observe.observing import Desk, observe_files, observe_texts
from angelshare.recipes.observe.opening import Reading, needs_classes, open_sides
from angelshare.recipes.observe.relabelled import renaming
from angelshare.recipes.observe.seats import Opened
from angelshare.recipes.observe.sides import Side, filter_warnings
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """One call of `angelshare audit`.

    Attributes:
        sides: a teacher, at least one student, baselines.
        out: the folder for the statement and for models' answers.
        now: the statement's time.
        audits: those to run, with their options.
        data, split: the texts, labelled unless no audit needs classifiers; required if any side is a model.
        gates: on every student.
        slices: those to cut, with their word lists loaded.
        reading: how to load models and read files.
        data_columns: our name -> the data's.
        redact_texts: whether users' texts are left out of the statement.
        overwrite: whether a statement of another origin in `out` is replaced; otherwise it is kept in a sub-folder.
    """

    sides: tuple[Side, ...]
    out: Path
    now: datetime
    audits: tuple[Choice, ...] = DEFAULT_AUDITS
    data: str | TableAtHand | None = None
    split: Role = "test"
    gates: tuple[Gate, ...] = ()
    slices: tuple[SliceSpec, ...] = ()
    reading: Reading = field(default_factory=Reading)
    data_columns: dict[str, str] = field(default_factory=dict)
    redact_texts: bool = False
    overwrite: bool = False


def audit_models(request: AuditRequest, *, progress: Progress) -> Statement:
    """Return the loss statement of a comparison, and write it.

    Raises:
        InputError: as `audited`; no statement is written then.
    """
    with locked(request.out):
        return audited(request, progress=progress).write(request.out, overwrite=request.overwrite)


def audited(request: AuditRequest, *, progress: Progress) -> Conclusion:
    """Return the loss statement of a comparison with what it rests on; models' answers are stored in `request.out`.

    Raises:
        InputError: if something cannot be measured, or `out` holds what angelshare did not make and would replace.
    """
    check_place(request.out, (Path(side.source) for side in request.sides if side.answers is None))
    audits = load_audits(request.audits)  # an unknown name is refused before anything is read
    kinds = kinds_of(audits)
    splits = _splits(request, labelled=needs_classes(kinds))
    test = None if splits is None else splits.role(request.split)
    if test is not None:
        check_slices(request.slices, test)
    # everything is opened before anything is scored, so that mistakes show at once
    opened = open_sides(request.sides, request.reading, test, kinds)
    observations = _observe(request, opened, audits, test, progress=progress)
    settings = AuditSettings(in_slices=metrics_in_slices(request.gates))
    results = run_audits(audits, observations, settings)
    panel = observations.at_hand()
    data = [given_row(panel)] if splits is None else data_rows(splits, (request.split,))
    framing = Framing(
        title=f"{panel.data}: {', '.join(student.name for student in panel.students)}",
        now=request.now,
        data=data,
        looked_at=data[0].sha256,
        gates=request.gates,
        notes=(
            *(() if splits is None else splits.card.notes),
            *(said for member in opened if (said := renaming(member.scorer))),
            *panel.remarks,
        ),
        warnings=(
            *(() if splits is None else splits.card.warnings),
            *filter_warnings(request.sides, request.reading.columns.get("label", "")),
        ),
        redact_texts=request.redact_texts,
    )
    return concluded(Measured(opened, {panel.data: observations}, results, request.audits), framing)


def _splits(request: AuditRequest, *, labelled: bool) -> Splits | None:
    """Return the data, with labels if these are needed; None where files of predictions bring all that is needed."""
    if request.data is None:
        return None
    splits = load_splits(
        request.data,
        task=request.reading.task,
        labels=request.reading.labels,
        columns=request.data_columns,
        keep=columns_of(request.slices),
        labelled=labelled,
    )
    return splits.with_roles([request.split])


def _observe(
    request: AuditRequest,
    opened: Sequence[Opened],
    audits: Sequence[Audit[Any]],
    test: TextSet | None,
    *,
    progress: Progress,
) -> Observations:
    """Return what every side answers; files without data bring their texts themselves, if they have any."""
    desk = Desk(request.out, progress)
    if test is not None:
        return observe_texts(opened, audits, test, desk, slices=request.slices)
    return observe_files(_with_texts(opened, request), audits, "predictions", desk, slices=request.slices)


def _with_texts(opened: Sequence[Opened], request: AuditRequest) -> list[Opened]:
    """Return the sides, the first with the texts that files bring; without, unless every item has one."""
    first, *others = opened
    if "scores" not in first.held:
        return list(opened)
    held: Observed[Predictions] = first.held["scores"]
    ids = held.items.ids.tolist()
    known: dict[str, str] = {}
    for side in request.sides:
        columns, threshold = request.reading.columns, request.reading.threshold
        known |= read_prediction_texts(side.answers or side.source, columns=columns, threshold=threshold) or {}
        if all(item in known for item in ids):
            items = replace(held.items, texts=TextBatch(tuple(known[item] for item in ids)))
            return [replace(first, held={"scores": replace(held, items=items)}), *others]
    return list(opened)
