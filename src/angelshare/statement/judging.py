"""Verdicts of rows and states of gates, read from stored intervals."""

from collections.abc import Iterator, Sequence

from angelshare.core.estimate import Direction, Interval, Verdict, judge
from angelshare.statement.comparison import Comparison
from angelshare.statement.gates import PRIMARY, Gate, Named, deciding_gate, distinct, lending_gate
from angelshare.statement.schema import (
    DifferenceRow,
    GateRow,
    GateState,
    IntervalRow,
    OverallVerdict,
    Statement,
    overall_verdict,
)
from angelshare.statement.target import distance_loss
from angelshare.stats.inference import IDENTICAL
from angelshare.stats.multiplicity import holm

FORMER = "former gates"
"""The family of rows that only former gates named."""
ALPHA = 0.05 + 1e-9
"""The level of the gates' tests; the surplus forgives rounding in bounds such as 1 - 0.95."""
EXIT_CODES = {"lost": 4, "undecided": 5, "preserved": 0, None: 0}


def apply_gates(
    gates: Sequence[Gate], rows: Sequence[DifferenceRow], students: Sequence[str], gaps: Sequence[Named]
) -> tuple[tuple[GateRow, ...], OverallVerdict | None]:
    """Return the state of every gate on every row that it decides, and the overall verdict; None without gates.

    All gates held is an intersection-union, so `held` is read at each row's own level; `lost` must also survive Holm's
    correction over all gated rows. A gate is `not_measured` if its row could not be measured, if a student has no such
    row, or if its student or slice does not exist.

    Args:
        gates: of the statement.
        rows: with these gates' margins, and p-values adjusted over the gated rows.
        students: those of the statement.
        gaps: the rows that could not be measured.

    Raises:
        InputError: if two gates contradict each other.
    """
    if not gates:
        return (), None
    rules = distinct(gates)
    states = [
        _gate_row(gate, row.student, row.output, state_of(row, gate.margin))
        for row in rows
        if (gate := deciding_gate(row, rules)) is not None
    ]
    states += dict.fromkeys(_not_measured(rules, [*rows, *gaps], students, gaps))
    return tuple(states), overall_verdict(states)


