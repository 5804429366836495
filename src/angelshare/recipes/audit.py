"""Audit what the user has at hand: models, files of predictions, or both."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from angelshare.audit.suite import DEFAULT_AUDITS, run_audits
from angelshare.core.errors import InputError
from angelshare.core.predictions import Panel
from angelshare.core.protocols import TEST, AuditSettings, ModelCard, Progress
from angelshare.core.task import ModelRole, Role, Task
from angelshare.data.loading import load_splits
from angelshare.data.prediction_files import attach_truth, read_population, read_prediction_texts
from angelshare.data.textset import Splits
from angelshare.recipes.environment import environment
from angelshare.recipes.looks import count_look
from angelshare.recipes.panel import Seat, Seated, assemble, entries, observed, score_request
from angelshare.recipes.publish import data_rows, given_row, publish
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate
from angelshare.statement.schema import Statement

DATA_COLUMNS = ("id", "text", "text_pair", "label", "split", "cluster")
TABLE_SUFFIXES = (".parquet", ".csv", ".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Side:
    """What the user gave for one role.

    Attributes:
        role, name: of the population; several sides of one name are its seeds.
        source: a model folder, a folder of seed-* folders, a hub id, or a file of predictions.
    """

    role: ModelRole
    name: str
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
        task, labels, columns, positive, threshold, clip: how files are to be read.
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
    positive: str | None = None
    threshold: float | None = None
    clip: bool = False
    max_length: int | None = None
    trust_remote_code: bool = False
    allow_pickle: bool = False
    redact_texts: bool = False


def parse_side(role: ModelRole, given: str) -> Side:
    """Return a side from `PATH` or `NAME=PATH`; without a name it is called after its file or folder."""
    name, separator, source = given.partition("=")
    if separator and name and not Path(given).exists():
        return Side(role, name, source)
    return Side(role, "teacher" if role == "teacher" else Path(given).stem, given)


def audit_models(request: AuditRequest, *, progress: Progress) -> Statement:
    """Return the loss statement of a comparison, and write it.

    Raises:
        InputError: for anything that cannot be measured; nothing is written then.
    """
    splits = _splits(request)
    seated = [one for side in _grouped(request.sides) for one in _seated(side, request, splits, progress=progress)]
    panel = _panel(seated, request, splits)
    rows = [given_row(panel)] if splits is None else data_rows(splits, (request.split,))
    results = run_audits(DEFAULT_AUDITS, {TEST: panel}, AuditSettings())
    statement = build_statement(
        results=results,
        models=entries(((one.seat, one.card) for one in seated), panel),
        data=rows,
        gates=request.gates,
        margins={},
        recipe={},
        environment=environment(),
        created=request.now,
        title=f"{panel.data}: {', '.join(student.name for student in panel.students)}",
        test_looks=count_look(request.out, rows[0].sha256, [one.card.fingerprint for one in seated]),
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


def _splits(request: AuditRequest) -> Splits | None:
    """Return the labelled data; None where files of predictions bring all that is needed.

    Raises:
        InputError: if a model has no texts to read.
    """
    if request.data is not None:
        columns = {name: column for name, column in request.columns.items() if name in DATA_COLUMNS}
        splits = load_splits(request.data, task=request.task, labels=request.labels, columns=columns)
        return splits.with_roles([request.split])
    for side in request.sides:
        if not side.is_file:
            raise InputError(
                f"The {side.role} {side.source} is a model, and there are no texts for it to read. Give --data."
            )
    return None


def _grouped(sides: tuple[Side, ...]) -> list[_Group]:
    """Return one group per population; a baseline without a name belongs to the only student.

    Raises:
        InputError: if there is no student, or it cannot be told which student a baseline belongs to.
    """
    students = list(dict.fromkeys(side.name for side in sides if side.role == "student"))
    if not students:
        raise InputError("There is no student to compare with the teacher. Give --student.")
    named = []
    for side in sides:
        stray = side.role == "baseline" and side.name not in students
        if stray and len(students) > 1:
            raise InputError(
                f"Which of the students {', '.join(students)} has the baseline {side.source}? "
                "Name it: --baseline STUDENT=PATH."
            )
        named.append(replace(side, name=students[0]) if stray else side)
    keys = dict.fromkeys((side.role, side.name) for side in named)
    return [_Group(*key, tuple(side for side in named if (side.role, side.name) == key)) for key in keys]


def _seated(group: _Group, request: AuditRequest, splits: Splits | None, *, progress: Progress) -> Iterator[Seated]:
    """Yield the members of one population with their predictions.

    Raises:
        InputError: if files of predictions and models are mixed within it.
    """
    files = [side.source for side in group.sides if side.is_file]
    if not files:
        yield from _from_models(group, request, splits, progress=progress)
    elif len(files) == len(group.sides):
        yield from _from_files(group, files, request, splits)
    else:
        raise InputError(
            f"The {group.role} {group.name} is given as files of predictions ({', '.join(files)}) and as models. "
            "Its seeds must be of one sort: give each its own name, NAME=PATH, to compare them."
        )


def _from_models(
    group: _Group, request: AuditRequest, splits: Splits | None, *, progress: Progress
) -> Iterator[Seated]:
    """Yield the members of a population of models, each after it has read the texts."""
    from angelshare.models.checkpoint import load_scorer

    assert splits is not None, "a model without data was refused"
    test = splits.role(request.split)
    folders = [folder for side in group.sides for folder in _seed_folders(side.source)]
    for position, (seed, source) in enumerate(folders):
        seat = Seat(group.role, group.name, position if seed is None and len(folders) > 1 else seed)
        scorer = load_scorer(
            source,
            name=seat.member,
            task=test.task,
            max_length=request.max_length,
            trust_remote_code=request.trust_remote_code,
            allow_pickle=request.allow_pickle,
        )
        root = request.out / "observations"
        yield Seated(seat, scorer.card, observed(seat, scorer, score_request(test), test, root=root, progress=progress))


def _seed_folders(source: str) -> Sequence[tuple[int | None, str]]:
    """Return the seeds and folders of a population: its seed-* folders, or the source itself."""
    seeds = {
        int(folder.name.removeprefix("seed-")): str(folder)
        for folder in Path(source).glob("seed-*")
        if folder.name.removeprefix("seed-").isdecimal()
    }
    return sorted(seeds.items()) if seeds else [(None, source)]


def _from_files(group: _Group, files: list[str], request: AuditRequest, splits: Splits | None) -> Iterator[Seated]:
    """Yield the members of a population of files, with the truth of the data where it is given."""
    test = None if splits is None else splits.role(request.split)
    population = read_population(
        files,
        group.role,
        group.name,
        task=request.task or (None if test is None else test.task),
        columns=request.columns,
        positive=request.positive,
        threshold=request.threshold,
        clip=request.clip,
    )
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
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
        yield Seated(seat, card, replace(known, name=seat.member))


def _panel(seated: list[Seated], request: AuditRequest, splits: Splits | None) -> Panel:
    """Return the aligned panel, with the texts that the data or a file of predictions bring."""
    if splits is not None:
        test = splits.role(request.split)
        position = {item: i for i, item in enumerate(test.ids)}
        order = [position[str(item)] for item in seated[0].predictions.ids]
        return assemble(seated, data=test.name, texts=test.batch.take(order).texts)
    known: dict[str, str] = {}
    for side in request.sides:
        known |= read_prediction_texts(side.source, columns=request.columns) or {}
    ids = [str(item) for item in seated[0].predictions.ids]
    texts = tuple(known[item] for item in ids) if all(item in known for item in ids) else None
    return assemble(seated, data="predictions", texts=texts)
