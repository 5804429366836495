"""Paired statistics as sums of what each item contributes: one variance for items, clusters, weights and seeds."""

import math
from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Scores, Vector
from angelshare.stats.inference import StudentT
from angelshare.stats.recipe import recipe_inference

MIN_CLUSTERS = 10
"""The fewest clusters over which a variance can be used."""
LEAST_DF = 0.25
"""Degrees of freedom where one unit outweighs all others: t is astronomical there, and must stay a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How items were drawn: which are not independent, and how many of the population each stands for.

    Attributes:
        clusters: (n,) codes from 0 on, without large gaps, or None: items are independent.
        weights: (n,) not negative, or None: all alike.
    """

    clusters: Labels | None = None
    weights: Vector | None = None

    @classmethod
    def from_codes(cls, clusters: Labels | None, weights: Vector | None) -> "Design":
        """Return the design of items with any integer codes of clusters."""
        return cls(None if clusters is None else np.unique(clusters, return_inverse=True)[1], weights)

    @property
    def is_simple(self) -> bool:
        """Whether items are independent and alike."""
        return self.clusters is None and self.weights is None

    def take(self, index: Array) -> "Design":
        """Return the design of the items at these positions (or under this mask)."""
        return Design(
            None if self.clusters is None else self.clusters[index],
            None if self.weights is None else self.weights[index],
        )

    def without_singles(self) -> "Design":
        """Return the design in which clusters of one item each are none; where any has more, it stays as it is."""
        if self.clusters is None or np.bincount(self.clusters).max() > 1:
            return self
        return Design(None, self.weights)

    def weights_of(self, items: Array) -> Vector:
        """Return (m,) the weights of these items; 1 where all are alike."""
        return np.ones(len(items)) if self.weights is None else np.asarray(self.weights[items], dtype=np.float64)


SIMPLE = Design()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Items over whose mean a statistic runs.

    Attributes:
        items: (m,) positions among all items.
        values: (m,) what each contributes to left - right, the mean over seeds, up to a constant.
    """

    items: Labels
    values: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A statistic of left - right that is, to first order, a sum of weighted means over its parts.

    A mean has one part. An AUC has two, the positives and the negatives (DeLong et al. 1988); their components are its
    influence function. The difference of two statistics on disjoint items has the parts of both.

    Attributes:
        by_seed: (K,) the statistic of every pair of members.
        parts: disjoint.
        n: items in all.
        rare: positions of the few items that carry the statistic, such as the positives of an average precision; None:
            all do. They bound the degrees of freedom.
        sides: the statistic of every member on the left, and on the right, where they are at hand.
        unseen: the number of items it is worth: one more, which was not sampled, moves it by 1 / unseen at most; None:
            those of its smallest group.
        df: the most degrees of freedom it can have, where it sums statistics whose variances have no more.
        limit: its largest possible distance from 0.
    """

    by_seed: Vector
    parts: tuple[Part, ...]
    n: int
    rare: Labels | None = None
    sides: tuple[Vector, Vector] | None = None
    unseen: float | None = None
    df: float = math.inf
    limit: float = math.inf

    @property
    def worth(self) -> float:
        """The number of items it is worth: see `unseen`."""
        return min(len(items) for items in self.groups) if self.unseen is None else self.unseen

    @property
    def groups(self) -> tuple[Labels, ...]:
        """The positions of the items of every part, and of the rare ones."""
        rare = () if self.rare is None else (self.rare,)
        return (*(part.items for part in self.parts), *rare)

    @property
    def value(self) -> float:
        """The mean over seeds."""
        return float(self.by_seed.mean())

    def at(self, items: Labels, n: int) -> "Linear":
        """Return the same statistic with positions among `n` items, where `items` (m,) says which those here are."""
        rare = None if self.rare is None else items[self.rare]
        parts = tuple(Part(items[part.items], part.values) for part in self.parts)
        return replace(self, parts=parts, n=n, rare=rare)

    def minus(self, other: "Linear") -> "Linear":
        """Return the difference of two statistics of the same members on disjoint items: seeds stay joint."""
        flipped = tuple(Part(part.items, -part.values) for part in other.parts)
        rare = min((term.rare for term in (self, other) if term.rare is not None), key=len, default=None)
        parts, unseen = (*self.parts, *flipped), min(self.worth, other.worth)
        return self._less(other, parts, rare, unseen)

    def less(self, other: "Linear") -> "Linear":
        """Return the difference of two statistics on the same items, part by part: items and seeds stay joint.

        An example is an interaction: how much more one pair of models differs than another pair, on one text set.

        Raises:
            ValueError: if their parts are not the same items, or the seeds do not pair.
        """
        same = len(self.parts) == len(other.parts) and all(
            np.array_equal(mine.items, its.items) for mine, its in zip(self.parts, other.parts, strict=True)
        )
        if not same or self.by_seed.shape != other.by_seed.shape:
            raise ValueError("Statistics of different items or seeds have no joint difference.")
        parts = tuple(
            Part(mine.items, mine.values - its.values) for mine, its in zip(self.parts, other.parts, strict=True)
        )
        # an item that was not sampled moves both
        unseen = 1 / (1 / self.worth + 1 / other.worth)
        return self._less(other, parts, self.rare, unseen)

    def _less(self, other: "Linear", parts: tuple[Part, ...], rare: Labels | None, unseen: float) -> "Linear":
        """Return self - other with these parts."""
        df, limit = min(self.df, other.df), self.limit + other.limit
        return Linear(self.by_seed - other.by_seed, parts, self.n, rare, unseen=unseen, df=df, limit=limit)


