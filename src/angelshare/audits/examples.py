"""Which texts do all models get right, which only the stronger, which only the teacher, and which none?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from angelshare.audits.answers.decisions import answers, distance, named, right, true_names
from angelshare.audits.answers.exemplars import coded, label_counts
from angelshare.audits.frame.cells import cell_text
from angelshare.audits.frame.contrasts import pair
from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.audit import Audit, AuditResult, AuditSettings, Table
from angelshare.core.items import Items, labelled
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.core.strict import Strict

METRICS = ()
MIN_STUDENTS = 2
ALL, STRONG, TEACHER, NONE, WITHOUT_TEACHER, OTHER = (
    "all are right",
    "only the teacher and strong students are right",
    "only the teacher is right",
    "none is right",
    "the teacher is wrong, a student right",
    "the teacher and some other students are right",
)
GROUPS = (ALL, STRONG, TEACHER, NONE, WITHOUT_TEACHER, OTHER)
OF_ONE_STUDENT = (ALL, TEACHER, NONE, WITHOUT_TEACHER)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The answers of one population: to every text, the one that most of its members give.

    Attributes:
        name: of the population. labels: (n,) answers as text. right: (n,) whether they are true.
        accuracy: the members' mean accuracy on labelled texts; nan without any.
    """

    name: str
    labels: Array
    right: Mask
    accuracy: float


class ExamplesOptions(Strict):
    """How many texts the tables show.

    Attributes:
        n_examples: the most rows in each table of texts.
    """

    n_examples: Annotated[int, Field(ge=0, le=1_000_000)] = 200


class Examples(Audit[ExamplesOptions]):
    """Texts in groups by who is right, and the largest disagreements.

    The groups follow the qualitative analysis of Mohanty, Roosta & Passban (2023, "What is Lost in Knowledge
    Distillation?"): all are right; the teacher and only strong students; only the teacher; none. They call students
    performant without saying when; here a student is strong if its accuracy is at or above the students' median, so
    with one student there is no such group. Two further groups hold the remaining texts. A population of several
    members gives the answer of most of them; among equals, the first in the order of the labels.
    """

    name = "examples"
    question = "Which texts do all models get right, which only the stronger ones, which only the teacher, which none?"
    Options = ExamplesOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the sizes of the groups, examples of each, and the largest disagreements."""
        panel = observations.scores()
        problem = _not_applicable(panel)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        students = tuple(s for s in panel.students if all(member.has_decisions for member in s.members))
        out = [s.name for s in panel.students if s not in students]
        remarks = [f"{name} is left out: it ranks, without a threshold it decides nothing." for name in out]
        scene = _scene(panel, students)
        tables: tuple[Table, ...] = (_disagreements(scene, self.options.n_examples),)
        if scene.known.any():
            strong = strong_students([student.accuracy for student in scene.students])
            groups = grouped(scene, strong)
            tables = (_group_table(scene, groups), _example_table(scene, groups, self.options.n_examples), *tables)
            remarks.append(_who_is_strong(scene.students, strong))
        else:
            remarks.append("The groups are not measured: no item carries a human label.")
        return AuditResult(self.name, self.question, tables=tables, remarks=tuple(remarks))


AUDIT = Examples


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All answers to all texts.

    Attributes:
        panel: the texts. known: (n,) which are labelled. truth: (n,) true labels as text; None for unlabelled texts.
        teacher, students: their answers.
        apart: (n,) distance of the students from their teacher, from 0 to 1, the mean over students.
        order: (n,) positions of the texts, the furthest apart first.
    """

    panel: Panel[Predictions]
    known: Mask
    truth: Array
    teacher: Answered
    students: tuple[Answered, ...]
    apart: Vector
    order: Labels


def strong_students(accuracies: Sequence[float]) -> tuple[bool, ...]:
    """Return which students are strong: at or above the median of all."""
    median = float(np.median(accuracies))
    return tuple(accuracy >= median for accuracy in accuracies)


def grouped(scene: Scene, strong: Sequence[bool]) -> Array:
    """Return (n,) the group of every text; None for unlabelled ones."""
    taught = scene.teacher.right
    hits = np.array([student.right for student in scene.students])
    weak_hit = hits[~np.array(strong)].any(axis=0)
    groups = np.select(
        [
            ~scene.known,
            taught & hits.all(axis=0),
            taught & ~hits.any(axis=0),
            taught & ~weak_hit,
            taught,
            hits.any(axis=0),
        ],
        [0, 1, 2, 3, 4, 5],
        default=6,
    )
    return np.asarray(np.array([None, ALL, TEACHER, STRONG, OTHER, WITHOUT_TEACHER, NONE], dtype=object)[groups])


