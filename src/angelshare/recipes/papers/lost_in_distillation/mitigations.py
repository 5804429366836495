"""Gains and costs of every mitigation in a study, on every set: the same models with and without it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from angelshare.audits.answers.quality_metrics import ACCURACY, RECALL, correct
from angelshare.audits.calibration import calibration_metrics
from angelshare.audits.frame.measuring import Findings
from angelshare.audits.frame.metric_kinds import Metric, Share
from angelshare.audits.frame.mitigation import QUESTION, Mitigated, by_seed, measure_interaction, measure_mitigation
from angelshare.core.audit import AuditResult, Table
from angelshare.core.estimate import Difference
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.mitigate.posthoc import fit_temperature, fit_thresholds
from angelshare.recipes.papers.lost_in_distillation.by_function import OVER_FUNCTIONS
from angelshare.recipes.papers.lost_in_distillation.by_identity import MEANS
from angelshare.recipes.papers.lost_in_distillation.parts import (
    HATECHECK,
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    SELECTION,
    SHUFFLED,
    Parts,
)
from angelshare.recipes.studies.evidence import AUC, AVERAGE_PRECISION, LEVEL, TEACHER, Evidence

NAME = "mitigation"
IDENTITY = "mentions_"
"""The beginning of the names of slices that are identities."""

OF_IDENTITIES = (IN_DOMAIN, "short_synthetic")
RANKING: tuple[Metric, ...] = (replace(AUC, in_slices=False), AVERAGE_PRECISION)
IDENTITIES: tuple[Metric, ...] = tuple(MEANS.values())
FUNCTIONS: tuple[Metric, ...] = (OVER_FUNCTIONS,)
DECISIONS: tuple[Metric, ...] = (
    Share(facts=ACCURACY, per_item=correct, in_slices=False),
    # on harmless texts it is 1 less the false positive rate
    Share(facts=RECALL, per_item=correct, label=0),
)


def mitigation_results(evidence: Evidence, parts: Parts) -> tuple[AuditResult]:
    """Return the changes by every mitigation, and whether mitigation data help the teacher more than the student."""
    findings = Findings()
    for data, panel in evidence.panels.items():
        if data not in (SHUFFLED, SELECTION):
            _measure_trained(panel, data, parts, findings)
    for pair, metrics in _adjusted(evidence.panel(IN_DOMAIN), evidence.panel(SELECTION), parts, findings):
        measure_mitigation(pair, IN_DOMAIN, metrics, findings)
    result = AuditResult(
        NAME,
        QUESTION,
        differences=tuple(findings.differences),
        tables=(mitigation_table(findings.differences),),
        remarks=findings.remarks,
        warnings=tuple(findings.warnings),
        gaps=tuple(findings.gaps),
    )
    return (result,)


def _measure_trained(panel: Panel[Predictions], data: str, parts: Parts, findings: Findings) -> None:
    """Add the changes on one set by every mitigation that is part of training."""
    metrics = (*RANKING, *(FUNCTIONS if data == HATECHECK and "functionality" in panel.columns else ()))
    metrics += IDENTITIES if data in OF_IDENTITIES else ()
    for pair in _trained(panel, parts):
        measure_mitigation(pair, data, metrics, findings)
    student, teacher = _with_data(panel, parts)
    measure_interaction(student, teacher, data, metrics, findings)


def mitigation_table(differences: Iterable[Difference]) -> Table:
    """Return the changes by each mitigation, set by set, each row with its own 95% interval."""
    rows = []
    for row in differences:
        if row.slice is None:
            interval = row.inference.interval(LEVEL)
            what = "interaction" if row.contrast == "interaction" else row.student
            values = (row.right_value, row.left_value, row.inference.value, interval.low, interval.high)
            rows.append((what, row.data, row.metric, *values))
    columns = ("mitigation", "set", "metric", "without", "with", "change", "low", "high")
    title = (
        "What each mitigation changes; an interaction is the student's difference to its teacher with mitigation less "
        "the same without, each row's interval by itself"
    )
    return Table(NAME, title, columns, tuple(rows))


def _populations(panel: Panel[Predictions]) -> Mapping[str, Population[Predictions]]:
    """Return the teacher and all students by name."""
    return {TEACHER: panel.teacher, **{student.name: student for student in panel.students}}


def _trained(panel: Panel[Predictions], parts: Parts) -> Iterator[Mitigated]:
    """Yield every mitigation that is part of training, with the models trained without it."""
    known = _populations(panel)
    for what, student in parts.mitigations.items():
        yield by_seed(panel.items, f"student: {what}", known[parts.unmitigated], known[student])
    student_too, teacher = _with_data(panel, parts)
    yield student_too
    yield teacher


def _with_data(panel: Panel[Predictions], parts: Parts) -> tuple[Mitigated, Mitigated]:
    """Return student and teacher with mitigation data in the training of both."""
    known, items = _populations(panel), panel.items
    teacher = Mitigated(items, "teacher: mitigation data", known[TEACHER].members, known[MITIGATED_TEACHER].members)
    student = by_seed(items, "student: mitigated teacher and data", known[parts.unmitigated], known[MITIGATED_STUDENT])
    return student, teacher


def _adjusted(
    panel: Panel[Predictions], selection: Panel[Predictions], parts: Parts, findings: Findings
) -> Iterator[tuple[Mitigated, tuple[Metric, ...]]]:
    """Yield temperature and thresholds per group of student and teacher, fitted on the selection split.

    A temperature changes confidence but no decision; thresholds do the opposite. Each comes with the metrics it moves.
    """
    here, there = _populations(panel), _populations(selection)
    groups = [name for name in selection.items.slices if name.startswith(IDENTITY)]
    for who, name in (("student", parts.unmitigated), ("teacher", TEACHER)):
        members, fitted_on = here[name].members, there[name].members
        softened = [
            fit_temperature(selected, selection.items).apply(member)
            for selected, member in zip(fitted_on, members, strict=True)
        ]
        yield Mitigated(panel.items, f"{who}: temperature", members, tuple(softened)), calibration_metrics("binary")
        if not groups:
            findings.remark("Thresholds per group are not fitted: no slice is an identity.")
            continue
        cut = tuple(_cut(name, panel, selection, groups, findings))
        yield Mitigated(panel.items, f"{who}: thresholds per group", members, cut), DECISIONS


def _cut(
    name: str, panel: Panel[Predictions], selection: Panel[Predictions], groups: Sequence[str], findings: Findings
) -> Iterator[Predictions]:
    """Yield members decided by thresholds of their own; groups with too few harmless texts get a remark."""
    sides = (_populations(side)[name].members for side in (selection, panel))
    for selected, member in zip(*sides, strict=True):
        thresholds = fit_thresholds(selected, selection.items, groups)
        if thresholds.not_fitted:
            few = ", ".join(f"{name} ({n})" for name, n in thresholds.not_fitted.items())
            findings.remark(f"Groups without a threshold of their own, for too few harmless texts: {few}.")
        yield thresholds.apply(member, panel.items.slices)
