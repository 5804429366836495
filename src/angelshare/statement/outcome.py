"""Rules asked of a statement, and how they come out: what tests, notebooks and `angelshare check` read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from angelshare.core.errors import InputError
from angelshare.core.shown import one_line
from angelshare.statement.build import regate
from angelshare.statement.gate_rules import has_bound, parse_gate, parse_rows
from angelshare.statement.gates import Gate
from angelshare.statement.judging import is_about, reasons_of
from angelshare.statement.schema import DifferenceRow, GateRow, GateState, Statement

WORST_FIRST: tuple[GateState, ...] = ("lost", "not_measured", "undecided", "held")
_ADVICE: Mapping[GateState, str] = {
    "lost": "The loss is real. Ship the earlier student, train this one better, or state a larger margin.",
    "undecided": "The data decide neither way. Measure more items or seeds, or pass allow_undecided=True.",
}
_NO_SUCH_ROW = "Measure it, or correct the rule: no row of the statement has these names."
_MORE_ITEMS = "Give data on which it can be measured, or rules that name the labels which can."


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """How rules came out; true only if every one of them holds.

    Attributes:
        statement: judged by these rules.
    """

    statement: Statement

    def __bool__(self) -> bool:
        """Return whether every rule holds."""
        return self.state == "held"

    def __repr__(self) -> str:
        """Return a paragraph on every rule."""
        return "\n".join(_paragraph(gate, self.statement) for gate in self.gates)

    @property
    def gates(self) -> tuple[GateRow, ...]:
        """The rules, each with its state."""
        return self.statement.gates

    @property
    def state(self) -> GateState:
        """The worst state of a rule: lost, not_measured, undecided or held."""
        return min((gate.state for gate in self.gates), key=WORST_FIRST.index)

    def complaint(self, *, allow_undecided: bool = False) -> str:
        """Return a paragraph on every rule that does not hold, with its numbers and what to do; "" where all do."""
        passing = {"held", "undecided"} if allow_undecided else {"held"}
        failed = [gate for gate in self.gates if gate.state not in passing]
        if not failed:
            return ""
        head = f"{len(failed)} of {len(self.gates)} rules on the statement {self.statement.title!r} do not hold."
        return "\n\n".join([one_line(head), *(_paragraph(gate, self.statement) for gate in failed)])


def outcome(statement: Statement, rules: Sequence[str | Gate] = ()) -> Outcome:
    """Return how rules come out on a statement.

    Args:
        statement: with all that was measured.
        rules: gates as on the command line; without a bound, such as `accuracy` or `auc[slice=women]`, the margins
            hold that the statement gives these rows. No rules: the statement's own gates.

    Raises:
        InputError: if a rule is none, or there are no rules at all.
    """
    if not rules and not statement.gates:
        raise InputError(f"The statement {statement.title!r} has no gates. Give rules, such as 'accuracy >= -0.01'.")
    if not rules:
        return Outcome(statement)
    return Outcome(regate(statement, [gate for rule in rules for gate in _gates(rule, _rows(statement))]))


def _rows(statement: Statement) -> list[DifferenceRow]:
    """Return all differences of the statement."""
    return [row for audit in statement.audits for row in audit.differences]


def _gates(rule: str | Gate, rows: list[DifferenceRow]) -> Iterator[Gate]:
    """Yield the gates of a rule; without a bound, one at the margin of the rows that it names, or one for each row.

    In the latter case the rule itself follows, so that students and labels that were not measured count too.
    """
    if isinstance(rule, Gate) or has_bound(rule):
        yield rule if isinstance(rule, Gate) else parse_gate(rule)
        return
    named = parse_rows(rule)
    selected = [row for row in rows if named.selects(row)]
    strictest = min((row.margin for row in selected), default=named.margin)
    whole = replace(named, margin=strictest, source="command line")
    if all(row.margin == strictest for row in selected):
        yield whole
        return
    single = [
        replace(whole, margin=row.margin, output=row.output, student=row.student, data=row.data) for row in selected
    ]
    yield from single
    if whole.selector not in {gate.selector for gate in single}:
        yield whole


def _paragraph(gate: GateRow, statement: Statement) -> str:
    """Return a rule with its state, the measured numbers, and a remedy."""
    head = f"{gate.state.replace('_', ' ')}: {gate.rule}"
    if gate.state == "not_measured":
        reasons = reasons_of(gate, statement)
        told = (*reasons, _MORE_ITEMS if reasons else _NO_SUCH_ROW)
        return "\n".join(map(one_line, [head, *(f"  {line}" for line in told)]))
    numbers = [f"  {line}" for row in _rows(statement) if is_about(gate, row) for line in _numbers(row)]
    advice = [f"  {_ADVICE[gate.state]}"] if gate.state in _ADVICE else []
    return "\n".join(map(one_line, [head, *numbers, *advice]))


def _numbers(row: DifferenceRow) -> Iterator[str]:
    """Yield a row's values, difference and interval."""
    items = f"on {row.n:,} items of {row.data}"
    if row.contrast == "slice-rest":
        yield f"change on the slice {row.left_value:+.4g}, on the others {row.right_value:+.4g}, {items}"
    elif row.contrast == "interaction":
        sides = f"with mitigation {row.left_value:+.4g}, without {row.right_value:+.4g}"
        yield f"student less teacher {sides}, {items}"
    else:
        left, right = row.contrast.split("-")
        yield f"{left} {row.left_value:.4g}, {right} {row.right_value:.4g}, {items}"
    ratio = " (logarithm of the ratio)" if row.scale == "log_ratio" else ""
    interval = row.judged or row.interval
    what = "distance from the target" if row.judged else "difference"
    value = "" if row.judged else f" {row.delta:+.4g}"
    between = f"[{interval.low:+.4g}, {interval.high:+.4g}]"
    yield f"{what}{value}{ratio}, {100 * interval.level:g}% interval {between}, margin {row.margin:g}"
    if row.verdict == "undecided" and row.margin <= row.least_margin:
        hidden = "items of large weight" if row.n_clusters is None else "clusters"
        yield f"{hidden} that were not sampled could hide a loss of {row.least_margin:.4g}"
    elif row.verdict == "undecided" and row.n_needed is not None:
        yield f"about {row.n_needed:,} items would decide at this margin if nothing is lost"
    if row.remark is not None:
        yield row.remark
