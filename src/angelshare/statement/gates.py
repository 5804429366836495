"""Rules on a statement that decide the exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from angelshare.core.errors import InputError
from angelshare.core.estimate import Direction, Interval, Verdict, judge
from angelshare.core.registry import unknown_name
from angelshare.statement.margins import DEFAULT_MARGINS
from angelshare.statement.schema import DifferenceRow, GateRow, GateState, IntervalRow, Statement, overall_verdict
from angelshare.stats.inference import IDENTICAL
from angelshare.stats.multiplicity import holm

MarginSource = Literal["recipe", "command line"]
PRIMARY, FORMER = "primary", "former gates"
ALPHA = 0.05 + 1e-9
"""Of the gates; the surplus forgives rounding in bounds such as 1 - 0.95."""
EXIT_CODES = {"lost": 4, "undecided": 5, "preserved": 0, None: 0}


@dataclass(frozen=True, slots=True)
class Gate:
    """No student may lose more than `margin` of this metric against its teacher, on all items.

    Raises:
        InputError: if no audit judges the metric, or the margin is none: see `check_margin`.
    """

    metric: str
    margin: float
    source: MarginSource = "recipe"

    def __post_init__(self) -> None:
        """Refuse a rule that nothing could meet, or that nobody can check."""
        check_margin(self.metric, self.margin)


def check_margin(metric: str, margin: float) -> None:
    """Refuse a margin that says nothing: negative, no number, or so large that all may be lost.

    Raises:
        InputError: if no audit judges the metric, or the margin is not in [0, 1) (mse: [0, 1,000,000)).
    """
    if metric not in DEFAULT_MARGINS:
        raise InputError(unknown_name("metric", metric, DEFAULT_MARGINS))
    limit = DEFAULT_MARGINS[metric].limit
    if not 0 <= margin < limit:
        advice = "Write 0.01 for one point." if limit == 1 else "Give a number such as 0.01."
        raise InputError(
            f"The margin of {metric} says how much worse is still acceptable: at least 0 and less than {limit:,.0f}, "
            f"so it cannot be {margin}. {advice}"
        )


def parse_margin(text: str) -> Gate:
    """Return the gate that `METRIC=VALUE` on the command line asks for.

    Raises:
        InputError: if the text has another form; the nearest metric is named.
    """
    metric, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"{text!r} is no margin. Write METRIC=VALUE, such as accuracy=0.01.")
    try:
        margin = float(value)
    except ValueError as error:
        raise InputError(f"The margin of {metric} is {value!r}, which is no number. Write {metric}=0.01.") from error
    return Gate(metric, margin, "command line")


def by_metric(gates: Sequence[Gate]) -> Mapping[str, Gate]:
    """Return one gate per metric: where two name the same, the later one holds (the command line comes last)."""
    return {gate.metric: gate for gate in gates}


def is_gated(row: DifferenceRow, gates: Mapping[str, Gate]) -> bool:
    """Whether a gate names this row: a student against its teacher, on all items."""
    return row.contrast == "student-teacher" and row.slice is None and row.metric in gates


def apply_gates(
    gates: Sequence[Gate], rows: Sequence[DifferenceRow], students: Sequence[str]
) -> tuple[tuple[GateRow, ...], Literal["lost", "preserved", "undecided"] | None]:
    """Return every gate's state for every student, and the overall verdict; no verdict without gates.

    All gates held is an intersection-union, so `held` is read at each row's own level; `lost` must also survive Holm's
    correction over all gated rows. A student without the row is `not_measured`.
    """
    if not gates:
        return (), None
    named = by_metric(gates)
    gated = [row for row in rows if is_gated(row, named)]
    adjusted = _adjusted(gated, named)
    found = [_state(row, named[row.metric], p) for row, p in zip(gated, adjusted, strict=True)]
    for gate in named.values():
        measured = {row.student for row in gated if row.metric == gate.metric}
        missing: list[str | None] = [student for student in students if student not in measured]
        if not students and not measured:
            missing = [None]
        found.extend(_gate_row(gate, student, None, "not_measured") for student in missing)
    return tuple(found), overall_verdict(found)


def regated(rows: Sequence[DifferenceRow], gates: Sequence[Gate]) -> list[DifferenceRow]:
    """Return stored rows as these gates see them: margin, family and verdict, and what is no longer known left out.

    A gate's margin serves all rows of its metric, as when a statement is built. Rows that it names become primary and
    are judged on their own interval; rows that only an earlier gate named are judged on the interval that holds for all
    of those at once; all others on the stored interval of their family.
    """
    named = by_metric(gates)
    adjusted = iter(_adjusted([row for row in rows if is_gated(row, named)], named))
    size = sum(is_gated(row, named) for row in rows)
    found = []
    for row in rows:
        gate = None if row.contrast == "student-baseline" else named.get(row.metric)
        changed: dict[str, object] = {}
        if gate is not None:
            changed = {"margin": gate.margin, "margin_source": gate.source}
        if gate is not None and gate.margin != row.margin:
            changed |= {"p_margin": None, "n_needed": None}
        if is_gated(row, named):
            changed |= {"family": PRIMARY, "family_size": size, "p_adjusted": next(adjusted)}
        elif row.family == PRIMARY:
            changed |= {"family": FORMER}
        if changed.get("family", row.family) != row.family:
            changed |= {"mde": None, "n_needed": None}
        found.append(judged(row.model_copy(update=changed)))
    return found


def judged(row: DifferenceRow) -> DifferenceRow:
    """Return the row with the verdict of its deciding interval: its own where it is primary, else its family's."""
    own, family = row.judged or row.interval, row.judged_family or row.interval_family
    verdict = verdict_at(row, own if row.family == PRIMARY else family, row.margin)
    return row.model_copy(update={"verdict": verdict})


