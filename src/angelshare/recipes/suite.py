"""A suite of sets run together: every model observed once on every text, each set audited, one statement for all."""

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
"""The split that a suite's sets are listed under, and the audit that holds its tables."""
QUESTION = "What do the models lose on sets that are harder than their own test split?"
SWAPS = "identity_swaps"


@dataclass(frozen=True, slots=True, eq=False)
class GatheredSuite:
    """The sets of a suite that are at hand, and those that are not.

    Attributes:
        spec: of the suite. scale: at which it was gathered.
        found: in the suite's order.
    """

    spec: SuiteSpec
    scale: SuiteScale
    found: tuple[SuiteSet | MissingSet, ...]

    @property
    def sets(self) -> tuple[SuiteSet, ...]:
        """Return the sets that are at hand."""
        return tuple(one for one in self.found if isinstance(one, SuiteSet))

    @property
    def others(self) -> tuple[SuiteSet, ...]:
        """Return the sets that are at hand, except the in-domain one."""
        return tuple(one for one in self.sets if one.spec.name != IN_DOMAIN)

    @property
    def missing(self) -> tuple[MissingSet, ...]:
        """Return the sets that are not."""
        return tuple(one for one in self.found if isinstance(one, MissingSet))


def gather_suite(spec: SuiteSpec, scale: SuiteScale, own: Splits | None = None) -> GatheredSuite:
    """Return the sets of a suite; the user's own test split is the in-domain set, and its labels are those of all.

    Raises:
        InputError: if none of its sets is at hand, or the own labels are not two.
    """
    labels = spec.labels
    if own is not None:
        in_domain = own_set(next(one for one in spec.sets if one.name == IN_DOMAIN), own.role("test"), own.card, labels)
        labels = in_domain.texts.labels[0], in_domain.texts.labels[1]
    found = tuple(
        in_domain if own is not None and one.name == IN_DOMAIN else gather_set(one, labels, scale) for one in spec.sets
    )
    gathered = GatheredSuite(spec, scale, found)
    if not gathered.sets:
        raise InputError(f"No set of the suite is at hand: {' '.join(one.why for one in gathered.missing)}")
    return gathered


def examined_by(suites: Sequence[GatheredSuite]) -> dict[str, TextBatch]:
    """Return the texts that no training split may hold, by the name of their set."""
    return {one.texts.name: one.texts.batch for suite in suites for one in suite.others}


def notes_of(sets: Iterable[SuiteSet]) -> tuple[str, ...]:
    """Return where the sets come from, each note once."""
    return tuple(dict.fromkeys(about(one.texts.name, note) for one in sets for note in one.card.notes))


def warnings_of(sets: Iterable[SuiteSet]) -> tuple[str, ...]:
    """Return what must be known of the sets before any number is believed, each warning once."""
    return tuple(dict.fromkeys(about(one.texts.name, warning) for one in sets for warning in one.card.warnings))


def cards_of(opened: Sequence[Opened]) -> dict[tuple[ModelRole, str], ModelCard]:
    """Return what is known about each population, of its last member."""
    return {(one.seat.role, one.seat.population): one.card for one in opened}


def observe_suite(
    opened: Sequence[Opened], sets: Iterable[SuiteSet], desk: Desk, chosen: Sequence[Choice] = ()
) -> dict[str, Observations]:
    """Return what every model answers on every set, by the set's name; no model reads a text twice.

    Args:
        opened: teacher, students and baselines.
        sets: of the suite.
        desk: where.
        chosen: options of the suite's audits, where they are not the defaults.
    """
    return {one.texts.name: observe_texts(opened, _audits_of(one, chosen), one.texts, desk) for one in sets}


def _audits_of(one: SuiteSet, chosen: Sequence[Choice]) -> tuple[Audit[Any], ...]:
    """Return the audits of a set, with the options that the user chose for them."""
    options = {choice.kind: choice for choice in chosen}
    return load_audits([options.get(name, Choice(name)) for name in one.spec.audits])


def suite_results(
    gathered: GatheredSuite,
    observations: Mapping[str, Observations],
    settings: AuditSettings,
    *,
    cards: Mapping[tuple[ModelRole, str], ModelCard],
    gates: Sequence[Gate] = (),
    own: Sequence[AuditResult] | None = None,
    chosen: Sequence[Choice] = (),
) -> tuple[AuditResult, ...]:
    """Return what the audits found on all sets, each audit once, and the suite's tables.

    Args:
        gathered: the suite.
        observations: of its sets, by name.
        settings: of the audits.
        cards: (role, population) -> what is known about it.
        gates: whose metrics are measured besides the suite's.
        own: results of the in-domain set, where they are there already.
        chosen: options of the suite's audits, where they are not the defaults.
    """
    metrics = {*gathered.spec.metrics, *(gate.metric for gate in gates)}
    found: dict[str, list[tuple[str, AuditResult]]] = {}
    results: Sequence[AuditResult]
    for one in gathered.sets:
        if own is not None and one.spec.name == IN_DOMAIN:
            results = own
        else:
            results = _measured(_audits_of(one, chosen), observations[one.texts.name], settings, metrics)
        for result in results:
            found.setdefault(result.name, []).append((one.texts.name, result))
    audits = [merged([r for _, r in of], names=[name for name, _ in of]) for of in found.values()]
    return (*audits, _tables(gathered, observations, audits, settings, cards))


