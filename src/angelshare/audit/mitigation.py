"""What a mitigation gives and costs, and whether it helps the teacher more than the student."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.audit.contrasts import Contrast
from angelshare.audit.measuring import Findings, measure_contrast
from angelshare.audit.metrics import Metric
from angelshare.audit.sample import Sample
from angelshare.core.errors import InputError
from angelshare.core.estimate import Difference
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions, labelled
from angelshare.stats.components import Linear
from angelshare.stats.floor import hidden_by_units, with_floor

QUESTION = "What does a mitigation give and cost, and does it help the teacher more than the student?"
METHOD = "joint influence of four models, t"


@dataclass(frozen=True, slots=True)
class Mitigated:
    """One population with and without a mitigation, on the same items.

    Attributes:
        name: of the rows, such as `cnn: mitigation data`.
        plain, mitigated: members paired by seed, in order; of a single one, that one.
    """

    name: str
    plain: tuple[Predictions, ...]
    mitigated: tuple[Predictions, ...]

    def __post_init__(self) -> None:
        """Refuse populations that do not pair."""
        if len(self.plain) != len(self.mitigated):
            raise InputError(
                f"{self.name}: {len(self.mitigated)} mitigated members do not pair with {len(self.plain)} plain ones. "
                "Train both with the same seeds."
            )

    @property
    def contrast(self) -> Contrast:
        """Return mitigated - plain."""
        return Contrast("mitigated-plain", self.name, self.mitigated, self.plain, identical=False)


def by_seed(name: str, plain: Population, mitigated: Population) -> Mitigated:
    """Return the members of both that share a seed.

    Raises:
        InputError: if none does.
    """
    known = {member.seed: member for member in plain.members}
    common = [(known[member.seed], member) for member in mitigated.members if member.seed in known]
    if not common:
        raise InputError(f"{name}: no seed of {plain.name} is one of {mitigated.name}. Train both with the same seeds.")
    return Mitigated(name, *(tuple(side) for side in zip(*common, strict=True)))


def measure_mitigation(of: Mitigated, data: str, metrics: Sequence[Metric], found: Findings) -> None:
    """Add mitigated - plain of every metric, on all items and in slices."""
    measure_contrast(of.contrast, data, metrics, found)


def measure_interaction(
    student: Mitigated, teacher: Mitigated, data: str, metrics: Sequence[Metric], found: Findings
) -> None:
    """Add, of every metric, student - teacher with mitigation less the same without.

    It is below 0 where mitigation helps the teacher more than the student (for metrics of which more is better). All
    four models see the same items, so that what is hard for all of them cancels.

    Args:
        student: and teacher: with and without mitigation. One teacher serves all seeds of the student.
        teacher: see there.
        data: the name of the text set.
        metrics: of which more or less is better; those with a target are left out.
        found: where rows and remarks go.
    """
    sides = [
        Contrast("interaction", student.name, left, right, identical=False)
        for left, right in ((student.mitigated, teacher.mitigated), (student.plain, teacher.plain))
    ]
    truth = sides[0].left[0].truth
    if truth is None or not labelled(truth).any():
        found.remark(f"Whether mitigation helps the teacher more is not measured on {data}: it has no human labels.")
        return
    known = labelled(truth)
    samples = [Sample.of(side if known.all() else side.take(known)) for side in sides]
    for metric in metrics:
        if metric.target is not None:
            continue
        problem = next(filter(None, (metric.problem(sample) for sample in samples)), None)
        if problem is not None:
            found.leave_out(metric, sides[0], data, None, problem)
            continue
        of = [metric.population(sample) for sample in samples]
        mitigated, plain = (metric.once(sample) for sample in of)
        found.differences.append(_row(metric, of[0], mitigated, plain, data=data))


def _row(metric: Metric, sample: Sample, mitigated: Linear, plain: Linear, *, data: str) -> Difference:
    """Return one interaction."""
    joint, of = mitigated.less(plain), sample.contrast
    return Difference(
        metric=metric.name,
        data=data,
        contrast="interaction",
        student=of.student,
        left=tuple(member.name for member in of.left),
        right=tuple(member.name for member in of.right),
        left_value=float(np.mean(mitigated.by_seed)),
        right_value=float(np.mean(plain.by_seed)),
        values_by_seed=tuple(joint.by_seed.tolist()),
        inference=with_floor(joint, sample.design, method=METHOD),
        kind=of.kind,
        direction=metric.direction,
        output=None if metric.label is None else of.left[0].labels[metric.label],
        least_margin=hidden_by_units(joint, sample.design),
    )
