"""One loss statement for all sets of a suite, of models that are there already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from angelshare.core.errors import InputError
from angelshare.core.items import IDENTITIES
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import TEST, AuditSettings, ModelEntry, Progress, Scorer
from angelshare.core.task import SuiteScale
from angelshare.data.suites.gathering import IN_DOMAIN, SuiteSet, read_joined, suite_spec
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.folder.kept import keep_predictions
from angelshare.recipes.folder.looks import count_look
from angelshare.recipes.folder.publish import publish
from angelshare.recipes.folder.stages import digest
from angelshare.recipes.observe.panel import Seat, check_labels, entries
from angelshare.recipes.observe.relabelled import relabelled, renaming
from angelshare.recipes.observe.sides import Side, grouped, refuse_copies, seed_folders
from angelshare.recipes.suite import (
    cards_of,
    gather_suite,
    notes_of,
    observe_suite,
    suite_results,
    suite_rows,
    warnings_of,
)
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate, metrics_in_slices
from angelshare.statement.schema import Statement

SEEN_BEFORE = "Whether these models were trained on texts of these sets is not known here; a recipe keeps them apart."


@dataclass(frozen=True, slots=True)
class SuiteRequest:
    """One call of `angelshare suite`.

    Attributes:
        name: of the suite. scale: how much of it.
        sides: a teacher, students and baselines, all of them models.
        out: where the statement goes. now: the time that it bears.
        data: whose test split, joined, is the in-domain set; else the suite's own.
        labels: under which the models' outputs are read; None: their own.
        gates: on every student.
        identities: patterns of the names of slices that are identities.
        max_length, trust_remote_code, allow_pickle: how models are to be loaded.
        redact_texts: leave texts out of the statement.
    """

    name: str
    sides: tuple[Side, ...]
    out: Path
    now: datetime
    scale: SuiteScale = "small"
    data: tuple[str, ...] = ()
    labels: tuple[str, ...] | None = None
    gates: tuple[Gate, ...] = ()
    identities: tuple[str, ...] = IDENTITIES
    max_length: int | None = None
    trust_remote_code: bool = False
    allow_pickle: bool = False
    redact_texts: bool = False


def run_suite(request: SuiteRequest, *, progress: Progress) -> Statement:
    """Return one loss statement for all sets of a suite, and write it.

    Raises:
        InputError: for anything that cannot be measured; no statement is written then.
    """
    own = read_joined(request.data) if request.data else None
    gathered = gather_suite(suite_spec(request.name), request.scale, own)
    scorers = list(_opened(request, gathered.sets[0]))
    settings = AuditSettings(in_slices=metrics_in_slices(request.gates), identities=request.identities)
    observations = observe_suite(scorers, gathered.sets, settings, root=request.out / "observations", progress=progress)
    first = observations[gathered.sets[0].texts.name][TEST]
    rows = suite_rows(gathered.sets)
    statement = build_statement(
        results=suite_results(gathered, observations, settings, cards=cards_of(scorers), gates=request.gates),
        models=_models(scorers, first if gathered.sets[0].spec.name == IN_DOMAIN else None),
        data=rows,
        gates=request.gates,
        margins={},
        recipe={"suite": request.name, "scale": request.scale},
        environment=environment(),
        created=request.now,
        title=f"{request.name}: {', '.join(student.name for student in first.students)}",
        test_looks=count_look(
            request.out, digest([row.sha256 for row in rows]), [scorer.card.fingerprint for _, scorer in scorers]
        ),
        notes=(*notes_of(gathered.sets), *(said for _, one in scorers if (said := renaming(one))), SEEN_BEFORE),
        warnings=warnings_of(gathered.sets),
        redact_texts=request.redact_texts,
    )
    keep_predictions(first, statement, request.out)
    publish(statement, request.out)
    return statement


def _models(scorers: Sequence[tuple[Seat, Scorer]], in_domain: Panel[Predictions] | None) -> list[ModelEntry]:
    """Return the statement's list of models; whether one collapsed is only known where it is at home."""
    cards = [(seat, scorer.card) for seat, scorer in scorers]
    if in_domain is not None:
        return entries(cards, in_domain)
    return [ModelEntry(seat.role, seat.population, seat.seed, card) for seat, card in cards]


def _opened(request: SuiteRequest, first: SuiteSet) -> Iterator[tuple[Seat, Scorer]]:
    """Yield every model, loaded, and refuse files and models that answer something else.

    Raises:
        InputError: if a side is no model.
    """
    from angelshare.models.checkpoint import load_scorer

    for group in grouped(request.sides):
        for side in group.sides:
            if side.is_file:
                raise InputError(
                    f"The {side.role} {side.source} is a file of predictions, and a suite has texts for models to "
                    "read. Give a model, or audit the files of each set by themselves."
                )
        fingerprints: list[str] = []
        folders = seed_folders(group)
        for seed, source in folders:
            seat = Seat(group.role, group.name, seed)
            scorer = load_scorer(
                source,
                name=seat.member,
                task=first.texts.task,
                max_length=request.max_length,
                trust_remote_code=request.trust_remote_code,
                allow_pickle=request.allow_pickle,
            )
            scorer = scorer if request.labels is None else relabelled(scorer, request.labels)
            check_labels(seat.member, scorer.card.labels, first.texts)
            fingerprints.append(scorer.card.fingerprint)
            refuse_copies(group, fingerprints, [folder for _, folder in folders])
            yield seat, scorer
