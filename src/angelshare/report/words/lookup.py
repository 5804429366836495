"""The rows of a statement: looked up, ordered and named, for the page and for the Markdown summary."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from angelshare.audits.frame.installed import facts_of
from angelshare.core.estimate import ContrastName
from angelshare.core.metric import Unit
from angelshare.core.task import ModelRole
from angelshare.report.words.numbers import MINUS, metric_name, unit_of
from angelshare.statement import gates, judging
from angelshare.statement.schema import DifferenceRow, EstimateRow, GateRow, IntervalRow, Statement, TableRow

PRIMARY = gates.PRIMARY
TRANSFER = "transfer"

CONTRASTS: dict[ContrastName, str] = {
    "student-teacher": f"student {MINUS} teacher: what is lost",
    "student-baseline": f"student {MINUS} baseline: what distillation and its extra text gave back",
    "baseline-teacher": f"baseline {MINUS} teacher: what capacity costs, with human labels only",
    "new-old": f"new {MINUS} old: what changed since the last release",
    "slice-rest": f"slice {MINUS} rest: whether a slice loses more than the others",
    "mitigated-plain": f"mitigated {MINUS} plain: what a mitigation gives or costs",
    "interaction": f"interaction: student {MINUS} teacher with mitigation, less the same without",
    "teacher-teacher": f"teacher {MINUS} teacher: churn between seeds of the teacher",
}
SIDES: dict[ContrastName, tuple[str, str]] = {"interaction": ("with mitigation", "without")}
"""The sides of contrasts whose names do not give them."""
OF_DIFFERENCES = ("slice-rest", "interaction")
"""Contrasts of two differences, whose sides have signs."""


def differences(statement: Statement) -> tuple[DifferenceRow, ...]:
    """Return every difference, in the order of the audits."""
    return tuple(row for audit in statement.audits for row in audit.differences)


def students(statement: Statement) -> tuple[str, ...]:
    """Return the names of all students in the order of the models, then any others that differences are about."""
    names = [model.name for model in statement.models if model.role == "student"]
    return tuple(dict.fromkeys([*names, *(row.student for row in differences(statement))]))


def several_sets(statement: Statement) -> bool:
    """Return whether there are differences on several text sets, so that each must be named."""
    return len({row.data for row in differences(statement)}) > 1


def sides(contrast: ContrastName) -> tuple[str, str]:
    """Return the names of a contrast's left and right side."""
    if contrast in SIDES:
        return SIDES[contrast]
    left, right = contrast.split("-")
    return left, right


def audited_split(statement: Statement) -> str:
    """Return the split on which models are compared: test, unless the statement has one other split only."""
    splits = [data.split for data in statement.data if data.split != TRANSFER]
    return splits[0] if len(splits) == 1 else "test"


def looked_at(statement: Statement) -> str:
    """Return in words how often the audited items were looked at; looks are counted within one run folder."""
    if not statement.test_looks:
        return "looked at outside of a run folder, where looks are counted"
    times = "once" if statement.test_looks == 1 else f"{statement.test_looks} times"
    return f"looked at {times} in this run folder"


def audited_items(statement: Statement) -> str:
    """Return what was audited, to stand after a number: `test items`, or `items` where they were given."""
    split = audited_split(statement)
    return "items" if split == "given" else f"{split} items"


def population(member: str) -> str:
    """Return the population of a member: `mlp` for `mlp/3`."""
    name, stroke, seed = member.rpartition("/")
    return name if stroke and seed.isdecimal() else member


def unit(row: DifferenceRow) -> Unit:
    """Return the unit in which this row's difference is printed."""
    return unit_of(row.metric, row.scale)


def is_whole(row: DifferenceRow) -> bool:
    """Return whether the row is about all items, of one label or of all."""
    return row.slice is None


