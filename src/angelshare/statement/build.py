"""A statement from what the audits found (margins, families, verdicts), and its file."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from angelshare import __version__
from angelshare.core.errors import InputError, StatementError
from angelshare.core.estimate import Difference
from angelshare.core.protocols import AuditResult, ModelEntry
from angelshare.statement.gates import PRIMARY, Gate, apply_gates, by_metric, judged, regated
from angelshare.statement.margins import default_margin
from angelshare.statement.reading import read_json
from angelshare.statement.rows import audit_row, interval_row, model_row
from angelshare.statement.schema import SCHEMA, DataRow, DifferenceRow, Statement
from angelshare.stats.multiplicity import holm, simultaneous_level
from angelshare.stats.power import detectable_difference, n_needed

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides margins and families: the recipe's margins, and one gate per metric."""

    margins: Mapping[str, float]
    gates: Mapping[str, Gate]

    def margin(self, difference: Difference) -> tuple[float, Literal["recipe", "command line", "default"]]:
        """Return the margin and where it comes from: a gate's first, then the recipe's, then the default.

        A gate's margin serves all rows of its metric: it is what the user calls acceptable. Between a student and its
        baseline nothing is "acceptable": the question is whether distillation helped at all, so the margin is 0.
        """
        metric = difference.metric
        if difference.contrast == "student-baseline":
            return 0.0, "default"
        if metric in self.gates:
            return self.gates[metric].margin, self.gates[metric].source
        if metric in self.margins:
            return self.margins[metric], "recipe"
        return (0.0 if difference.direction == "none" else default_margin(metric).value), "default"

    def family(self, difference: Difference, audit: str) -> str:
        """Return `primary` for rows that a gate names, else student, data and audit."""
        whole = difference.contrast == "student-teacher" and difference.slice is None
        if whole and difference.metric in self.gates:
            return PRIMARY
        return f"{difference.student}/{difference.data}/{audit}"


def build_statement(
    *,
    results: Sequence[AuditResult],
    models: Sequence[ModelEntry],
    data: Sequence[DataRow],
    gates: Sequence[Gate],
    margins: Mapping[str, float],
    recipe: Mapping[str, Any],  # Any: whatever a recipe holds
    environment: Mapping[str, Any],  # Any: versions, flags, counts
    created: datetime,
    title: str,
    test_looks: int,
    notes: Sequence[str] = (),
    redact_texts: bool = False,
) -> Statement:
    """Return the statement.

    Primary rows (a gate names them) are judged on their own 95% interval, all others on the interval that holds
    simultaneously over their family. `p_adjusted` is Holm's over the family: for primary rows of a loss beyond the
    margin (it decides the gate), for the others of any difference (it is information).

    Args:
        results: of the audits.
        models: every member.
        data: every split that was used.
        gates: where two name one metric, the later one holds.
        margins: the recipe's, by metric.
        recipe: as resolved.
        environment: versions and machine.
        created: now.
        title: of the report.
        test_looks: how often the test split has been looked at, this time included.
        notes: what a reader must know, as sentences.
        redact_texts: leave users' texts out.

    Raises:
        InputError: if a metric has no margin, a gate's no audit, or a target metric comes in.
    """
    rules = Rules(margins, by_metric(gates))
    rows = _difference_rows(results, rules)
    students = list(dict.fromkeys(model.name for model in models if model.role == "student"))
    gate_rows, verdict = apply_gates(gates, [row for of_audit in rows for row in of_audit], students)
    return Statement(
        schema_name=SCHEMA,
        created=created.isoformat(),
        angelshare=__version__,
        title=title,
        recipe=dict(recipe),
        environment=dict(environment),
        test_looks=test_looks,
        models=tuple(model_row(model) for model in models),
        data=tuple(data),
        audits=tuple(audit_row(r, d, redact=redact_texts) for r, d in zip(results, rows, strict=True)),
        gates=gate_rows,
        verdict=verdict,
        notes=tuple(notes),
    )


def regate(statement: Statement, gates: Sequence[Gate]) -> Statement:
    """Return the statement with these gates in place of its own, and every row judged again as these gates see it.

    Verdicts are read from the stored intervals, which is exact for the rows that a gate names. The p-values that Holm's
    correction needs are stored for the margin of the row only; at another margin each is bounded from above by the
    stored intervals that exclude it. With a single gated row that changes nothing; with several, a loss that is barely
    significant can come out as `undecided`, never the other way round.
    """
    students = list(dict.fromkeys(model.name for model in statement.models if model.role == "student"))
    rows = iter(regated([row for audit in statement.audits for row in audit.differences], gates))
    audits = tuple(
        audit.model_copy(update={"differences": tuple(next(rows) for _ in audit.differences)})
        for audit in statement.audits
    )
    found, verdict = apply_gates(gates, [row for audit in audits for row in audit.differences], students)
    return statement.model_copy(update={"audits": audits, "gates": found, "verdict": verdict})


