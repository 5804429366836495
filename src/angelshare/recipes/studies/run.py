"""A study carried out: both recipes trained, every model observed on every set, statements, and the paper beside us."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from angelshare import __version__
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, Observations, Progress, Scorer
from angelshare.core.task import Role, SuiteScale
from angelshare.data.made.word_changes import shuffled_words
from angelshare.data.suites.gathering import MissingSet, SuiteSet
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.folder.journal import note, seconds_of
from angelshare.recipes.folder.looks import count_look
from angelshare.recipes.folder.publish import data_rows, publish, publish_reproduction
from angelshare.recipes.observe.panel import Seat, entries, observe_panels
from angelshare.recipes.papers.lost_in_distillation.claims import all_claims
from angelshare.recipes.papers.lost_in_distillation.figures import paper_figures, sweep_charts
from angelshare.recipes.papers.lost_in_distillation.mitigations import mitigation_result
from angelshare.recipes.run import Trained, prepare, train, training_warnings
from angelshare.recipes.studies.evidence import (
    IN_DOMAIN,
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    SHUFFLED,
    TEACHER,
    Evidence,
    NotMeasured,
)
from angelshare.recipes.studies.study import Parts, Study, read_figures, read_study
from angelshare.recipes.suite import GatheredSuite, cards_of, observe_suite, suite_results, suite_rows
from angelshare.recipes.train.transfers import text_rows
from angelshare.report.charts.by_group import identity_charts, tables
from angelshare.statement.build import build_statement
from angelshare.statement.reproduction import Chart, Reproduction, Setting
from angelshare.statement.schema import Statement, TableRow

TRAINED_ON: tuple[Role, ...] = ("train", "validation", "selection")
ROLES: tuple[Role, ...] = (*TRAINED_ON, "test")
SHUFFLE_SEED = 2022
CHANCE = 0.5
IN_THE_PAPER = {"identity_aucs": "figures 4 and 5"}
"""What a group of our charts is in the paper."""
CALL = "call"
"""The event that says how long one call took, whether it ended or was interrupted."""
Seated = tuple[Seat, Scorer]


@dataclass(frozen=True, slots=True)
class ReproduceRequest:
    """One call of `angelshare reproduce`.

    Attributes:
        paper, scale: which study. out: where it goes. now: the time that it bears.
        jobs: students trained side by side.
        redact_texts: leave texts out of statements and tables.
    """

    paper: str
    scale: SuiteScale
    out: Path
    now: datetime
    jobs: int = 1
    redact_texts: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Carried:
    """A study whose models are trained.

    Attributes:
        study: what it is. splits, suite: of its data.
        plain, mitigated: the models of both recipes.
    """

    study: Study
    splits: Splits
    suite: GatheredSuite
    plain: Trained
    mitigated: Trained

    @property
    def scorers(self) -> list[Seated]:
        """Return every model: the mitigated ones as students of their own names."""
        named = {"teacher": MITIGATED_TEACHER, "student": MITIGATED_STUDENT}
        return [
            *self.plain.scorers,
            *(
                (Seat("student", named[seat.role], seat.seed), scorer)
                for seat, scorer in self.mitigated.scorers
                if seat.role == "teacher" or (seat.role, seat.population) == ("student", self.study.parts.mitigated)
            ),
        ]


def reproduce(
    request: ReproduceRequest, *, progress: Progress, clock: Callable[[], float] = time.perf_counter
) -> Reproduction:
    """Return the paper's claims, figures and tables beside ours, and write them with the statements behind them.

    Both recipes keep their models in folders of their own; what is there already is not trained again.

    Raises:
        InputError: if there is no such paper, or its data are not at hand.
    """
    study, began = read_study(request.paper, request.scale), clock()
    request.out.mkdir(parents=True, exist_ok=True)
    try:
        statement, found = _carried_out(study, request, progress=progress)
    finally:
        note(request.out, CALL, seconds=round(clock() - began, 1))
    found = found.model_copy(update={"seconds": seconds_of(request.out, CALL)})
    publish(statement, request.out)
    publish_reproduction(found, request.out)
    return found


def _carried_out(study: Study, request: ReproduceRequest, *, progress: Progress) -> tuple[Statement, Reproduction]:
    """Return the statement behind a study, and the paper beside us."""
    splits, (suite,) = prepare(study.plain, ROLES)
    plain, mitigated = (
        train(recipe, splits, request.out / name, jobs=request.jobs, progress=progress)
        for name, recipe in (("plain", study.plain), ("mitigated", study.mitigated))
    )
    carried = _Carried(study, splits, _named(suite), plain, mitigated)
    seen = _observed(carried, request.out / "observations", progress=progress)
    evidence = Evidence({name: panels[TEST] for name, panels in seen.items()})
    selection = _on_selection(carried, request.out / "observations", progress=progress)
    extra = mitigation_result(evidence, study.parts, selection)
    statement = _statement(carried, seen, request, extra)
    return statement, _reproduction(carried, evidence, statement, request)


def _named(suite: GatheredSuite) -> GatheredSuite:
    """Return the suite with the own test split called as the paper's in-domain set, which claims ask for.

    Identities are held apart in-domain, as in the paper; what mitigation does to their means is on template sets too.
    """
    return replace(suite, found=tuple(_called(one) if isinstance(one, SuiteSet) else one for one in suite.found))


def _called(one: SuiteSet) -> SuiteSet:
    """Return a set under its name in the suite."""
    audits = tuple(name for name in one.spec.audits if name != "identity_auc" or one.spec.name == IN_DOMAIN)
    spec = one.spec.model_copy(update={"audits": audits})
    return replace(one, spec=spec, texts=replace(one.texts, name=spec.name))


def _observed(carried: _Carried, root: Path, *, progress: Progress) -> Mapping[str, Observations]:
    """Return what every model answers on every set, and on the in-domain one with its words shuffled."""
    settings, scorers = AuditSettings(), carried.scorers
    seen = observe_suite(scorers, carried.suite.sets, settings, root=root, progress=progress)
    test = carried.splits.role("test")
    shuffled = replace(
        test,
        name=SHUFFLED,
        batch=replace(test.batch, texts=shuffled_words(test.batch.texts, SHUFFLE_SEED)),
    )
    return {**seen, SHUFFLED: observe_panels(scorers, shuffled, ["quality"], settings, root=root, progress=progress)}


def _on_selection(carried: _Carried, root: Path, *, progress: Progress) -> Panel[Predictions]:
    """Return the teacher and the unmitigated student on the split that temperature and thresholds are fitted on."""
    wanted = ("teacher", carried.study.parts.unmitigated)
    scorers = [one for one in carried.plain.scorers if one[0].population in wanted and one[0].role != "baseline"]
    texts: TextSet = carried.splits.role("selection")
    return observe_panels(scorers, texts, ["quality"], AuditSettings(), root=root, progress=progress)[TEST]


def _statement(
    carried: _Carried, seen: Mapping[str, Observations], request: ReproduceRequest, extra: AuditResult
) -> Statement:
    """Return the loss statement of the paper's models on all sets, and of every mitigation."""
    study, splits = carried.study, carried.splits
    shown = {name: _only(panels, _shown(study.parts, name)) for name, panels in seen.items() if name != SHUFFLED}
    whole = seen[carried.suite.sets[0].texts.name][TEST]
    scorers = carried.scorers
    return build_statement(
        results=(*suite_results(carried.suite, shown, AuditSettings(), cards=cards_of(scorers)), extra),
        models=entries(((seat, scorer.card) for seat, scorer in scorers), whole),
        data=[
            *data_rows(splits, TRAINED_ON),
            *text_rows(study.plain, splits, carried.plain.texts),
            *text_rows(study.mitigated, splits, carried.mitigated.texts),
            *suite_rows(carried.suite.sets),
        ],
        gates=(),
        margins=study.plain.margins,
        recipe=study.model_dump(mode="json"),
        environment=environment(),
        created=request.now,
        title=f"{study.paper}, {study.scale}",
        test_looks=count_look(
            request.out, splits.role("test").sha256(), [scorer.card.fingerprint for _, scorer in scorers]
        ),
        notes=(
            *splits.card.notes,
            *study.about,
        ),
        warnings=(
            *splits.card.warnings,
            *training_warnings(study.plain, request.out / "plain"),
            *training_warnings(study.mitigated, request.out / "mitigated"),
        ),
        redact_texts=request.redact_texts,
    )


