"""A study carried out: its arms trained, every model observed on every set, measured, and the paper beside us."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Generic

from angelshare.audit.frame.registry import choices, load_audits
from angelshare.core.audit import AuditResult, AuditSettings
from angelshare.core.protocols import Progress
from angelshare.core.requests import Observations
from angelshare.core.task import SuiteScale
from angelshare.data.suites.gathering import IN_DOMAIN, MissingSet, SuiteSet, suite_spec
from angelshare.data.texts.textset import Splits
from angelshare.recipes.concluding import Framing, Measured, conclude
from angelshare.recipes.folder.journal import note, seconds_of
from angelshare.recipes.folder.publish import data_rows, publish_reproduction
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
from angelshare.statement.reproduction import Reproduction
from angelshare.statement.schema import Statement

CALL = "call"
"""The event that says how long one call took, whether it ended or was interrupted."""
SCORED = choices("quality")
"""An audit that asks for scores of the texts themselves, and of no others."""


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """One call of `angelshare reproduce`.

    Attributes:
        scale: of the study. out: where it goes. now: the time that it bears.
        jobs: students trained side by side.
        redact_texts: leave texts out of statements and tables.
    """

    scale: SuiteScale
    out: Path
    now: datetime
    jobs: int = 1
    redact_texts: bool = False


@dataclass(frozen=True, eq=False)
class _Opened(Generic[P]):
    """A study whose models are trained and whose texts are at hand.

    Attributes:
        paper, study: what it is. request: how it was asked for.
        splits, suite: of its data.
        arms: the models of each.
    """

    paper: Paper[P]
    study: Study[P]
    request: StudyRequest
    splits: Splits
    suite: GatheredSuite
    arms: Mapping[str, Trained]

    @cached_property
    def models(self) -> tuple[Opened, ...]:
        """Return the models of all arms."""
        return side_by_side(self.arms, self.paper.names(self.study.parts))


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """What every model answered.

    Attributes:
        sets: of the suite, by name, the in-domain one first. further: on other texts.
    """

    sets: Mapping[str, Observations]
    further: Mapping[str, Observations]

    @property
    def every(self) -> Mapping[str, Observations]:
        """Return what was observed on all texts."""
        return {**self.sets, **self.further}

    @property
    def evidence(self) -> Evidence:
        """Return the panel of every text set."""
        return Evidence({name: seen.scores() for name, seen in self.every.items()})


def carry_out(
    paper: Paper[P], request: StudyRequest, *, progress: Progress, clock: Callable[[], float] = time.perf_counter
) -> Reproduction:
    """Return a paper's claims, figures and tables beside ours, and write them with the statement behind them.

    Every arm keeps its models in a folder of its own; what is there already is not trained again.

    Raises:
        InputError: if the paper has no such scale, or its data are not at hand.
    """
    study, began = paper.read_study(request.scale), clock()
    request.out.mkdir(parents=True, exist_ok=True)
    try:
        opened = _open(paper, study, request, progress=progress)
        observed = _observe(opened, progress=progress)
        beside_us = _conclude(opened, observed, _measure(opened, observed))
    finally:
        note(request.out, CALL, seconds=round(clock() - began, 1))
    beside_us = beside_us.model_copy(update={"seconds": seconds_of(request.out, CALL)})
    publish_reproduction(beside_us, request.out)
    return beside_us


def _open(paper: Paper[P], study: Study[P], request: StudyRequest, *, progress: Progress) -> _Opened[P]:
    """Return the study with its texts and its models, trained."""
    given = read_splits(study.first, (*paper.roles, "test"))
    spec = suite_spec(study.suite) if isinstance(study.suite, str) else study.suite
    suite = gather_suite(spec, request.scale, given)
    splits = apart_from(given, (suite,))
    arms = train_arms(study, splits, request.out, jobs=request.jobs, progress=progress)
    return _Opened(paper, study, request, splits, _as_asked(suite, paper.audits), arms)


def _as_asked(suite: GatheredSuite, audits: Mapping[str, tuple[str, ...]]) -> GatheredSuite:
    """Return the suite with every set under its own name, the test split too, and with the paper's audits."""

    def asked(member: SuiteSet | MissingSet) -> SuiteSet | MissingSet:
        if isinstance(member, MissingSet):
            return member
        name = member.spec.name
        spec = member.spec.model_copy(update={"audits": audits.get(name, member.spec.audits)})
        return replace(member, spec=spec, texts=replace(member.texts, name=name))

    return replace(suite, found=tuple(map(asked, suite.found)))


