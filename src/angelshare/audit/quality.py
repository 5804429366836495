"""Is the student as good as its teacher, measured on human labels?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.audit.contrasts import Contrast, Pairing, pair
from angelshare.audit.metrics import METRICS, ItemMetric, correct, truth_of
from angelshare.core.arrays import Array, Mask
from angelshare.core.estimate import Difference, Direction, Estimate, Inference
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions, labelled, n_labelled
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, Observations, ScoreRequest, Table
from angelshare.stats.auc import MIN_CLASS, auc_components, paired_auc
from angelshare.stats.inference import no_difference
from angelshare.stats.means import paired_mean, recipe_mean, rests_on_few
from angelshare.stats.proportions import PairedProportions, RecipeProportions, mcnemar_exact, mcnemar_midp

MIN_ITEMS = 2
MIN_SLICE = 20
FEW_ITEMS = "few items for an unbounded error"


@dataclass(frozen=True, slots=True)
class Place:
    """What is measured where: the part of a row that is known before anything is computed."""

    metric: str
    direction: Direction
    data: str
    slice: str | None
    output: str | None = None


@dataclass(slots=True)
class Findings:
    """What has been measured so far."""

    differences: list[Difference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def remark(self, sentence: str) -> None:
        """Keep a remark, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)


class Quality:
    """Accuracy (multi-label: exact match), AUC of binary and multi-label scores, mean squared error of regression."""

    name = "quality"
    question = "Is the student as good as its teacher on human labels?"

    def requests(self, test: ScoreRequest, settings: AuditSettings) -> Sequence[ScoreRequest]:  # noqa: ARG002  (protocol)
        """Return the test split: nothing else is needed."""
        return (test,)

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:  # noqa: ARG002  (protocol)
        """Return one row per contrast, metric, slice and label, and the decomposition of the loss."""
        panel = observations[TEST]
        n = n_labelled(panel.truth)
        if n < MIN_ITEMS:
            n_items = len(panel.teacher.first)
            why = f"{n} of the {n_items} items of {panel.data} carry a human label; at least {MIN_ITEMS} are needed."
            return AuditResult(self.name, self.question, not_applicable=why)
        pairing = pair(panel)
        found = Findings(remarks=[*pairing.remarks, *_conditional(panel)])
        for contrast in pairing.contrasts:
            for slice_name, mask in _slices(panel, found):
                _measure(contrast.take(mask), panel.data, slice_name, found)
        for member in (member for population in panel.populations for member in population.members):
            collapse = collapsed(member)
            if collapse is not None:
                found.remark(f"{member.name} {collapse}.")
        return AuditResult(
            self.name,
            self.question,
            differences=tuple(found.differences),
            estimates=(*_majority(panel), *_mcnemar(pairing, panel)),
            tables=_decomposition(found.differences),
            remarks=tuple(found.remarks),
        )


def collapsed(member: Predictions) -> str | None:
    """Return why a classifier is no better than always answering the most frequent label; None if it is better.

    None, too, where that cannot be said: no labels, labels of one class only (nothing can beat it), no decisions, or a
    task without a single label.
    """
    share = _majority_share(member)
    if share is None or share[1] == 1 or not member.has_decisions:
        return None
    kept = member.take(labelled(truth_of(member)))
    accuracy = float(correct(kept).mean())
    if accuracy > share[1]:
        return None
    return f"collapsed: accuracy {accuracy:.3f} does not beat the majority class ({share[1]:.3f})"


def _conditional(panel: Panel) -> tuple[str, ...]:
    """Return what seeds of one teacher's students cannot say."""
    if len(panel.teacher.members) > 1 or all(len(student.members) == 1 for student in panel.students):
        return ()
    return (f"There is one teacher, {panel.teacher.first.name}: what is said of recipes is conditional on it.",)


def _slices(panel: Panel, found: Findings) -> Iterator[tuple[str | None, Mask]]:
    """Yield the labelled items, of the whole set and of every slice that is large enough."""
    everything = labelled(truth_of(panel.teacher.first))
    yield None, everything
    for name, mask in panel.teacher.first.slices.items():
        n = int((mask & everything).sum())
        if n >= MIN_SLICE:
            yield name, mask & everything
        else:
            found.remark(f"Slice {name} is not measured: {n} labelled items, at least {MIN_SLICE} are needed.")


def _measure(contrast: Contrast, data: str, slice_name: str | None, found: Findings) -> None:
    """Add the rows of one contrast on one set of items."""
    metric = METRICS[contrast.left[0].task]
    members = (*contrast.left, *contrast.right)
    if all(member.has_decisions or member.task == "regression" for member in members):
        values = [[metric.per_item(member) for member in side] for side in (contrast.left, contrast.right)]
        inference = _item_inference(contrast, metric, np.array(values[0]), np.array(values[1]))
        means = [[float(np.mean(row)) for row in side] for side in values]
        place = Place(metric.name, metric.direction, data, slice_name)
        few = not (metric.share or contrast.identical) and rests_on_few(np.array(values[0]) - np.array(values[1]))
        row = _row(contrast, place, means, inference)
        found.differences.append(replace(row, withheld=("preserved",), remarks=(FEW_ITEMS,)) if few else row)
    else:
        found.remark(f"{metric.name} of {_names(contrast)} is not measured: a ranking score without threshold.")
    for output in {"binary": (1,), "multi_label": range(len(members[0].labels))}.get(members[0].task, ()):
        _measure_auc(contrast, output, data, slice_name, found)


