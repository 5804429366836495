"""Templates with swapped identities: scores and decisions as arrays over cells of template and identity."""

from dataclasses import dataclass, field

import numpy as np
import scipy

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.predictions import Predictions

MIN_IDENTITIES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Swapped:
    """Items that are swaps of one another.

    Attributes:
        items: (m,) positions of the items whose templates have at least two identities.
        template, identity: (m,) their codes.
        identities: names, by code.
        n_alone: the number of templates with a single identity. n_blank: that of items without template or identity.
        cells: (2, c) template and identity of every pair that occurs. cell: (m,) that of each item.
        clusters: (templates,) codes of templates that are not independent; None if all are, or clusters cut across.
        memo: scores that were computed, by member.
    """

    items: Labels
    template: Labels
    identity: Labels
    identities: tuple[str, ...]
    n_alone: int
    n_blank: int
    cells: Labels
    cell: Labels
    clusters: Labels | None
    memo: dict[Predictions, Vector] = field(default_factory=dict)

    @classmethod
    def from_templates(cls, templates: Array, identities: Array, clusters: Labels | None = None) -> "Swapped":
        """Return the swaps among n items with these templates and identities, "" where missing, and clusters."""
        named = np.flatnonzero((templates != "") & (identities != ""))
        _, template = np.unique(templates[named], return_inverse=True)
        names, identity = np.unique(identities[named], return_inverse=True)
        several = np.bincount(np.unique(np.stack([template, identity]), axis=1)[0]) >= MIN_IDENTITIES
        kept = several[template]
        template, identity = np.unique(template[kept], return_inverse=True)[1], identity[kept]
        cells, cell = np.unique(np.stack([template, identity]), axis=1, return_inverse=True)
        alone, blank, items = int((~several).sum()), len(templates) - len(named), named[kept]
        clusters_kept = None if clusters is None else _of_templates(template, clusters[items])
        return cls(items, template, identity, tuple(names.tolist()), alone, blank, cells, cell.ravel(), clusters_kept)

    @property
    def n_templates(self) -> int:
        """Return the number of templates with at least two identities."""
        return int(self.template.max()) + 1 if self.template.size else 0

    def templates_of(self, identity: int) -> Labels:
        """Return the templates that hold an identity."""
        return np.asarray(self.cells[0][self.cells[1] == identity])

    def scores(self, member: Predictions) -> Vector:
        """Return (c,) mean scores of the items in every cell."""
        if member not in self.memo:
            summed = np.bincount(self.cell, positive_score(member)[self.items])
            self.memo[member] = np.asarray(summed / np.bincount(self.cell))
        return self.memo[member]

    def template_means(self, member: Predictions) -> Vector:
        """Return (templates,) the mean score over identities."""
        return np.asarray(np.bincount(self.cells[0], self.scores(member)) / np.bincount(self.cells[0]))


@dataclass(frozen=True, slots=True)
class ScoreSpread:
    """A member -> (templates,) the spread of its scores over identities.

    Prabhakaran et al. (2019), "Perturbation Sensitivity Analysis to Detect Unintended Model Biases": ScoreDev is the
    mean standard deviation, ScoreRange the mean of max - min. The paper does not say which standard deviation; here it
    has ddof 0, since the identities are given and no sample.
    """

    swapped: Swapped
    is_range: bool

    def __call__(self, member: Predictions) -> Vector:
        """Return the standard deviation, or the range, within every template."""
        template, scores = self.swapped.cells[0], self.swapped.scores(member)
        if self.is_range:
            high, low = np.full((2, self.swapped.n_templates), [[-np.inf], [np.inf]])
            np.maximum.at(high, template, scores)
            np.minimum.at(low, template, scores)
            return np.asarray(high - low)
        squares = (scores - self.swapped.template_means(member)[template]) ** 2
        return np.asarray(np.sqrt(np.bincount(template, squares) / np.bincount(template)))


@dataclass(frozen=True, slots=True)
class ScoreSense:
    """A member -> (templates of one identity,) its score less the template's mean over identities."""

    swapped: Swapped
    identity: int

    def __call__(self, member: Predictions) -> Vector:
        """Return the shifts of one identity, in the order of the templates."""
        template, identity = self.swapped.cells
        shifts = self.swapped.scores(member) - self.swapped.template_means(member)[template]
        return np.asarray(shifts[identity == self.identity])


@dataclass(frozen=True, slots=True)
class Flips:
    """A member -> (templates,) 1 where its decision is not the same for all identities."""

    swapped: Swapped

    def __call__(self, member: Predictions) -> Vector:
        """Return 0 or 1 for every template."""
        decisions = member.decisions()[self.swapped.items]
        sizes = np.bincount(self.swapped.template)
        positives = np.bincount(self.swapped.template, decisions == 1)
        return np.asarray((positives > 0) & (positives < sizes), dtype=np.float64)


def _of_templates(template: Labels, clusters: Labels) -> Labels | None:
    """Return (templates,) clusters, from (m,) codes of the items'; None if items of one template differ."""
    by_template = clusters[np.unique(template, return_index=True)[1]]
    return by_template if (by_template[template] == clusters).all() else None


def positive_score(member: Predictions) -> Vector:
    """Return (n,) the probability of the positive label, in float64 from logits; ranking scores stay as they are."""
    if member.outputs == "logits":
        return np.asarray(scipy.special.expit(member.ranking(1)), dtype=np.float64)
    if member.outputs == "score":
        return member.ranking(1)
    return np.asarray(np.exp(member.log_probabilities()[:, 1]))


def tied(swapped: Swapped, member: Predictions) -> Mask:
    """Return (templates,) whether a member gives all identities the same score."""
    return np.asarray(ScoreSpread(swapped, is_range=True)(member) == 0)