@dataclass(frozen=True, slots=True)
class Spread:
    """What the items leave open about a statistic.

    Attributes:
        variance: of the statistic. df: degrees of freedom of that variance.
        n_clusters: None: items are independent.
        n_contributing: clusters, or weighted items, on which the variance rests, (sum s^2)^2 / sum s^4 over their
            shifts s: of equal shifts their number, of normal ones a third of it.
    """

    variance: float
    df: float
    n_clusters: int | None = None
    n_contributing: float = math.inf


def linear_mean(differences: Scores, design: Design = SIMPLE) -> Linear:
    """Return the mean of (seeds, n) differences, weighted where the design has weights."""
    n = differences.shape[1]
    by_seed = (
        differences.mean(axis=1) if design.weights is None else differences @ design.weights / design.weights.sum()
    )
    return Linear(np.asarray(by_seed), (Part(np.arange(n), differences.mean(axis=0)),), n)


def confined(linear: Linear, design: Design) -> tuple[Linear, Design]:
    """Return a statistic with the items of its parts alone, and their design."""
    if design.is_simple:  # positions say nothing then
        return replace(linear, n=sum(len(part.items) for part in linear.parts)), design
    items = np.sort(np.concatenate([part.items for part in linear.parts]))
    parts = tuple(replace(part, items=np.searchsorted(items, part.items)) for part in linear.parts)
    rare = None if linear.rare is None else np.searchsorted(items, linear.rare)
    return replace(linear, parts=parts, rare=rare, n=len(items)), design.take(items).without_singles()


def inference(linear: Linear, design: Design, *, method: str) -> StudentT:
    """Return the t inference on a statistic, over items or clusters, and over seeds where there are several.

    Args:
        linear: the statistic.
        design: of all its items.
        method: the name of the test on independent items and one seed.

    Raises:
        ValueError: if a part has fewer than two items or clusters: see `n_units`.
    """
    spread = item_spread(linear, design)
    what = method if design.clusters is None else f"{method}, delete-one-cluster jackknife"
    item_variance = spread.variance * linear.n
    if len(linear.by_seed) == 1:
        se = math.sqrt(spread.variance)
        return StudentT(
            linear.value, se, spread.df, linear.n, spread.n_clusters, item_variance=item_variance, method=what
        )
    return recipe_inference(
        linear.by_seed,
        item_variance=item_variance,
        n=linear.n,
        item_df=spread.df,
        method=f"seeds x items, {what}",
        n_clusters=spread.n_clusters,
    )