def gate_p_values(rows: Sequence[DifferenceRow], margins: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's p-value of a loss for every gated row at its gate's margin: it decides whether a gate is `lost`."""
    return holm([loss_p(row, margin) for row, margin in zip(rows, margins, strict=True)])


def regated(rows: Sequence[DifferenceRow], gates: Sequence[Gate]) -> list[DifferenceRow]:
    """Return stored rows under these gates: with margin, family and verdict, and without what is no longer known.

    Margins are as when a statement is built. Rows that a gate names become primary and are judged on their own
    interval; rows that only an earlier gate named are judged on the interval that holds for all of those at once; all
    others on the stored interval of their family.
    """
    rules = distinct(gates)
    deciding = [deciding_gate(row, rules) for row in rows]
    gated = [(row, gate.margin) for row, gate in zip(rows, deciding, strict=True) if gate is not None]
    adjusted = iter(gate_p_values([row for row, _ in gated], [margin for _, margin in gated]))
    anew = []
    for row, gate in zip(rows, deciding, strict=True):
        changed = _new_margin(row, lending_gate(row, rules))
        if gate is not None:
            changed |= {"family": PRIMARY, "family_size": len(gated), "p_adjusted": next(adjusted)}
        elif row.family == PRIMARY:
            changed |= {"family": FORMER}
        if changed.get("family", row.family) != row.family:
            changed |= {"mde": None, "n_needed": None}
        anew.append(judged(row.model_copy(update=changed)))
    return anew


def judged(row: DifferenceRow) -> DifferenceRow:
    """Return the row with the verdict of its deciding interval: its own where it is primary, else its family's."""
    single, family = row.judged or row.interval, row.judged_family or row.interval_family
    verdict = verdict_at(row, single if row.family == PRIMARY else family, row.margin)
    return row.model_copy(update={"verdict": verdict})


def verdict_at(row: DifferenceRow, interval: IntervalRow, margin: float) -> Verdict | None:
    """Return the verdict that an interval of a row gives against a margin.

    A verdict that the data cannot carry is withheld: `undecided`. `preserved` needs a margin above what unsampled
    clusters could hide.
    """
    read = Interval(interval.low, interval.high, interval.level, interval.method)
    direction: Direction = "lower" if row.direction == "target" else row.direction
    verdict = judge(read, margin, direction, identical=interval.method == IDENTICAL)
    hidden = verdict == "preserved" and margin <= row.least_margin
    return "undecided" if hidden or verdict in row.withheld else verdict


def loss_p(row: DifferenceRow, margin: float) -> float:
    """Return the p-value, or an upper bound on it, of the hypothesis that no more than the margin is lost.

    Where the estimate lies beyond the margin it is the two-sided p of a loss of exactly the margin, else 1. It is 1 too
    where no loss could be shown: such a row must not weigh on the others.
    """
    interval, family = row.judged or row.interval, row.judged_family or row.interval_family
    if "lost" in row.withheld or interval.low >= interval.high or not _is_beyond(row, margin):
        return 1.0
    if margin == row.margin and row.p_margin is not None:
        return row.p_margin
    if verdict_at(row, interval, margin) != "lost":
        return 1.0
    bound = 1 - interval.level
    return min(bound, 1 - family.level) if verdict_at(row, family, margin) == "lost" else bound


def exit_code(judged: Statement | Comparison) -> int:
    """Return 0 if all gates hold or there is none, 4 after a loss, 5 if a gate is undecided or not measured."""
    return EXIT_CODES[judged.verdict]


def _is_beyond(row: DifferenceRow, margin: float) -> bool:
    """Whether a row's estimate is a loss of more than the margin."""
    if row.direction == "target":
        return row.target is not None and distance_loss(row.right_value, row.delta, row.target) > margin
    return {"higher": -row.delta, "lower": row.delta, "none": 0.0}[row.direction] > margin


def _new_margin(row: DifferenceRow, gate: Gate | None) -> dict[str, object]:
    """Return what changes in a row when a gate gives it its margin."""
    if gate is None:
        return {}
    unknown: dict[str, object] = {} if gate.margin == row.margin else {"p_margin": None, "n_needed": None}
    return {"margin": gate.margin, "margin_source": gate.source, **unknown}


def _not_measured(
    gates: Sequence[Gate], known: Sequence[Named], students: Sequence[str], gaps: Sequence[Named]
) -> Iterator[GateRow]:
    """Yield the gates on rows that could not be measured, and on students without a row."""
    for gap in gaps:
        gate = deciding_gate(gap, gates)
        if gate is not None:
            yield _gate_row(gate, gap.student, gap.output, "not_measured")
    for gate in gates:
        for student in _missing(gate, known, students):
            yield _gate_row(gate, student, None, "not_measured")


def _missing(gate: Gate, known: Sequence[Named], students: Sequence[str]) -> list[str | None]:
    """Return a gate's students without a row for it; [None] where there are no students at all."""
    named = {row.student for row in known if gate.selects(row)}
    wanted = students if gate.student is None else (gate.student,)
    missing: list[str | None] = [student for student in wanted if student not in named]
    return [None] if not wanted and not named else missing


def state_of(row: DifferenceRow, margin: float) -> GateState:
    """Return the state of a gate on one row, whose p-value is adjusted over all gated rows."""
    verdict = verdict_at(row, row.judged or row.interval, margin)
    if verdict == "lost" and row.p_adjusted <= ALPHA:
        return "lost"
    return "held" if verdict in ("preserved", "gained") else "undecided"


def _gate_row(gate: Gate, student: str | None, output: str | None, state: GateState) -> GateRow:
    """Return a gate's row, with its rule in words."""
    output = output or gate.output
    return GateRow(
        rule=gate.rule(student, output),
        metric=gate.metric,
        slice=gate.slice,
        output=output,
        contrast=gate.contrast,
        data=gate.data,
        margin=gate.margin,
        student=student,
        state=state,
    )


def reasons_of(gate: GateRow, statement: Statement) -> tuple[str, ...]:
    """Return why the rows of a gate were not measured; none where the statement knows of no such row."""
    gaps = (gap for audit in statement.audits for gap in audit.gaps if is_about(gate, gap))
    return tuple(dict.fromkeys(gap.why for gap in gaps))


def is_about(gate: GateRow, row: Named) -> bool:
    """Return whether a gate's state was read from this row or gap."""
    return (
        (gate.metric, gate.slice, gate.contrast, gate.student) == (row.metric, row.slice, row.contrast, row.student)
        and gate.output in (None, row.output)
        and gate.data in (None, row.data)
    )
