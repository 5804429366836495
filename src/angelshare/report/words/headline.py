"""What a reader sees first: the overall verdict, the rows that decided it, and the state of the gates."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from angelshare.core.estimate import Verdict
from angelshare.report.words import lookup, phrases, sentences
from angelshare.statement.schema import DifferenceRow, GateRow, GateState, Statement

MOST_LOSSES = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """What a reader sees first.

    Attributes:
        state: the overall verdict; None without gates.
        sentences: the rows behind it.
        gates: one sentence on all gates.
    """

    state: Literal["lost", "preserved", "undecided"] | None
    sentences: tuple[str, ...]
    gates: str


def headline(statement: Statement) -> Headline:
    """Return the overall verdict with the rows that decided it: the worst gates first, at most three."""
    everything, main = lookup.differences(statement), lookup.main_metric(statement)
    decided = deciding(everything, statement.verdict)
    if not decided:
        decided = [row for row in everything if row.family == lookup.PRIMARY] or [
            row
            for row in everything
            if row.metric == main and row.contrast == "student-teacher" and lookup.is_whole(row)
        ]
        decided.sort(key=lookup.loss, reverse=True)
    claims = tuple(
        dict.fromkeys(sentences.claim(row, names_data=lookup.several_sets(statement)) for row in decided[:MOST_LOSSES])
    )
    return Headline(statement.verdict, claims + _outside_the_gates(statement), gate_sentence(statement.gates))


def deciding(everything: Iterable[DifferenceRow], verdict: Verdict | None) -> list[DifferenceRow]:
    """Return the gated rows that led to the overall verdict, the largest loss first.

    Rows that are lost only before Holm's correction stand after the lost ones and before the undecided ones.
    """
    gated = [row for row in everything if row.family == lookup.PRIMARY and verdict in (row.verdict, _of_gate(row))]
    return sorted(gated, key=lambda row: (lookup.lost_alone(row) == (verdict == "lost"), -lookup.loss(row)))


def _of_gate(row: DifferenceRow) -> Verdict | None:
    """Return a gated row's verdict after the correction for all gates."""
    return "undecided" if lookup.lost_alone(row) else row.verdict


def _outside_the_gates(statement: Statement) -> tuple[str, ...]:
    """Return at most one sentence on losses that no gate is about: a verdict of the gates must not hide them."""
    if statement.verdict in (None, "lost"):
        return ()
    everything, main = lookup.differences(statement), lookup.main_metric(statement)
    of_labels = lookup.labelwise(everything)
    lost = [
        row
        for row in sorted(everything, key=lambda row: row.metric != main)
        if (row.contrast, row.verdict) == ("student-teacher", "lost")
        and not sentences.is_gated(row)
        and lookup.part(row, of_labels) == 0
    ]
    several = lookup.several_sets(statement)
    names = [f"{lookup.name(row)} ({row.student}{f' on {row.data}' if several else ''})" for row in lost]
    if not names:
        return ()
    more = [f"{len(names) - MOST_LOSSES} more"] if len(names) > MOST_LOSSES else []
    return (f"No gate is about these losses: {phrases.joined([*names[:MOST_LOSSES], *more])}.",)


def gate_sentence(gates: tuple[GateRow, ...]) -> str:
    """Return one sentence on the states of the gates."""
    if not gates:
        return "No gate was set, so there is no overall verdict; every row below has its own."
    states = Counter(gate.state for gate in gates)
    all_of = {2: "Both"}.get(len(gates), f"All {len(gates)}")
    if states["held"] == len(gates):
        return "The gate holds." if len(gates) == 1 else f"{all_of} gates hold."
    words: dict[GateState, str] = {
        "lost": "failed",
        "undecided": "undecided",
        "not_measured": "not measured",
        "held": "held",
    }
    if len(gates) == 1:
        return {"lost": "The gate fails.", "undecided": "The gate is undecided."}.get(
            gates[0].state, "The gate's metric was not measured."
        )
    if states["lost"] == len(gates):
        return f"{all_of} gates fail."
    return f"Of {len(gates)} gates: " + ", ".join(f"{states[s]} {w}" for s, w in words.items() if states[s]) + "."