def item_spread(linear: Linear, design: Design) -> Spread:
    """Return the variance that the items give a statistic.

    Independent items of equal weight: the sum over parts of variance / m, with m - 1 degrees of freedom of the
    smallest part. Else the jackknife that leaves out one unit (a cluster, or a weighted item) at a time: the shift of
    the statistic is exact for means and of first order for all others; t on min G_eff - 1 degrees of freedom, with
    G_eff = (sum W)^2 / sum W^2 over the units of a part, or of the rare items (the linearised variance with G - 1
    covers 88-91% where sizes are very unequal). Where few clusters make up the variance (rare discordance lies in some
    clusters and not in others), it is known no better than from so few: the degrees of freedom are at most
    `n_contributing` - 1, and at least 1.

    Raises:
        ValueError: if a part has fewer than two units.
    """
    if not has_variance(linear, design):
        raise ValueError("A part of the statistic has a single item or cluster: at least 2 are needed.")
    if design.is_simple:
        variance = sum(float(np.var(part.values, ddof=1)) / len(part.values) for part in linear.parts)
        return Spread(variance, min(linear.df, *(len(items) - 1 for items in linear.groups)))
    sizes = [unit_sizes(linear, design, items) for items in linear.groups]
    effective = min(float(of_units.sum() ** 2 / (of_units**2).sum()) for of_units in sizes)
    df = min(linear.df, max(LEAST_DF, effective - 1))
    shifts = np.zeros(len(sizes[0]))
    for part, of_units in zip(linear.parts, sizes, strict=False):
        weights = design.weights_of(part.items)
        deviations = part.values - np.average(part.values, weights=weights)
        moved = np.bincount(_units(design, part.items), weights * deviations, minlength=len(shifts))
        shifts -= moved / (of_units.sum() - of_units)
    present = np.sum(sizes, axis=0) > 0
    squares = (shifts[present] - shifts[present].mean()) ** 2
    variance = (1 - 1 / len(squares)) * float(squares.sum())
    fourth = float((squares**2).sum())
    n_contributing = 0.0 if fourth == 0 else float(squares.sum()) ** 2 / fourth
    if design.clusters is None:
        return Spread(variance, df, n_contributing=n_contributing)
    return Spread(variance, min(df, max(1.0, n_contributing - 1)), len(squares), n_contributing)


def n_units(linear: Linear, design: Design) -> tuple[int, ...]:
    """Return how many independent units of positive weight every part has, and the rare items: clusters, or items."""
    if design.is_simple:
        return tuple(len(items) for items in linear.groups)
    return tuple(int((unit_sizes(linear, design, items) > 0).sum()) for items in linear.groups)


def has_variance(linear: Linear, design: Design) -> bool:
    """Whether every part of a statistic has two independent units, of which a variance can be had."""
    return min(n_units(linear, design)) > 1


def effective_size(weights: Vector | None, n: int) -> int:
    """Return Kish's number of equally weighted items that are worth as much as these: (sum w)^2 / sum w^2."""
    if weights is None:
        return n
    # what rounding takes from a whole number is an item
    return math.floor(float(weights.sum() ** 2 / (weights**2).sum()) * (1 + 1e-9))


def unit_sizes(linear: Linear, design: Design, items: Labels) -> Vector:
    """Return (units,) the weight of these items in every cluster; where items are independent, in every item."""
    n_codes = linear.n if design.clusters is None else int(design.clusters.max()) + 1
    return np.bincount(_units(design, items), design.weights_of(items), minlength=n_codes)


def _units(design: Design, items: Labels) -> Labels:
    """Return (m,) the unit of each of these items: its cluster, or itself."""
    return items if design.clusters is None else design.clusters[items]
