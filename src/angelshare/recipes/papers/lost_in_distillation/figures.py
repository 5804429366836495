"""The paper's tables and drawings beside ours."""

from collections.abc import Iterator, Mapping

from angelshare.recipes.studies.evidence import (
    AVERAGE_PRECISION,
    MITIGATED_STUDENT,
    MITIGATED_TEACHER,
    TEACHER,
    Evidence,
    Found,
    NotMeasured,
    baseline_of,
    found,
)
from angelshare.recipes.studies.study import PaperFigures, Parts
from angelshare.statement.reproduction import Chart, PaperFigure, Point, Series

SWEEP_NOTE = (
    "Bars: the 95% interval of the difference to the teacher, drawn at the student's value, the mean over its seeds."
)


def players(parts: Parts) -> Mapping[str, str]:
    """Return the paper's models -> ours."""
    return {
        "BERT": TEACHER,
        "DISTILLEDCNN": parts.distilled,
        "DISTILLEDCNNONPROPRIETARY": parts.matched,
        "DISTILLEDSMBERTONPROPRIETARY": parts.small_bert,
        "CNN": baseline_of(parts.distilled),
        "PROPRIETARYBERT": MITIGATED_TEACHER,
        "DISTILLEDPROPRIETARYCNN": MITIGATED_STUDENT,
    }


TEACHERS = {"BERT": "BERT", "PROPRIETARYBERT": "PROPRIETARYBERT", "DISTILLEDPROPRIETARYCNN": "PROPRIETARYBERT"}
"""The paper's model -> its teacher, where that is not BERT."""


def paper_figures(
    paper: PaperFigures, evidence: Evidence, parts: Parts, *, titles: Mapping[str, str], notes: Mapping[str, str]
) -> Iterator[PaperFigure]:
    """Yield every number of Tables 2 and 3 beside ours.

    Args:
        paper: what it prints.
        evidence: what we measured.
        parts: who plays which model.
        titles: set -> what the paper calls it.
        notes: set -> what stands in for it, or why it is missing.
    """
    ours = players(parts)
    for table, sets in (("Table 2", paper.table2), ("Table 3", paper.table3)):
        for data, models in sets.items():
            for model, (precision, area) in models.items():
                teacher = TEACHERS.get(model, "BERT")
                row = f"{titles[data]} / {model}"
                note = notes.get(data)
                yield _figure(
                    table, row, "AUC-PR", precision, ours[model], note, _precision(evidence, data, ours[model])
                )
                yield _figure(table, row, "AUC-ROC", area, ours[model], note, _area(evidence, data, ours[model]))
                if model != teacher:
                    printed = area - models[teacher][1]
                    gap = _gap(evidence, data, ours[model], ours[teacher])
                    yield _figure(table, row, "AUC-ROC difference", round(printed, 3), ours[model], note, gap)


def _figure(  # noqa: PLR0917  (a row of a table)
    table: str, row: str, metric: str, paper: float, model: str, note: str | None, ours: Found | float | str
) -> PaperFigure:
    """Return one number beside ours; a sentence says why there is none."""
    if isinstance(ours, str):
        return PaperFigure(table=table, row=row, metric=metric, paper=paper, ours=None, model=model, note=ours)
    if isinstance(ours, float):
        return PaperFigure(table=table, row=row, metric=metric, paper=paper, ours=ours, model=model, note=note)
    return PaperFigure(
        table=table,
        row=row,
        metric=metric,
        paper=paper,
        ours=ours.value,
        low=ours.low,
        high=ours.high,
        model=model,
        note=note,
    )


def _precision(evidence: Evidence, data: str, name: str) -> float | str:
    """Return a model's average precision, or why there is none."""
    try:
        return evidence.value(data, name, AVERAGE_PRECISION)
    except NotMeasured as why:
        return str(why)


def _area(evidence: Evidence, data: str, name: str) -> Found | str:
    """Return a model's AUC, or why there is none."""
    try:
        return evidence.level(data, name)
    except NotMeasured as why:
        return str(why)


def _gap(evidence: Evidence, data: str, student: str, teacher: str) -> Found | str:
    """Return a student's AUC less its teacher's, or why there is none."""
    try:
        return found(evidence.difference(data, student, teacher))
    except NotMeasured as why:
        return str(why)


def sweep_charts(evidence: Evidence, parts: Parts, titles: Mapping[str, str], *, n_gold: int) -> Iterator[Chart]:
    """Yield Figures 2 and 3: AUC-ROC and AUC-PR against the number of transfer texts, one panel for each set.

    Args:
        evidence: what we measured.
        parts: with the sweep.
        titles: set -> what the paper calls it.
        n_gold: human-labelled texts beside the transfer texts.
    """
    ratios = [f"{size / n_gold:.2g}" for size in (min(parts.sweep), max(parts.sweep))]
    note = f"{SWEEP_NOTE} Beside {n_gold:,} human-labelled texts: a ratio of {ratios[0]} to {ratios[1]}."
    for data, title in titles.items():
        if data not in evidence.panels:
            continue
        for figure, metric in (("figure 2", "AUC-ROC"), ("figure 3", "AUC-PR")):
            yield Chart(
                name=f"{figure}/{title}",
                title=title,
                kind="lines",
                x_label="transfer texts",
                y_label=metric,
                log_x=True,
                series=tuple(_sweep_series(evidence, parts, data, metric)),
                note=note,
            )


def _sweep_series(evidence: Evidence, parts: Parts, data: str, metric: str) -> Iterator[Series]:
    """Yield the students of the sweep, and as lines the teacher and the CNN without one."""
    sizes = sorted(parts.sweep)
    points = tuple(_sweep_point(evidence, data, parts.sweep[size], size, metric) for size in sizes)
    yield Series(name="distilled CNN", role="student", points=points)
    for name, role in ((TEACHER, "teacher"), (baseline_of(parts.distilled), "baseline")):
        value = _value(evidence, data, name, metric)
        ends = tuple(Point(x=float(size), y=value) for size in (sizes[0], sizes[-1]))
        yield Series(name="teacher" if role == "teacher" else "CNN without a teacher", role=role, points=ends)


def _sweep_point(evidence: Evidence, data: str, student: str, size: int, metric: str) -> Point:
    """Return one student with the interval of its difference to the teacher, at its own value."""
    value = _value(evidence, data, student, metric)
    if metric == "AUC-PR":
        number = found(evidence.difference(data, student, TEACHER, AVERAGE_PRECISION))
    else:
        number = found(evidence.difference(data, student, TEACHER))
    base = value - number.value
    return Point(x=float(size), y=value, low=base + number.low, high=base + number.high)


def _value(evidence: Evidence, data: str, name: str, metric: str) -> float:
    """Return a model's figure."""
    return evidence.value(data, name, AVERAGE_PRECISION) if metric == "AUC-PR" else evidence.value(data, name)
