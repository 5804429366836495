"""Verdicts in plain sentences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from angelshare.core.estimate import Verdict
from angelshare.report import rows
from angelshare.report.numbers import amount, count, interval, signed, unit_of, with_word
from angelshare.statement.schema import DifferenceRow, GateRow, GateState, Statement

MOST_PER_STUDENT = 7
WARNING = "Warning:"
"""Begins a note or remark that must be read before any number is believed."""
_WORST_FIRST: tuple[Verdict | None, ...] = ("lost", "undecided", "preserved", "gained", None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One verdict in words; `text` holds names that users gave, so it is data."""

    verdict: Verdict | None
    text: str


@dataclass(frozen=True, slots=True)
class StudentWords:
    """What is said about one student.

    Attributes:
        student: its name; role: `student`, or `baseline` for a reference.
        sentences: the most important first, at most `MOST_PER_STUDENT`.
        n_more: verdicts that stand in the table only.
    """

    student: str
    role: str
    sentences: tuple[Sentence, ...]
    n_more: int


@dataclass(frozen=True, slots=True)
class Headline:
    """The first thing that is read.

    Attributes:
        state: the overall verdict; None without gates.
        sentences: what it rests on.
        gates: one sentence on the gates.
    """

    state: Literal["lost", "preserved", "undecided"] | None
    sentences: tuple[str, ...]
    gates: str


def headline(statement: Statement) -> Headline:
    """Return the overall verdict with the rows that decided it: the worst gates first, at most three."""
    by_gates = [row for row in rows.differences(statement) if row.family == rows.PRIMARY]
    decided = [row for row in by_gates if row.verdict == statement.verdict] or by_gates
    if not decided:
        metric = rows.main_metric(statement)
        decided = [
            row
            for row in rows.differences(statement)
            if row.metric == metric and row.contrast == "student-teacher" and rows.is_whole(row)
        ]
    decided.sort(key=_loss, reverse=True)
    return Headline(statement.verdict, tuple(claim(row) for row in decided[:3]), gate_sentence(statement.gates))


def gate_sentence(gates: tuple[GateRow, ...]) -> str:
    """Return how the gates ended, in one sentence."""
    if not gates:
        return "No gate was set, so there is no overall verdict; every row below has its own."
    states = Counter(gate.state for gate in gates)
    if states["held"] == len(gates):
        return "The gate holds." if len(gates) == 1 else f"All {len(gates)} gates hold."
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
    return f"Of {len(gates)} gates: " + ", ".join(f"{states[s]} {w}" for s, w in words.items() if states[s]) + "."


def claim(row: DifferenceRow) -> str:
    """Return one row as the sentence of a headline, by its verdict."""
    unit, decisive = rows.unit(row), rows.deciding_interval(row)
    said = f"{_level(row)} {interval(decisive.low, decisive.high, unit)}"
    margin = amount(row.margin, unit)
    if row.verdict == "lost" and not unit.ratio:
        lost = with_word(amount(abs(row.delta), unit), unit)
        if row.direction != "higher":
            return f"{row.student} is {lost} worse in {rows.what(row)} ({said}), more than the margin of {margin}."
        said = f"{_level(row)} {amount(-decisive.high, unit)} to {amount(-decisive.low, unit)}"
        return f"{row.student} loses {lost} of {rows.what(row)} ({said}), more than the margin of {margin}."
    if row.verdict == "preserved":
        return f"{row.student} keeps {rows.what(row)}: {_movement(row)} ({said}), within the margin of {margin}."
    if row.verdict == "gained":
        return f"{row.student} is better than its teacher in {rows.what(row)}: {_movement(row)} ({said})."
    if row.verdict == "undecided":
        return f"{row.student}: {undecided(row)}"
    return f"{row.student}: {rows.what(row)} {_movement(row)} ({said})."


def plain_words(statement: Statement) -> tuple[StudentWords, ...]:
    """Return the verdicts of every student in sentences: gates first, then all items, then where it hurts most."""
    sizes = rows.population_sizes(statement)
    return tuple(
        _words_of(statement, student, "student" if ("student", student) in sizes else "baseline")
        for student in rows.students(statement)
    )


def sentence(row: DifferenceRow) -> str:
    """Return one row as a sentence that names metric, values, interval, margin and seeds."""
    unit, decisive = rows.unit(row), rows.deciding_interval(row)
    if row.verdict == "undecided" and row.contrast == "student-teacher":
        return undecided(row)
    evidence = f"{_level(row)} {interval(decisive.low, decisive.high, unit)}; margin {amount(row.margin, unit)}"
    subject = rows.what(row)
    if row.contrast == "student-baseline":
        verbs = ("added", "took away") if row.direction == "lower" else ("gave back", "took")
        gave = verbs[0] if row.delta >= 0 else verbs[1]
        difference = with_word(amount(abs(row.delta) if not unit.ratio else row.delta, unit), unit)
        zero = "above" if decisive.low > 0 else "below" if decisive.high < 0 else "across"
        return (
            f"Distillation and its extra text {gave} {difference} of {subject} ({evidence}; {zero} zero{_seeds(row)})."
        )
    if row.contrast == "slice-rest":
        more = with_word(signed(row.delta, unit), unit)
        return f"{_capital(subject)} changes by {more} against the other items ({evidence}{_seeds(row)})."
    who = " of one teacher against another" if row.contrast == "teacher-teacher" else ""
    return f"{_capital(subject)}{who} {_movement(row)} ({evidence}{_seeds(row)})."


