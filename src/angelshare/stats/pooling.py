"""Statistics of the same models on several independent text sets, summed: one variance over all of their items."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Vector
from angelshare.stats.clusters import linked
from angelshare.stats.components import Design, Linear, Part


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A statistic and how its items were drawn.

    Attributes:
        linear, design: of n items.
        names: (n,) sources of the items, such as templates, "" where unknown: items of one name are dependent, also
            across sets. None: unknown.
    """

    linear: Linear
    design: Design
    names: Array | None = None


def pooled(terms: Sequence[tuple[float, Sampled]]) -> Sampled:
    """Return a weighted sum of statistics of the same members on several text sets.

    Sets made from the same templates, such as short texts and the same with filler around them, share clusters: items
    of one name are one. Sets without names share nothing.

    Seeds stay joint: each seed's value is the sum of its values, so that what a seed does to all sets is in the spread
    over seeds. With weights 1 and -1 it is the difference of two losses: whether one set shows more of it than another.

    Args:
        terms: weight and statistic, at least one.

    Raises:
        ValueError: if there is no term, a weight is 0, or the members do not pair.
    """
    if not terms or not all(weight for weight, _ in terms):
        raise ValueError("A pooled statistic needs at least one term, and no weight of 0.")
    shapes = {term.linear.by_seed.shape for _, term in terms}
    if len(shapes) > 1:
        raise ValueError(f"Statistics of {sorted(shape[0] for shape in shapes)} members do not pair.")
    sizes = [term.linear.n for _, term in terms]
    n, starts = sum(sizes), np.cumsum([0, *sizes[:-1]])
    placed = [
        _scaled(term.linear, weight).at(np.arange(size) + start, n)
        for (weight, term), size, start in zip(terms, sizes, starts, strict=True)
    ]
    rare = min((part.rare for part in placed if part.rare is not None), key=len, default=None)
    linear = Linear(
        np.sum([linear.by_seed for linear in placed], axis=0),
        tuple(part for linear in placed for part in linear.parts),
        n,
        rare,
        unseen=_worth(placed, [term for _, term in terms]),
        df=min(linear.df for linear in placed),
        limit=sum(linear.limit for linear in placed),
    )
    sets = [term for _, term in terms]
    return Sampled(linear, Design(_clusters(sets), _weights(sets)).without_singles(), _names(sets))


def _scaled(linear: Linear, weight: float) -> Linear:
    """Return the statistic times a weight: an unsampled item moves it by that much more."""
    parts = tuple(Part(part.items, part.values * weight) for part in linear.parts)
    return replace(
        linear,
        by_seed=linear.by_seed * weight,
        parts=parts,
        unseen=linear.worth / abs(weight),
        limit=linear.limit * abs(weight),
    )


def _worth(placed: Sequence[Linear], terms: Sequence[Sampled]) -> float:
    """Return how many items the sum is worth: what was not sampled moves one set, or all that share its template."""
    names = [set(term.names.tolist()) - {""} for term in terms if term.names is not None]
    shared = sum(map(len, names)) > len(set().union(*names))
    return 1 / sum(1 / linear.worth for linear in placed) if shared else min(linear.worth for linear in placed)


def _clusters(terms: Sequence[Sampled]) -> Labels | None:
    """Return the clusters of all items, those of different sets linked by names alone; None: items are independent."""
    names = _names(terms)
    if names is None and all(term.design.clusters is None for term in terms):
        return None
    codes: list[Labels] = []
    first = 0
    for term in terms:
        clusters = np.arange(term.linear.n) if term.design.clusters is None else term.design.clusters
        codes.append(clusters + first)
        first += int(clusters.max()) + 1
    return np.concatenate(codes) if names is None else linked(names, np.concatenate(codes))


def _names(terms: Sequence[Sampled]) -> Array | None:
    """Return the names of all items, "" where a set has none; None where no set has any."""
    if all(term.names is None for term in terms):
        return None
    blank = [np.full(term.linear.n, "", dtype=object) if term.names is None else term.names for term in terms]
    return np.concatenate(blank)


def _weights(terms: Sequence[Sampled]) -> Vector | None:
    """Return the weights of all items; None where all are alike."""
    if all(term.design.weights is None for term in terms):
        return None
    return np.concatenate([term.design.weights_of(np.arange(term.linear.n)) for term in terms])
