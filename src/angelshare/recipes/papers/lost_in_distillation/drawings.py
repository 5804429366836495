"""The paper's figures, drawn from our numbers: its sweep of transfer sizes, and its identities."""

from collections.abc import Iterator, Mapping

from angelshare.audits.frame.metric_kinds import Metric
from angelshare.recipes.papers.lost_in_distillation.parts import Parts
from angelshare.recipes.studies.evidence import AUC, AVERAGE_PRECISION, TEACHER, Evidence, baseline_of, measure
from angelshare.recipes.studies.paper import Outcome
from angelshare.report.charts.by_group import identity_charts
from angelshare.statement.reproduction import Chart, Point, Series

SWEEP_NOTE = (
    "Bars: the 95% interval of the difference to the teacher, drawn at the student's value, the mean over its seeds."
)
SWEEPS: tuple[tuple[str, str, Metric], ...] = (
    ("figure 2", "AUC-ROC", AUC),
    ("figure 3", "AUC-PR", AVERAGE_PRECISION),
)
IN_THE_PAPER = {"identity_aucs": "figures 4 and 5"}
"""Group of our charts -> its figures in the paper."""


def drawings(outcome: Outcome[Parts]) -> Iterator[Chart]:
    """Yield Figures 2 and 3, and then the identities."""
    n_gold = len(outcome.splits.role("train"))
    yield from sweep_charts(outcome.evidence, outcome.parts, outcome.titles, n_gold=n_gold)
    yield from map(_numbered, identity_charts(outcome.statement))


def _numbered(chart: Chart) -> Chart:
    """Return a chart of identities under the numbers of the paper's figures, if it has such."""
    group, _, panel = chart.name.partition("/")
    return chart.model_copy(update={"name": f"{IN_THE_PAPER[group]}/{panel}"}) if group in IN_THE_PAPER else chart


def sweep_charts(evidence: Evidence, parts: Parts, titles: Mapping[str, str], *, n_gold: int) -> Iterator[Chart]:
    """Yield Figures 2 and 3: AUC-ROC and AUC-PR against the number of transfer texts, one panel for each set.

    Args:
        evidence: every model on every set.
        parts: with the sweep.
        titles: set -> its name in the paper.
        n_gold: the number of human-labelled texts in addition to the transfer texts.
    """
    ratios = [f"{size / n_gold:.2g}" for size in (min(parts.sweep), max(parts.sweep))]
    note = f"{SWEEP_NOTE} Beside {n_gold:,} human-labelled texts: a ratio of {ratios[0]} to {ratios[1]}."
    for data, title in titles.items():
        if data not in evidence.panels:
            continue
        for figure, label, metric in SWEEPS:
            yield Chart(
                name=f"{figure}/{title}",
                title=title,
                kind="lines",
                x_label="transfer texts",
                y_label=label,
                log_x=True,
                series=tuple(_series(evidence, parts, data, metric)),
                note=note,
            )


def _series(evidence: Evidence, parts: Parts, data: str, metric: Metric) -> Iterator[Series]:
    """Yield the students of the sweep as points, and the teacher and the CNN without one as lines."""
    sizes = sorted(parts.sweep)
    points = tuple(_point(evidence, data, parts.sweep[size], size, metric) for size in sizes)
    yield Series(name="distilled CNN", role="student", points=points)
    for name, role in ((TEACHER, "teacher"), (baseline_of(parts.distilled), "baseline")):
        value = evidence.value(data, name, metric)
        ends = tuple(Point(x=float(size), y=value) for size in (sizes[0], sizes[-1]))
        yield Series(name="teacher" if role == "teacher" else "CNN without a teacher", role=role, points=ends)


def _point(evidence: Evidence, data: str, student: str, size: int, metric: Metric) -> Point:
    """Return one student's value, with the interval of its difference to the teacher around it."""
    value = evidence.value(data, student, metric)
    number = measure(evidence.difference(data, student, TEACHER, metric))
    base = value - number.value
    return Point(x=float(size), y=value, low=base + number.low, high=base + number.high)
