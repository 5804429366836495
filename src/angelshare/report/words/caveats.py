"""What a reader must know before believing a number."""

from difflib import get_close_matches

from angelshare.report.words import lookup, phrases
from angelshare.statement.judging import reasons_of
from angelshare.statement.schema import GateRow, Statement

MOST_NAMES = 3


def warnings(statement: Statement) -> tuple[str, ...]:
    """Return what a reader must know before believing a number.

    Such as clustered items, faulty data, trainings and models that failed, metrics of which the teacher has nothing to
    lose, few seeds, and gates that were not measured.
    """
    stated = [*statement.warnings, *(warning for audit in statement.audits for warning in audit.warnings)]
    texts = [*dict.fromkeys(stated), *_models_that_failed(statement), *_nothing_to_lose(statement)]
    few = sorted({row.student for row in lookup.differences(statement) if row.remark and "few seeds" in row.remark})
    if few:
        texts.append(
            f"Few seeds: the spread of {phrases.joined(few)} over training runs was estimated from fewer than five."
        )
    texts += [_unmeasured(gate, statement) for gate in statement.gates if gate.state == "not_measured"]
    return tuple(texts)


def _unmeasured(gate: GateRow, statement: Statement) -> str:
    """Return a sentence on a gate that was not measured, with the reasons."""
    reasons = reasons_of(gate, statement) or (_no_row(gate, statement),)
    return f"Not measured: the gate {gate.rule}: {'; '.join(reasons)}."


def _no_row(gate: GateRow, statement: Statement) -> str:
    """Return the name in a gate that no row has, with the nearest that one has."""
    rows = lookup.differences(statement)
    asked = {
        "student": (gate.student, {row.student for row in rows}),
        "data set": (gate.data, {row.data for row in rows}),
        "slice": (gate.slice, {row.slice for row in rows if row.slice is not None}),
        "label": (gate.output, {row.output for row in rows if row.output is not None}),
    }
    for what, (name, known) in asked.items():
        if name is not None and name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            said = f"no {what} called {name!r} was measured"
            return f"{said} (the nearest name is {near[0]!r})" if near else said
    return "there is no such row; remarks on the page say what was left out"


def _models_that_failed(statement: Statement) -> list[str]:
    """Return the remarks on models, each once with all models that have it."""
    models: dict[str, list[str]] = {}
    for model in statement.models:
        if model.remark:
            member = model.name if model.seed is None else f"{model.name}/{model.seed}"
            who = f"baseline {member}" if model.role == "baseline" else member
            models.setdefault(model.remark, []).append(who)
    return [f"{', '.join(names)}: {remark}" for remark, names in models.items()]


def _nothing_to_lose(statement: Statement) -> list[str]:
    """Return a sentence on the metrics where the teacher has 0, such as F1 of a label it never gives; at most one."""
    rows = [
        row
        for row in lookup.differences(statement)
        if (row.contrast, row.direction, row.scale, row.slice) == ("student-teacher", "higher", "difference", None)
        and row.right_value == 0
    ]
    names = list(dict.fromkeys(lookup.name(row) for row in rows))
    if not names:
        return []
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    listed = phrases.joined([*names[:MOST_NAMES], *more])
    return [f"The teacher has 0 in {listed}: there is nothing to lose, so verdicts on that say nothing of a student."]
