"""Suites: every model observed on every set, each set audited, and all results for one statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from angelshare.audits.frame.merging import about, merged
from angelshare.audits.frame.registry import Choice, load_audits, run_audits
from angelshare.audits.frame.set_tables import largest_differences, suite_table
from angelshare.audits.quality import collapsed
from angelshare.core.audit import Audit, AuditResult, AuditSettings, Table
from angelshare.core.errors import InputError
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.requests import TEST, Observations
from angelshare.core.task import ModelRole, SuiteScale
from angelshare.core.text import TextBatch
from angelshare.data.suites.gathering import (
    IN_DOMAIN,
    MissingSet,
    SuiteSet,
    SuiteSpec,
    gather_set,
    own_set,
)
from angelshare.data.texts.textset import Splits
from angelshare.recipes.observe.observing import Desk, observe_texts
from angelshare.recipes.observe.seats import Opened
from angelshare.statement.gates import Gate
from angelshare.statement.schema import DataRow

SUITE = "suite"
"""The split under which a suite's sets are listed, and the audit that holds its tables."""
QUESTION = "What do the models lose on sets that are harder than their own test split?"
SWAPS = "identity_swaps"


@dataclass(frozen=True, slots=True, eq=False)
class GatheredSuite:
    """The sets of a suite, those that are at hand and those that are missing.

    Attributes:
        spec: of the suite. scale: at which it was gathered.
        all_sets: in the suite's order.
    """

    spec: SuiteSpec
    scale: SuiteScale
    all_sets: tuple[SuiteSet | MissingSet, ...]

    @property
    def sets(self) -> tuple[SuiteSet, ...]:
        """Return the sets that are at hand."""
        return tuple(test_set for test_set in self.all_sets if isinstance(test_set, SuiteSet))

    @property
    def others(self) -> tuple[SuiteSet, ...]:
        """Return the sets that are at hand, except the in-domain one."""
        return tuple(test_set for test_set in self.sets if test_set.spec.name != IN_DOMAIN)

    @property
    def missing(self) -> tuple[MissingSet, ...]:
        """Return the sets that are missing."""
        return tuple(test_set for test_set in self.all_sets if isinstance(test_set, MissingSet))


def gather_suite(spec: SuiteSpec, scale: SuiteScale, splits: Splits | None = None) -> GatheredSuite:
    """Return the sets of a suite; with splits of the user's own, their test split is the in-domain set.

    The labels of all sets are then those of the splits.

    Raises:
        InputError: if no set is at hand, or the splits do not have two labels.
    """
    labels, given = spec.labels, {}
    if splits is not None:
        in_domain = next(test_set for test_set in spec.sets if test_set.name == IN_DOMAIN)
        given[IN_DOMAIN] = own_set(in_domain, splits.role("test"), splits.card, labels)
        labels = given[IN_DOMAIN].texts.labels[0], given[IN_DOMAIN].texts.labels[1]
    sets = tuple(given.get(test_set.name) or gather_set(test_set, labels, scale) for test_set in spec.sets)
    gathered = GatheredSuite(spec, scale, sets)
    if not gathered.sets:
        why = " ".join(test_set.why for test_set in gathered.missing)
        raise InputError(f"No set of the suite is at hand: {why}")
    return gathered


def examined_by(suites: Sequence[GatheredSuite]) -> dict[str, TextBatch]:
    """Return the texts that no training split may contain, by set."""
    return {test_set.texts.name: test_set.texts.batch for suite in suites for test_set in suite.others}


def notes_of(sets: Iterable[SuiteSet]) -> tuple[str, ...]:
    """Return the notes on the sets' origins, each once."""
    notes = ((test_set.texts.name, note) for test_set in sets for note in test_set.card.notes)
    return tuple(dict.fromkeys(about(name, note) for name, note in notes))


def warnings_of(sets: Iterable[SuiteSet]) -> tuple[str, ...]:
    """Return the warnings about the sets, each once."""
    warnings = ((test_set.texts.name, warning) for test_set in sets for warning in test_set.card.warnings)
    return tuple(dict.fromkeys(about(name, warning) for name, warning in warnings))


