"""What a reader must know before believing a number."""

from angelshare.report.words import lookup, phrases
from angelshare.statement.schema import Statement

MOST_NAMES = 3


def warnings(statement: Statement) -> tuple[str, ...]:
    """Return what a reader must know before believing a number.

    That is: clustered items, data that are not what they should be, trainings and models that failed, metrics with
    nothing to lose, few seeds, gates that were not measured.
    """
    said = [*statement.warnings, *(warning for audit in statement.audits for warning in audit.warnings)]
    found = [*dict.fromkeys(said), *_models_that_failed(statement), *_nothing_to_lose(statement)]
    few = sorted({row.student for row in lookup.differences(statement) if row.remark and "few seeds" in row.remark})
    if few:
        found.append(
            f"Few seeds: the spread of {', '.join(few)} over training runs was estimated from fewer than five."
        )
    found += [f"Not measured: the gate {gate.rule}." for gate in statement.gates if gate.state == "not_measured"]
    return tuple(found)


def _models_that_failed(statement: Statement) -> list[str]:
    """Return what is remarked on models, each remark once with its models."""
    models: dict[str, list[str]] = {}
    for model in statement.models:
        if model.remark:
            member = model.name if model.seed is None else f"{model.name}/{model.seed}"
            who = f"baseline {member}" if model.role == "baseline" else member
            models.setdefault(model.remark, []).append(who)
    return [f"{', '.join(names)}: {remark}" for remark, names in models.items()]


def _nothing_to_lose(statement: Statement) -> list[str]:
    """Return what the teacher has nothing of, such as F1 where it never says yes: any student "preserves" that."""
    found = [
        row
        for row in lookup.differences(statement)
        if (row.contrast, row.direction, row.scale, row.slice) == ("student-teacher", "higher", "difference", None)
        and row.right_value == 0
    ]
    names = list(dict.fromkeys(lookup.name(row) for row in found))
    if not names:
        return []
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    told = phrases.joined([*names[:MOST_NAMES], *more])
    return [f"The teacher has 0 in {told}: there is nothing to lose, so verdicts on that say nothing of a student."]
