"""AUCs of the items that mention an identity against all others (Dixon et al. 2018; Borkan et al. 2019)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.stats.auc import dense_ranks
from angelshare.stats.components import SIMPLE, Design, Linear, Part

Cell = tuple[bool, bool]
"""Whether items are in the identity, and whether they are positive."""
_IN_POSITIVE, _IN_NEGATIVE, _OUT_POSITIVE, _OUT_NEGATIVE = (True, True), (True, False), (False, True), (False, False)


@dataclass(frozen=True, slots=True)
class Ordering:
    """P(an item of one cell scores higher than one of another), ties one half, less `chance`."""

    above: Cell
    below: Cell
    chance: float = 0.0


ORDERINGS: Mapping[str, Ordering] = {
    "subgroup_auc": Ordering(_IN_POSITIVE, _IN_NEGATIVE),
    "bpsn_auc": Ordering(_OUT_POSITIVE, _IN_NEGATIVE),
    "bnsp_auc": Ordering(_IN_POSITIVE, _OUT_NEGATIVE),
    "aeg_positive": Ordering(_IN_POSITIVE, _OUT_POSITIVE, chance=0.5),
    "aeg_negative": Ordering(_IN_NEGATIVE, _OUT_NEGATIVE, chance=0.5),
}


POWER = -5.0
"""The power of the generalised mean: the worst identities weigh most."""
_LEAST = 1e-9


def power_mean(values: Vector) -> float:
    """Return the generalised mean M_p = (mean of x^p)^(1/p) with p = -5; 0 where a value is 0."""
    least = float(values.min())
    return 0.0 if least <= 0 else least * float(np.mean((values / least) ** POWER)) ** (1 / POWER)


def power_gradient(values: Vector) -> Vector:
    """Return how the generalised mean changes with each value: (x / M)^(p - 1) / G of G values.

    Values of 0 are taken to be next to it, since M has no derivative there.
    """
    kept = np.maximum(values, _LEAST)
    return np.asarray((kept / power_mean(kept)) ** (POWER - 1) / len(kept))


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Items by their label.

    Attributes:
        items: whether positive -> (m,) their positions.
        weights: the same -> (m,) their weights, or None: all alike.
        n: items in all.
    """

    items: Mapping[bool, Labels]
    weights: Mapping[bool, Vector | None]
    n: int

    @classmethod
    def from_labels(cls, positive: Mask, design: Design = SIMPLE) -> "Classes":
        """Return the items under a mask, and the others."""
        items = {True: np.flatnonzero(positive), False: np.flatnonzero(~positive)}
        weights = {k: None if design.weights is None else design.weights_of(i) for k, i in items.items()}
        return cls(items, weights, len(positive))