def _adjusted(gated: Sequence[DifferenceRow], named: Mapping[str, Gate]) -> Sequence[float]:
    """Return Holm's adjusted p-value of a loss for every gated row."""
    return holm([loss_p(row, named[row.metric].margin) for row in gated])


def exit_code(statement: Statement) -> int:
    """Return 0 if no gate failed or there is none, 4 if one found a loss, 5 if one is undecided or not measured."""
    return EXIT_CODES[statement.verdict]


def loss_p(row: DifferenceRow, margin: float) -> float:
    """Return the p-value, or an upper bound on it, of the hypothesis that no more than the margin is lost.

    It is the two-sided p of delta = -margin where the estimate lies beyond it, else 1.
    """
    interval, family = row.judged or row.interval, row.judged_family or row.interval_family
    if verdict_at(row, interval, margin) != "lost":
        return 1.0
    if margin == row.margin and row.judged is None and row.p_margin is not None:
        return row.p_margin
    bound = 1 - interval.level
    return min(bound, 1 - family.level) if verdict_at(row, family, margin) == "lost" else bound


def _state(row: DifferenceRow, gate: Gate, p_adjusted: float) -> GateRow:
    """Return the state of one gated row."""
    verdict = verdict_at(row, row.judged or row.interval, gate.margin)
    state: GateState = "held" if verdict in ("preserved", "gained") else "undecided"
    if verdict == "lost" and p_adjusted <= ALPHA:
        state = "lost"
    return _gate_row(gate, row.student, row.output, state)


def _gate_row(gate: Gate, student: str | None, output: str | None, state: GateState) -> GateRow:
    """Return a gate's row, with its rule in words."""
    what = gate.metric if output is None else f"{gate.metric} of {output}"
    rule = f"{student or 'every student'} loses at most {gate.margin:g} of {what}"
    return GateRow(rule=rule, metric=gate.metric, margin=gate.margin, student=student, state=state)


def verdict_at(row: DifferenceRow, interval: IntervalRow, margin: float) -> Verdict | None:
    """Return what an interval of a row says against a margin.

    A verdict that the data cannot carry is withheld: `undecided`.
    """
    read = Interval(interval.low, interval.high, interval.level, interval.method)
    direction: Direction = "lower" if row.direction == "target" else row.direction
    verdict = judge(read, margin, direction, identical=interval.method == IDENTICAL)
    return "undecided" if verdict in row.withheld else verdict