def _measure_auc(contrast: Contrast, output: int, data: str, slice_name: str | None, found: Findings) -> None:
    """Add the AUC row of one label, or the remark why there is none."""
    member = contrast.left[0]
    truth = truth_of(member)
    positive = (truth if truth.ndim == 1 else truth[:, output]) == 1
    where = f"AUC of {member.labels[output]}" + (f" in slice {slice_name}" if slice_name else "")
    if not all(m.has_scores for m in (*contrast.left, *contrast.right)):
        found.remark(f"{where} of {_names(contrast)} is not measured: hard decisions do not rank.")
        return
    counts = int(positive.sum()), int((~positive).sum())
    if min(counts) < MIN_CLASS:
        found.remark(
            f"{where} is not measured: {counts[0]} positives and {counts[1]} negatives, at least {MIN_CLASS} "
            "of each are needed."
        )
        return
    scores = [np.array([m.ranking(output) for m in side]) for side in (contrast.left, contrast.right)]
    inference: Inference = paired_auc(scores[0], scores[1], positive)
    if contrast.identical:
        inference = no_difference(len(positive), n_seeds=len(contrast.left))
    values = [[auc_components(row, positive).auc for row in side] for side in scores]
    place = Place("auc", "higher", data, slice_name, member.labels[output])
    found.differences.append(_row(contrast, place, values, inference))


def _item_inference(contrast: Contrast, metric: ItemMetric, left: Array, right: Array) -> Inference:
    """Return the inference on left (K, n) - right (1 or K, n)."""
    differences = left - right
    if contrast.identical:
        return no_difference(differences.shape[1], n_seeds=len(left))
    if len(left) > 1:
        return RecipeProportions.of(differences) if metric.share else recipe_mean(differences)
    return (
        PairedProportions(*_discordant(differences), differences.shape[1])
        if metric.share
        else paired_mean(differences[0])
    )


def _discordant(differences: Array) -> tuple[int, int]:
    """Return how many items are right on the left only, and on the right only."""
    return int((differences > 0).sum()), int((differences < 0).sum())


def _row(contrast: Contrast, place: Place, values: list[list[float]], inference: Inference) -> Difference:
    """Return one row; `values` are the metric of every member on the left, and on the right."""
    left, right = (np.array(side) for side in values)
    return Difference(
        metric=place.metric,
        data=place.data,
        contrast=contrast.name,
        student=contrast.student,
        left=tuple(member.name for member in contrast.left),
        right=tuple(member.name for member in contrast.right),
        left_value=float(left.mean()),
        right_value=float(right.mean()),
        values_by_seed=tuple((left - right).tolist()),
        inference=inference,
        kind=contrast.kind,
        direction=place.direction,
        slice=place.slice,
        output=place.output,
        identical=contrast.identical,
        withheld=("lost", "preserved", "gained") if contrast.clustered else (),
        remarks=("items are clustered",) if contrast.clustered else (),
    )


def _decomposition(differences: Sequence[Difference]) -> tuple[Table, ...]:
    """Return student - teacher = (student - baseline) + (baseline - teacher), where there is a baseline."""
    whole = {(d.contrast, d.student, d.metric, d.output): d for d in differences if d.slice is None}
    rows = []
    for (contrast, student, metric, output), total in whole.items():
        capacity = whole.get(("baseline-teacher", student, metric, output))
        if contrast != "student-teacher" or capacity is None:
            continue
        teacher, baseline, value = total.right_value, capacity.left_value, total.left_value
        values = (teacher, baseline, value, baseline - teacher, value - baseline, value - teacher)
        rows.append((student, metric, output, *values))
    if not rows:
        return ()
    columns = (
        "student",
        "metric",
        "output",
        "teacher",
        "baseline",
        "student_value",
        "capacity",
        "distillation",
        "total",
    )
    title = "What capacity costs (baseline - teacher) and what distillation, with its extra text, gives back"
    return (Table("decomposition", title, columns, tuple(rows)),)


def _majority(panel: Panel) -> tuple[Estimate, ...]:
    """Return the share of the most frequent label, which a classifier must beat."""
    share = _majority_share(panel.teacher.first)
    if share is None:
        return ()
    n = n_labelled(panel.truth)
    return (Estimate("majority_class", share[1], (), data=panel.data, output=share[0], n=n),)


def _mcnemar(pairing: Pairing, panel: Panel) -> Iterator[Estimate]:
    """Yield the exact and the mid-p McNemar p-value of every student with one seed, as information.

    The row itself is judged on Tango's interval, whose p-value at zero is McNemar's without correction.
    """
    everything = labelled(truth_of(panel.teacher.first))
    for contrast in pairing.named("student-teacher"):
        metric = METRICS[contrast.left[0].task]
        student, teacher = contrast.take(everything).pairs[0]
        if contrast.kind == "recipe" or not (metric.share and student.has_decisions and teacher.has_decisions):
            continue
        counts = _discordant(metric.per_item(student) - metric.per_item(teacher))
        models, n = (student.name, teacher.name), len(student)
        for name, p in (("mcnemar_exact_p", mcnemar_exact(*counts)), ("mcnemar_midp", mcnemar_midp(*counts))):
            yield Estimate(name, p, models, student=contrast.student, data=panel.data, n=n)


def _majority_share(member: Predictions) -> tuple[str, float] | None:
    """Return the most frequent true label and its share; None where the task has no single label."""
    if member.task not in ("binary", "single_label") or n_labelled(member.truth) == 0:
        return None
    truth = truth_of(member)
    counts = np.bincount(truth[labelled(truth)], minlength=len(member.labels))
    return member.labels[int(counts.argmax())], float(counts.max() / counts.sum())


def _names(contrast: Contrast) -> str:
    """Return who is compared, for a remark."""
    return f"{contrast.student} ({contrast.name})"
