"""Identity AUCs of one contrast, identity by identity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from angelshare.audits.frame.difference_rows import difference_row, few_clusters
from angelshare.audits.frame.measuring import Findings
from angelshare.audits.frame.sample import Sample
from angelshare.audits.identities.identity_facts import BY_IDENTITY
from angelshare.core.arrays import Mask
from angelshare.core.audit import Gap
from angelshare.core.estimate import ContrastName, Inference
from angelshare.core.metric import MetricFacts
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import MIN_CLUSTERS, Design, Linear, confined, has_variance, n_units
from angelshare.stats.floor import hidden_by_units, with_floor
from angelshare.stats.identity import (
    ORDERINGS,
    Cell,
    Classes,
    Identity,
    Ordering,
    RankedMember,
)
from angelshare.stats.inference import no_difference

AUCS = tuple(name for name, ordering in ORDERINGS.items() if not ordering.chance)
METHOD = "paired DeLong, t"
ONE_CLUSTER = "all its items, or all of one class, are of one cluster"
IN_FEW_CLUSTERS = f"it lies in fewer than {MIN_CLUSTERS} clusters"
CELLS: Mapping[Cell, str] = {
    (True, True): "positives of the identity",
    (True, False): "negatives of the identity",
    (False, True): "other positives",
    (False, False): "other negatives",
}


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Both sides of a contrast, ranked, on its labelled items.

    Attributes:
        sample, data: the items, and the name of their set.
        identities: name -> (n,) mask.
        positive, design, classes: of the items.
        members: those on the left, and those on the right.
        findings: to which rows are added.
    """

    sample: Sample
    data: str
    identities: Mapping[str, Mask]
    positive: Mask
    design: Design
    classes: Classes
    members: tuple[tuple[RankedMember, ...], tuple[RankedMember, ...]]
    findings: Findings

    @classmethod
    def from_sample(cls, sample: Sample, data: str, names: Sequence[str], findings: Findings) -> "Compared":
        """Return the members' ranks on the items of a sample.

        Args:
            sample: the labelled items of the contrast.
            data: the name of the set.
            names: of the slices that are identities.
            findings: to which rows are added.
        """
        contrast, positive, design = sample.contrast, np.asarray(sample.truth == 1), sample.design
        identities = {name: contrast.items.slices[name] for name in names}
        classes = Classes.from_labels(positive, design)
        left, right = (
            tuple(RankedMember.from_scores(member.ranking(1), classes) for member in side)
            for side in (contrast.left, contrast.right)
        )
        return cls(sample, data, identities, positive, design, classes, (left, right), findings)

    def each(self) -> Iterator[tuple[str, Identity]]:
        """Yield every identity."""
        for name, mask in self.identities.items():
            yield name, Identity.from_mask(mask, self.classes)

    @property
    def has_excess(self) -> bool:
        """Whether each identity is compared with the others: only for students against their teacher."""
        return self.sample.contrast.name == "student-teacher"

    def leave_out(self, metric: str, name: str | None, why: str, *, excess: bool = False) -> None:
        """Note a row that was not measured; an excess only where there would have been one."""
        contrast = self.sample.contrast
        if excess and not (self.has_excess and metric in AUCS):
            return
        row: ContrastName = "slice-rest" if excess else contrast.name
        self.findings.gaps.append(Gap(metric, self.data, contrast.student, row, name, None, why))

    def add(
        self,
        facts: MetricFacts,
        linear: Linear,
        design: Design,
        *,
        hidden: float,
        name: str | None = None,
        n_clusters: int | None = None,
        excess: bool = False,
        right: Inference | None = None,
    ) -> None:
        """Add the row of an AUC or, given the inference on the right side, of a gap whose ideal is 0."""
        contrast, sides = self.sample.contrast, linear.sides
        assert sides is not None
        known, n_seeds = contrast.identical, len(contrast.left)
        row = difference_row(
            contrast,
            sides,
            no_difference(linear.n, n_seeds=n_seeds) if known else with_floor(linear, design, method=METHOD),
            facts=facts,
            data=self.data,
            slice_name=name,
            name="slice-rest" if excess else None,
            right_inference=right,
            withheld={} if known else few_clusters(n_clusters),
            hidden=0.0 if known else hidden,
        )
        self.findings.differences.append(row)


def measured(compared: Compared, name: str, identity: Identity, metric: str) -> Linear | None:
    """Add the row of one metric of an identity, or the reason why there is none.

    Returns:
        The statistic, if it may enter a mean over identities: if it is an AUC, of items in enough clusters.
    """
    ordering, is_auc = ORDERINGS[metric], metric in AUCS
    why = too_few(identity, ordering)
    linear = None if why else identity.linear(ordering, *compared.members)
    if linear is not None and not has_variance(linear, compared.design):
        why, linear = ONE_CLUSTER, None
    if linear is None:
        compared.leave_out(metric, name, str(why))
        compared.leave_out(metric, name, str(why), excess=True)
        return None
    about, design = confined(linear, compared.design)
    hidden, n_clusters = (
        hidden_by_units(about, design),
        None if design.clusters is None else min(n_units(about, design)),
    )
    right = None if is_auc else _right(compared, identity, ordering)
    compared.add(BY_IDENTITY[metric], about, design, hidden=hidden, name=name, n_clusters=n_clusters, right=right)
    if n_clusters is not None and n_clusters < MIN_CLUSTERS:
        compared.leave_out(metric, name, IN_FEW_CLUSTERS, excess=True)
        return None
    return linear if is_auc else None


def too_few(identity: Identity, ordering: Ordering) -> str | None:
    """Return the reason, with counts, if either cell that is compared has too few items of an identity; else None."""
    counts = {cell: identity.count(cell) for cell in (ordering.above, ordering.below)}
    if min(counts.values()) >= MIN_CLASS:
        return None
    said = " and ".join(f"{n:,} {CELLS[cell]}" for cell, n in counts.items())
    return f"{said}, at least {MIN_CLASS} of each are needed"


def _right(compared: Compared, identity: Identity, ordering: Ordering) -> Inference:
    """Return the inference on the value of the right side."""
    left, right = compared.members
    linear = identity.linear(ordering, left, right, by=(np.zeros(len(left)), -np.ones(len(right))))
    assert linear.sides is not None
    value = replace(linear, by_seed=linear.sides[1])
    return with_floor(*confined(value, compared.design), method="DeLong, t")
