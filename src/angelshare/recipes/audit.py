"""Audit what the user has at hand: models, files of predictions, or both."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from angelshare.audit.suite import DEFAULT_AUDITS, run_audits
from angelshare.core.errors import InputError
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import TEST, AuditSettings, ModelCard, Observations, Progress, Scorer
from angelshare.core.task import ModelRole, Role, Task
from angelshare.core.text import TextBatch
from angelshare.data.loading import load_splits
from angelshare.data.prediction_files import attach_truth, read_population, read_prediction_texts
from angelshare.data.tables import TABLE_SUFFIXES
from angelshare.data.textset import Splits, TextSet
from angelshare.recipes.environment import environment
from angelshare.recipes.looks import count_look
from angelshare.recipes.panel import (
    Seat,
    Seated,
    assemble,
    check_labels,
    entries,
    observe_panels,
    observed,
    score_request,
)
from angelshare.recipes.publish import data_rows, given_row, publish
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate
from angelshare.statement.schema import Statement


@dataclass(frozen=True, slots=True)
class Side:
    """What the user gave for one role.

    Attributes:
        role: in the comparison.
        name: of the population; several sides of one name are its seeds, and so are several students without a name.
        source: a model folder, a folder of seed-* folders, a hub id, or a file of predictions.
    """

    role: ModelRole
    name: str | None
    source: str

    @property
    def is_file(self) -> bool:
        """Whether it is a file of predictions."""
        return Path(self.source).suffix.lower() in TABLE_SUFFIXES


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """One call of `angelshare audit`.

    Attributes:
        sides: a teacher, at least one student, baselines.
        out: where the statement goes.
        now: the time that it bears.
        data, split: the labelled texts; needed as soon as one side is a model.
        gates: on every student.
        task, labels: declared; else the data's or the models'.
        columns: our names to those of the files of predictions. data_columns: to those of the data.
        positive, threshold, clip: how files of predictions are to be read.
        max_length, trust_remote_code, allow_pickle: how models are to be loaded.
        redact_texts: leave users' texts out of the statement.
    """

    sides: tuple[Side, ...]
    out: Path
    now: datetime
    data: str | None = None
    split: Role = "test"
    gates: tuple[Gate, ...] = ()
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


def parse_side(role: ModelRole, given: str) -> Side:
    """Return a side from `PATH` or `NAME=PATH`."""
    name, separator, source = given.partition("=")
    if separator and name and not Path(given).exists():
        return Side(role, name, source)
    return Side(role, None, given)


def audit_models(request: AuditRequest, *, progress: Progress) -> Statement:
    """Return the loss statement of a comparison, and write it.

    Raises:
        InputError: for anything that cannot be measured; no statement is written then.
    """
    splits = _splits(request)
    test = None if splits is None else splits.role(request.split)
    # everything is opened before anything is scored, so that a mistake shows at once
    opened = [one for group in _grouped(request.sides) for one in _open(group, request, test)]
    observations = _observe(opened, request, test, progress=progress)
    panel = observations[TEST]
    rows = [given_row(panel)] if splits is None else data_rows(splits, (request.split,))
    statement = build_statement(
        results=run_audits(DEFAULT_AUDITS, observations, AuditSettings()),
        models=entries(((one.seat, one.card) for one in opened), panel),
        data=rows,
        gates=request.gates,
        margins={},
        recipe={},
        environment=environment(),
        created=request.now,
        title=f"{panel.data}: {', '.join(student.name for student in panel.students)}",
        test_looks=count_look(request.out, rows[0].sha256, [one.card.fingerprint for one in opened]),
        notes=() if splits is None else splits.card.notes,
        redact_texts=request.redact_texts,
    )
    publish(statement, request.out)
    return statement


@dataclass(frozen=True, slots=True)
class _Group:
    """The sources of one population."""

    role: ModelRole
    name: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """One member: a model that will read the texts, or the predictions that a file holds."""

    seat: Seat
    card: ModelCard
    scorer: Scorer | None
    predictions: Predictions | None


def _splits(request: AuditRequest) -> Splits | None:
    """Return the labelled data; None where files of predictions bring all that is needed.

    Raises:
        InputError: if a model has no texts to read.
    """
    if request.data is not None:
        splits = load_splits(request.data, task=request.task, labels=request.labels, columns=request.data_columns)
        return splits.with_roles([request.split])
    for side in request.sides:
        if not side.is_file:
            raise InputError(
                f"The {side.role} {side.source} is a model, and there are no texts for it to read. Give --data."
            )
    return None


def _grouped(sides: tuple[Side, ...]) -> list[_Group]:
    """Return one group per population.

    All teachers are one population. Students without a name are the seeds of one, called after its file or folder if
    there is just one. A baseline without a name belongs to the only student.

    Raises:
        InputError: if there is no student, if a source is given twice, or if it cannot be told which student a baseline
            belongs to.
    """
    for side in sides:
        if sum((other.role, other.source) == (side.role, side.source) for other in sides) > 1:
            raise InputError(f"The {side.role} {side.source} is given more than once. Give each of its seeds once.")
    nameless = [side for side in sides if side.role == "student" and side.name is None]
    called = Path(nameless[0].source).stem if len(nameless) == 1 else "student"
    names = {"teacher": "teacher", "student": called}
    students = dict.fromkeys(side.name or called for side in sides if side.role == "student")
    if not students:
        raise InputError("There is no student to compare with the teacher. Give --student.")
    groups: dict[tuple[ModelRole, str], list[Side]] = {}
    for side in sides:
        if side.role == "baseline" and side.name is None and len(students) > 1:
            raise InputError(
                f"Which of the students {', '.join(students)} has the baseline {side.source}? "
                "Name it: --baseline STUDENT=PATH."
            )
        name = "teacher" if side.role == "teacher" else side.name or names.get(side.role, next(iter(students)))
        groups.setdefault((side.role, name), []).append(side)
    return [_Group(role, name, tuple(members)) for (role, name), members in groups.items()]


def _open(group: _Group, request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
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


def _open_models(group: _Group, request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
    """Yield the members of a population of models."""
    from angelshare.models.checkpoint import load_scorer

    assert test is not None, "a model without data was refused"
    fingerprints: list[str] = []
    folders = _seed_folders(group)
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
        check_labels(seat.member, scorer.card.labels, test)
        fingerprints.append(scorer.card.fingerprint)
        _refuse_copies(group, fingerprints, [folder for _, folder in folders])
        yield _Opened(seat, scorer.card, scorer, None)


def _refuse_copies(group: _Group, contents: Sequence[str], sources: Sequence[str]) -> None:
    """Refuse two equal members: a copy is no second seed, and makes the spread over seeds look small.

    Raises:
        InputError: naming both.
    """
    first: dict[str, str] = {}
    for content, source in zip(contents, sources, strict=False):
        if content in first:
            raise InputError(
                f"{first[content]} and {source} hold the same {group.role} {group.name}. Give each of its seeds once."
            )
        first[content] = source


def _seed_folders(group: _Group) -> Sequence[tuple[int | None, str]]:
    """Return the seeds and folders of a population: the seed-* folders of its sources, or the sources in order.

    Raises:
        InputError: if two sources have the same seed, or only some have seed-* folders.
    """
    found: dict[int, str] = {}
    plain: list[str] = []
    for side in group.sides:
        folders = [f for f in Path(side.source).glob("seed-*") if f.name.removeprefix("seed-").isdecimal()]
        for folder in folders:
            seed = int(folder.name.removeprefix("seed-"))
            if seed in found:
                raise InputError(
                    f"Both {found[seed]} and {folder} are seed {seed} of {group.name}. Name the populations: NAME=PATH."
                )
            found[seed] = str(folder)
        if not folders:
            plain.append(side.source)
    if found and plain:
        raise InputError(f"{plain[0]} has no seed-* folders, {group.name}'s other sources do. Give each seed's folder.")
    if len(plain) == 1:
        return [(None, plain[0])]
    return sorted(found.items()) or list(enumerate(plain))


def _open_files(group: _Group, files: list[str], request: AuditRequest, test: TextSet | None) -> Iterator[_Opened]:
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
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
    _refuse_copies(group, [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files], files)
    for member in population.members:
        known = member if test is None else attach_truth(member, test)
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
        yield _Opened(seat, card, None, replace(known, name=seat.member))


def _observe(
    opened: Sequence[_Opened], request: AuditRequest, test: TextSet | None, *, progress: Progress
) -> Observations:
    """Return the panels that the audits ask for: of texts of their own only where every side is a model."""
    scorers = [(one.seat, one.scorer) for one in opened if one.scorer is not None]
    root = request.out / "observations"
    if test is not None and len(scorers) == len(opened):
        return observe_panels(scorers, test, DEFAULT_AUDITS, AuditSettings(), root=root, progress=progress)
    seated = []
    for one in opened:
        predictions = one.predictions
        if one.scorer is not None:
            assert test is not None, "a model without data was refused"
            predictions = observed(one.seat, one.scorer, score_request(test), test, root=root, progress=progress)
        assert predictions is not None
        seated.append(Seated(one.seat, one.card, predictions))
    texts = _file_texts(seated, request) if test is None else _in_order(test, seated)
    return {TEST: assemble(seated, data="predictions" if test is None else test.name, texts=texts)}


def _in_order(test: TextSet, seated: Sequence[Seated]) -> TextBatch:
    """Return the texts in the order of the first member's items."""
    position = {item: i for i, item in enumerate(test.ids)}
    return test.batch.take([position[str(item)] for item in seated[0].predictions.ids])


def _file_texts(seated: Sequence[Seated], request: AuditRequest) -> TextBatch | None:
    """Return the texts that files of predictions bring; None unless every item has one."""
    known: dict[str, str] = {}
    for side in request.sides:
        known |= read_prediction_texts(side.source, columns=request.columns) or {}
    ids = [str(item) for item in seated[0].predictions.ids]
    return TextBatch(tuple(known[item] for item in ids)) if all(item in known for item in ids) else None