def cards_of(opened: Sequence[Opened]) -> dict[tuple[ModelRole, str], ModelCard]:
    """Return one card for each population: that of its last member."""
    return {(member.seat.role, member.seat.population): member.card for member in opened}


def observe_suite(
    opened: Sequence[Opened], sets: Iterable[SuiteSet], desk: Desk, chosen: Sequence[Choice] = ()
) -> dict[str, Observations]:
    """Return all models' answers by set; no model reads a text twice.

    Args:
        opened: teacher, students and baselines.
        sets: of the suite.
        desk: the place for stored answers.
        chosen: audits of the suite with options other than the defaults.
    """
    return {
        test_set.texts.name: observe_texts(opened, _audits_of(test_set, chosen), test_set.texts, desk)
        for test_set in sets
    }


def _audits_of(test_set: SuiteSet, chosen: Sequence[Choice]) -> tuple[Audit[Any], ...]:
    """Return the audits of a set, with the options that the user chose."""
    options = {choice.kind: choice for choice in chosen}
    return load_audits([options.get(name, Choice(name)) for name in test_set.spec.audits])


def suite_results(
    gathered: GatheredSuite,
    observations: Mapping[str, Observations],
    settings: AuditSettings,
    *,
    cards: Mapping[tuple[ModelRole, str], ModelCard],
    gates: Sequence[Gate] = (),
    in_domain: Sequence[AuditResult] | None = None,
    chosen: Sequence[Choice] = (),
) -> tuple[AuditResult, ...]:
    """Return the results of the audits on all sets, each audit once, and the suite's tables.

    Args:
        gathered: the suite.
        observations: of its sets, by name.
        settings: of the audits.
        cards: (role, population) -> its card.
        gates: their metrics are measured in addition to the suite's.
        in_domain: results on the in-domain set, if it has been measured already.
        chosen: audits of the suite with options other than the defaults.
    """
    metrics = {*gathered.spec.metrics, *(gate.metric for gate in gates)}
    by_audit: dict[str, list[tuple[str, AuditResult]]] = {}
    results: Sequence[AuditResult]
    for test_set in gathered.sets:
        name = test_set.texts.name
        if in_domain is not None and test_set.spec.name == IN_DOMAIN:
            results = in_domain
        else:
            results = _measured(_audits_of(test_set, chosen), observations[name], settings, metrics)
        for result in results:
            by_audit.setdefault(result.name, []).append((name, result))
    audits = [
        merged([result for _, result in by_set], names=[name for name, _ in by_set]) for by_set in by_audit.values()
    ]
    return (*audits, _tables(gathered, observations, audits, settings, cards))


def _measured(
    audits: Sequence[Audit[Any]], seen: Observations, settings: AuditSettings, metrics: set[str]
) -> tuple[AuditResult, ...]:
    """Return the results of a set's audits; those of `quality` are limited to the suite's metrics."""
    results = []
    for audit in audits:
        whole = audit.name == "quality" and not settings.in_slices
        (result,) = run_audits([audit], _without_slices(seen) if whole else seen, settings)
        results.append(_only(result, seen.scores(), metrics, settings) if audit.name == "quality" else result)
    return tuple(results)


def _without_slices(seen: Observations) -> Observations:
    """Return the observations without slices of the test split, since identities have an audit of their own."""
    panel = seen.scores()
    whole = replace(panel, items=replace(panel.items, slices={}))
    return replace(seen, panels={**seen.panels, (TEST, "scores"): whole})


def _only(result: AuditResult, panel: Panel[Predictions], metrics: set[str], settings: AuditSettings) -> AuditResult:
    """Return the result with only the rows of these metrics, in slices only of those that a gate names.

    Remarks that a model has collapsed are left out: on a set that is hard on purpose they would be wrong.
    """
    members = [member for population in panel.populations for member in population.members]
    collapses = {f"{member.name} {collapsed(member, panel.items)}." for member in members}

    def kept(metric: str, in_slice: str | None) -> bool:
        return metric in metrics and (in_slice is None or metric in settings.in_slices)

    return replace(
        result,
        differences=tuple(d for d in result.differences if kept(d.metric, d.slice)),
        gaps=tuple(gap for gap in result.gaps if kept(gap.metric, gap.slice)),
        estimates=(),
        tables=(),
        remarks=tuple(remark for remark in result.remarks if remark not in collapses),
    )


