"""Verdicts in plain sentences."""

from dataclasses import dataclass

from angelshare.core.estimate import Verdict
from angelshare.report import phrases, rows
from angelshare.report.numbers import Unit, amount, count, signed
from angelshare.statement.schema import DifferenceRow, Statement

MOST_PER_STUDENT = 7
MOST_PARTS = 2  # labels and slices, where there is more to say than fits
WORST_FIRST: tuple[Verdict | None, ...] = ("lost", "undecided", "preserved", "gained", None)

VERDICTS = (
    ("lost", "The whole interval lies beyond the margin: the loss is larger than what was called acceptable."),
    ("preserved", "The whole interval lies on the good side of the margin: whatever is lost is less than that."),
    ("gained", "The whole interval lies beyond the margin on the other side: better than what it is compared with."),
    ("undecided", "The interval reaches across the margin: the sample cannot tell. It is no all-clear."),
)
"""The verdicts in plain words, for readers who see one for the first time."""


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


def claim(row: DifferenceRow) -> str:
    """Return one row as the sentence of a headline, by its verdict."""
    return _of_verdict(row) + _corrected(row)


def _of_verdict(row: DifferenceRow) -> str:
    """Return what a row's own verdict says of its student."""
    if row.contrast == "student-teacher" and row.direction != "target" and row.verdict != "undecided":
        return _claim(row)
    if row.verdict == "undecided" and row.contrast == "student-teacher":
        return undecided(row, about=f"{row.student}, {rows.what(row)}")
    return _measured(row) if row.contrast == "new-old" else f"{row.student}: {_measured(row)}"


def _corrected(row: DifferenceRow) -> str:
    """Return the sentence on a loss that its gate does not find, among so many gates; else nothing."""
    if not rows.lost_alone(row):
        return ""
    n = phrases.plural(row.family_size, "gate")
    return f" Lost by itself, not after correcting for {n}: the gate is undecided."


def _claim(row: DifferenceRow) -> str:
    """Return what a student lost, keeps or gained against its teacher."""
    unit, found, said, margin = rows.unit(row), rows.deciding_interval(row), phrases.decisive(row), phrases.margin(row)
    if row.verdict == "lost" and unit.ratio:
        return f"{row.student} is {phrases.change(row)} in {rows.what(row)} ({said}), more than the margin of {margin}."
    if row.verdict == "lost":
        lost = phrases.size_of(row.delta, unit)
        if row.direction != "higher":
            return f"{row.student} is {lost} worse in {rows.what(row)} ({said}), more than the margin of {margin}."
        said = f"{phrases.level(row)} {amount(-found.high, unit)} to {amount(-found.low, unit)}"
        return f"{row.student} loses {lost} of {rows.what(row)} ({said}), more than the margin of {margin}."
    moved = phrases.movement(row)
    if row.verdict == "preserved":
        return f"{row.student} keeps {rows.what(row)}: it {moved} ({said}), within the margin of {margin}."
    if row.verdict == "gained":
        return f"{row.student} is better than its teacher in {rows.what(row)}: it {moved} ({said})."
    return f"{row.student}: {rows.what(row)} {moved} ({said})."


def plain_words(statement: Statement) -> tuple[StudentWords, ...]:
    """Return the verdicts of every student in sentences: gates first, then all items, then where it hurts most."""
    sizes = rows.population_sizes(statement)
    return tuple(
        _words_of(statement, student, "student" if ("student", student) in sizes else "baseline")
        for student in rows.students(statement)
    )


def sentence(row: DifferenceRow) -> str:
    """Return one row as a sentence that names metric, values, interval, margin and sample."""
    return _measured(row) + _corrected(row)


def _measured(row: DifferenceRow) -> str:
    """Return how the metric moved, and what that rests on."""
    if row.verdict == "undecided" and row.contrast != "student-baseline":
        return undecided(row)
    if row.contrast == "student-baseline":
        return _distilled(row)
    if row.contrast == "slice-rest":
        return f"{phrases.capital(_excess(row))} ({phrases.evidence(row)})."
    moved = phrases.away(row) if row.direction == "target" else phrases.movement(row)
    return f"{phrases.capital(rows.what(row))}{_of_whom(row)} {moved} ({phrases.evidence(row)})."


def _of_whom(row: DifferenceRow) -> str:
    """Return whose metric it is, where that is neither a student's nor a baseline's against the teacher."""
    return {
        "teacher-teacher": " of one teacher against another",
        "new-old": f" of the new {row.student} against the old",
    }.get(row.contrast, "")


