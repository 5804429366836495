"""A statement from the results of audits (margins, families, verdicts), and its file."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from angelshare import __version__
from angelshare.core.atomic import write_text
from angelshare.core.audit import AuditResult
from angelshare.core.errors import StatementError
from angelshare.core.protocols import ModelEntry
from angelshare.statement.consistency import contradiction
from angelshare.statement.differences import Rules, difference_rows
from angelshare.statement.entries import audit_row, model_row
from angelshare.statement.gates import Gate, distinct
from angelshare.statement.judging import apply_gates, regated
from angelshare.statement.reading import CHECKSUM, LARGEST, holds_too_large, read_json, sealed, unsealed, with_warnings
from angelshare.statement.schema import SCHEMA, DataRow, Statement


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
    warnings: Sequence[str] = (),
    redact_texts: bool = False,
) -> Statement:
    """Return the statement.

    Primary rows (a gate names them) are judged on their own 95% interval, all others on the interval that holds
    simultaneously over their family. `p_adjusted` is Holm's over the family: for primary rows of a loss beyond the
    margin (it decides the gate), for the others of any difference (it is information).

    Args:
        results: of the audits.
        models: every member.
        data: every split in use.
        gates: where two name the same rows, the command line's holds; of several that name one row, the most specific.
        margins: the recipe's, by metric.
        recipe: as resolved.
        environment: versions and machine.
        created: the time of day.
        title: of the page.
        test_looks: how often the test split has been looked at, this time included.
        notes: what a reader should know, as sentences.
        warnings: what must be known before any number is believed, as sentences.
        redact_texts: leave users' texts out.

    Raises:
        InputError: if a metric has no margin, or two gates contradict each other.
    """
    statement = Statement(
        schema_name=SCHEMA,
        created=created.isoformat(),
        angelshare=__version__,
        title=title,
        recipe=dict(recipe),
        environment=dict(environment),
        test_looks=test_looks,
        models=tuple(model_row(model) for model in models),
        data=tuple(data),
        audits=(),
        gates=(),
        verdict=None,
        notes=tuple(notes),
        warnings=tuple(warnings),
    )
    return with_results(statement, results, gates, margins, redact_texts=redact_texts)


def with_results(
    statement: Statement,
    results: Sequence[AuditResult],
    gates: Sequence[Gate],
    margins: Mapping[str, float],
    *,
    redact_texts: bool = False,
) -> Statement:
    """Return a statement that says this of its models: every row judged, and every gate. See `build_statement`."""
    rows = difference_rows(results, Rules(margins, distinct(gates)))
    students = list(dict.fromkeys(model.name for model in statement.models if model.role == "student"))
    gaps = [gap for result in results for gap in result.gaps]
    states, verdict = apply_gates(gates, [row for of_audit in rows for row in of_audit], students, gaps)
    audits = tuple(audit_row(r, d, redact=redact_texts) for r, d in zip(results, rows, strict=True))
    return statement.model_copy(update={"audits": audits, "gates": states, "verdict": verdict})


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
    gaps = [gap for audit in audits for gap in audit.gaps]
    states, verdict = apply_gates(gates, [row for audit in audits for row in audit.differences], students, gaps)
    return statement.model_copy(update={"audits": audits, "gates": states, "verdict": verdict})


def write_statement(statement: Statement, path: Path) -> None:
    """Write the statement as JSON, whole or not at all.

    Raises:
        ValueError: if it holds a number that is not finite.
    """
    write_text(path, f"{as_text(statement)}\n")


def as_text(statement: Statement) -> str:
    """Return the statement as JSON, with its checksum, in ASCII: lone surrogates in users' texts have no UTF-8.

    Raises:
        ValueError: if it holds a number that is not finite.
    """
    return json.dumps(sealed(statement.model_dump(mode="python")), indent=1, allow_nan=False)


def read_statement(path: Path) -> Statement:
    """Return the statement in a file, or in the folder of a run.

    Raises:
        StatementError: if there is none, it is no loss statement of this schema, it was changed after it was written,
            or it contradicts itself.
    """
    file = path / "statement.json" if path.is_dir() else path
    return parse_statement(read_json(file), where=str(file))


def parse_statement(content: object, *, where: str) -> Statement:
    """Return the statement in a mapping as JSON gives it.

    Args:
        content: whatever was read.
        where: its origin, for messages.

    Raises:
        StatementError: if it is no loss statement of this schema, it was changed after it was written, or it
            contradicts itself.
    """
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(content, dict) or schema != SCHEMA:
        raise StatementError(
            f"{where} has the schema {schema!r}; this version of angelshare reads {SCHEMA!r}. "
            "Make the statement again, or use the version that wrote it."
        )
    if holds_too_large(content):
        raise StatementError(f"{where} holds a number beyond {LARGEST:g}. Make the statement again.")
    try:
        statement = Statement.model_validate(with_warnings(unsealed(content, where)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StatementError(
            f"{where} is not a valid {SCHEMA}: {error.error_count()} mistakes, the first at {place}: {first['msg']}. "
            "Make the statement again."
        ) from error
    problem = contradiction(statement)
    if problem is not None:
        raise StatementError(f"{where} contradicts itself: {problem}. Make the statement again.")
    return statement


def json_schema() -> dict[str, Any]:  # Any: a JSON Schema is a nest of plain values
    """Return the JSON Schema of a statement, for tools that parse it."""
    schema = Statement.model_json_schema(mode="serialization", by_alias=True)
    schema["properties"][CHECKSUM] = {"title": "Sha256 of all else", "type": "string"}
    return schema
