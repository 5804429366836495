"""Audit what the user has at hand: models, files of predictions, or both."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from angelshare.audit.frame.registry import DEFAULT_AUDITS, load_audits, run_audits
from angelshare.core.alignment import Observed
from angelshare.core.errors import InputError
from angelshare.core.items import IDENTITIES
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, ModelCard, Observations, Progress, Scorer
from angelshare.core.task import Role, Task
from angelshare.core.text import TextBatch
from angelshare.data.predictions.files import attach_truth, read_population, read_prediction_texts
from angelshare.data.slices.slicing import check_slices, sliced
from angelshare.data.slices.specs import SliceSpec, columns_of
from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.data.texts.truth import items_of
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.folder.kept import keep_predictions
from angelshare.recipes.folder.looks import count_look
from angelshare.recipes.folder.publish import data_rows, given_row, publish
from angelshare.recipes.observe.panel import Seat, Seated, answers, assemble, check_labels, entries, observe_panels
from angelshare.recipes.observe.relabelled import relabelled, renaming
from angelshare.recipes.observe.sides import Side, SideGroup, filter_warnings, grouped, refuse_copies, seed_folders
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """One call of `angelshare audit`.

    Attributes:
        sides: a teacher, at least one student, baselines.
        out: where the statement goes.
        now: the time that it bears.
        audits: names.
        data, split: the labelled texts; needed as soon as one side is a model.
        gates: on every student.
        slices: to be cut, word lists loaded.
        identities: patterns of the names of slices that are identities.
        task, labels: declared; else the data's or the models'. A model's outputs are read under these labels.
        columns: our names to those of the files of predictions. data_columns: to those of the data.
        positive, threshold, clip: how files of predictions are to be read.
        max_length, trust_remote_code, allow_pickle: how models are to be loaded.
        redact_texts: leave users' texts out of the statement.
    """

    sides: tuple[Side, ...]
    out: Path
    now: datetime
    audits: tuple[str, ...] = DEFAULT_AUDITS
    data: str | None = None
    split: Role = "test"
    gates: tuple[Gate, ...] = ()
    slices: tuple[SliceSpec, ...] = ()
    identities: tuple[str, ...] = IDENTITIES
    task: Task | None = None
    labels: tuple[str, ...] | None = None
    columns: dict[str, str] = field(default_factory=dict)
    data_columns: dict[str, str] = field(default_factory=dict)
    positive: str | None = None
    threshold: float | None = None
    clip: bool = False
    max_length: int | None = None
    trust_remote_code: bool = False
    allow_pickle: bool = False
    redact_texts: bool = False

    @property
    def settings(self) -> AuditSettings:
        """Return the settings of the audits: gates on slices want their metrics measured there."""
        return AuditSettings(in_slices=metrics_in_slices(self.gates), identities=self.identities)


def audit_models(request: AuditRequest, *, progress: Progress) -> Statement:
    """Return the loss statement of a comparison, and write it.

    Raises:
        InputError: for anything that cannot be measured; no statement is written then.
    """
    load_audits(request.audits)  # a name that is not known shows before anything is read
    splits = _splits(request)
    test = None if splits is None else splits.role(request.split)
    if test is not None:
        check_slices(request.slices, test)
    # everything is opened before anything is scored, so that a mistake shows at once
    opened = [one for group in grouped(request.sides) for one in _open(group, request, test)]
    observed_panels = _observe(opened, request, test, progress=progress)
    panel = sliced(observed_panels[TEST], request.slices, test)
    observations = {**observed_panels, TEST: panel}
    apart = _time_apart(opened, request, test)
    rows = [given_row(panel)] if splits is None else data_rows(splits, (request.split,))
    statement = build_statement(
        results=run_audits(request.audits, observations, request.settings, apart=apart),
        models=entries(((one.seat, one.card) for one in opened), panel),
        data=rows,
        gates=request.gates,
        margins={},
        recipe={},
        environment=environment(),
        created=request.now,
        title=f"{panel.data}: {', '.join(student.name for student in panel.students)}",
        test_looks=count_look(request.out, rows[0].sha256, [one.card.fingerprint for one in opened]),
        notes=(
            *(() if splits is None else splits.card.notes),
            *(said for one in opened if (said := renaming(one.scorer))),
            *panel.remarks,
        ),
        warnings=(
            *(() if splits is None else splits.card.warnings),
            *filter_warnings(request.sides, request.columns.get("label", "")),
        ),
        redact_texts=request.redact_texts,
    )
    keep_predictions(panel, statement, request.out)
    publish(statement, request.out)
    return statement


@dataclass(frozen=True, slots=True)
class _Opened:
    """One member: a model that will read the texts and where it lies, or the predictions that a file holds."""

    seat: Seat
    card: ModelCard
    scorer: Scorer | None
    observed: Observed[Predictions] | None
    source: str


def _splits(request: AuditRequest) -> Splits | None:
    """Return the labelled data; None where files of predictions bring all that is needed.

    Raises:
        InputError: if a model has no texts to read.
    """
    if request.data is not None:
        splits = load_splits(
            request.data,
            task=request.task,
            labels=request.labels,
            columns=request.data_columns,
            keep=columns_of(request.slices),
        )
        return splits.with_roles([request.split])
    for side in request.sides:
        if not side.is_file:
            raise InputError(
                f"The {side.role} {side.source} is a model, and there are no texts for it to read. Give --data."
            )
    return None


def _open(group: SideGroup, request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
    """Yield the members of one population, loaded.

    Raises:
        InputError: if files of predictions and models are mixed within it.
    """
    files = [side.source for side in group.sides if side.is_file]
    if not files:
        yield from _open_models(group, request, test)
    elif len(files) == len(group.sides):
        yield from _open_files(group, files, request, test)
    else:
        raise InputError(
            f"The {group.role} {group.name} is given as files of predictions ({', '.join(files)}) and as models. "
            "Its seeds must be of one sort: give each its own name, NAME=PATH, to compare them."
        )


def _open_models(group: SideGroup, request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
    """Yield the members of a population of models."""
    from angelshare.models.checkpoint import load_scorer

    assert test is not None, "a model without data was refused"
    fingerprints: list[str] = []
    folders = seed_folders(group)
    for seed, source in folders:
        seat = Seat(group.role, group.name, seed)
        scorer = load_scorer(
            source,
            name=seat.member,
            task=test.task,
            max_length=request.max_length,
            trust_remote_code=request.trust_remote_code,
            allow_pickle=request.allow_pickle,
        )
        scorer = scorer if request.labels is None else relabelled(scorer, request.labels)
        check_labels(seat.member, scorer.card.labels, test)
        fingerprints.append(scorer.card.fingerprint)
        refuse_copies(group, fingerprints, [folder for _, folder in folders])
        yield _Opened(seat, scorer.card, scorer, None, source)


def _open_files(group: SideGroup, files: list[str], request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
    """Yield the members of a population of files, with the truth of the data where it is given."""
    population = read_population(
        files,
        group.role,
        group.name,
        task=request.task or (None if test is None else test.task),
        labels=request.labels or (None if test is None else test.labels),
        columns=request.columns,
        positive=request.positive,
        threshold=request.threshold,
        clip=request.clip,
    )
    contents = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files]
    digest = hashlib.sha256("".join(contents).encode()).hexdigest()
    for given in population.members:
        observed = given if test is None else attach_truth(given, test)
        known = observed.member
        seat = Seat(group.role, group.name, known.seed)
        card = ModelCard(
            name=seat.member,
            task=known.task,
            labels=known.labels,
            fingerprint=known.fingerprint or f"file:{digest}#{known.seed}",
            parent_fingerprint=known.parent_fingerprint,
            precision="not stated",
            kind="file of predictions",
        )
        yield _Opened(seat, card, None, replace(observed, member=replace(known, name=seat.member)), ", ".join(files))


def _observe(
    opened: Sequence[_Opened], request: AuditRequest, test: TextSet | None, *, progress: Progress
) -> Observations:
    """Return the panels that the audits ask for: of texts of their own only where every side is a model."""
    scorers = [(one.seat, one.scorer) for one in opened if one.scorer is not None]
    root = request.out / "observations"
    if test is not None and len(scorers) == len(opened):
        return observe_panels(scorers, test, request.audits, request.settings, root=root, progress=progress)
    seated = []
    for one in opened:
        observed = one.observed
        if one.scorer is not None:
            assert test is not None, "a model without data was refused"
            items = items_of(test)
            observed = Observed(items, answers(one.seat, one.scorer, items, root=root, progress=progress))
        assert observed is not None
        seated.append(Seated(one.seat, one.card, observed))
    if test is None:
        seated[0] = _with_texts(seated[0], request)
    return {TEST: assemble(seated, data="predictions" if test is None else test.name)}


def _time_apart(opened: Sequence[_Opened], request: AuditRequest, test: TextSet | None) -> tuple[AuditResult, ...]:
    """Return the speed of all models, if it is asked for and every side is a model: when nothing else runs any more."""
    scorers = [one.scorer for one in opened if one.scorer is not None]
    if "speed" not in request.audits or test is None or len(scorers) < len(opened):
        return ()
    from angelshare.audit.answers.timing import SpeedSettings
    from angelshare.models.memory import Loading
    from angelshare.recipes.observe.speed import Live, audit_speed

    live = [
        Live(
            one.seat,
            scorer,
            Loading(
                one.source,
                test.task,
                max_length=request.max_length,
                trust_remote_code=request.trust_remote_code,
                allow_pickle=request.allow_pickle,
            ),
        )
        for one, scorer in zip(opened, scorers, strict=True)
    ]
    return (audit_speed(live, test, SpeedSettings(), folder=request.out / "speed"),)


def _with_texts(seated: Seated, request: AuditRequest) -> Seated:
    """Return the first member with the texts that files of predictions bring; without, unless every item has one."""
    items = seated.observed.items
    ids = items.ids.tolist()
    known: dict[str, str] = {}
    for side in request.sides:
        known |= read_prediction_texts(side.source, columns=request.columns, threshold=request.threshold) or {}
        if all(item in known for item in ids):
            texts = TextBatch(tuple(known[item] for item in ids))
            return replace(seated, observed=replace(seated.observed, items=replace(items, texts=texts)))
    return seated
