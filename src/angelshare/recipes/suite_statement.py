"""One loss statement of existing models on all sets of a suite."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from angelshare.audits.frame.registry import Choice
from angelshare.core.audit import AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress
from angelshare.core.task import SuiteScale
from angelshare.data.suites.gathering import IN_DOMAIN, SuiteSet, read_joined, suite_spec
from angelshare.recipes.conclude.places import check_place
from angelshare.recipes.conclude.statements import Framing, Measured, conclude
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.folder.stages import digest
from angelshare.recipes.observe.observing import Desk
from angelshare.recipes.observe.opening import Reading, open_sides
from angelshare.recipes.observe.relabelled import renaming
from angelshare.recipes.observe.seats import Opened
from angelshare.recipes.observe.sides import Side
from angelshare.recipes.suite import (
    cards_of,
    gather_suite,
    notes_of,
    observe_suite,
    suite_results,
    suite_rows,
    warnings_of,
)
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement

SEEN_BEFORE = "Whether these models were trained on texts of these sets is not known here; a recipe keeps them apart."


@dataclass(frozen=True, slots=True)
class SuiteRequest:
    """One call of `angelshare suite`.

    Attributes:
        name, scale: of the suite.
        sides: a teacher, students and baselines, all of them models.
        out: the folder for the statement. now: the statement's time.
        data: sets whose joined test splits replace the suite's in-domain set.
        gates: on every student.
        reading: how to load models, and the labels of their outputs.
        audits: audits of the suite with options other than the defaults.
        redact_texts: whether texts are left out of the statement.
        overwrite: whether a statement of another origin in `out` is replaced; otherwise it is kept in a sub-folder.
    """

    name: str
    sides: tuple[Side, ...]
    out: Path
    now: datetime
    scale: SuiteScale = "small"
    data: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    reading: Reading = field(default_factory=Reading)
    audits: tuple[Choice, ...] = ()
    redact_texts: bool = False
    overwrite: bool = False


def run_suite(request: SuiteRequest, *, progress: Progress) -> Statement:
    """Return one loss statement for all sets of a suite, and write it.

    Raises:
        InputError: if something cannot be measured; then no statement is written.
    """
    check_place(request.out)
    with locked(request.out):
        return _concluded(request, progress)


def _concluded(request: SuiteRequest, progress: Progress) -> Statement:
    """Return the statement, written."""
    splits = read_joined(request.data) if request.data else None
    gathered = gather_suite(suite_spec(request.name), request.scale, splits)
    opened = _opened(request, gathered.sets[0])
    seen = observe_suite(opened, gathered.sets, Desk(request.out, progress), request.audits)
    settings = AuditSettings(in_slices=metrics_in_slices(request.gates))
    results = suite_results(
        gathered, seen, settings, cards=cards_of(opened), gates=request.gates, chosen=request.audits
    )
    rows = suite_rows(gathered.sets)
    students = dict.fromkeys(member.seat.population for member in opened if member.seat.role == "student")
    framing = Framing(
        title=f"{request.name}: {', '.join(students)}",
        now=request.now,
        data=rows,
        looked_at=digest([row.sha256 for row in rows]),
        gates=request.gates,
        recipe={"suite": request.name, "scale": request.scale},
        notes=(
            *notes_of(gathered.sets),
            *(said for member in opened if (said := renaming(member.scorer))),
            SEEN_BEFORE,
        ),
        warnings=warnings_of(gathered.sets),
        redact_texts=request.redact_texts,
    )
    at_home = gathered.sets[0].spec.name == IN_DOMAIN
    return conclude(
        Measured(opened, seen, results, judges_learning=at_home), framing, request.out, overwrite=request.overwrite
    )


def _opened(request: SuiteRequest, first: SuiteSet) -> tuple[Opened, ...]:
    """Return every model, opened.

    Raises:
        InputError: if a side is a file.
    """
    for side in request.sides:
        if side.is_file:
            raise InputError(
                f"The {side.role} {side.source} is a file of predictions, and a suite has texts for models to read. "
                "Give a model, or audit the files of each set by themselves."
            )
    return open_sides(request.sides, request.reading, first.texts)
