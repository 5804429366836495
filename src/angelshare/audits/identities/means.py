"""Identity AUCs of one contrast over identities: their means, and how much more one loses than the others."""

from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.audits.frame.measuring import Findings
from angelshare.audits.identities.identity_facts import BY_IDENTITY, FINAL, MEANS
from angelshare.audits.identities.one_by_one import AUCS, Compared, measured
from angelshare.core.arrays import Array, Vector
from angelshare.core.metric import MetricFacts
from angelshare.stats.auc import linear_auc
from angelshare.stats.components import Linear
from angelshare.stats.identity import ORDERINGS, Identity, power_gradient, power_mean
from angelshare.stats.joint import Joint

SHARE = 0.25
"""The share of the overall AUC, and of each generalised mean, in the final score."""
TOO_FEW = "fewer than two identities are measured well enough"
Sides = tuple[Vector, Vector]


@dataclass(slots=True, eq=False)
class Gathered:
    """One AUC of all identities that may enter a mean.

    Attributes:
        metric: the name of the AUC.
        total: the sum over the identities. power: their generalised mean.
        sides: identity -> the values of either side.
    """

    metric: str
    total: Joint
    power: Joint
    sides: dict[str, Sides] = field(default_factory=dict)

    @property
    def are_enough(self) -> bool:
        """Whether there are enough identities for a mean."""
        return len(self.sides) > 1

    def add(self, name: str, linear: Linear) -> None:
        """Add an identity."""
        assert linear.sides is not None
        self.sides[name] = linear.sides
        self.total.add(linear)

    def means(self) -> Sides:
        """Return the mean over identities for every member, on the left and on the right."""
        return self._values(0).mean(axis=0), self._values(1).mean(axis=0)

    def power_means(self) -> Sides:
        """Return the generalised mean over identities for every member, on the left and on the right."""
        left, right = (np.array([power_mean(values) for values in self._values(side).T]) for side in (0, 1))
        return left, right

    def gradients(self, name: str) -> Sides:
        """Return the derivative of every member's generalised mean by its value for an identity."""
        place = list(self.sides).index(name)
        left, right = (np.array([power_gradient(values)[place] for values in self._values(side).T]) for side in (0, 1))
        return left, right

    def _values(self, side: int) -> Array:
        """Return (identities, members) on the left (0) or right (1)."""
        return np.array([sides[side] for sides in self.sides.values()])


def measure_identities(compared: Compared) -> None:
    """Add the rows of one contrast.

    There are two passes over the identities: how one moves a generalised mean, and how much more it loses than the
    others, is known only when all are measured, and keeping n contributions of each would take too much memory.
    """
    nothing = Joint.empty(compared.positive, compared.design)
    aucs = {metric: Gathered(metric, nothing.times(1), nothing.times(1)) for metric in AUCS}
    for name, identity in compared.each():
        for metric in ORDERINGS:
            linear = measured(compared, name, identity, metric)
            if linear is not None:
                aucs[metric].add(name, linear)
    apart = replace(compared, findings=Findings())
    for name, identity in compared.each():
        for gathered in aucs.values():
            if name in gathered.sides:
                _against_others(apart, name, identity, gathered)
    _means(compared, tuple(aucs.values()))
    compared.findings.differences.extend(apart.findings.differences)
    compared.findings.gaps.extend(apart.findings.gaps)


def _against_others(compared: Compared, name: str, identity: Identity, gathered: Gathered) -> None:
    """Add an identity to the generalised mean, and the row of how much more it loses than the others."""
    if not gathered.are_enough:
        compared.leave_out(gathered.metric, name, TOO_FEW, excess=True)
        return
    ordering, by = ORDERINGS[gathered.metric], gathered.gradients(name)
    moves = float(max(side.max() for side in by))
    gathered.power.add(identity.linear(ordering, *compared.members, by=by), moves=moves)
    if not compared.has_excess:
        return
    here = identity.linear(ordering, *compared.members)
    n_others = len(gathered.sides) - 1
    others = gathered.total.without(here).times(-1 / n_others)
    total = np.sum([left - right for left, right in gathered.sides.values()], axis=0)
    alone = Joint.empty(compared.positive, compared.design)
    alone.add(here)
    joint = others.plus(alone).linear(here.by_seed, (total - here.by_seed) / n_others)
    linear = replace(joint, limit=2.0)  # at most, it falls from 1 to 0 and the others rise from 0 to 1
    hidden = max(alone.hidden, others.hidden)
    compared.add(BY_IDENTITY[gathered.metric], linear, compared.design, hidden=hidden, name=name, excess=True)


def _means(compared: Compared, aucs: tuple[Gathered, ...]) -> None:
    """Add the rows of all means, or the reason why there are none."""
    for gathered in aucs:
        metric, n = gathered.metric, len(gathered.sides)
        if gathered.are_enough:
            _add(compared, MEANS[f"mean_{metric}"], gathered.total.times(1 / n), gathered.means())
            _add(compared, MEANS[f"power_mean_{metric}"], gathered.power, gathered.power_means())
        else:
            for mean in ("mean", "power_mean"):
                compared.leave_out(f"{mean}_{metric}", None, TOO_FEW)
    if all(gathered.are_enough for gathered in aucs):
        _add_final(compared, aucs)
    else:
        compared.leave_out(FINAL.name, None, TOO_FEW)


def _add_final(compared: Compared, aucs: tuple[Gathered, ...]) -> None:
    """Add the row of the final score."""
    rankings = compared.sample.rankings(1)
    overall = linear_auc(*rankings, compared.positive, compared.design)
    assert overall.sides is not None
    power_means = [gathered.power_means() for gathered in aucs]
    final = Joint.empty(compared.positive, compared.design)
    final.add(overall)
    for gathered in aucs:
        final = final.plus(gathered.power)
    left, right = (
        SHARE * np.sum([side, *powers], axis=0)
        for side, powers in zip(overall.sides, zip(*power_means, strict=True), strict=True)
    )
    _add(compared, FINAL, final.times(SHARE), (left, right))


def _add(compared: Compared, facts: MetricFacts, joint: Joint, sides: Sides) -> None:
    """Add the row of a mean."""
    compared.add(facts, joint.linear(*sides), compared.design, hidden=joint.hidden)