def write_statement(statement: Statement, path: Path) -> None:
    """Write the statement as JSON, whole or not at all.

    Raises:
        ValueError: if it holds a number that is not finite.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(f"{as_text(statement)}\n", encoding="ascii")
    partial.replace(path)


def as_text(statement: Statement) -> str:
    """Return the statement as JSON, in ASCII: lone surrogates in users' texts have no UTF-8.

    Raises:
        ValueError: if it holds a number that is not finite.
    """
    return json.dumps(statement.model_dump(mode="python"), indent=1, allow_nan=False)


def read_statement(path: Path) -> Statement:
    """Return the statement in a file, or in the folder of a run.

    Raises:
        StatementError: if there is none, it is no loss statement of this schema, or it contradicts itself.
    """
    file = path / "statement.json" if path.is_dir() else path
    content = read_json(file)
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        raise StatementError(
            f"{file} has the schema {schema!r}, this version of angelshare reads {SCHEMA!r}. "
            "Make the statement again, or use the version that wrote it."
        )
    try:
        return Statement.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StatementError(
            f"{file} is no valid {SCHEMA}: {error.error_count()} mistakes, the first at {where}: {first['msg']}. "
            "Make the statement again."
        ) from error


def json_schema() -> dict[str, Any]:  # Any: a JSON Schema is a nest of plain values
    """Return the JSON Schema of a statement, for tools that parse it."""
    return Statement.model_json_schema(mode="serialization", by_alias=True)


def _difference_rows(results: Sequence[AuditResult], rules: Rules) -> list[tuple[DifferenceRow, ...]]:
    """Return the rows of every audit, with families over all of them."""
    found = [(result.name, d) for result in results for d in result.differences]
    families = [rules.family(d, audit) for audit, d in found]
    adjusted = _adjusted([d for _, d in found], families, rules)
    sizes = Counter(families)
    rows = iter(
        [
            _difference_row(d, rules, family, sizes[family], p)
            for (_, d), family, p in zip(found, families, adjusted, strict=True)
        ]
    )
    return [tuple(next(rows) for _ in result.differences) for result in results]


def _adjusted(differences: Sequence[Difference], families: Sequence[str], rules: Rules) -> list[float]:
    """Return Holm's adjusted p-value of every row, family by family."""
    raw = [
        _loss_p(d, rules.margin(d)[0]) if f == PRIMARY else d.inference.p_value(0.0)
        for d, f in zip(differences, families, strict=True)
    ]
    adjusted = [1.0] * len(raw)
    for family in dict.fromkeys(families):
        members = [i for i, name in enumerate(families) if name == family]
        for i, p in zip(members, holm([raw[i] for i in members]), strict=True):
            adjusted[i] = p
    return adjusted


def _loss_p(difference: Difference, margin: float) -> float:
    """Return the p-value of `no more than the margin is lost`; 1 where the estimate says so itself."""
    edge = _edge(difference, margin)
    beyond = difference.inference.value > edge if difference.direction == "lower" else difference.inference.value < edge
    return difference.inference.p_value(edge) if beyond else 1.0


def _edge(difference: Difference, margin: float) -> float:
    """Return the difference at which exactly the margin is lost."""
    return margin if difference.direction == "lower" else -margin


def _difference_row(difference: Difference, rules: Rules, family: str, size: int, p_adjusted: float) -> DifferenceRow:
    """Return one row with its intervals, p-values, power and verdict."""
    if difference.direction == "target":
        raise InputError(f"{difference.metric} has a target value; statements cannot judge target metrics yet.")
    inference, (margin, source) = difference.inference, rules.margin(difference)
    interval = inference.interval(LEVEL)
    over_family = inference.interval(simultaneous_level(LEVEL, size))
    alpha = (1 - LEVEL) if family == PRIMARY else (1 - LEVEL) / size
    unknown = inference.se == 0 and not difference.identical
    row = DifferenceRow(
        metric=difference.metric,
        data=difference.data,
        slice=difference.slice,
        output=difference.output,
        contrast=difference.contrast,
        student=difference.student,
        left=difference.left,
        right=difference.right,
        inference=difference.kind,
        n=inference.n,
        n_clusters=inference.n_clusters,
        n_seeds=inference.n_seeds,
        left_value=difference.left_value,
        right_value=difference.right_value,
        values_by_seed=difference.values_by_seed,
        delta=inference.value,
        scale=difference.scale,
        se=inference.se,
        interval=interval_row(interval),
        interval_family=interval_row(over_family),
        judged=None,
        judged_family=None,
        p_zero=inference.p_value(0.0),
        p_margin=inference.p_value(_edge(difference, margin)),
        p_adjusted=p_adjusted,
        family=family,
        family_size=size,
        direction=difference.direction,
        target=None,
        margin=margin,
        margin_source=source,
        mde=None if unknown else detectable_difference(inference, alpha=alpha),
        n_needed=None if unknown else n_needed(inference, margin, alpha=alpha),
        verdict=None,
        withheld=difference.withheld,
        remark=_remark(difference, zero_width=interval.low >= interval.high),
    )
    return judged(row)


def _remark(difference: Difference, *, zero_width: bool) -> str | None:
    """Return what a reader must know about a row."""
    remarks = {
        "identical scores": difference.identical,
        "no variance among the items, so no verdict": zero_width and not difference.identical,
        "few seeds": difference.few_seeds,
    }
    return "; ".join([*(remark for remark, holds in remarks.items() if holds), *difference.remarks]) or None
