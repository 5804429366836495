"""Does the student answer as its teacher does, and where not, who is right?"""

from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from angelshare.audits.answers.decisions import answers, equal, right
from angelshare.audits.answers.divergence import divergences
from angelshare.audits.answers.exemplars import MIN_MEMBERS, are_populations, exemplars
from angelshare.audits.answers.flips import flip_counts, flip_table, flips_by_slice
from angelshare.audits.frame.contrasts import Contrast, Pairing, pair, teacher_pairs
from angelshare.audits.frame.item_estimates import MIN_UNITS, Figure, design_of, share
from angelshare.core.arrays import Mask, Scores
from angelshare.core.audit import Audit, AuditResult, AuditSettings
from angelshare.core.estimate import Estimate
from angelshare.core.items import Items, labelled, n_labelled
from angelshare.core.metric import NATS, PLAIN, MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import Observations
from angelshare.core.strict import Strict
from angelshare.stats.components import linear_mean, n_units
from angelshare.stats.shares import share_difference

MIN_ITEMS = 2
METRICS = (
    MetricFacts(
        "agreement",
        "agreement",
        "The share of items with the teacher's label; of several labels, all must be the same.",
        in_brief=True,
    ),
    MetricFacts("label_loyalty", "label loyalty", "Of several labels, the share of decisions that are the teacher's."),
    MetricFacts(
        "negative_flips",
        "negative flips",
        "The share of labelled items that only the teacher has right.",
        in_brief=True,
    ),
    MetricFacts(
        "positive_flips",
        "positive flips",
        "The share of labelled items that only the student has right.",
        in_brief=True,
    ),
    MetricFacts("net_flips", "net flips", "Positive less negative flips: the difference of the accuracies."),
    MetricFacts("kl", "KL divergence", "The mean over items of KL(teacher, student) in nats.", unit=NATS),
    MetricFacts(
        "probability_loyalty",
        "probability loyalty",
        "The mean over items of 1 less the square root of the Jensen-Shannon divergence in bits.",
    ),
    MetricFacts(
        "cie",
        "compression-identified exemplars",
        "The share of items whose most frequent label over the students differs from that over the teachers.",
    ),
    MetricFacts(
        "cie_ties",
        "ties between modal labels",
        "The share of items without a single most frequent label over the students, or over the teachers.",
    ),
    MetricFacts(
        "taxicab",
        "taxicab distance",
        "The mean L1 distance, from 0 to 2, of the labels' distributions over teachers and over students.",
        unit=PLAIN,
    ),
    MetricFacts("churn", "churn", "The share of items on which two teachers differ."),
)

Flags = Callable[[Predictions, Predictions, Items], Mask]
"""(student, teacher, items) -> (n,) True where something holds."""


class AgreementOptions(Strict):
    """How many texts the tables show.

    Attributes:
        n_examples: the most texts with a disagreement to show, over all students.
    """

    n_examples: Annotated[int, Field(ge=0, le=1_000_000)] = 200


class Agreement(Audit[AgreementOptions]):
    """Shares of equal labels and of flips, distances of the probabilities, and the texts on which the two disagree.

    Agreement, KL and the loyalties need no human labels; flips do. `net_flips` is positive less negative flips: the
    difference of the accuracies (with several labels, of the exact matches). Label loyalty (Xu et al. 2021) is the
    share of the teacher's labels that the student gives too: with one label per item it equals agreement and has no row
    of its own, with several it is the share of equal single decisions. Teachers disagree among themselves as well, so
    their churn is reported for comparison. Where both sides have several members, exemplars compare the populations.
    """

    name = "agreement"
    question = "Does the student answer as its teacher does, and where not, who is right?"
    between_releases = True
    release_figures = ("agreement", "negative_flips", "positive_flips", "net_flips")
    Options = AgreementOptions

    def measure(self, observations: Observations, settings: AuditSettings) -> AuditResult:
        """Return the figures and tables of all students that decide for labels, provided that the teacher does."""
        panel = observations.scores()
        problem = _not_applicable(panel)
        if problem is not None:
            return AuditResult(self.name, self.question, not_applicable=problem)
        pairing = pair(panel)
        contrasts = _deciding(pairing)
        undecided = sorted({s.name for s in panel.students} - {c.student for c in contrasts})
        remarks = [f"{name} is not measured: it ranks, without a threshold it decides nothing." for name in undecided]
        if n_labelled(panel.truth) < MIN_ITEMS:
            remarks.append(f"Flips are not measured: {n_labelled(panel.truth)} items carry a human label.")
        estimates = [figure for c in contrasts for figure in _shares(c, panel.data, settings.level)]
        for contrast in contrasts:
            distances, why = divergences(contrast, settings.level)
            estimates += [_estimate(metric, figure, contrast, panel.data) for metric, figure in distances.items()]
            remarks += why
        by_population, why = _exemplars(panel, contrasts, settings.level)
        tables = (flip_table(contrasts, panel, self.options.n_examples), flip_counts(contrasts))
        return AuditResult(
            self.name,
            self.question,
            estimates=(*estimates, *by_population, *_churn(panel, settings.level)),
            tables=(*tables, *flips_by_slice(contrasts, settings.level)),
            remarks=(*pairing.remarks, *remarks, *why),
            warnings=pairing.warnings,
        )


AUDIT = Agreement


def negative_flip(student: Predictions, teacher: Predictions, items: Items) -> Mask:
    """Return which labelled items the teacher gets right and the student wrong."""
    return np.asarray(right(teacher, items) & ~right(student, items))


