"""Verdicts in plain sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from angelshare.core.estimate import Verdict
from angelshare.core.metric import Unit
from angelshare.report.words import lookup, phrases
from angelshare.report.words.numbers import amount, count, signed
from angelshare.statement.schema import DifferenceRow, Statement

MOST_PER_STUDENT = 7
MAIN = ("student-teacher", "slice-rest", "mitigated-plain", "interaction", "teacher-teacher")
"""The contrasts that sentences about a student tell."""
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
    """The sentences about one student.

    Attributes:
        student: the student's name.
        role: `student` or `baseline`.
        sentences: at most `MOST_PER_STUDENT`, the most important first.
        n_more: the number of verdicts that stand in the table only.
    """

    student: str
    role: str
    sentences: tuple[Sentence, ...]
    n_more: int


def claim(row: DifferenceRow, *, names_data: bool = False) -> str:
    """Return one row as the sentence of a headline; `names_data` puts the text set in front."""
    return (f"{row.data}: " if names_data else "") + _of_verdict(row) + _corrected(row)


def _of_verdict(row: DifferenceRow) -> str:
    """Return the sentence on a row's verdict before the correction for several gates."""
    if row.contrast == "student-teacher" and row.direction != "target" and row.verdict != "undecided":
        return _claim(row)
    if row.verdict == "undecided" and row.contrast == "student-teacher":
        return undecided(row, about=f"{row.student}, {lookup.what(row)}")
    return _measured(row) if row.contrast == "new-old" else f"{row.student}: {_measured(row)}"


def _corrected(row: DifferenceRow) -> str:
    """Return the sentence on a loss that the correction for several gates leaves undecided; empty for other rows."""
    if not lookup.lost_alone(row):
        return ""
    n = phrases.plural(row.family_size, "gate")
    return f" Lost by itself, not after correcting for {n}: the gate is undecided."


def _claim(row: DifferenceRow) -> str:
    """Return what a student lost, kept or gained against its teacher."""
    unit, ends = lookup.unit(row), lookup.deciding_interval(row)
    said, margin = phrases.decisive(row), phrases.margin(row)
    if row.verdict == "lost" and unit.ratio:
        return (
            f"{row.student} is {phrases.change(row)} in {lookup.what(row)} ({said}), more than the margin of {margin}."
        )
    if row.verdict == "lost":
        lost = phrases.size_of(row.delta, unit)
        if row.direction != "higher":
            return f"{row.student} is {lost} worse in {lookup.what(row)} ({said}), more than the margin of {margin}."
        said = f"{phrases.level(row)} {amount(-ends.high, unit)} to {amount(-ends.low, unit)}"
        return f"{row.student} loses {lost} of {lookup.what(row)} ({said}), more than the margin of {margin}."
    moved = phrases.movement(row)
    if row.verdict == "preserved":
        return f"{row.student} keeps {lookup.what(row)}: it {moved} ({said}), within the margin of {margin}."
    if row.verdict == "gained":
        return f"{row.student} is better than its teacher in {lookup.what(row)}: it {moved} ({said})."
    return f"{row.student}: {lookup.what(row)} {moved} ({said})."


def plain_words(statement: Statement) -> tuple[StudentWords, ...]:
    """Return the verdicts on every student in sentences: gates first, then all items, then the largest losses.

    Students without any verdict are left out, unless all are.
    """
    sizes = lookup.population_sizes(statement)
    words = [_words_of(statement, student, _role(student, sizes)) for student in lookup.students(statement)]
    return tuple(entry for entry in words if entry.sentences) or tuple(words)


def _role(student: str, sizes: Mapping[tuple[str, str], object]) -> str:
    """Return `baseline` for a model that is nothing else, else `student`."""
    return "baseline" if ("baseline", student) in sizes and ("student", student) not in sizes else "student"


def sentence(row: DifferenceRow, *, names_data: bool = False) -> str:
    """Return one row with values, interval, margin and sample; `names_data` puts the text set in front."""
    return (f"{row.data}: " if names_data else "") + _measured(row) + _corrected(row)