def _tables(
    gathered: GatheredSuite,
    observations: Mapping[str, Observations],
    audits: Sequence[AuditResult],
    settings: AuditSettings,
    cards: Mapping[tuple[ModelRole, str], ModelCard],
) -> AuditResult:
    """Return the suite's own tables, with warnings about missing sets."""
    names = [(_name(test_set), test_set.spec.title) for test_set in gathered.all_sets]
    differences = [d for audit in audits if audit.name == "quality" for d in audit.differences]
    sizes = {key: card.n_parameters for key, card in cards.items()}
    tables = [suite_table(differences, names, sizes, level=settings.level), _sets_table(gathered)]
    largest = largest_differences(observations[SWAPS].scores()) if SWAPS in observations else None
    return AuditResult(
        SUITE,
        QUESTION,
        tables=(*tables, *([largest] if largest else ()), *_not_reproducible(gathered.spec)),
        remarks=tuple(_remarks(gathered)),
        warnings=tuple(
            f"{test_set.spec.name} ({test_set.spec.title}) was not measured. {test_set.why}"
            for test_set in gathered.missing
        ),
    )


def _name(test_set: SuiteSet | MissingSet) -> str:
    """Return the name of a set in rows: that of its texts, if it has any."""
    return test_set.texts.name if isinstance(test_set, SuiteSet) else test_set.spec.name


def _remarks(gathered: GatheredSuite) -> Iterator[str]:
    """Yield which sets are stand-ins, and which sources were passed over."""
    for test_set in gathered.sets:
        if test_set.stands_in_for:
            yield f"{test_set.texts.name} is a stand-in: {test_set.card.name} stands in for {test_set.stands_in_for}."
        yield from (about(test_set.texts.name, why) for why in test_set.passed_over)


def _sets_table(gathered: GatheredSuite) -> Table:
    """Return every set with the paper's original and the source that was taken."""
    rows: list[tuple[object, ...]] = []
    for test_set in gathered.all_sets:
        original = (test_set.spec.original.what, test_set.spec.original.where)
        if isinstance(test_set, MissingSet):
            rows.append((test_set.spec.title, test_set.spec.name, *original, "not at hand", None, None))
            continue
        truth = test_set.texts.truth
        taken = f"{test_set.card.name}, a stand-in" if test_set.stands_in_for else test_set.card.name
        n_positive = None if truth is None else int((truth == 1).sum())
        rows.append((test_set.spec.title, test_set.texts.name, *original, taken, len(test_set.texts), n_positive))
    columns = ("set", "called here", "the paper's", "which is", "taken", "items", "positive")
    return Table("suite_sets", "The paper's sets and what was taken for them", columns, tuple(rows))


def _not_reproducible(spec: SuiteSpec) -> Iterator[Table]:
    """Yield a table of what nobody outside can reproduce, if there is any."""
    if spec.not_reproducible:
        rows = tuple((gap.what, gap.table, "proprietary") for gap in spec.not_reproducible)
        title = "What of the paper is not reproducible"
        yield Table("not_reproducible", title, ("what", "where the paper has it", "why not"), rows)


def suite_rows(sets: Iterable[SuiteSet]) -> list[DataRow]:
    """Return the statement's lines on the sets."""
    return [
        DataRow(
            name=test_set.texts.name,
            split="test" if test_set.spec.name == IN_DOMAIN else SUITE,
            n=len(test_set.texts),
            sha256=test_set.texts.sha256(),
            revision=test_set.card.revision,
            licence=test_set.card.licence,
            hazards=test_set.card.hazards,
            leaked_and_dropped=0,
            handled=dict(test_set.texts.handled),
            made_from=None if test_set.card.name == test_set.texts.name else test_set.card.name,
            stands_in_for=test_set.stands_in_for,
        )
        for test_set in sets
    ]
