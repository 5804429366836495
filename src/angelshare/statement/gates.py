"""Gates: rules on a statement's rows that decide the exit code; the rows they name, and the margins they lend."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from angelshare.core.errors import InputError
from angelshare.core.estimate import ContrastName
from angelshare.core.factories import unknown_name
from angelshare.statement.margins import check_margin, judged_metric

MarginSource = Literal["recipe", "command line"]
GateContrast = Literal["student-teacher", "slice-rest", "student-baseline", "new-old"]
GATE_CONTRASTS: tuple[GateContrast, ...] = get_args(GateContrast)
PRIMARY = "primary"
"""The family of the rows that a gate names."""
UNTOLERATED: tuple[ContrastName, ...] = ("student-baseline", "mitigated-plain", "interaction")
"""Contrasts on whether something helped at all: there, no loss is acceptable."""
_AGAINST = {
    "student-teacher": "the teacher",
    "slice-rest": "the rest",
    "student-baseline": "its baseline",
    "new-old": "the last release",
}


class Named(Protocol):
    """What a gate sees of a difference, or of its row in a statement."""

    @property
    def metric(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def slice(self) -> str | None: ...
    @property
    def output(self) -> str | None: ...
    @property
    def contrast(self) -> ContrastName: ...
    @property
    def student(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """No student may lose more than `margin` of this metric.

    Attributes:
        metric: its name.
        margin: the largest acceptable loss, not negative.
        source: its origin.
        slice: the items in question; None: all.
        output, student, data: None: each one by itself.
        contrast: the comparison; `slice-rest`: whether the slice loses more than the other items.

    Raises:
        InputError: if no audit judges the metric, the margin is out of range (see `check_margin`), the contrast is none
            of `GATE_CONTRASTS`, or `slice-rest` comes without a slice.
    """

    metric: str
    margin: float
    source: MarginSource = "recipe"
    slice: str | None = None
    output: str | None = None
    student: str | None = None
    data: str | None = None
    contrast: ContrastName = "student-teacher"

    def __post_init__(self) -> None:
        """Refuse a rule that cannot be met or checked."""
        check_margin(self.metric, self.margin)
        if self.contrast not in GATE_CONTRASTS:
            raise InputError(unknown_name("contrast for gates", self.contrast, GATE_CONTRASTS))
        if self.contrast == "slice-rest" and self.slice is None:
            raise InputError(
                f"A gate on {self.metric} with contrast=slice-rest does not say which slice. Write "
                f"{self.metric}[slice=NAME, contrast=slice-rest]."
            )

    @property
    def selector(self) -> tuple[str | None, ...]:
        """The description of the rows that the gate names."""
        return (self.metric, self.slice, self.output, self.student, self.data, self.contrast)

    def selects(self, row: Named) -> bool:
        """Whether the gate names this row."""
        return row.contrast == self.contrast and row.slice == self.slice and self._is_about(row)

    def lends(self, row: Named) -> bool:
        """Whether the gate's margin serves this row, although the gate does not name it.

        A loss that is acceptable on all items is so in every slice, in a slice against the rest, and between baseline
        and teacher. Between a student and its baseline none is: the question there is whether distillation helped.
        """
        on_all_items = self.slice is None and self.contrast in ("student-teacher", "new-old")
        return on_all_items and row.contrast not in UNTOLERATED and self._is_about(row)

    def _is_about(self, row: Named) -> bool:
        """Whether metric, output, student and data are the gate's."""
        return (
            row.metric == self.metric
            and self.output in (None, row.output)
            and self.student in (None, row.student)
            and self.data in (None, row.data)
        )

    def rule(self, student: str | None, output: str | None) -> str:
        """Return the rule in words, for one student, and one label where the row is about a label."""
        who, what = student or "every student", self.metric if output is None else f"{self.metric} of {output}"
        what += "" if self.slice is None else f" on slice {self.slice}"
        what += "" if self.data is None else f" in {self.data}"
        known = judged_metric(self.metric)
        against = _AGAINST[self.contrast]
        if known.scale == "log_ratio":
            bound = "at least" if known.direction == "higher" else "at most"
            sign = -1 if known.direction == "higher" else 1
            factor = f"{bound} {math.exp(sign * self.margin):.4g} times that of {against}"
            return f"{what} of {who} is {factor} (log ratio {sign * self.margin:g})"
        if known.direction == "target":
            return f"{who} is at most {self.margin:g} further from the target in {what} than {against}"
        than = {"student-teacher": "", "slice-rest": " more than the rest"}.get(self.contrast, f" against {against}")
        verb, preposition = ("adds", "to") if known.direction == "lower" else ("loses", "of")
        return f"{who} {verb} at most {self.margin:g} {preposition} {what}{than}"


def distinct(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Return one gate per selector: the command line's in place of the recipe's.

    Raises:
        InputError: if one source asks for two margins of the same rows.
    """
    kept: dict[tuple[str | None, ...], Gate] = {}
    for gate in gates:
        earlier = kept.get(gate.selector, gate)
        if earlier.source == gate.source and earlier.margin != gate.margin:
            raise InputError(
                f"Two gates of the {gate.source} contradict each other: "
                f"{earlier.rule(earlier.student, earlier.output)}, and {gate.rule(gate.student, gate.output)}. "
                "Keep one of them."
            )
        kept[gate.selector] = gate
    return tuple(kept.values())


def deciding_gate(row: Named, gates: Sequence[Gate]) -> Gate | None:
    """Return the gate that decides a row: the most specific that names it; None if none does.

    Gates of the command line come before all of the recipe. A gate is more specific if it states more of output,
    student and data; of equals the later decides.
    """
    return _most_specific(gate for gate in gates if gate.selects(row))


def lending_gate(row: Named, gates: Sequence[Gate]) -> Gate | None:
    """Return the gate whose margin a row has: its deciding gate, else the most specific that lends a margin."""
    return deciding_gate(row, gates) or _most_specific(gate for gate in gates if gate.lends(row))


def metrics_in_slices(gates: Iterable[Gate]) -> frozenset[str]:
    """Return the metrics that gates want in slices: audits must measure them there."""
    return frozenset(gate.metric for gate in gates if gate.slice is not None)


def _most_specific(gates: Iterable[Gate]) -> Gate | None:
    """Return the most specific gate, the command line's before the recipe's; of equals the last."""
    chosen: Gate | None = None
    for gate in gates:
        if chosen is None or _rank(gate) >= _rank(chosen):
            chosen = gate
    return chosen


def _rank(gate: Gate) -> tuple[bool, int]:
    """Return whether a gate is the command line's, and how many of output, student and data it states."""
    return gate.source == "command line", sum(part is not None for part in (gate.output, gate.student, gate.data))
