"""The answers of a study's models, and any statistic of any two of them on one or several sets."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from angelshare.audits.answers.quality_metrics import auc, average_precision
from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.metric_kinds import Metric
from angelshare.audits.frame.sample import Sample
from angelshare.core.arrays import Mask
from angelshare.core.estimate import Interval
from angelshare.core.items import labelled
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import linear_auc
from angelshare.stats.components import MIN_CLUSTERS
from angelshare.stats.floor import with_floor
from angelshare.stats.pooling import Sampled, pooled

AUC = auc(1)
AVERAGE_PRECISION = average_precision(1)
TEACHER = "teacher"
LEVEL = 0.95
METHOD = "influence function, t"


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its interval at 95%.

    Attributes:
        value: the estimate. low, high: the ends of its interval.
        n: the number of items that it rests on.
    """

    value: float
    low: float
    high: float
    n: int


class NotMeasured(Exception):  # noqa: N818  (no error: it says why a claim has no answer)
    """Something that a claim rests on is not at hand; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Every model of a study on every set.

    Attributes:
        panels: set -> the panel of all models: those of the first arm as they are, all others as students.
    """

    panels: Mapping[str, Panel[Predictions]]

    def panel(self, data: str) -> Panel[Predictions]:
        """Return the panel of a set.

        Raises:
            NotMeasured: if the set is not at hand.
        """
        if data not in self.panels:
            raise NotMeasured(f"The set {data} is not at hand here.")
        return self.panels[data]

    def members(self, data: str, name: str) -> tuple[Predictions, ...]:
        """Return the seeds of a model on a set; `NAME (baseline)` is the baseline of a student.

        Raises:
            NotMeasured: if there is no such model.
        """
        panel = self.panel(data)
        known = {panel.teacher.name: panel.teacher, **{student.name: student for student in panel.students}}
        known |= {baseline_of(name): population for name, population in panel.baselines.items()}
        if name not in known:
            raise NotMeasured(f"There is no model {name} on {data}.")
        return known[name].members

    def value(self, data: str, name: str, metric: Metric = AUC) -> float:
        """Return the metric of a model on a set, as the mean over its seeds.

        Raises:
            NotMeasured: if it cannot be measured.
        """
        left, _ = metric.values(self._sample(data, name, name, metric))
        return float(left.mean())

    def level(self, data: str, name: str) -> Measured:
        """Return the AUC of a model, as the mean over its seeds, with its interval cut at 0 and 1.

        Raises:
            NotMeasured: if it cannot be measured.
        """
        sample = self._sample(data, name, name, AUC)
        ranks, _ = sample.rankings(1)
        # equal scores for all items have an AUC of one half, and no variance
        chance = linear_auc(ranks, np.zeros((1, len(sample)), dtype=np.int64), sample.truth == 1, sample.design)
        above = measure(Sampled(chance, sample.design))
        return Measured(above.value + 0.5, max(0.0, above.low + 0.5), min(1.0, above.high + 0.5), above.n)

    def difference(self, data: str, left: str, right: str, metric: Metric = AUC, among: Mask | None = None) -> Sampled:
        """Return left - right of a metric on a set; members pair by seed, a single one with all.

        Args:
            data: the set.
            left: the name of a model.
            right: the name of another.
            metric: to compare.
            among: (n,) mask of the set's items; None for all.

        Raises:
            NotMeasured: if it cannot be measured.
        """
        sample = self._sample(data, left, right, metric, among)
        templates = sample.contrast.items.columns.get("template")
        names = None if templates is None else templates[sample.items]
        return Sampled(metric.once(sample), sample.design, names)

    def over(
        self, sets: Sequence[str], statistic: Callable[[str], Sampled], *, less: str | None = None
    ) -> tuple[Measured, tuple[str, ...]]:
        """Return the mean of a statistic over the sets that have it, less its value on one more, and those sets.

        Raises:
            NotMeasured: if no set has it, or if the one more has not.
        """
        terms = {}
        for data in sets:
            with suppress(NotMeasured):
                terms[data] = statistic(data)
        if not terms:
            raise NotMeasured(f"None of the sets {', '.join(sets)} is at hand here.")
        weighted = [(1 / len(terms), term) for term in terms.values()]
        if less is not None:
            weighted.append((-1.0, statistic(less)))
        return measure(pooled(weighted)), tuple(terms)

    def _sample(self, data: str, left: str, right: str, metric: Metric, among: Mask | None = None) -> Sample:
        """Return the labelled items of two models on which a metric can be measured.

        Raises:
            NotMeasured: if there are none.
        """
        sides = paired(self.members(data, left), self.members(data, right))
        contrast = Contrast(self.panel(data).items, "student-teacher", left, *sides, identical=False)
        truth = contrast.items.truth
        if truth is None or not labelled(truth).any():
            raise NotMeasured(f"{data} has no human labels.")
        kept = labelled(truth) if among is None else labelled(truth) & among
        if not kept.any():
            raise NotMeasured(f"{metric.name} on {data} is not measured: no item is left.")
        sample = Sample.from_contrast(contrast if kept.all() else contrast.take(kept))
        problem = metric.problem(sample)
        if problem is not None:
            raise NotMeasured(f"{metric.name} on {data} is not measured: {problem}.")
        return metric.population(sample)


def baseline_of(name: str) -> str:
    """Return the name of a student's baseline among all models."""
    return f"{name} (baseline)"


def paired(
    left: tuple[Predictions, ...], right: tuple[Predictions, ...]
) -> tuple[tuple[Predictions, ...], tuple[Predictions, ...]]:
    """Return the members of both sides that share a seed.

    A single member on the right pairs with all; a single one on the left with the first, if no seed is shared.

    Raises:
        NotMeasured: if no seed is shared.
    """
    if len(right) == 1:
        return left, right
    by_seed = {member.seed: member for member in right}
    if len(left) == 1 and left[0].seed not in by_seed:
        return left, right[:1]
    common = [(member, by_seed[member.seed]) for member in left if member.seed in by_seed]
    if not common:
        raise NotMeasured(f"{left[0].name} and {right[0].name} share no seed.")
    return tuple(member for member, _ in common), tuple(partner for _, partner in common)


def measure(statistic: Sampled) -> Measured:
    """Return the value of a statistic with its interval.

    Raises:
        NotMeasured: if its items come in too few clusters for an interval.
    """
    clusters = statistic.design.clusters
    if clusters is not None and len(np.unique(clusters)) < MIN_CLUSTERS:
        raise NotMeasured(f"Its items come in fewer than {MIN_CLUSTERS} clusters, from which no interval follows.")
    inference = with_floor(statistic.linear, statistic.design, method=METHOD)
    interval: Interval = inference.interval(LEVEL)
    return Measured(inference.value, interval.low, interval.high, statistic.linear.n)


def excess(statistic: Sampled, *, over: Sampled) -> Measured:
    """Return one difference less another on the same items: an interaction."""
    return measure(Sampled(statistic.linear.less(over.linear), over.design))
