"""The mean over identities of one of their AUCs, as a metric of all items for contrasts of any two models."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from angelshare.audits.frame.contrasts import unranked
from angelshare.audits.frame.metric_kinds import Metric
from angelshare.audits.frame.sample import Cut, Sample
from angelshare.audits.identities.one_by_one import METHOD, too_few
from angelshare.core.arrays import Mask
from angelshare.core.estimate import Inference
from angelshare.core.items import IDENTITIES
from angelshare.stats.components import MIN_CLUSTERS, Linear, n_units
from angelshare.stats.floor import with_floor
from angelshare.stats.identity import ORDERINGS, Classes, Identity, RankedMember
from angelshare.stats.joint import Joint


@dataclass(frozen=True, kw_only=True)
class IdentityMean(Metric):
    """The mean of an AUC over the identities that have enough items, as in `means.measure_identities`.

    Attributes:
        auc: `subgroup_auc`, `bpsn_auc` or `bnsp_auc`.
        identities: patterns of the slices that are identities.
    """

    auc: str
    identities: tuple[str, ...] = IDENTITIES
    in_slices: bool = False

    def problem(self, sample: Sample) -> str | None:
        """Return why it cannot be measured: no scores, or fewer than two identities with enough items."""
        why = unranked(sample.contrast)
        if why is not None:
            return why
        n = len(self._measured(sample))
        return f"identities with enough items: {n}, at least 2 are needed" if n <= 1 else None

    def linear(self, sample: Sample) -> Linear:
        """Return the difference, and what every item contributes to all identities together."""
        classes, design = Classes.from_labels(self._positive(sample), sample.design), sample.design
        left, right = ([RankedMember.from_scores(row, classes) for row in side] for side in sample.rankings(1))
        joint, sides = Joint.empty(self._positive(sample), design), []
        for identity in self._measured(sample):
            linear = identity.linear(ORDERINGS[self.auc], left, right)
            assert linear.sides is not None
            joint.add(linear)
            sides.append(linear.sides)
        means = [np.mean([side[i] for side in sides], axis=0) for i in (0, 1)]
        return joint.times(1 / len(sides)).linear(means[0], means[1])

    def difference(self, sample: Sample) -> Inference:
        """Return the inference by the joint influence of every item."""
        return with_floor(self.once(sample), sample.design, method=METHOD)

    def excess(self, cut: Cut) -> Inference:
        """Return the inference on the excess, for which nothing asks yet."""
        return with_floor(cut.linear(self.once), cut.whole.design, method=METHOD)

    def _positive(self, sample: Sample) -> Mask:
        """Return the mask of the positives."""
        return np.asarray(sample.truth == 1)

    def _measured(self, sample: Sample) -> list[Identity]:
        """Return the identities with enough items in enough clusters; several of the same items count once."""
        classes, ordering = Classes.from_labels(self._positive(sample), sample.design), ORDERINGS[self.auc]
        slices = sample.contrast.items.slices
        names = [name for name in slices if any(fnmatchcase(name, pattern) for pattern in self.identities)]
        masks = {mask.tobytes(): mask for mask in (slices[name][sample.items] for name in names)}
        identities = [Identity.from_mask(mask, classes) for mask in masks.values()]
        enough = (identity for identity in identities if too_few(identity, ordering) is None)
        return [identity for identity in enough if self._is_spread(identity, sample)]

    def _is_spread(self, identity: Identity, sample: Sample) -> bool:
        """Whether an identity's items come in enough clusters for a variance."""
        if sample.design.clusters is None:
            return True
        ordering, ranks = ORDERINGS[self.auc], sample.rankings(1)
        member = RankedMember.from_scores(ranks[1][0], identity.classes)
        return min(n_units(identity.linear(ordering, [member], [member]), sample.design)) >= MIN_CLUSTERS
