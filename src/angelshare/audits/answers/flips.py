"""Tables of the texts on which a student and its teacher disagree: one by one, by true label, and by slice."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from angelshare.audits.answers.decisions import (
    answers,
    distance,
    equal,
    has_probabilities,
    named,
    probabilities,
    right,
    true_names,
)
from angelshare.audits.frame.cells import cell_text
from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.item_estimates import design_of, share
from angelshare.audits.frame.measuring import MIN_SLICE
from angelshare.core.arrays import Mask
from angelshare.core.audit import Table
from angelshare.core.items import labelled
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions

FLIP_COLUMNS = (
    "id",
    "text",
    "truth",
    "teacher label",
    "teacher confidence",
    "student label",
    "student confidence",
    "group",
    "student",
)
SLICE_COLUMNS = (
    "student",
    "slice",
    "n",
    "negative_flips",
    "negative_low",
    "negative_high",
    "positive_flips",
    "positive_low",
    "positive_high",
)


def flip_table(contrasts: Sequence[Contrast], panel: Panel[Predictions], n_examples: int) -> Table:
    """Return the texts on which each student's first member and its teacher disagree, the strongest first."""
    each = n_examples // max(1, len(contrasts))
    rows = [row for contrast in contrasts for row in _flips(contrast, panel, each)]
    cut = [c.student for c in contrasts if int(_differ(c).sum()) > each]
    title = "Texts on which the first member of a student and its teacher disagree, the strongest disagreement first"
    if cut:
        title += f" (the first {each} of {', '.join(cut)})"
    return Table("flips", title, FLIP_COLUMNS, tuple(rows), text_columns=("text",))


def flip_counts(contrasts: Sequence[Contrast]) -> Table:
    """Return the counts of disagreements by true label, the teacher's answer and the student's."""
    rows: list[tuple[object, ...]] = []
    for contrast in contrasts:
        said, taught, truth = _names(contrast)
        counts = Counter((truth[i], taught[i], said[i]) for i in np.flatnonzero(_differ(contrast)))
        rows.extend((contrast.student, *labels, count) for labels, count in counts.most_common())
    title = "Disagreements of a student's first member with its teacher, by true label"
    return Table("flip_counts", title, ("student", "truth", "teacher label", "student label", "n"), tuple(rows))


def flips_by_slice(contrasts: Sequence[Contrast], level: float) -> tuple[Table, ...]:
    """Return both kinds of flips on all labelled items and in every slice, the mean over members."""
    rows = [row for contrast in contrasts for row in _slice_rows(contrast, level)]
    if not rows:
        return ()
    title = (
        f"Flips on all labelled items and in every slice with at least {MIN_SLICE} of them: new errors (negative) and "
        "new hits (positive)"
    )
    return (Table("flips_by_slice", title, SLICE_COLUMNS, tuple(rows)),)


def _slice_rows(contrast: Contrast, level: float) -> Iterator[tuple[object, ...]]:
    """Yield the flips of one student on all labelled items and in every slice that has enough of them."""
    items = contrast.items
    if items.truth is None or not items.slices:
        return
    everything = labelled(items.truth) & (True if items.weights is None else items.weights > 0)
    design = design_of(items)
    hits = np.array([[right(member, items) for member in members] for members in contrast.pairs])
    student, teacher = hits[:, 0], hits[:, 1]
    for name, mask in ((None, everything), *items.slices.items()):
        kept = np.flatnonzero(mask & everything)
        if len(kept) < MIN_SLICE:
            continue
        figures = [
            share(flips[:, kept].astype(np.float64), design.take(kept), level)
            for flips in (teacher & ~student, student & ~teacher)
        ]
        yield (contrast.student, name, len(kept), *(cell for figure in figures for cell in figure.cells))


def _flips(contrast: Contrast, panel: Panel[Predictions], limit: int) -> list[tuple[object, ...]]:
    """Return the rows of one student, the most distant probabilities first; without probabilities, in order of ids."""
    student, teacher = contrast.pairs[0]
    said, taught, truth = _names(contrast)
    confidences = [_confidence(teacher), _confidence(student)]
    index = np.flatnonzero(_differ(contrast))
    index = index[np.argsort(-distance(student, teacher)[index], kind="stable")][:limit]
    return [
        (
            str(contrast.items.ids[i]),
            cell_text(panel, int(i)),
            truth[i],
            taught[i],
            confidences[0][i],
            said[i],
            confidences[1][i],
            _group(taught[i], said[i], truth[i]),
            contrast.student,
        )
        for i in index
    ]


def _names(contrast: Contrast) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (n,) the first member's answers, its teacher's and the truth, as text."""
    student, teacher = contrast.pairs[0]
    truth = true_names(contrast.items, teacher.labels)
    return named(answers(student), student.labels), named(answers(teacher), teacher.labels), truth


def _differ(contrast: Contrast) -> Mask:
    """Return on which items the first member and its teacher disagree."""
    student, teacher = contrast.pairs[0]
    return ~equal(answers(student), answers(teacher))


def _group(taught: str, said: str, truth: str | None) -> str:
    """Return who is right."""
    if truth is None:
        return "unlabelled"
    if taught == truth:
        return "only the teacher is right"
    return "only the student is right" if said == truth else "neither is right"


def _confidence(member: Predictions) -> list[float | None]:
    """Return the probability of every item's answer; None where it is not known, or there are several labels."""
    if member.task == "multi_label" or not has_probabilities(member):
        return [None] * len(member)
    confidences: list[float | None] = probabilities(member).max(axis=1).tolist()
    return confidences