def positive_flip(student: Predictions, teacher: Predictions, items: Items) -> Mask:
    """Return which labelled items the student gets right and the teacher wrong."""
    return np.asarray(right(student, items) & ~right(teacher, items))


def _deciding(pairing: Pairing) -> list[Contrast]:
    """Return the students' contrasts in which every member decides for labels."""
    return [c for c in pairing.named("student-teacher") if all(m.has_decisions for m in c.members)]


def _not_applicable(panel: Panel[Predictions]) -> str | None:
    """Return why nothing can be measured, or None."""
    teacher = panel.teacher.first
    if teacher.task == "regression":
        return "Regression has no labels to agree on: see the mean squared error under quality."
    if not all(member.has_decisions for member in panel.teacher.members):
        return f"{teacher.name} gives a ranking score without threshold, which decides for no label."
    if not any(member.has_decisions for student in panel.students for member in student.members):
        return "No student decides for labels: they give ranking scores without threshold."
    if len(panel.items) < MIN_ITEMS:
        return f"{panel.data} has {len(panel.items)} item; at least {MIN_ITEMS} are needed."
    return None


def _shares(contrast: Contrast, data: str, level: float) -> list[Estimate]:
    """Return agreement on all items, and flips on the labelled ones."""
    figures = {"agreement": _share(_agree, contrast, level)}
    if contrast.left[0].task == "multi_label":
        figures["label_loyalty"] = _label_loyalty(contrast, level)
    truth = contrast.items.truth
    if truth is not None and n_labelled(truth) >= MIN_ITEMS:
        on_labels = contrast.take(labelled(truth))
        figures["negative_flips"] = _share(negative_flip, on_labels, level)
        figures["positive_flips"] = _share(positive_flip, on_labels, level)
        figures["net_flips"] = _net_flips(on_labels, level)
    return [_estimate(metric, figure, contrast, data) for metric, figure in figures.items()]


def _share(flags: Flags, contrast: Contrast, level: float) -> Figure:
    """Return the share of items for which something holds, over all pairs of members."""
    return share(_by_seed(flags, contrast), design_of(contrast.items), level)


def _by_seed(flags: Flags, contrast: Contrast) -> Scores:
    """Return (K, n) of 0 and 1."""
    return np.array([flags(*members, contrast.items) for members in contrast.pairs], dtype=np.float64)


def _net_flips(contrast: Contrast, level: float) -> Figure:
    """Return positive less negative flips, with the interval of a difference of shares."""
    gains = _by_seed(positive_flip, contrast) - _by_seed(negative_flip, contrast)
    design = design_of(contrast.items)
    linear = linear_mean(gains, design)
    (units,) = n_units(linear, design)
    n, n_clusters = gains.shape[1], None if design.clusters is None else units
    if units < MIN_UNITS:
        return Figure(linear.value, None, None, n, n_clusters)
    inference = share_difference(gains, design)
    return Figure(inference.value, inference.se, inference.interval(level), n, n_clusters)


def _label_loyalty(contrast: Contrast, level: float) -> Figure:
    """Return the share of single decisions that equal the teacher's; the sample is of items, not of decisions."""
    by_seed = [(answers(student) == answers(teacher)).mean(axis=1) for student, teacher in contrast.pairs]
    return share(np.array(by_seed), design_of(contrast.items), level)


def _agree(student: Predictions, teacher: Predictions, _items: Items) -> Mask:
    """Return on which items both give the same answer."""
    return equal(answers(student), answers(teacher))


def _exemplars(
    panel: Panel[Predictions], contrasts: Sequence[Contrast], level: float
) -> tuple[list[Estimate], list[str]]:
    """Return the exemplars of every student, and why a student has none although there are several teachers."""
    estimates, remarks = [], []
    n_teachers = len(panel.teacher.members)
    measured = {contrast.student for contrast in contrasts}
    for student in (student for student in panel.students if student.name in measured):
        names = (*student.names, *panel.teacher.names)
        if are_populations(panel, student):
            estimates += [
                _row(metric, figure, names, student.name, panel.data)
                for metric, figure in exemplars(panel, student, level).items()
            ]
        elif n_teachers >= MIN_MEMBERS:
            remarks.append(
                f"Exemplars of {student.name} are not measured: they need {MIN_MEMBERS} members on either side, and it "
                f"has {len(student.members)}."
            )
    return estimates, remarks


def _churn(panel: Panel[Predictions], level: float) -> list[Estimate]:
    """Return how often two teachers disagree."""
    return [
        _row(
            "churn",
            share(1.0 - _agree(left, right, panel.items)[None], design_of(panel.items), level),
            (left.name, right.name),
            None,
            panel.data,
        )
        for left, right in teacher_pairs(panel)
    ]


def _estimate(metric: str, figure: Figure, contrast: Contrast, data: str) -> Estimate:
    """Return a figure of one student against its teacher."""
    names = tuple(dict.fromkeys(member.name for member in contrast.members))
    return _row(metric, figure, names, contrast.student, data)


def _row(metric: str, figure: Figure, models: tuple[str, ...], student: str | None, data: str) -> Estimate:
    """Return a figure as an estimate."""
    return Estimate(
        metric,
        figure.value,
        models,
        student=student,
        data=data,
        se=figure.se,
        interval=figure.interval,
        n=figure.n,
        n_clusters=figure.n_clusters,
    )