def _measured(
    audits: Sequence[Audit[Any]], seen: Observations, settings: AuditSettings, metrics: set[str]
) -> tuple[AuditResult, ...]:
    """Return what the set's audits find; of `quality` the suite's metrics alone, in slices only where a gate asks."""
    results = []
    for audit in audits:
        whole = audit.name == "quality" and not settings.in_slices
        (result,) = run_audits([audit], _without_slices(seen) if whole else seen, settings)
        results.append(_only(result, seen.scores(), metrics, settings) if audit.name == "quality" else result)
    return tuple(results)


def _without_slices(seen: Observations) -> Observations:
    """Return what was observed, with no slice of the test split: identities have an audit of their own."""
    panel = seen.scores()
    whole = replace(panel, items=replace(panel.items, slices={}))
    return replace(seen, panels={**seen.panels, (TEST, "scores"): whole})


def _only(result: AuditResult, panel: Panel[Predictions], metrics: set[str], settings: AuditSettings) -> AuditResult:
    """Return the rows of these metrics on all items, and in slices those that a gate asked for.

    What is said of decisions at one half is left out: on a set that is hard on purpose, no model has collapsed.
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
    """Return the suite's own tables, and what was not at hand."""
    names = [(one.texts.name if isinstance(one, SuiteSet) else one.spec.name, one.spec.title) for one in gathered.found]
    differences = [d for audit in audits if audit.name == "quality" for d in audit.differences]
    sizes = {key: card.n_parameters for key, card in cards.items()}
    tables = [suite_table(differences, names, sizes, level=settings.level), _sets_table(gathered)]
    largest = largest_differences(observations[SWAPS].scores()) if SWAPS in observations else None
    return AuditResult(
        SUITE,
        QUESTION,
        tables=(*tables, *([largest] if largest else ()), *_not_reproducible(gathered.spec)),
        remarks=tuple(_said(gathered)),
        warnings=tuple(f"{one.spec.name} ({one.spec.title}) was not measured. {one.why}" for one in gathered.missing),
    )


def _said(gathered: GatheredSuite) -> Iterator[str]:
    """Yield what stands in for what, and what was passed over."""
    for one in gathered.sets:
        if one.stands_in_for:
            yield f"{one.texts.name} is a stand-in: {one.card.name} stands in for {one.stands_in_for}."
        yield from (about(one.texts.name, why) for why in one.passed_over)


def _sets_table(gathered: GatheredSuite) -> Table:
    """Return every set with the paper's original and what was taken."""
    rows: list[tuple[object, ...]] = []
    for one in gathered.found:
        original = (one.spec.original.what, one.spec.original.where)
        if isinstance(one, MissingSet):
            rows.append((one.spec.title, one.spec.name, *original, "not at hand", None, None))
            continue
        truth = one.texts.truth
        taken = f"{one.card.name}, a stand-in" if one.stands_in_for else one.card.name
        n_positive = None if truth is None else int((truth == 1).sum())
        rows.append((one.spec.title, one.texts.name, *original, taken, len(one.texts), n_positive))
    columns = ("set", "called here", "the paper's", "which is", "taken", "items", "positive")
    return Table("suite_sets", "The paper's sets and what was taken for them", columns, tuple(rows))


def _not_reproducible(spec: SuiteSpec) -> Iterator[Table]:
    """Yield what of the paper nobody outside can have."""
    if spec.not_reproducible:
        rows = tuple((one.what, one.table, "proprietary") for one in spec.not_reproducible)
        title = "What of the paper is not reproducible"
        yield Table("not_reproducible", title, ("what", "where the paper has it", "why not"), rows)


def suite_rows(sets: Iterable[SuiteSet]) -> list[DataRow]:
    """Return what the statement says about each set."""
    return [
        DataRow(
            name=one.texts.name,
            split="test" if one.spec.name == IN_DOMAIN else SUITE,
            n=len(one.texts),
            sha256=one.texts.sha256(),
            revision=one.card.revision,
            licence=one.card.licence,
            hazards=one.card.hazards,
            leaked_and_dropped=0,
            handled=dict(one.texts.handled),
            made_from=None if one.card.name == one.texts.name else one.card.name,
            stands_in_for=one.stands_in_for,
        )
        for one in sets
    ]
