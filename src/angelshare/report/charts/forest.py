"""Every difference as a line of a table: by student, contrast, audit and unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from angelshare.audit.frame.installed import AUDITS
from angelshare.core.estimate import ContrastName
from angelshare.report.charts import marks
from angelshare.report.words import lookup, phrases, sentences
from angelshare.report.words.numbers import amount, count, metric_name, p_value, signed, unit_of
from angelshare.statement.schema import AuditRow, DifferenceRow, Statement

MOST_SLICES = 16
MAIN = ("student-teacher", "new-old")
PARTS = ("", ", label by label", ", slice by slice")


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One line of the table of differences, printed.

    Attributes:
        slice: for the filter; None is all items.
        short: the least of the evidence: items and remarks.
        word: what a factor says, such as `faster`; empty on other scales.
        order: the difference and the rank of the verdict (the worst is 0), by which lines are sorted.
    """

    name: str
    subset: str
    evidence: tuple[str, ...]
    slice: str | None
    short: tuple[str, ...]
    word: str
    order: tuple[float, int]
    left: str
    right: str
    delta: str
    interval: str
    verdict: str | None
    mark: marks.IntervalMark


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """The differences of one audit that share an axis; `data` is named where there are several text sets."""

    audit: str
    data: str
    unit: str
    axis: marks.Axis
    lines: tuple[DifferenceView, ...]


