"""Rows about groups of items as units: templates with all their swaps, pairs of partners."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.difference_rows import difference_row, few_clusters
from angelshare.audits.frame.measuring import Findings
from angelshare.core.arrays import Labels, Scores, Vector
from angelshare.core.audit import Gap
from angelshare.core.estimate import Inference
from angelshare.core.metric import MetricFacts
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.stats.components import SIMPLE, Design, inference, linear_mean
from angelshare.stats.floor import hidden_by_units, with_floor
from angelshare.stats.inference import no_difference
from angelshare.stats.shares import share_difference

LEAST_REACH = 1 / 3
"""The part of a metric's scale by which a unit outside the sample may move, however alike the sampled ones are.

As in `stats.floor.TYPICAL_LOSS`: with a twentieth, 60 templates of which one in twenty shifts by 0.4 (a mean of 0.02)
were called preserved at 0.02 in one sample of twenty, and 12 clusters of which one in ten shifts by 0.2 in one of four.
"""

PerUnit = Callable[[Predictions], Vector]
"""A member -> (units,) values, one for each unit."""


@dataclass(frozen=True, slots=True)
class UnitMetric:
    """A mean over units.

    Attributes:
        facts: of the metric.
        is_share: whether every unit has 0 or 1.
        scale: the largest possible distance between the values of two units, unless they are 0 and 1.
    """

    facts: MetricFacts
    is_share: bool = True
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units of one row.

    Attributes:
        data: the name of the set.
        n: their number. what: their name, in the plural. least: the fewest that make a row.
        clusters: (n,) codes of units that are not independent, such as partners of one original; None if all are.
        slice: the name of the slice that they are; None for all units.
    """

    data: str
    n: int
    what: str
    least: int
    clusters: Labels | None = None
    slice: str | None = None

    @property
    def design(self) -> Design:
        """Return how the units were drawn."""
        return SIMPLE if self.clusters is None else Design.from_codes(self.clusters, None).without_singles()

    @property
    def n_clusters(self) -> int | None:
        """Return the number of their clusters; None if they are independent."""
        codes = self.design.clusters
        return None if codes is None else len(np.unique(codes))

    @property
    def problem(self) -> str | None:
        """Return why there is no row, as the end of a sentence; None if there can be one."""
        if self.n < self.least:
            return f"{self.n} {self.what}, at least {self.least} are needed"
        return "all are of one cluster" if self.n_clusters == 1 else None


def measure_units(contrast: Contrast, metric: UnitMetric, per_unit: PerUnit, units: Units, findings: Findings) -> None:
    """Add the row of one metric, or the gap with the reason.

    Args:
        contrast: whose members are compared.
        metric: a mean over units.
        per_unit: a member -> (units,) values.
        units: those that the mean runs over.
        findings: to which the row is added.
    """
    if units.problem is not None:
        leave_out(contrast, metric, units, units.problem, findings)
        return
    left, right = (np.array([per_unit(member) for member in side]) for side in (contrast.left, contrast.right))
    design, reach = units.design, _reach(metric, left, right)
    hidden = 0.0 if contrast.identical else reach * hidden_by_units(linear_mean(left - right, design), design)
    row = difference_row(
        contrast,
        (left.mean(axis=1), right.mean(axis=1)),
        _inference(contrast, metric, np.asarray(left - right, dtype=np.float64), design, reach=reach),
        facts=metric.facts,
        data=units.data,
        slice_name=units.slice,
        withheld={} if contrast.identical else few_clusters(units.n_clusters, is_share=metric.is_share),
        hidden=hidden,
        right_inference=None
        if metric.facts.target is None
        else inference(linear_mean(right, design), design, method="t"),
    )
    findings.differences.append(row)


def leave_out(contrast: Contrast, metric: UnitMetric, units: Units, why: str, findings: Findings) -> None:
    """Note a row that was not measured; `why` is the end of a sentence."""
    findings.gaps.append(Gap(metric.facts.name, units.data, contrast.student, contrast.name, units.slice, None, why))


def weights_unused(panel: Panel[Predictions], units: str) -> tuple[str, ...]:
    """Return the remark that items' weights do not count in rows over units, if there are weights."""
    return () if panel.items.weights is None else (f"In rows over {units} the items' weights do not count.",)


def _reach(metric: UnitMetric, left: Scores, right: Scores) -> float:
    """Return how far a unit outside the sample may move: by the range of the sampled units' values."""
    if metric.is_share:
        return 1.0
    seen = max(left.max(), right.max()) - min(left.min(), right.min())
    return float(max(seen, LEAST_REACH * metric.scale))


def _inference(
    contrast: Contrast, metric: UnitMetric, differences: Scores, design: Design, *, reach: float
) -> Inference:
    """Return the inference on left - right, of (K, units) differences."""
    n = differences.shape[1]
    if contrast.identical:
        return no_difference(n, n_seeds=len(differences))
    if metric.is_share:
        return share_difference(differences, design)
    linear = replace(linear_mean(differences, design), unseen=n / reach)
    return with_floor(linear, design, method="paired t")