def undecided(row: DifferenceRow) -> str:
    """Return why a row is undecided, and how many items would decide."""
    unit, decisive = rows.unit(row), rows.deciding_interval(row)
    items = "clusters" if row.n_clusters else "items"
    n = row.n_clusters or row.n
    measured = f"{signed(row.delta, unit)}, {_level(row)} {interval(decisive.low, decisive.high, unit)}{_seeds(row)}"
    start = f"{_capital(rows.what(row))}: {count(n)} {items} cannot decide at a margin of {amount(row.margin, unit)}"
    why_not = _no_verdict(row)
    if why_not is not None:
        return f"{_capital(rows.what(row))}: {why_not} ({measured})."
    if row.n_needed is None:
        remedy = ", and no number of items would" if _never_decided(row) else ""
    elif row.n_needed > n:
        remedy = f"; about {count(row.n_needed)} would, if nothing is lost"
    else:
        remedy = ", because the difference lies close to it"
    return f"{start}{remedy} ({measured})."


def _no_verdict(row: DifferenceRow) -> str | None:
    """Return why a row has no verdict whatever its interval says; None where the interval itself does not decide."""
    decisive = rows.deciding_interval(row)
    if decisive.low >= decisive.high:
        return "no variance among the items, so no verdict"
    if row.withheld:
        return f"no verdict, because of {row.remark}"
    return None


def _never_decided(row: DifferenceRow) -> bool:
    """Return whether more items could not decide a row: the spread over seeds alone is too large for its margin.

    Items needed are not known, either, at a margin of 0, where nothing varies, and where the margin was given later
    than the measurement; then nothing is said.
    """
    return row.n_needed is None and row.margin > 0 and row.se > 0 and row.mde is not None and row.p_margin is not None


def split_by_kind(sentences: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the notes or remarks that are warnings, without the word, and the others."""
    kept = tuple(dict.fromkeys(sentences))
    alarms = tuple(one.removeprefix(WARNING).strip() for one in kept if one.startswith(WARNING))
    return alarms, tuple(one for one in kept if not one.startswith(WARNING))


def warnings(statement: Statement) -> tuple[str, ...]:
    """Return what a reader must know before believing a number.

    That is: clustered items, data that are not what they should be, trainings and models that failed, few seeds, gates
    that were not measured.
    """
    said = [*statement.notes, *(remark for audit in statement.audits for remark in audit.remarks)]
    found = [*split_by_kind(said)[0], *_models_that_failed(statement)]
    few = sorted({row.student for row in rows.differences(statement) if row.remark and "few seeds" in row.remark})
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


def exploratory_note(statement: Statement) -> str:
    """Return how the rows that no gate names were judged."""
    exploratory = [row for row in rows.differences(statement) if row.family != rows.PRIMARY]
    if not exploratory:
        return ""
    return (
        f"{count(len(exploratory))} of the rows are named by no gate. They are exploratory: a student's rows from one "
        f"audit are a family (of up to {count(max(row.family_size for row in exploratory))}), and each is judged on an "
        "interval that holds for its whole family at once."
    )


def _words_of(statement: Statement, student: str, role: str) -> StudentWords:
    """Return one student's sentences; slices come after what is about all items."""
    about = [row for row in rows.differences(statement) if row.student == student and row.verdict is not None]
    main = ("baseline-teacher",) if role == "baseline" else ("student-teacher", "slice-rest", "teacher-teacher")
    shown = [r for r in about if r.contrast in main or (r.contrast == "student-baseline" and rows.is_whole(r))]
    shown.sort(key=_importance)
    kept = shown[:MOST_PER_STUDENT]
    return StudentWords(
        student, role, tuple(Sentence(row.verdict, sentence(row)) for row in kept), len(about) - len(kept)
    )


def _importance(row: DifferenceRow) -> tuple[bool, bool, int, int, float]:
    """Order rows: named by a gate, about all items, the main contrast, the worst verdict, the largest loss."""
    contrast = list(rows.CONTRASTS).index(row.contrast)
    return (
        row.family != rows.PRIMARY,
        not rows.is_whole(row),
        contrast,
        _WORST_FIRST.index(row.verdict),
        -_loss(row),
    )


def _loss(row: DifferenceRow) -> float:
    """Return how much worse the left side is."""
    return row.delta if row.direction == "lower" else -row.delta


def _movement(row: DifferenceRow) -> str:
    """Return `falls from 89.0 to 81.8`, with the change behind it."""
    unit, values = rows.unit(row), unit_of(row.metric)
    before, after = amount(row.right_value, values), amount(row.left_value, values)
    if before == after:
        return f"stays at {after}"
    verb = "rises" if row.delta > 0 else "falls"
    if unit.ratio:
        return f"{verb} from {before} to {after}, {amount(row.delta, unit)}"
    return f"{verb} from {before} to {after}, {with_word(signed(row.delta, unit), unit)}"


def _level(row: DifferenceRow) -> str:
    """Return the name of the interval that decides."""
    return f"{row.interval.level:.0%} interval" if row.family == rows.PRIMARY else "simultaneous interval"


def _seeds(row: DifferenceRow) -> str:
    """Return `; 5 seeds`, or what kind of inference it is with one."""
    return f"; {row.n_seeds} seeds" if row.inference == "recipe" else "; this model"


def _capital(text: str) -> str:
    """Return the text with a capital first letter, leaving the rest as it is."""
    return text[:1].upper() + text[1:]