def labelwise(everything: Iterable[DifferenceRow]) -> frozenset[str]:
    """Return the metrics measured for several labels; a metric of a single label stands for all items."""
    pairs = {(row.metric, row.output) for row in everything if row.output is not None}
    times = Counter(metric for metric, _ in pairs)
    return frozenset(metric for metric, n in times.items() if n > 1)


def part(row: DifferenceRow, of_labels: Container[str]) -> int:
    """Return whether a row is a headline (0), about one of several labels (1), or about a slice (2).

    Gated rows are headlines, and so are slices against the rest within their contrast.
    """
    if row.family == PRIMARY:
        return 0
    if row.slice is not None and row.contrast != "slice-rest":
        return 2
    return int(row.output is not None and row.metric in of_labels)


def gates_worst_first(statement: Statement) -> tuple[GateRow, ...]:
    """Return the gates, the failed ones first."""
    order = ("lost", "undecided", "not_measured", "held")
    return tuple(sorted(statement.gates, key=lambda gate: order.index(gate.state)))


def deciding_interval(row: DifferenceRow) -> IntervalRow:
    """Return the interval that the verdict is read from: the row's own if primary, else its family's.

    For a target metric it is the interval of how much further from the target the left side is.
    """
    if row.judged is not None and row.judged_family is not None:
        return row.judged if row.family == PRIMARY else row.judged_family
    return row.interval if row.family == PRIMARY else row.interval_family


def lost_alone(row: DifferenceRow) -> bool:
    """Return whether a gated row is lost by itself, but not after Holm's correction for the other gates."""
    return row.family == PRIMARY and row.verdict == "lost" and row.p_adjusted > judging.ALPHA


def distance(row: DifferenceRow) -> float:
    """Return how much further from its target the left side is; for any other metric the difference itself."""
    if row.judged is None or row.target is None:
        return row.delta
    return abs(row.left_value - row.target) - abs(row.right_value - row.target)


def loss(row: DifferenceRow) -> float:
    """Return how much worse the left side is."""
    return distance(row) if row.direction in ("lower", "target") else -row.delta


def name(row: DifferenceRow) -> str:
    """Return the metric, with its label where it is about one: `AUC of toxic`."""
    return f"{metric_name(row.metric)} of {row.output}" if row.output else metric_name(row.metric)


def what(row: DifferenceRow) -> str:
    """Return metric and subset as words: `accuracy on slice negation`."""
    return f"{name(row)} on slice {row.slice}" if row.slice else name(row)


def others(row: DifferenceRow) -> str:
    """Return the name of what a slice is compared with, such as `the other identities`."""
    return f"the other {facts_of(row.metric).rest}"


def gated(gate: GateRow) -> str:
    """Return the subject of a gate in words: `AUC of toxic on slice women, slice - rest, in reviews`."""
    named = f"{metric_name(gate.metric)} of {gate.output}" if gate.output else metric_name(gate.metric)
    parts = [f"{named} on slice {gate.slice}" if gate.slice else named]
    if gate.contrast != "student-teacher":
        parts.append(gate.contrast.replace("-", f" {MINUS} "))
    if gate.data:
        parts.append(f"in {gate.data}")
    return ", ".join(parts)


def first(rows: Iterable[DifferenceRow], contrast: ContrastName, *, like: DifferenceRow) -> DifferenceRow | None:
    """Return the row of this contrast whose student, text set, metric, label and slice are those of another row."""
    wanted = (contrast, like.student, like.data, like.metric, like.output, like.slice)
    return next((r for r in rows if (r.contrast, r.student, r.data, r.metric, r.output, r.slice) == wanted), None)


def main_metric(statement: Statement) -> str | None:
    """Return the metric that stands for quality: the first gate's, else accuracy, else the first that was judged."""
    whole = (row for row in differences(statement) if is_whole(row) and row.contrast != "teacher-teacher")
    measured = [row.metric for row in whole if not facts_of(row.metric).is_cost]
    wanted = [gate.metric for gate in statement.gates] + ["accuracy", "auc", *measured]
    return next((metric for metric in wanted if metric in measured), None)


