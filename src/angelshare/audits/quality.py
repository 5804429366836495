"""Is the student as good as its teacher, measured on human labels?"""

from collections.abc import Iterator, Sequence

import numpy as np

from angelshare.audits.answers.quality_metrics import METRICS as METRICS_OF_TASKS
from angelshare.audits.answers.quality_metrics import correct, exact, quality_metrics, truth_of
from angelshare.audits.frame.contrasts import Pairing, pair
from angelshare.audits.frame.measuring import Findings, measure_contrast
from angelshare.core.arrays import Array
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions, Table
from angelshare.core.estimate import Difference, Estimate
from angelshare.core.items import Items, labelled, n_labelled
from angelshare.core.metric import P_VALUE, MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.stats.proportions import mcnemar_exact, mcnemar_midp

MIN_ITEMS = 2
MOST_REPEATED = 0.01
"""The share of items that may repeat a text without a warning."""
METRICS = (
    *METRICS_OF_TASKS,
    MetricFacts("majority_class", "majority class", "What always answering the most frequent label would get."),
    MetricFacts(
        "mcnemar_exact_p",
        "McNemar's exact p",
        "The exact p-value of equal accuracies of one student and its teacher.",
        unit=P_VALUE,
    ),
    MetricFacts(
        "mcnemar_midp",
        "McNemar's mid-p",
        "The same with half the weight of what was observed.",
        unit=P_VALUE,
    ),
)


class Quality(Audit[NoOptions]):
    """The metrics of `quality_metrics` on human labels: shares, rankings, counts, errors and correlations."""

    name = "quality"
    question = "Is the student as good as its teacher on human labels?"
    between_releases = True
    Options = NoOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return one row per contrast, metric, slice and label, and the decomposition of the loss."""
        panel = observations.scores()
        n = n_labelled(panel.truth)
        if n < MIN_ITEMS:
            n_items = len(panel.items)
            why = f"{n} of the {n_items} items of {panel.data} carry a human label; at least {MIN_ITEMS} are needed."
            return AuditResult(self.name, self.question, not_applicable=why)
        pairing = pair(panel)
        findings = Findings.about(pairing, *_conditional(panel))
        teacher = panel.teacher.first
        findings.warnings += _repeated(panel.items)
        metrics = quality_metrics(teacher.task, len(teacher.labels))
        for contrast in pairing.contrasts:
            measure_contrast(contrast, panel.data, metrics, findings, asked=settings.in_slices)
        for member in (member for population in panel.populations for member in population.members):
            collapse = collapsed(member, panel.items)
            if collapse is not None:
                findings.remark(f"{member.name} {collapse}.")
        return findings.result(
            self,
            estimates=(*_majority(panel), *_mcnemar(pairing, panel)),
            tables=_decomposition(findings.differences),
        )


AUDIT = Quality


def collapsed(member: Predictions, items: Items) -> str | None:
    """Return why a classifier is no better than always answering the most frequent label; None if it is better.

    None, too, if that cannot be said: without labels, with labels of one class only (nothing can beat it), without
    decisions, or where items do not have a single label.
    """
    share = _majority_share(member, items)
    if share is None or share[1] == 1 or not member.has_decisions:
        return None
    known = labelled(truth_of(items))
    accuracy = float(correct(member, items)[known].mean())
    if accuracy > share[1]:
        return None
    return f"collapsed: accuracy {accuracy:.3f} does not beat the majority class ({share[1]:.3f})"


def _conditional(panel: Panel[Predictions]) -> tuple[str, ...]:
    """Return a remark on what the seeds of one teacher's students cannot tell."""
    if len(panel.teacher.members) > 1 or all(len(student.members) == 1 for student in panel.students):
        return ()
    return (f"There is one teacher, {panel.teacher.first.name}: what is said of recipes is conditional on it.",)


def _discordant(differences: Array) -> tuple[int, int]:
    """Return how many items only the left side gets right, and how many only the right side does."""
    return int((differences > 0).sum()), int((differences < 0).sum())


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


def _majority(panel: Panel[Predictions]) -> tuple[Estimate, ...]:
    """Return the share of the most frequent label, which a classifier must beat."""
    share = _majority_share(panel.teacher.first, panel.items)
    if share is None:
        return ()
    n = n_labelled(panel.truth)
    return (Estimate("majority_class", share[1], (), data=panel.data, output=share[0], n=n),)


def _mcnemar(pairing: Pairing, panel: Panel[Predictions]) -> Iterator[Estimate]:
    """Yield the exact and the mid-p McNemar p-value of every student with one seed, as information.

    The row itself is judged on Tango's interval, whose p-value at zero is McNemar's without correction.
    """
    per_item = {"binary": correct, "single_label": correct, "multi_label": exact}.get(panel.teacher.first.task)
    for contrast in pairing.named("student-teacher"):
        of_labelled = contrast.take(labelled(truth_of(contrast.items)))
        (student, teacher), items = of_labelled.pairs[0], of_labelled.items
        clustered = items.clusters is not None or items.weights is not None
        decided = student.has_decisions and teacher.has_decisions
        if contrast.kind == "recipe" or per_item is None or clustered or not decided:
            continue
        counts = _discordant(per_item(student, items) - per_item(teacher, items))
        models, n = (student.name, teacher.name), len(student)
        for name, p in (("mcnemar_exact_p", mcnemar_exact(*counts)), ("mcnemar_midp", mcnemar_midp(*counts))):
            yield Estimate(name, p, models, student=contrast.student, data=panel.data, n=n)


def _repeated(items: Items) -> Iterator[str]:
    """Yield a warning where texts repeat as if they were independent."""
    keys = items.keys
    if keys is None or items.clusters is not None:
        return
    n = len(keys) - len(set(keys.tolist()))
    if n > MOST_REPEATED * len(keys):
        yield (
            f"{n:,} of {len(keys):,} items repeat the text of another and are not independent: the intervals are too "
            "narrow. Give equal texts one cluster, or keep each once."
        )


def _majority_share(member: Predictions, items: Items) -> tuple[str, float] | None:
    """Return the most frequent true label and its share; None where the task has no single label."""
    if member.task not in ("binary", "single_label") or n_labelled(items.truth) == 0:
        return None
    truth = truth_of(items)
    counts = np.bincount(truth[labelled(truth)], minlength=len(member.labels))
    return member.labels[int(counts.argmax())], float(counts.max() / counts.sum())
