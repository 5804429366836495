"""The tables of a suite: every model on every set, and the items on which student and teacher differ most."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Vector
from angelshare.core.audit import Table
from angelshare.core.estimate import ContrastName, Difference
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.task import ModelRole

TABLE_2, LARGEST = "table2", "largest_differences"
N_LARGEST = 10
"""Items for each student, as many as the paper prints."""
MOST_OF_A_TEMPLATE = 2
EVEN = 0.5
_CONTRASTS: Mapping[ContrastName, ModelRole] = {"student-teacher": "student", "baseline-teacher": "baseline"}


@dataclass(frozen=True, slots=True)
class _Pair:
    """AUC-ROC and AUC-PR of one population against the teacher, on one set."""

    role: ModelRole
    auc: Difference
    precision: Difference | None


def suite_table(
    differences: Sequence[Difference],
    sets: Sequence[tuple[str, str]],
    sizes: Mapping[tuple[ModelRole, str], int | None],
    *,
    level: float = 0.95,
) -> Table:
    """Return Table 2 of Chvasta et al. 2022 for any number of models, with intervals; seeds are averaged.

    Args:
        differences: of the audit `quality`, on all sets.
        sets: (name, title) in order; a set that was not measured gets a row that says so.
        sizes: (role, name) -> the number of parameters; None if it is not known.
        level: of the intervals.
    """
    rows = [row for name, title in sets for row in _rows_of_set(differences, name, title, sizes, level)]
    columns = (
        "set",
        "model type",
        "model",
        "n_parameters",
        "auc_pr",
        "auc_roc",
        "difference",
        "low",
        "high",
    )
    title = f"Every model on every set, with the {100 * level:g}% interval of its AUC-ROC less the teacher's"
    return Table(TABLE_2, title, columns, tuple(rows))


def _rows_of_set(
    differences: Sequence[Difference],
    name: str,
    title: str,
    sizes: Mapping[tuple[ModelRole, str], int | None],
    level: float,
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one set: the teacher, then students, then baselines."""
    pairs = list(_pairs([d for d in differences if d.data == name and d.slice is None]))
    label = title if title.lower().replace(" ", "_") == name else f"{title} ({name})"
    if not pairs:
        yield (label, "not measured", *(None,) * 7)
        return
    first = pairs[0]
    precision = None if first.precision is None else first.precision.right_value
    yield (
        label,
        "teacher",
        "teacher",
        sizes.get(("teacher", "teacher")),
        precision,
        first.auc.right_value,
        0.0,
        None,
        None,
    )
    for pair in sorted(pairs, key=lambda pair: pair.role != "student"):
        interval = pair.auc.inference.interval(level)
        precision = None if pair.precision is None else pair.precision.left_value
        size = sizes.get((pair.role, pair.auc.student))
        values = (precision, pair.auc.left_value, pair.auc.inference.value, interval.low, interval.high)
        yield label, pair.role, pair.auc.student, size, *values


def _pairs(differences: Sequence[Difference]) -> Iterator[_Pair]:
    """Yield every population that is compared with the teacher."""
    precision = {(d.contrast, d.student): d for d in differences if d.metric == "average_precision"}
    for difference in differences:
        if difference.metric == "auc" and difference.contrast in _CONTRASTS:
            role, about = _CONTRASTS[difference.contrast], (difference.contrast, difference.student)
            yield _Pair(role, difference, precision.get(about))


def largest_differences(panel: Panel[Predictions]) -> Table | None:
    """Return the items on which each student's score is furthest from its teacher's (Table 4 of Chvasta et al. 2022).

    Scores are probabilities of the positive label, averaged over seeds; TP, FP, TN and FN are decided at one half. At
    most two items of one template are shown. None if labels or probabilities are not known.
    """
    if panel.truth is None or panel.teacher.first.outputs not in ("logits", "probabilities"):
        return None
    rows = tuple(row for student in panel.students for row in _largest(panel, student))
    columns = ("student", "text", "label", "teacher", "teacher is", "student_score", "student is", "difference")
    title = f"What student and teacher score most unlike ({panel.data}; TP, FP, TN, FN at {EVEN})"
    return Table(LARGEST, title, columns, rows, text_columns=("text",))


def _largest(panel: Panel[Predictions], student: Population[Predictions]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one student."""
    truth, batch = panel.truth, panel.items.texts
    assert truth is not None, "right answers need human labels"
    by_teacher, by_student = _probability(panel.teacher), _probability(student)
    templates = panel.columns.get("template", panel.items.ids if panel.items.keys is None else panel.items.keys)
    shown: Counter[str] = Counter()
    labels = student.first.labels
    for item in np.argsort(-np.abs(by_student - by_teacher), kind="stable").tolist():
        if shown.total() == N_LARGEST:
            return
        if truth[item] < 0 or shown[templates[item]] == MOST_OF_A_TEMPLATE:
            continue
        shown[templates[item]] += 1
        is_positive = bool(truth[item] == 1)
        before, after = float(by_teacher[item]), float(by_student[item])
        outcomes = [_outcome(score, is_positive=is_positive) for score in (before, after)]
        cells = (before, outcomes[0], after, outcomes[1], after - before)
        yield student.name, None if batch is None else batch.texts[item], labels[int(is_positive)], *cells


def _probability(population: Population[Predictions]) -> Vector:
    """Return (n,) probabilities of the positive label, averaged over the members."""
    return np.asarray(np.mean([np.exp(member.log_probabilities()[:, 1]) for member in population.members], axis=0))


def _outcome(score: float, *, is_positive: bool) -> str:
    """Return TP, FP, TN or FN."""
    says = score >= EVEN
    return ("T" if says == is_positive else "F") + ("P" if says else "N")
