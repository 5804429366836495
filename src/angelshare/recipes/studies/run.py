"""A study carried out: arms trained, every model observed and measured on every set, and the paper beside us."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Generic

from angelshare.audits.frame.registry import choices, load_audits
from angelshare.core.audit import AuditResult, AuditSettings
from angelshare.core.protocols import ModelCard, Progress
from angelshare.core.requests import Observations
from angelshare.core.task import ModelRole, SuiteScale
from angelshare.data.suites.gathering import IN_DOMAIN, MissingSet, SuiteSet, suite_spec
from angelshare.data.texts.textset import Splits
from angelshare.recipes.conclude.places import check_pages, check_place
from angelshare.recipes.conclude.publish import data_rows, publish_reproduction
from angelshare.recipes.conclude.statements import Framing, Measured, conclude
from angelshare.recipes.folder.journal import note, seconds_of, was_here
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.observe.observing import Desk, observe_texts
from angelshare.recipes.observe.seats import Opened
from angelshare.recipes.run import Trained, apart_from, read_splits, training_warnings
from angelshare.recipes.studies.arms import called, side_by_side, train_arms
from angelshare.recipes.studies.evidence import Evidence
from angelshare.recipes.studies.page import notes_on, reproduction
from angelshare.recipes.studies.paper import Outcome, Paper
from angelshare.recipes.studies.study import P, Study
from angelshare.recipes.suite import GatheredSuite, cards_of, gather_suite, observe_suite, suite_results, suite_rows
from angelshare.recipes.train.transfers import text_rows
from angelshare.statement.reproduction import SCHEMA, Reproduction
from angelshare.statement.schema import Statement

CALL = "call"
"""The journal's event with the duration of one call, whether it ended or was interrupted."""
SCORED = choices("quality")
"""An audit that requests scores of the texts themselves, and nothing else."""


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """One call of `angelshare reproduce`.

    Attributes:
        scale: of the study. out: its folder. now: the time of its statement and page.
        jobs: the number of students trained side by side.
        redact_texts: whether texts are left out of statement and tables.
        overwrite: whether a statement of another origin is replaced; otherwise it is kept in a sub-folder.
    """

    scale: SuiteScale
    out: Path
    now: datetime
    jobs: int = 1
    redact_texts: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[P]):
    """A study with its texts.

    Attributes:
        paper, study, scale: which one.
        splits, suite: its texts.
    """

    paper: Paper[P]
    study: Study[P]
    scale: SuiteScale
    splits: Splits
    suite: GatheredSuite


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """The trained models of a study.

    Attributes:
        arms: arm -> its models. models: those of all arms, side by side.
    """

    arms: Mapping[str, Trained]
    models: tuple[Opened, ...]


def carry_out(
    paper: Paper[P], request: StudyRequest, *, progress: Progress, clock: Callable[[], float] = time.perf_counter
) -> Reproduction:
    """Return a paper's claims, figures and tables beside ours, and write them with the statement behind them.

    Every arm keeps its models in a folder of its own; models that are there already are not trained again.

    Raises:
        InputError: if the paper has no such scale, its data are not at hand, or the folder holds what angelshare did
            not make and would replace.
    """
    study = paper.read_study(request.scale)
    check_place(request.out)
    check_pages(request.out, "reproduction", SCHEMA)
    was_here(request.out)
    with locked(request.out):
        return _carried_out(paper, study, request, progress, clock)


def _carried_out(
    paper: Paper[P], study: Study[P], request: StudyRequest, progress: Progress, clock: Callable[[], float]
) -> Reproduction:
    """Return the paper beside us, written."""
    began = clock()
    try:
        setting = set_up(paper, study, request.scale)
        opened = _open(setting, request, progress=progress)
        seen = _observe(setting, opened, Desk(request.out, progress))
        results = measure(setting, seen, cards_of(opened.models))
        framing = _framing(setting, opened, request)
        measured = Measured(opened.models, seen, results)
        statement = conclude(measured, framing, request.out, overwrite=request.overwrite)
    finally:
        note(request.out, CALL, seconds=round(clock() - began, 1))
    beside_us = beside(setting, seen, statement, request.now)
    beside_us = beside_us.model_copy(update={"seconds": seconds_of(request.out, CALL)})
    publish_reproduction(beside_us, request.out)
    return beside_us


