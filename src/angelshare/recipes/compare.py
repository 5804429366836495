"""This release against the last: two folders with statements, and where both kept them, the predictions behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path

from angelshare import __version__
from angelshare.audits.frame.merging import merged
from angelshare.audits.frame.registry import Choice, load_audits, run_audits
from angelshare.core.audit import AuditResult, AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.estimate import ContrastName
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import TEST, Observations
from angelshare.recipes.conclude.kept import kept_panel
from angelshare.recipes.conclude.publish import publish_comparison
from angelshare.recipes.releases import release_panels
from angelshare.statement.build import read_statement
from angelshare.statement.compare import data_changes, gate_changes, model_changes, release_row, row_changes
from angelshare.statement.comparison import SCHEMA, Comparison, DataChange
from angelshare.statement.differences import Rules, difference_rows
from angelshare.statement.entries import audit_row
from angelshare.statement.gates import Gate, distinct, metrics_in_slices
from angelshare.statement.judging import apply_gates
from angelshare.statement.schema import Statement

MEASURED = ("quality", "calibration", "agreement", "identity_auc")
"""Audits that predictions alone are enough for, and whose answers mean something between two releases."""
CONTRASTS: Mapping[ContrastName, ContrastName] = {"student-teacher": "new-old", "slice-rest": "slice-rest"}
"""What an audit calls a contrast, and what it is between two releases; the others mean nothing there."""
FLIPS = ("agreement", "negative_flips", "positive_flips", "net_flips")


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """One call of `angelshare compare`.

    Attributes:
        old, new: folders of runs or audits, or their statement.json.
        now: the time that the comparison bears.
        out: where the comparison goes; None: nowhere.
        gates: on the change of every student from old to new.
    """

    old: Path
    new: Path
    now: datetime
    out: Path | None = None
    gates: tuple[Gate, ...] = ()


def compare_releases(request: CompareRequest) -> Comparison:
    """Return what changed from one statement to another, and how sure that is; and write it.

    Where both folders keep the predictions and these are about the same items, each student's change gets a paired
    interval and a verdict, by the audits themselves: the old student stands where the teacher does. Margins are those
    that the new statement was given for this student, label and slice, else the defaults. Gates are about these
    changes; a student of the old release that the new one lacks is not measured.

    Raises:
        InputError: if a statement or what was kept beside it cannot be read, or a gate is about a baseline.
    """
    old, new = read_statement(request.old), read_statement(request.new)
    gates = distinct(map(_between_releases, request.gates))
    paired = release_panels(kept_panel(request.old, old), kept_panel(request.new, new))
    settings = AuditSettings(in_slices=metrics_in_slices(gates))
    results = _measured(paired.panels, new, settings)
    differences = difference_rows(results, Rules({}, gates, earlier=tuple(_given_margins(new))))
    gaps = [gap for result in results for gap in result.gaps]
    states, verdict = apply_gates(gates, [row for rows in differences for row in rows], _students(old), gaps)
    models, data, rows = model_changes(old, new), data_changes(old, new), row_changes(old, new)
    changes = [change.change for change in models] + [change.change for change in data]
    comparison = Comparison(
        schema_name=SCHEMA,
        created=request.now.isoformat(),
        angelshare=__version__,
        old=release_row(old),
        new=release_row(new),
        identical=set(changes) <= {"same"} and all(row.old == row.new for row in rows),
        models=models,
        data=data,
        rows=rows,
        gate_changes=gate_changes(old, new),
        items=paired.why,
        audits=tuple(audit_row(r, d, redact=False) for r, d in zip(results, differences, strict=True)),
        gates=states,
        verdict=verdict,
        warnings=(*_not_the_same(data), *paired.warnings),
    )
    if request.out is not None:
        publish_comparison(comparison, request.out)
    return comparison


def _between_releases(gate: Gate) -> Gate:
    """Return a gate as it is meant here: about new - old.

    Raises:
        InputError: if it is about a baseline.
    """
    if gate.contrast == "student-baseline":
        raise InputError("A comparison holds students against their last release. Give gates on baselines to `check`.")
    return replace(gate, contrast="new-old") if gate.contrast == "student-teacher" else gate


def _students(statement: Statement) -> list[str]:
    """Return the students that a statement is about."""
    return list(dict.fromkeys(model.name for model in statement.models if model.role == "student"))


def _given_margins(statement: Statement) -> Iterator[Gate]:
    """Yield the margins that a statement was given, each with its source and for the rows that had it."""
    for row in (row for audit in statement.audits if audit.name in MEASURED for row in audit.differences):
        if row.margin_source != "default" and row.contrast in CONTRASTS:
            yield Gate(
                row.metric,
                row.margin,
                row.margin_source,
                slice=row.slice,
                output=row.output,
                student=row.student,
                data=row.data,
                contrast=CONTRASTS[row.contrast],
            )


def _not_the_same(data: Sequence[DataChange]) -> Iterator[str]:
    """Yield what must be known before any two numbers are held against each other."""
    for change in data:
        if change.change == "changed" and change.split != "transfer":
            yield (
                f"{change.name} ({change.split}) does not hold the same items in both releases: "
                f"{change.old_n:,} before, {change.new_n:,} now, with another content."
            )


def _identities(new: Statement) -> Iterator[str]:
    """Yield patterns of the slices that the new statement took for identities: just these."""
    of_audit = [audit for audit in new.audits if audit.name == "identity_auc"]
    measured = [row.slice for audit in of_audit for row in audit.differences]
    missing = [gap.slice for audit in of_audit for gap in audit.gaps]
    yield from (escape(name) for name in dict.fromkeys([*measured, *missing]) if name is not None)


def _measured(panels: Sequence[Panel[Predictions]], new: Statement, settings: AuditSettings) -> list[AuditResult]:
    """Return what the audits of the new statement find between the releases, one result per audit."""
    audits = load_audits([_choice(audit.name, new) for audit in new.audits if audit.name in MEASURED])
    of_panels = [run_audits(audits, Observations({(TEST, "scores"): panel}), settings) for panel in panels]
    return [merged([_between(result) for result in results]) for results in zip(*of_panels, strict=True)]


def _choice(name: str, new: Statement) -> Choice:
    """Return an audit, with the identities that the new statement took for such."""
    identities = tuple(_identities(new))
    return Choice(name, {"identities": identities} if name == "identity_auc" and identities else {})


def _between(result: AuditResult) -> AuditResult:
    """Return one audit's results on one student as they are meant here: changes, flips, and what was not measured."""
    return replace(
        result,
        differences=tuple(
            replace(d, contrast=CONTRASTS[d.contrast]) for d in result.differences if d.contrast in CONTRASTS
        ),
        estimates=tuple(one for one in result.estimates if one.metric in FLIPS),
        tables=(),
        gaps=tuple(replace(gap, contrast=CONTRASTS[gap.contrast]) for gap in result.gaps if gap.contrast in CONTRASTS),
    )
