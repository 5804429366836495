"""Every difference as a line of a table: by student, contrast, audit and unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from angelshare.audits.frame.installed import AUDITS
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
        name: the metric, with the better direction where that is not upwards.
        subset: the slice, empty for all items.
        evidence: sample, seeds, margin, p-value and remarks.
        slice: the slice for the filter; None for all items.
        short: sample and remark only.
        word: the meaning of a factor, such as `faster`; empty on other scales.
        order: the difference and the rank of its verdict (0 is the worst), by which lines are sorted.
        left: the left side's value.
        right: the right side's value.
        delta: their difference.
        interval: the row's own interval.
        verdict: the verdict; None if not judged.
        mark: the drawing.
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
    """The differences of one audit that share an axis; `data` is empty where there is only one text set."""

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
        of_labels: the metrics measured for several labels.
        axes: (contrast, part, unit) -> axis. All students share one; headlines, labels and slices each have their own,
            so that wide intervals of small slices do not squeeze the headlines.
        names_data: whether there are several text sets, so that each must be named.
    """

    of_labels: frozenset[str]
    axes: dict[tuple[ContrastName, int, str], marks.Axis]
    names_data: bool


def difference_sections(audits: Sequence[AuditRow], students: Sequence[str]) -> tuple[DifferenceSection, ...]:
    """Return all differences by student, contrast, part (headlines, labels, slices), audit and unit; gated first."""
    everything = [row for audit in audits for row in audit.differences]
    of_labels = lookup.labelwise(everything)
    placed: dict[tuple[ContrastName, int, str], list[DifferenceRow]] = {}
    for row in everything:
        placed.setdefault((*_place(row, of_labels), _axis_name(row)), []).append(row)
    axes = {place: marks.forest_axis(same) for place, same in placed.items()}
    frame = _Frame(of_labels, axes, names_data=len({row.data for row in everything}) > 1)
    sections = []
    for student in students:
        for contrast, title in lookup.CONTRASTS.items():
            for part, suffix in enumerate(PARTS):
                groups = _groups(audits, student, (contrast, part), frame=frame)
                if groups:
                    sections.append(_section(student, contrast, title + suffix, groups))
    return _with_the_first_open(sections)


def _place(row: DifferenceRow, of_labels: frozenset[str]) -> tuple[ContrastName, int]:
    """Return a row's contrast and part; only the main contrasts have several parts."""
    return row.contrast, lookup.part(row, of_labels) if row.contrast in MAIN else 0


def _with_the_first_open(sections: Sequence[DifferenceSection]) -> tuple[DifferenceSection, ...]:
    """Return the sections with the first of each student and main contrast marked as open."""
    first = {(s.student, s.kind): i for i, s in reversed(list(enumerate(sections))) if s.kind in MAIN}
    return tuple(replace(section, is_main=i in first.values()) for i, section in enumerate(sections))


def _by_axis(everything: Sequence[DifferenceRow]) -> dict[str, list[DifferenceRow]]:
    """Return name of axis -> rows: metrics in points share one, any other metric has its own."""
    sharing: dict[str, list[DifferenceRow]] = {}
    for row in everything:
        sharing.setdefault(_axis_name(row), []).append(row)
    return sharing


def _axis_name(row: DifferenceRow) -> str:
    """Return `points`, or the metric where it has a unit of its own."""
    return lookup.unit(row).word if lookup.unit(row).word == "points" else metric_name(row.metric)


def _groups(
    audits: Sequence[AuditRow], student: str, place: tuple[ContrastName, int], *, frame: _Frame
) -> list[DifferenceGroup]:
    """Return one part of a student's differences: a group for each audit, text set and axis, gated ones first."""
    groups = []
    for audit in audits:
        meant = [r for r in audit.differences if r.student == student and _place(r, frame.of_labels) == place]
        meant.sort(key=lambda row: (row.family != lookup.PRIMARY, lookup.part(row, frame.of_labels)))
        for data in dict.fromkeys(row.data for row in meant):
            for name, same in _by_axis([row for row in meant if row.data == data]).items():
                axis = frame.axes[*place, name]
                lines = tuple(difference_view(row, axis) for row in same)
                group = DifferenceGroup(audit.name, data if frame.names_data else "", name, axis, lines)
                groups.append((same[0].family != lookup.PRIMARY, group))
    return [group for _, group in sorted(groups, key=lambda entry: entry[0])]


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
    """Return a note on the better direction; empty where higher is better."""
    if row.direction == "target" and row.target is not None:
        return f" (ideal {row.target * unit_of(row.metric).factor:g}; drawn: the distance from it)"
    return " (lower is better)" if row.direction == "lower" else ""


def _evidence(row: DifferenceRow) -> tuple[str, ...]:
    """Return the row's evidence: sample, seeds, margin, p-value, gate, remark."""
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
    """The slices on which a student loses more than elsewhere, the largest excess loss first.

    Attributes:
        student: the student's name.
        metric: the metric's title.
        data: the text set; empty where there is only one.
        worse: the side of zero on which a slice does worse, `below` or `above`.
        axis: the axis that all students share.
        lines: at most `MOST_SLICES` slices.
        n_more: the number of slices that stand in the table of differences only.
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
    """Return each student's excess losses by slice: in the main metric, if measured so, and in the identity metrics."""
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
    sections = []
    for (student, metric, data), rows in placed.items():
        named = data if lookup.several_sets(statement) else ""
        sections.append(
            _excess_section(rows, axes[metric], lookup.differences(statement), named, is_first=student not in told)
        )
        told.add(student)
    return tuple(sections)


def _excess_section(
    rows: Sequence[DifferenceRow], axis: marks.Axis, everything: Sequence[DifferenceRow], data: str, *, is_first: bool
) -> ExcessSection:
    """Return the slices of one student, metric and text set."""
    worst = sorted(rows, key=lookup.loss, reverse=True)
    lines = tuple(_excess_view(row, axis, everything) for row in worst[:MOST_SLICES])
    worse = "above" if rows[0].direction == "lower" else "below"
    n_more = len(rows) - len(lines)
    return ExcessSection(rows[0].student, metric_name(rows[0].metric), data, worse, axis, lines, n_more, is_first)


def _excess_view(row: DifferenceRow, axis: marks.Axis, everything: Sequence[DifferenceRow]) -> DifferenceView:
    """Return one slice against the rest, with the number of items in the slice where it is known."""
    view, alone = difference_view(row, axis), lookup.first(everything, "student-teacher", like=row)
    if alone is None or row.n_clusters is not None:
        return view
    return replace(view, short=(f"{count(alone.n)} of {view.short[0]}", *view.short[1:]))