def _observe(opened: _Opened[P], *, progress: Progress) -> _Observed:
    """Return what every model answers on the suite's sets and on further texts."""
    desk, scored = Desk(opened.request.out, progress), load_audits(SCORED)
    sets = observe_suite(opened.models, opened.suite.sets, desk, opened.study.first.choices)
    further = {}
    for asked in opened.paper.further(opened.study.parts, opened.splits):
        readers = [model for model in opened.models if asked.models is None or called(model.seat) in asked.models]
        further[asked.texts.name] = observe_texts(readers, scored, asked.texts, desk)
    return _Observed({IN_DOMAIN: sets[IN_DOMAIN], **sets}, further)


def _measure(opened: _Opened[P], observed: _Observed) -> tuple[AuditResult, ...]:
    """Return what the audits find on the suite's sets, and the paper's own measurements."""
    paper, parts = opened.paper, opened.study.parts
    sets = observed.sets
    if paper.stated is not None:
        sets = {name: _only(seen, tuple(paper.stated(parts, name))) for name, seen in sets.items()}
    chosen = opened.study.first.choices
    audited = suite_results(opened.suite, sets, AuditSettings(), cards=cards_of(opened.models), chosen=chosen)
    return (*audited, *paper.results(observed.evidence, parts))


def _only(seen: Observations, names: tuple[str, ...]) -> Observations:
    """Return the panels with these students alone."""
    panels = {
        request: replace(panel, students=tuple(student for student in panel.students if student.name in names))
        for request, panel in seen.panels.items()
    }
    return replace(seen, panels=panels)


def _conclude(opened: _Opened[P], observed: _Observed, results: tuple[AuditResult, ...]) -> Reproduction:
    """Return the paper beside us, after writing the loss statement."""
    statement = _statement(opened, observed, results)
    outcome = Outcome(
        evidence=observed.evidence,
        parts=opened.study.parts,
        titles={member.spec.name: member.spec.title for member in opened.suite.found},
        notes=dict(notes_on(opened.suite)),
        splits=opened.splits,
        statement=statement,
    )
    scale, now = opened.request.scale, opened.request.now
    return reproduction(opened.paper, opened.study, outcome, opened.suite, scale=scale, now=now)


def _statement(opened: _Opened[P], observed: _Observed, results: tuple[AuditResult, ...]) -> Statement:
    """Return the loss statement of the study's models on all sets, and write it."""
    study, splits, request = opened.study, opened.splits, opened.request
    texts = (row for arm, recipe in study.arms.items() for row in text_rows(recipe, splits, opened.arms[arm].texts))
    warnings = (said for arm, recipe in study.arms.items() for said in training_warnings(recipe, request.out / arm))
    framing = Framing(
        title=f"{opened.paper.name}, {request.scale}",
        now=request.now,
        data=[*data_rows(splits, opened.paper.roles), *texts, *suite_rows(opened.suite.sets)],
        looked_at=splits.role("test").sha256(),
        margins=study.first.margins,
        recipe={"paper": opened.paper.name, "scale": request.scale, **study.model_dump(mode="json")},
        notes=(*splits.card.notes, *study.about),
        warnings=(*splits.card.warnings, *warnings),
        redact_texts=request.redact_texts,
    )
    return conclude(Measured(opened.models, observed.every, results), framing, request.out)