@dataclass(frozen=True, slots=True)
class DifferenceSection:
    """All differences of one student and contrast."""

    student: str
    contrast: str
    kind: ContrastName
    left: str
    right: str
    is_main: bool
    n: int
    verdicts: tuple[tuple[str, int], ...]
    groups: tuple[DifferenceGroup, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all sections share.

    Attributes:
        of_labels: the metrics of several labels.
        axes: one for headlines, labels and slices of each contrast and unit: all students share it, and what few items
            stretch does not squeeze the headlines.
        names_data: whether the text sets must be named.
    """

    of_labels: frozenset[str]
    axes: dict[tuple[ContrastName, int, str], marks.Axis]
    names_data: bool


def difference_sections(audits: Sequence[AuditRow], students: Sequence[str]) -> tuple[DifferenceSection, ...]:
    """Return every difference, by student, contrast, part (headlines, labels, slices), audit and unit; gated first."""
    everything = [row for audit in audits for row in audit.differences]
    of_labels = lookup.labelwise(everything)
    placed: dict[tuple[ContrastName, int, str], list[DifferenceRow]] = {}
    for row in everything:
        placed.setdefault((*_place(row, of_labels), _axis_name(row)), []).append(row)
    axes = {place: marks.forest_axis(same) for place, same in placed.items()}
    frame = _Frame(of_labels, axes, names_data=len({row.data for row in everything}) > 1)
    found = []
    for student in students:
        for contrast, title in lookup.CONTRASTS.items():
            for part, told in enumerate(PARTS):
                groups = _groups(audits, student, (contrast, part), frame=frame)
                if groups:
                    found.append(_section(student, contrast, title + told, groups))
    return _with_the_first_open(found)


def _place(row: DifferenceRow, of_labels: frozenset[str]) -> tuple[ContrastName, int]:
    """Return contrast and part of a row: only what a statement is about is parted."""
    return row.contrast, lookup.part(row, of_labels) if row.contrast in MAIN else 0


def _with_the_first_open(sections: Sequence[DifferenceSection]) -> tuple[DifferenceSection, ...]:
    """Return the sections, of which the first of each student's main contrast is shown unfolded."""
    first = {(s.student, s.kind): i for i, s in reversed(list(enumerate(sections))) if s.kind in MAIN}
    return tuple(replace(section, is_main=i in first.values()) for i, section in enumerate(sections))


def _by_axis(everything: Sequence[DifferenceRow]) -> dict[str, list[DifferenceRow]]:
    """Return the rows that share an axis: all shares one, any other metric its own."""
    found: dict[str, list[DifferenceRow]] = {}
    for row in everything:
        found.setdefault(_axis_name(row), []).append(row)
    return found


def _axis_name(row: DifferenceRow) -> str:
    """Return `points`, or the metric where it has a unit of its own."""
    return lookup.unit(row).word if lookup.unit(row).word == "points" else metric_name(row.metric)


def _groups(
    audits: Sequence[AuditRow], student: str, place: tuple[ContrastName, int], *, frame: _Frame
) -> list[DifferenceGroup]:
    """Return one part of a student's differences in one contrast, a group for each audit and axis, gated ones first."""
    found = []
    for audit in audits:
        meant = [r for r in audit.differences if r.student == student and _place(r, frame.of_labels) == place]
        meant.sort(key=lambda row: (row.family != lookup.PRIMARY, lookup.part(row, frame.of_labels)))
        for data in dict.fromkeys(row.data for row in meant):
            for name, same in _by_axis([row for row in meant if row.data == data]).items():
                axis = frame.axes[*place, name]
                lines = tuple(difference_view(row, axis) for row in same)
                group = DifferenceGroup(audit.name, data if frame.names_data else "", name, axis, lines)
                found.append((same[0].family != lookup.PRIMARY, group))
    return [group for _, group in sorted(found, key=lambda one: one[0])]


def _section(student: str, contrast: ContrastName, title: str, groups: Sequence[DifferenceGroup]) -> DifferenceSection:
    """Return the section with its verdicts counted."""
    verdicts = [line.verdict or "not judged" for group in groups for line in group.lines]
    left, right = lookup.sides(contrast)
    counted = tuple((verdict, verdicts.count(verdict)) for verdict in dict.fromkeys(sorted(verdicts)))
    return DifferenceSection(student, title, contrast, left, right, False, len(verdicts), counted, tuple(groups))


def difference_view(row: DifferenceRow, axis: marks.Axis) -> DifferenceView:
    """Return one difference, printed."""
    values, change = unit_of(row.metric), phrases.change(row)
    number, _, word = change.partition(" ") if lookup.unit(row).ratio else (signed(row.delta, lookup.unit(row)), "", "")
    side = signed if row.contrast in lookup.OF_DIFFERENCES else amount
    return DifferenceView(
        name=lookup.name(row) + _direction(row),
        subset=row.slice or "",
        evidence=_evidence(row),
        slice=row.slice,
        short=tuple(part for part in (phrases.sampled(row), row.remark) if part),
        word=word,
        order=(row.delta, sentences.WORST_FIRST.index(row.verdict)),
        left=side(row.left_value, values),
        right=side(row.right_value, values),
        delta=number,
        interval=phrases.span(row, row.interval.low, row.interval.high).removesuffix(f" {word}" if word else ""),
        verdict=row.verdict,
        mark=marks.interval_mark(row, axis),
    )


def _direction(row: DifferenceRow) -> str:
    """Return what is better, where more is not."""
    if row.direction == "target" and row.target is not None:
        return f" (ideal {row.target * unit_of(row.metric).factor:g}; drawn: the distance from it)"
    return " (lower is better)" if row.direction == "lower" else ""


def _evidence(row: DifferenceRow) -> tuple[str, ...]:
    """Return what the row rests on: items, seeds, margin, p, remarks."""
    seeds = f"{row.n_seeds} seeds" if row.inference == "recipe" else "this model"
    source = "default margin" if row.margin_source == "default" else "margin"
    parts = [phrases.sampled(row), seeds]
    if row.direction != "none":
        parts.append(f"{source} {phrases.margin(row)}")
    if row.direction != "none" and row.p_margin is not None:
        parts.append(f"p at margin {p_value(row.p_margin)}")
    if row.family == lookup.PRIMARY:
        parts.append("named by a gate")
    if row.remark:
        parts.append(row.remark)
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class ExcessSection:
    """Whom a student's loss hurts more than the others: its slices, the largest excess loss first.

    Attributes:
        student, metric: what is compared; data: on which text set, where there are several.
        worse: on which side of zero the slice does worse, `below` or `above`.
        axis, lines: the drawing.
        n_more: slices that stand in the table of differences only.
        is_first: whether it is its student's first section; the others are folded.
    """

    student: str
    metric: str
    data: str
    worse: str
    axis: marks.Axis
    lines: tuple[DifferenceView, ...]
    n_more: int
    is_first: bool


def excess_sections(statement: Statement) -> tuple[ExcessSection, ...]:
    """Return every student's excess losses by slice: of the main metric where it has them, and of identities."""
    everything = [row for row in lookup.differences(statement) if row.contrast == "slice-rest" and row.slice]
    if not everything:
        return ()
    measured = {row.metric for row in everything}
    main = lookup.main_metric(statement)
    first = main if main in measured else everything[0].metric
    of_identities = [name for name, facts in AUDITS.facts.items() if name in measured and facts.rest == "identities"]
    metrics = dict.fromkeys((first, *of_identities))
    placed: dict[tuple[str, str, str], list[DifferenceRow]] = {}
    for student in dict.fromkeys(row.student for row in everything):
        for metric in metrics:
            for row in everything:
                if (row.student, row.metric) == (student, metric):
                    placed.setdefault((student, metric, row.data), []).append(row)
    axes = {metric: marks.forest_axis([row for row in everything if row.metric == metric]) for metric in metrics}
    told: set[str] = set()
    found = []
    for (student, metric, data), own in placed.items():
        named = data if lookup.several_sets(statement) else ""
        found.append(
            _excess_section(own, axes[metric], lookup.differences(statement), named, is_first=student not in told)
        )
        told.add(student)
    return tuple(found)


def _excess_section(
    own: Sequence[DifferenceRow], axis: marks.Axis, everything: Sequence[DifferenceRow], data: str, *, is_first: bool
) -> ExcessSection:
    """Return the slices of one student, metric and text set."""
    worst = sorted(own, key=lookup.loss, reverse=True)
    lines = tuple(_excess_view(row, axis, everything) for row in worst[:MOST_SLICES])
    worse = "above" if own[0].direction == "lower" else "below"
    n_more = len(own) - len(lines)
    return ExcessSection(own[0].student, metric_name(own[0].metric), data, worse, axis, lines, n_more, is_first)


def _excess_view(row: DifferenceRow, axis: marks.Axis, everything: Sequence[DifferenceRow]) -> DifferenceView:
    """Return one slice against the rest, with the slice's own number of items where it is known."""
    view, alone = difference_view(row, axis), lookup.first(everything, "student-teacher", like=row)
    if alone is None or row.n_clusters is not None:
        return view
    return replace(view, short=(f"{count(alone.n)} of {view.short[0]}", *view.short[1:]))
