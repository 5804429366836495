"""Two releases compared: the statements in two folders and, where both kept them, the predictions behind these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Any

from angelshare import __version__
from angelshare.audits.frame.merging import merged
from angelshare.audits.frame.registry import Choice, load_audits, of_releases, run_audits
from angelshare.core.audit import Audit, AuditResult, AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.estimate import ContrastName
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import TEST, Observations
from angelshare.recipes.conclude.kept import Kept, kept_panel
from angelshare.recipes.conclude.places import check_pages
from angelshare.recipes.conclude.publish import publish_comparison
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.releases import release_panels
from angelshare.statement.build import read_statement
from angelshare.statement.compare import data_changes, gate_changes, model_changes, release_row, row_changes
from angelshare.statement.comparison import SCHEMA, Comparison, DataChange
from angelshare.statement.differences import Rules, difference_rows
from angelshare.statement.entries import audit_row
from angelshare.statement.gates import Gate, distinct, metrics_in_slices
from angelshare.statement.judging import apply_gates
from angelshare.statement.schema import Statement

CONTRASTS: Mapping[ContrastName, ContrastName] = {"student-teacher": "new-old", "slice-rest": "slice-rest"}
"""An audit's contrast -> the same between two releases, where all other contrasts mean nothing."""


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """One call of `angelshare compare`.

    Attributes:
        old, new: folders of runs or audits, or their statement.json.
        now: the comparison's time.
        out: the folder for the comparison; None if it is not written.
        gates: on the change of every student from old to new.
    """

    old: Path
    new: Path
    now: datetime
    out: Path | None = None
    gates: tuple[Gate, ...] = ()


def compare_releases(request: CompareRequest) -> Comparison:
    """Return the changes from one statement to another and how certain they are, after writing them.

    Where both folders keep predictions on the same items, each student's change gets a paired interval and a verdict
    from the audits themselves, with the old student in the teacher's place. Margins are those that the new statement
    was given for this student, label and slice, else the defaults. Gates are about these changes; a student of the old
    release that the new one lacks is not measured.

    Raises:
        InputError: if a statement or the answers kept beside it cannot be read, a gate is about a baseline, or `out`
            holds pages that angelshare did not make and would replace, or is in use.
    """
    if request.out is not None:
        check_pages(request.out, "comparison", SCHEMA)
    old, new = read_statement(request.old), read_statement(request.new)
    gates = distinct(map(_between_releases, request.gates))
    kept = kept_panel(request.new, new)
    paired = release_panels(kept_panel(request.old, old), kept)
    settings = AuditSettings(in_slices=metrics_in_slices(gates))
    results = _measured(paired.panels, _audits(new, kept), settings)
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
        with locked(request.out):
            publish_comparison(comparison, request.out)
    return comparison


def _between_releases(gate: Gate) -> Gate:
    """Return a gate as one on new - old.

    Raises:
        InputError: if it is about a baseline.
    """
    if gate.contrast == "student-baseline":
        raise InputError("A comparison holds students against their last release. Give gates on baselines to `check`.")
    return replace(gate, contrast="new-old") if gate.contrast == "student-teacher" else gate


def _students(statement: Statement) -> list[str]:
    """Return the students of a statement."""
    return list(dict.fromkeys(model.name for model in statement.models if model.role == "student"))


def _given_margins(statement: Statement) -> Iterator[Gate]:
    """Yield the margins that a statement was given, each with its source, for the rows that had it."""
    compared = of_releases([audit.name for audit in statement.audits])
    for row in (row for audit in statement.audits if audit.name in compared for row in audit.differences):
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
    """Yield warnings about data that differ between the releases."""
    for change in data:
        if change.change == "changed" and change.split != "transfer":
            yield (
                f"{change.name} ({change.split}) does not hold the same items in both releases: "
                f"{change.old_n:,} before, {change.new_n:,} now, with another content."
            )


def _identities(new: Statement) -> Iterator[str]:
    """Yield patterns that match exactly the slices which the new statement took for identities."""
    of_audit = [audit for audit in new.audits if audit.name == "identity_auc"]
    measured = [row.slice for audit in of_audit for row in audit.differences]
    missing = [gap.slice for audit in of_audit for gap in audit.gaps]
    yield from (escape(name) for name in dict.fromkeys([*measured, *missing]) if name is not None)


def _audits(new: Statement, kept: Kept) -> tuple[Audit[Any], ...]:
    """Return the audits of the new statement that compare releases, with its options and its identities."""
    options = {audit.kind: audit.options for audit in kept.audits}
    identities = tuple(_identities(new))
    if identities:
        options["identity_auc"] = {"identities": identities}
    names = of_releases([audit.name for audit in new.audits])
    return load_audits([Choice(name, options.get(name, {})) for name in names])


def _measured(
    panels: Sequence[Panel[Predictions]], audits: Sequence[Audit[Any]], settings: AuditSettings
) -> list[AuditResult]:
    """Return the results of the audits between the releases, one per audit."""
    by_panel = [run_audits(audits, Observations({(TEST, "scores"): panel}), settings) for panel in panels]
    by_audit = zip(audits, zip(*by_panel, strict=True), strict=False)  # without panels there are no results
    return [merged([_between(result, audit) for result in results]) for audit, results in by_audit]


def _between(result: AuditResult, audit: Audit[Any]) -> AuditResult:
    """Return an audit's results on one student, reduced to what means something between two releases."""
    return replace(
        result,
        differences=tuple(
            replace(d, contrast=CONTRASTS[d.contrast]) for d in result.differences if d.contrast in CONTRASTS
        ),
        estimates=tuple(estimate for estimate in result.estimates if estimate.metric in audit.release_figures),
        tables=(),
        gaps=tuple(replace(gap, contrast=CONTRASTS[gap.contrast]) for gap in result.gaps if gap.contrast in CONTRASTS),
    )