def _distilled(row: DifferenceRow) -> str:
    """Return what distillation did to a student."""
    unit, found = rows.unit(row), rows.deciding_interval(row)
    subject, evidence = rows.what(row), f"{phrases.decisive(row)}; margin {phrases.margin(row)}"
    zero = "above" if found.low > 0 else "below" if found.high < 0 else "across"
    evidence = f"{evidence}; {zero} zero{phrases.sample(row)}"
    if unit.ratio or row.direction == "target":
        moved = phrases.away(row) if row.direction == "target" else phrases.movement(row)
        return f"{phrases.capital(subject)} {moved} through distillation and its extra text ({evidence})."
    changed = phrases.size_of(row.delta, unit)
    if not changed.strip(f"0., {unit.word}"):
        return f"Distillation and its extra text left {subject} as it was ({evidence})."
    verbs = ("added", "took away") if row.direction == "lower" else ("gave back", "took")
    how = f"{changed} to" if verbs[row.delta < 0] == "added" else f"{changed} of"
    return f"Distillation and its extra text {verbs[row.delta < 0]} {how} {subject} ({evidence})."


def _excess(row: DifferenceRow) -> str:
    """Return whether a slice loses more than the other items: both changes, then how they compare."""
    unit = rows.unit(row)
    on_slice, on_rest = (_moves(number, unit) for number in (row.left_value, row.right_value))
    if on_slice.split()[0] == on_rest.split()[0]:
        on_rest = " ".join(on_rest.split()[1:])
    subject = f"{rows.name(row)} {on_slice} on slice {row.slice} and {on_rest} on the other items"
    more = phrases.size_of(row.delta, unit)
    if not more.strip(f"0., {unit.word}"):
        return f"{subject}: the slice does as well as the others"
    sign = 1 if row.direction == "lower" else -1
    lost_by_both = sign * row.left_value > 0 and sign * row.right_value > 0
    if rows.loss(row) > 0:
        return f"{subject}: the slice {f'loses {more} more' if lost_by_both else f'does {more} worse'}"
    return f"{subject}: the slice {f'loses {more} less' if lost_by_both else f'does {more} better'}"


def _on_both(row: DifferenceRow) -> str:
    """Return `-0.1 there, +0.9 elsewhere: -1.0 points`."""
    on_slice, on_rest = (signed(number, rows.unit(row)) for number in (row.left_value, row.right_value))
    return f"{on_slice} there, {on_rest} elsewhere: {phrases.change(row)}"


def _moves(delta: float, unit: Unit) -> str:
    """Return `falls by 5.1 points`."""
    by = phrases.size_of(delta, unit)
    return f"{'rises' if delta > 0 else 'falls'} by {by}" if by.strip(f"0., {unit.word}") else "stays the same"


def undecided(row: DifferenceRow, *, about: str | None = None) -> str:
    """Return why a row is undecided, and how large a sample would decide; `about` names what is, else the metric."""
    told = f"it {phrases.away(row)}" if row.direction == "target" else phrases.change(row)
    told = _on_both(row) if row.contrast == "slice-rest" else told
    measured = f"{told}, {phrases.decisive(row)}{phrases.sample(row)}"
    subject = about or phrases.capital(f"{rows.what(row)}{_of_whom(row)}")
    if row.contrast == "slice-rest":
        subject = f"Whether slice {row.slice} does worse than the other items in {rows.name(row)}"
    why_not = phrases.no_verdict(row)
    if why_not is not None:
        return f"{subject}: {why_not} ({measured})."
    n, of = (row.n, phrases.noun(row)) if row.n_clusters is None else (row.n_clusters, "cluster")
    start = f"{subject}: {phrases.plural(n, of)} cannot decide at a margin of {phrases.margin(row)}"
    return f"{start}{phrases.remedy(row)} ({measured})."


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
    """Return one student's sentences: gates and headlines, then what is lost by labels and slices."""
    about = [row for row in rows.differences(statement) if row.student == student and row.verdict is not None]
    of_labels = rows.labelwise(rows.differences(statement))

    def is_headline(row: DifferenceRow) -> bool:
        return rows.part(row, of_labels) == 0 and (row.contrast != "slice-rest" or is_gated(row))

    main = ("baseline-teacher",) if role == "baseline" else ("student-teacher", "slice-rest", "teacher-teacher")
    shown = [r for r in about if r.contrast in main or (r.contrast == "student-baseline" and is_headline(r))]
    shown.sort(key=_importance)
    whole = [row for row in shown if is_headline(row)]
    parts = [row for row in shown if not is_headline(row)]
    parts.sort(key=lambda row: (row.verdict != "lost", row.contrast != "slice-rest"))
    kept = [*whole[: MOST_PER_STUDENT - min(len(parts), MOST_PARTS)], *parts][:MOST_PER_STUDENT]
    return StudentWords(
        student, role, tuple(Sentence(row.verdict, sentence(row)) for row in kept), len(about) - len(kept)
    )


def is_gated(row: DifferenceRow) -> bool:
    """Return whether a gate names the row."""
    return row.family == rows.PRIMARY


def _importance(row: DifferenceRow) -> tuple[bool, bool, int, int, float]:
    """Order rows: named by a gate, about all items, the main contrast, the worst verdict, the largest loss."""
    contrast = list(rows.CONTRASTS).index(row.contrast)
    return (not is_gated(row), not rows.is_whole(row), contrast, WORST_FIRST.index(row.verdict), -rows.loss(row))