def _not_applicable(panel: Panel[Predictions]) -> str | None:
    """Return why nothing can be measured, or None."""
    if panel.teacher.first.task == "regression":
        return "Regression has no labels that are right or wrong: see the mean squared error under quality."
    if not all(member.has_decisions for member in panel.teacher.members):
        return f"{panel.teacher.first.name} gives a ranking score without threshold, which decides for no label."
    if not any(all(member.has_decisions for member in student.members) for student in panel.students):
        return "No student decides for labels: they give ranking scores without threshold."
    return None


def _scene(panel: Panel[Predictions], students: Sequence[Population[Predictions]]) -> Scene:
    """Return the answers of the teacher and these students."""
    items = panel.items
    known = np.zeros(len(items), dtype=np.bool_) if items.truth is None else labelled(items.truth)
    contrasts = [c for c in pair(panel).named("student-teacher") if c.student in {s.name for s in students}]
    by_student = [np.mean([distance(*members) for members in contrast.pairs], axis=0) for contrast in contrasts]
    apart = np.asarray(np.mean(by_student, axis=0))
    return Scene(
        panel,
        known,
        true_names(items, panel.teacher.first.labels),
        _answered(panel.teacher, items, known),
        tuple(_answered(student, items, known) for student in students),
        apart,
        np.argsort(-apart, kind="stable"),
    )


def _answered(population: Population[Predictions], items: Items, known: Mask) -> Answered:
    """Return the answers of most members of a population."""
    members = population.members
    codes, n_codes = coded(members)
    mode = label_counts(codes, n_codes).argmax(axis=1)
    # the first member that gives the modal answer speaks for it
    speaker = (codes == mode).argmax(axis=0)
    places = np.arange(len(known))
    labels = np.array([named(answers(member), member.labels) for member in members], dtype=object)[speaker, places]
    if not known.any():
        return Answered(population.name, labels, np.zeros(len(known), dtype=np.bool_), float("nan"))
    hits = np.array([right(member, items) for member in members])
    return Answered(population.name, labels, hits[speaker, places], float(hits[:, known].mean()))


def _possible(scene: Scene) -> tuple[str, ...]:
    """Return the groups that can occur: a single student is neither strong nor weak."""
    return GROUPS if len(scene.students) >= MIN_STUDENTS else OF_ONE_STUDENT


def _group_table(scene: Scene, groups: Array) -> Table:
    """Return the number of labelled texts in every group that can occur."""
    n = int(scene.known.sum())
    counts = [(group, int((groups == group).sum())) for group in _possible(scene)]
    rows = tuple((group, count, count / n) for group, count in counts)
    return Table("example_groups", "Labelled texts by who is right", ("group", "n", "share"), rows)


def _example_table(scene: Scene, groups: Array, n_examples: int) -> Table:
    """Return examples of every group, the same number of each as far as there are any, the most disputed first."""
    ordered = groups[scene.order]
    each = n_examples // len(_possible(scene))
    rows = [(*_cells(scene, int(i)), group) for group in _possible(scene) for i in scene.order[ordered == group][:each]]
    columns = (*_columns(scene), "group")
    title = f"Texts of every group, at most {each} each, those first on which students are furthest from their teacher"
    return Table("examples", title, columns, tuple(rows), text_columns=("text",))


def _disagreements(scene: Scene, n_examples: int) -> Table:
    """Return the texts on which the students are furthest from their teacher."""
    first = (int(i) for i in scene.order[:n_examples] if scene.apart[i] > 0)
    rows = tuple((*_cells(scene, i), float(scene.apart[i])) for i in first)
    title = (
        "Texts on which students are furthest from their teacher: the distance of their probabilities, from 0 to 1 "
        "(total variation; where there are none, 1 if the labels differ), the mean over students"
    )
    return Table("largest_disagreements", title, (*_columns(scene), "distance"), rows, text_columns=("text",))


def _columns(scene: Scene) -> tuple[str, ...]:
    """Return the names of the cells about a text."""
    return ("id", "text", "truth", "teacher label", *(f"{student.name} label" for student in scene.students))


def _cells(scene: Scene, i: int) -> tuple[object, ...]:
    """Return the cells about one text: what it is, and all answers."""
    answered = (student.labels[i] for student in scene.students)
    item = str(scene.panel.items.ids[i])
    return (item, cell_text(scene.panel, i), scene.truth[i], scene.teacher.labels[i], *answered)


def _who_is_strong(students: Sequence[Answered], strong: Sequence[bool]) -> str:
    """Return a sentence that names the strong students."""
    if len(students) < MIN_STUDENTS:
        return "There is one student, so no text is right for strong students only."
    names = ", ".join(
        f"{s.name} ({s.accuracy:.3f})" for s, is_strong in zip(students, strong, strict=True) if is_strong
    )
    return f"Strong students, at or above the median accuracy: {names}."