@dataclass(frozen=True, slots=True, eq=False)
class RankedMember:
    """One model's scores as dense ranks, sorted once for all identities.

    Attributes:
        n_ranks: distinct scores.
        ranks: whether positive -> (m,) the ranks of these items.
        lower: whether positive -> (n_ranks,) see `_twice_below`.
    """

    n_ranks: int
    ranks: Mapping[bool, Labels]
    lower: Mapping[bool, Array]

    @classmethod
    def from_scores(cls, scores: Vector, classes: Classes) -> "RankedMember":
        """Return the ranks of (n,) scores."""
        dense = dense_ranks(scores)
        n_ranks = int(dense.max(initial=-1)) + 1
        ranks = {label: dense[items] for label, items in classes.items.items()}
        lower = {label: _twice_below(of_class, classes.weights[label], n_ranks) for label, of_class in ranks.items()}
        return cls(n_ranks, ranks, lower)


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """The items of one identity and all others, apart by label.

    An item says where it stands among the items that it is compared with. These places are read off cumulative counts
    over the ranks: those of the identity are made from its own items alone, those of all others are what it lacks of
    the whole class. So an identity costs one look into a table for every item, and no sorting but of its own.

    Attributes:
        classes: of all items.
        places: cell -> (m,) where its items are among those of their label.
        lower: what was counted of the identity, by model and label.
    """

    classes: Classes
    places: Mapping[Cell, Labels]
    lower: dict[tuple[RankedMember, bool], Array] = field(default_factory=dict)

    @classmethod
    def from_mask(cls, mask: Mask, classes: Classes) -> "Identity":
        """Return the identity of the items under a mask."""
        places: dict[Cell, Labels] = {}
        for label, items in classes.items.items():
            inside = mask[items]
            places |= {(True, label): np.flatnonzero(inside), (False, label): np.flatnonzero(~inside)}
        return cls(classes, places)

    def count(self, cell: Cell) -> int:
        """Return how many items a cell has."""
        return len(self.places[cell])

    def value(self, ordering: Ordering, member: RankedMember) -> float:
        """Return the statistic of one model.

        Raises:
            ValueError: if a cell has no item (of positive weight).
        """
        return self._value(ordering, self._lower(member, *_nearest(ordering)))

    def linear(
        self,
        ordering: Ordering,
        left: Sequence[RankedMember],
        right: Sequence[RankedMember],
        by: tuple[Vector, Vector] | None = None,
    ) -> Linear:
        """Return left - right, with what every item contributes: DeLong's components on these items.

        Args:
            ordering: what is measured.
            left: K members.
            right: one, or K paired in order.
            by: what every member's components are multiplied with, on the left and on the right; None: 1. The values
                of the statistic stay as they are.

        Raises:
            ValueError: if a cell has no item (of positive weight).
        """
        at, among = _nearest(ordering)
        near, far = (
            [[self._lower(m, *cells) for m in side] for side in (left, right)] for cells in ((at, among), (among, at))
        )
        values = [np.array([self._value(ordering, lower) for lower in side]) for side in near]
        parts = {at: self._part(near, at, among, by), among: self._part(far, among, at, by)}
        above, below = parts[ordering.above], parts[ordering.below]
        below = replace(below, values=-below.values)
        sides = values[0], values[1]
        return Linear(values[0] - values[1], (above, below), self.classes.n, sides=sides, limit=1.0)

    def _value(self, ordering: Ordering, lower: Array) -> float:
        """Return the mean over all pairs, from what the nearest cell's items have below them."""
        at, among = _nearest(ordering)
        if min(self._total(at), self._total(among)) == 0:
            raise ValueError(f"{self.count(at)} and {self.count(among)} items have no order: both are needed.")
        share = float(np.average(lower, weights=self._weights(at))) / (2 * self._total(among))
        return (share if at == ordering.above else 1 - share) - ordering.chance

    def _part(self, lower: Sequence[Sequence[Array]], at: Cell, among: Cell, by: tuple[Vector, Vector] | None) -> Part:
        """Return the share of a cell below each item of another: the mean over the left, less that over the right."""
        left, right = (_mean(side, None if by is None else by[i]) for i, side in enumerate(lower))
        difference = left - right
        places = self.places[at]
        values = difference if at[0] else difference[places]
        return Part(self.classes.items[at[1]][places], values / (2 * self._total(among)))

    def _lower(self, member: RankedMember, at: Cell, among: Cell) -> Array:
        """Return for every item of a cell `_twice_below` among those of another cell.

        Of all others it is returned for their whole class: they are most of it, so that choosing them comes last.
        """
        ranks, inside = member.ranks[at[1]], self._lower_inside(member, among[1])
        if not at[0]:
            return np.asarray(inside.take(ranks, mode="clip"))  # all ranks are in the table: no need to look
        ranks = ranks[self.places[at]]
        return np.asarray(inside[ranks] if among[0] else member.lower[among[1]][ranks] - inside[ranks])

    def _lower_inside(self, member: RankedMember, label: bool) -> Array:  # noqa: FBT001  (one of two labels)
        """Return `_twice_below` of the identity's items of one label."""
        if (member, label) not in self.lower:
            cell = (True, label)
            ranks = member.ranks[label][self.places[cell]]
            self.lower[member, label] = _twice_below(ranks, self._weights(cell), member.n_ranks)
        return self.lower[member, label]

    def _weights(self, cell: Cell) -> Vector | None:
        """Return the weights of a cell's items."""
        weights = self.classes.weights[cell[1]]
        return None if weights is None else weights[self.places[cell]]

    def _total(self, cell: Cell) -> float:
        """Return the weight of a cell's items."""
        weights = self._weights(cell)
        return float(self.count(cell) if weights is None else weights.sum())


def _nearest(ordering: Ordering) -> tuple[Cell, Cell]:
    """Return the two cells that are compared, first the identity's: it has fewer items, and says as much."""
    above, below = ordering.above, ordering.below
    return (above, below) if above[0] else (below, above)


def _mean(of_members: Sequence[Array], by: Vector | None) -> Array:
    """Return the mean over members, each multiplied with its factor."""
    rows = of_members if by is None else [factor * row for factor, row in zip(by, of_members, strict=True)]
    return rows[0] if len(rows) == 1 else np.asarray(np.mean(rows, axis=0))


def _twice_below(ranks: Labels, weights: Vector | None, n_ranks: int) -> Array:
    """Return (n_ranks,) twice the weight of the items below each rank, and once that of those at it.

    Twice, since that is a whole number where items weigh alike. The fewer bytes it takes, the more of a table lies near
    the processor; differences of two such numbers fit, too.
    """
    at: Array
    if weights is None:
        present, counts = np.unique(ranks, return_counts=True)
        at = counts.astype(np.min_scalar_type(-2 * len(ranks) - 1))
    else:
        present, place = np.unique(ranks, return_inverse=True)
        at = np.bincount(place, weights, minlength=len(present))
    until = np.cumsum(at, dtype=at.dtype)
    lower = np.repeat(np.append(at.dtype.type(0), 2 * until), np.diff(present, prepend=0, append=n_ranks))
    lower[present] = 2 * until - at
    return lower
