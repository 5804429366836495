"""Gains and costs of a mitigation, and whether it helps the teacher more than the student."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.difference_rows import difference_row, few_clusters
from angelshare.audits.frame.measuring import Findings, countable, measure_contrast
from angelshare.audits.frame.metric_kinds import Metric
from angelshare.audits.frame.sample import Sample
from angelshare.core.errors import InputError
from angelshare.core.estimate import Difference
from angelshare.core.items import Items, labelled
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.stats.components import has_variance
from angelshare.stats.floor import hidden_by_units, with_floor

QUESTION = "What does a mitigation give and cost, and does it help the teacher more than the student?"
METHOD = "joint influence of four models, t"


@dataclass(frozen=True, slots=True)
class Mitigated:
    """One population with and without a mitigation, on the same items.

    Attributes:
        items: those that all members answered.
        name: of the rows, such as `cnn: mitigation data`.
        plain, mitigated: the members without and with it, paired in order.
    """

    items: Items
    name: str
    plain: tuple[Predictions, ...]
    mitigated: tuple[Predictions, ...]

    def __post_init__(self) -> None:
        """Refuse populations that do not pair."""
        if not self.plain or len(self.plain) != len(self.mitigated):
            raise InputError(
                f"{self.name}: {len(self.mitigated)} mitigated members do not pair with {len(self.plain)} plain ones. "
                "Train both with the same seeds."
            )

    @property
    def contrast(self) -> Contrast:
        """Return mitigated - plain."""
        return Contrast(self.items, "mitigated-plain", self.name, self.mitigated, self.plain, identical=False)


def by_seed(items: Items, name: str, plain: Population[Predictions], mitigated: Population[Predictions]) -> Mitigated:
    """Return the members of both populations, paired by seed; those without a partner are left out.

    Raises:
        InputError: if no seed is in both.
    """
    known = {member.seed: member for member in plain.members}
    common = [(known[member.seed], member) for member in mitigated.members if member.seed in known]
    if not common:
        raise InputError(f"{name}: no seed of {plain.name} is one of {mitigated.name}. Train both with the same seeds.")
    return Mitigated(items, name, *(tuple(side) for side in zip(*common, strict=True)))


def measure_mitigation(mitigated: Mitigated, data: str, metrics: Sequence[Metric], findings: Findings) -> None:
    """Add mitigated - plain of every metric, on all items and in slices."""
    measure_contrast(mitigated.contrast, data, metrics, findings)


def measure_interaction(
    student: Mitigated, teacher: Mitigated, data: str, metrics: Sequence[Metric], findings: Findings
) -> None:
    """Add, for every metric, student - teacher with mitigation less student - teacher without.

    It is below 0 where mitigation helps the teacher more than the student (for metrics of which more is better). All
    four models see the same items, so that what is hard for all of them cancels.

    Args:
        student: with and without mitigation.
        teacher: with and without mitigation; one teacher serves all seeds of the student.
        data: the name of the text set.
        metrics: to compare; those with a target are left out.
        findings: to which rows and remarks are added.
    """
    sides = [
        Contrast(student.items, "interaction", student.name, left, right, identical=False)
        for left, right in ((student.mitigated, teacher.mitigated), (student.plain, teacher.plain))
    ]
    truth = student.items.truth
    if truth is None or not labelled(truth).any():
        findings.remark(f"Whether mitigation helps the teacher more is not measured on {data}: it has no human labels.")
        return
    samples = [countable(side, findings) for side in sides]
    mitigated, plain = samples[0], samples[1]
    if mitigated is None or plain is None:
        return
    for metric in metrics:
        if metric.facts.target is not None:
            continue
        problem = _problem(metric, (mitigated, plain))
        if problem is not None:
            findings.leave_out(metric, sides[0], data, None, problem)
            continue
        findings.differences.append(_row(metric, metric.population(mitigated), metric.population(plain), data=data))


def _problem(metric: Metric, samples: Sequence[Sample]) -> str | None:
    """Return why a metric cannot be measured on both samples, as the end of a sentence; None if it can."""
    problem = next(filter(None, (metric.problem(sample) for sample in samples)), None)
    if problem is not None:
        return problem
    population = metric.population(samples[0])
    enough = has_variance(metric.once(population), population.design)
    return None if enough else "all its items, or all of one class, are of one cluster"


def _row(metric: Metric, mitigated: Sample, plain: Sample, *, data: str) -> Difference:
    """Return one interaction."""
    sides = metric.once(mitigated), metric.once(plain)
    joint, design = sides[0].less(sides[1]), mitigated.design
    n_clusters = None if design.clusters is None else len(np.unique(design.clusters))
    return difference_row(
        mitigated.contrast,
        (sides[0].by_seed, sides[1].by_seed),
        with_floor(joint, design, method=METHOD),
        facts=metric.facts,
        data=data,
        slice_name=None,
        withheld=few_clusters(n_clusters),
        hidden=hidden_by_units(joint, design),
        output=None if metric.label is None else mitigated.contrast.left[0].labels[metric.label],
    )