def _shown(parts: Parts, data: str) -> Sequence[str]:
    """Return the students of the paper's Table 2; in-domain, where identities are held apart, those of Table 3 too.

    The sweep is in the charts, and every mitigation in an audit of its own.
    """
    table_2 = (parts.distilled, parts.matched, parts.small_bert)
    table_3 = (MITIGATED_TEACHER, MITIGATED_STUDENT) if data == IN_DOMAIN else ()
    return tuple(dict.fromkeys((*table_2, *table_3)))


def _only(panels: Observations, names: Sequence[str]) -> Observations:
    """Return the panels with these students alone."""
    return {
        request: replace(panel, students=tuple(student for student in panel.students if student.name in names))
        for request, panel in panels.items()
    }


def _reproduction(
    carried: _Carried, evidence: Evidence, statement: Statement, request: ReproduceRequest
) -> Reproduction:
    """Return the paper beside us."""
    study, paper = carried.study, read_figures(request.paper)
    titles = {one.spec.name: one.spec.title for one in carried.suite.found}
    notes = {}
    for one in carried.suite.found:
        if isinstance(one, MissingSet):
            notes[one.spec.name] = one.why
        elif one.stands_in_for:
            notes[one.spec.name] = f"stand-in: {one.card.name}"
    n_gold = len(carried.splits.role("train"))
    figures = paper_figures(paper, evidence, study.parts, titles=titles, notes=notes)
    return Reproduction(
        paper=paper.citation,
        name=request.paper,
        scale=request.scale,
        created=request.now.isoformat(),
        angelshare=__version__,
        claims=all_claims(evidence, study.parts),
        figures=tuple(figures),
        charts=(
            *sweep_charts(evidence, study.parts, titles, n_gold=n_gold),
            *map(_numbered, identity_charts(statement)),
        ),
        tables=tuple(_tables(statement)),
        settings=tuple(Setting(what=what, paper=theirs, ours=ours) for what, (theirs, ours) in study.settings.items()),
        not_reproducible=tuple(f"{one.what} ({one.table})." for one in carried.suite.spec.not_reproducible),
        notes=study.about,
        warnings=tuple(_at_chance(evidence, titles)),
        statements=("statement.html", "statement.json"),
    )


def _at_chance(evidence: Evidence, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the sets that the teacher does not rank better than chance: a difference to it says little there."""
    for data, title in titles.items():
        try:
            level = evidence.level(data, TEACHER)
        except NotMeasured:  # the paper's numbers on this set say why
            continue
        if level.low <= CHANCE:
            yield (
                f"On {title} the teacher's AUC-ROC of {level.value:.3f} ({level.low:.3f} to {level.high:.3f}) "
                "cannot be told from chance: a student's difference to it says little there."
            )


def _numbered(chart: Chart) -> Chart:
    """Return a drawing of identities under the numbers that its like has in the paper."""
    group, _, panel = chart.name.partition("/")
    return chart.model_copy(update={"name": f"{IN_THE_PAPER[group]}/{panel}"}) if group in IN_THE_PAPER else chart


def _tables(statement: Statement) -> list[TableRow]:
    """Return the statement's tables that the paper has too: its sets, its Table 4, and what mitigation changes."""
    wanted = ("suite_sets", "largest_differences", "mitigation")
    return [table for name in wanted for table in tables(statement, name)]