def _measured(row: DifferenceRow) -> str:
    """Return the movement of the metric, with its evidence."""
    if row.verdict == "undecided" and row.contrast != "student-baseline":
        return undecided(row)
    if row.contrast == "student-baseline":
        return _distilled(row)
    if row.contrast in lookup.OF_DIFFERENCES:
        told = _excess(row) if row.contrast == "slice-rest" else _interaction(row)
        return f"{phrases.capital(told)} ({phrases.evidence(row)})."
    moved = phrases.away(row) if row.direction == "target" else phrases.movement(row)
    return f"{phrases.capital(lookup.what(row))}{_of_whom(row)} {moved} ({phrases.evidence(row)})."


def _of_whom(row: DifferenceRow) -> str:
    """Return whose metric it is; empty where a student or a baseline is compared with the teacher."""
    return {
        "teacher-teacher": " of one teacher against another",
        "new-old": f" of the new {row.student} against the old",
        "mitigated-plain": " with mitigation",
    }.get(row.contrast, "")


def _distilled(row: DifferenceRow) -> str:
    """Return the sentence on what distillation changed, compared with the baseline."""
    unit, ends = lookup.unit(row), lookup.deciding_interval(row)
    subject, evidence = lookup.what(row), f"{phrases.decisive(row)}; margin {phrases.margin(row)}"
    zero = "above" if ends.low > 0 else "below" if ends.high < 0 else "across"
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
    """Return whether a slice loses more than the other items: both changes, then their difference."""
    unit = lookup.unit(row)
    on_slice, on_rest = (_moves(number, unit) for number in (row.left_value, row.right_value))
    if on_slice.split()[0] == on_rest.split()[0]:
        on_rest = " ".join(on_rest.split()[1:])
    subject = f"{lookup.name(row)} {on_slice} on slice {row.slice} and {on_rest} on {lookup.others(row)}"
    more = phrases.size_of(row.delta, unit)
    if not more.strip(f"0., {unit.word}"):
        return f"{subject}: the slice does as well as the others"
    sign = 1 if row.direction == "lower" else -1
    lost_by_both = sign * row.left_value > 0 and sign * row.right_value > 0
    if lookup.loss(row) > 0:
        return f"{subject}: the slice {f'loses {more} more' if lost_by_both else f'does {more} worse'}"
    return f"{subject}: the slice {f'loses {more} less' if lost_by_both else f'does {more} better'}"


def _interaction(row: DifferenceRow) -> str:
    """Return whom mitigation helps more: student less teacher with it and without, then the difference."""
    left, right = (signed(number, lookup.unit(row)) for number in (row.left_value, row.right_value))
    subject = f"{lookup.what(row)}: the student is {left} from its teacher with mitigation and {right} without"
    more = phrases.size_of(row.delta, lookup.unit(row))
    if not more.strip(f"0., {lookup.unit(row).word}"):
        return f"{subject}, so that mitigation helps both alike"
    helped, other = ("teacher", "student") if lookup.loss(row) > 0 else ("student", "teacher")
    return f"{subject}, so that mitigation helps the {helped} {more} more than the {other}"


def _on_both(row: DifferenceRow) -> str:
    """Return `-0.1 there, +0.9 elsewhere: -1.0 points`; for an interaction, with mitigation and without."""
    left, right = (signed(number, lookup.unit(row)) for number in (row.left_value, row.right_value))
    here, there = ("there", "elsewhere") if row.contrast == "slice-rest" else lookup.sides(row.contrast)
    return f"{left} {here}, {right} {there}: {phrases.change(row)}"


def _moves(delta: float, unit: Unit) -> str:
    """Return `falls by 5.1 points`."""
    by = phrases.size_of(delta, unit)
    return f"{'rises' if delta > 0 else 'falls'} by {by}" if by.strip(f"0., {unit.word}") else "stays the same"