def set_up(paper: Paper[P], study: Study[P], scale: SuiteScale) -> Setting[P]:
    """Return a study with its texts.

    Raises:
        InputError: if they are not at hand.
    """
    given = read_splits(study.first, (*paper.roles, "test"))
    spec = suite_spec(study.suite) if isinstance(study.suite, str) else study.suite
    suite = gather_suite(spec, scale, given)
    return Setting(paper, study, scale, apart_from(given, (suite,)), _as_asked(suite, paper.audits))


def _open(setting: Setting[P], request: StudyRequest, *, progress: Progress) -> _Opened:
    """Return the study's models, trained."""
    arms = train_arms(setting.study, setting.splits, request.out, jobs=request.jobs, progress=progress)
    return _Opened(arms, side_by_side(arms, setting.paper.names(setting.study.parts)))


def _as_asked(suite: GatheredSuite, audits: Mapping[str, tuple[str, ...]]) -> GatheredSuite:
    """Return the suite with the paper's audits, and with all texts under the names of their sets."""

    def asked(member: SuiteSet | MissingSet) -> SuiteSet | MissingSet:
        if isinstance(member, MissingSet):
            return member
        name = member.spec.name
        spec = member.spec.model_copy(update={"audits": audits.get(name, member.spec.audits)})
        return replace(member, spec=spec, texts=replace(member.texts, name=name))

    return replace(suite, all_sets=tuple(map(asked, suite.all_sets)))


def _observe(setting: Setting[P], opened: _Opened, desk: Desk) -> Mapping[str, Observations]:
    """Return all models' answers to the suite's sets, the in-domain one first, and to the paper's further texts."""
    seen = observe_suite(opened.models, setting.suite.sets, desk, setting.study.first.choices)
    for further in setting.paper.further(setting.study.parts, setting.splits):
        readers = [m for m in opened.models if further.models is None or called(m.seat) in further.models]
        seen[further.texts.name] = observe_texts(readers, load_audits(SCORED), further.texts, desk)
    return {IN_DOMAIN: seen[IN_DOMAIN], **seen}


def measure(
    setting: Setting[P], seen: Mapping[str, Observations], cards: Mapping[tuple[ModelRole, str], ModelCard]
) -> tuple[AuditResult, ...]:
    """Return the results of the audits on the suite's sets, and of the paper's own measurements."""
    paper, parts = setting.paper, setting.study.parts
    sets = {member.texts.name: seen[member.texts.name] for member in setting.suite.sets}
    if paper.stated is not None:
        sets = {name: _only(observations, set(paper.stated(parts, name))) for name, observations in sets.items()}
    chosen = setting.study.first.choices
    audited = suite_results(setting.suite, sets, AuditSettings(), cards=cards, chosen=chosen)
    return (*audited, *paper.results(evidence_of(seen), parts))


def evidence_of(seen: Mapping[str, Observations]) -> Evidence:
    """Return the evidence from which claims are answered."""
    return Evidence({name: observations.scores() for name, observations in seen.items()})


def _only(observations: Observations, names: Collection[str]) -> Observations:
    """Return the observations without students other than these."""
    return replace(
        observations,
        panels={
            key: replace(panel, students=tuple(student for student in panel.students if student.name in names))
            for key, panel in observations.panels.items()
        },
    )


def beside(setting: Setting[P], seen: Mapping[str, Observations], statement: Statement, now: datetime) -> Reproduction:
    """Return the paper beside our outcome."""
    outcome = Outcome(
        evidence=evidence_of(seen),
        parts=setting.study.parts,
        titles={member.spec.name: member.spec.title for member in setting.suite.all_sets},
        notes=dict(notes_on(setting.suite)),
        splits=setting.splits,
        statement=statement,
    )
    return reproduction(setting.paper, setting.study, outcome, setting.suite, scale=setting.scale, now=now)


def _framing(setting: Setting[P], opened: _Opened, request: StudyRequest) -> Framing:
    """Return what the loss statement holds besides the results."""
    study, splits = setting.study, setting.splits
    texts = (row for arm, recipe in study.arms.items() for row in text_rows(recipe, splits, opened.arms[arm].texts))
    warnings = (said for arm, recipe in study.arms.items() for said in training_warnings(recipe, request.out / arm))
    return Framing(
        title=f"{setting.paper.name}, {setting.scale}",
        now=request.now,
        data=[*data_rows(splits, setting.paper.roles), *texts, *suite_rows(setting.suite.sets)],
        looked_at=splits.role("test").sha256(),
        margins=study.first.margins,
        recipe={"paper": setting.paper.name, "scale": setting.scale, **study.model_dump(mode="json")},
        notes=(*splits.card.notes, *study.about),
        warnings=(*splits.card.warnings, *warnings),
        redact_texts=request.redact_texts,
    )