@dataclass(frozen=True, slots=True)
class PopulationSize:
    """The size of the models in one population.

    Attributes:
        role: the population's role.
        name: the population's name.
        n_parameters: the mean over its members; None where it is not known for all.
        n_members: the number of members.
        kind: the kind of model, such as `mlp`.
    """

    role: ModelRole
    name: str
    n_parameters: float | None
    n_members: int
    kind: str


def population_sizes(statement: Statement) -> dict[tuple[str, str], PopulationSize]:
    """Return (role, name) -> size, in the order of the models."""
    sizes: dict[tuple[str, str], PopulationSize] = {}
    for role, name in dict.fromkeys((model.role, model.name) for model in statement.models):
        members = [model for model in statement.models if (model.role, model.name) == (role, name)]
        known = [model.n_parameters for model in members if model.n_parameters is not None]
        mean = sum(known) / len(known) if len(known) == len(members) else None
        sizes[role, name] = PopulationSize(role, name, mean, len(members), members[0].kind)
    return sizes


def teacher_size(statement: Statement) -> PopulationSize | None:
    """Return the teacher's entry, None where the statement lists none."""
    return next((entry for entry in population_sizes(statement).values() if entry.role == "teacher"), None)


@dataclass(frozen=True, slots=True)
class Quality:
    """A metric of one population: the mean over its members, and each member's value where the statement has it."""

    value: float
    seeds: tuple[float, ...] = ()


def qualities(statement: Statement, metric: str) -> dict[tuple[str, str], Quality]:
    """Return (role, name) -> quality on all items of the first text set (and label) that has the metric."""
    about = [row for row in differences(statement) if row.metric == metric and is_whole(row)]
    teacher = teacher_size(statement)
    measured: dict[tuple[str, str], Quality] = {}
    for row in about:
        same = (row.data, row.output) == (about[0].data, about[0].output)
        if not same or row.contrast not in ("student-teacher", "baseline-teacher"):
            continue
        if teacher is not None:
            measured.setdefault(("teacher", teacher.name), Quality(row.right_value))
        by_seed = row.scale == "difference" and len(row.right) == 1
        seeds = tuple(row.right_value + delta for delta in row.values_by_seed) if by_seed else ()
        measured.setdefault((row.contrast.split("-")[0], row.student), Quality(row.left_value, seeds))
    return measured


def costs(statement: Statement, metric: str) -> dict[tuple[str, str], float]:
    """Return (role, name) -> a cost, such as the number of parameters or a speed: the mean over the members."""
    if metric == "n_parameters":
        sizes = population_sizes(statement)
        return {key: entry.n_parameters for key, entry in sizes.items() if entry.n_parameters is not None}
    teacher = teacher_size(statement)
    values_of: dict[tuple[str, str], list[float]] = {}
    for row in estimates(statement, metric):
        if row.student is not None:
            values_of.setdefault(("student", row.student), []).append(row.value)
        elif teacher is not None:
            values_of.setdefault(("teacher", teacher.name), []).append(row.value)
    return {key: sum(values) / len(values) for key, values in values_of.items()}


def estimates(statement: Statement, metric: str) -> tuple[EstimateRow, ...]:
    """Return the estimates of a metric on all items."""
    everything = (row for audit in statement.audits for row in audit.estimates)
    return tuple(row for row in everything if row.metric == metric and row.slice is None and row.output is None)


def table(statement: Statement, name: str) -> TableRow | None:
    """Return the first table of this name that is not empty."""
    tables = (table for audit in statement.audits for table in audit.tables)
    return next((table for table in tables if table.name == name and table.rows), None)


def records(table: TableRow) -> list[dict[str, Any]]:  # Any: a cell is whatever JSON holds
    """Return the rows of a table as column -> cell."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