def undecided(row: DifferenceRow, *, about: str | None = None) -> str:
    """Return why a row is undecided, and how large a sample would decide; the subject is `about`, else the metric."""
    told = f"it {phrases.away(row)}" if row.direction == "target" else phrases.change(row)
    told = _on_both(row) if row.contrast in lookup.OF_DIFFERENCES else told
    measured = f"{told}, {phrases.decisive(row)}{phrases.sample(row)}"
    subject = about or phrases.capital(f"{lookup.what(row)}{_of_whom(row)}")
    if row.contrast == "slice-rest":
        subject = f"Whether slice {row.slice} does worse than {lookup.others(row)} in {lookup.name(row)}"
    elif row.contrast == "interaction":
        subject = f"Whether mitigation helps the teacher more than the student in {lookup.what(row)}"
    why_not = phrases.no_verdict(row)
    if why_not is not None:
        return f"{subject}: {why_not} ({measured})."
    n, counted = (row.n, phrases.noun(row)) if row.n_clusters is None else (row.n_clusters, "cluster")
    start = f"{subject}: {phrases.plural(n, counted)} cannot decide at a margin of {phrases.margin(row)}"
    return f"{start}{phrases.remedy(row)} ({measured})."


def exploratory_note(statement: Statement) -> str:
    """Return a note on how the rows that no gate names were judged; empty without such rows."""
    exploratory = [row for row in lookup.differences(statement) if row.family != lookup.PRIMARY]
    if not exploratory:
        return ""
    return (
        f"{count(len(exploratory))} of the rows are named by no gate. They are exploratory: a student's rows from one "
        f"audit are a family (of up to {count(max(row.family_size for row in exploratory))}), and each is judged on an "
        "interval that holds for its whole family at once."
    )


def _words_of(statement: Statement, student: str, role: str) -> StudentWords:
    """Return the sentences about one student: headlines first, then labels and slices."""
    about = [row for row in lookup.differences(statement) if row.student == student and row.verdict is not None]
    names_data = lookup.several_sets(statement)
    of_labels = lookup.labelwise(lookup.differences(statement))

    def is_headline(row: DifferenceRow) -> bool:
        return lookup.part(row, of_labels) == 0 and (row.contrast != "slice-rest" or is_gated(row))

    main = ("baseline-teacher",) if role == "baseline" else MAIN
    shown = [r for r in about if r.contrast in main or (r.contrast == "student-baseline" and is_headline(r))]
    shown.sort(key=_importance)
    whole = _in_turn([row for row in shown if is_headline(row)])
    parts = [row for row in shown if not is_headline(row)]
    parts.sort(key=lambda row: (row.verdict != "lost", row.contrast != "slice-rest"))
    kept = [*whole[: MOST_PER_STUDENT - min(len(parts), MOST_PARTS)], *parts][:MOST_PER_STUDENT]
    told = tuple(Sentence(row.verdict, sentence(row, names_data=names_data)) for row in kept)
    return StudentWords(student, role, told, len(about) - len(kept))


def _in_turn(ordered: Sequence[DifferenceRow]) -> list[DifferenceRow]:
    """Return the gated rows, then one row of each text set in turn, so that a set with many rows hides no other."""
    seen: Counter[str] = Counter()
    turns = []
    for row in ordered:
        seen[row.data] += not is_gated(row)
        turns.append(0 if is_gated(row) else seen[row.data])
    return [ordered[i] for i in sorted(range(len(ordered)), key=turns.__getitem__)]


def is_gated(row: DifferenceRow) -> bool:
    """Return whether a gate names the row."""
    return row.family == lookup.PRIMARY


def _importance(row: DifferenceRow) -> tuple[bool, bool, int, int, float]:
    """Return the sort key of rows: gated, about all items, main contrast, worst verdict, largest loss."""
    contrast = list(lookup.CONTRASTS).index(row.contrast)
    return (not is_gated(row), not lookup.is_whole(row), contrast, WORST_FIRST.index(row.verdict), -lookup.loss(row))
