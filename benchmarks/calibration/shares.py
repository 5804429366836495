"""Worlds of shares, such as accuracy: one pair, recipes, clusters, weights, and slices against the rest."""

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.estimate import Verdict
from angelshare.stats.components import MIN_CLUSTERS, SIMPLE, Design
from angelshare.stats.proportions import PairedProportions
from angelshare.stats.shares import share_difference, share_excess
from calibration.pairs import Rates, cluster_codes, of_clusters, of_items, of_seeds
from calibration.worlds import Found, World

LIGHT = 4.0
"""How much more often items of the small weight are discordant."""


def one_pair(*, n: int, discordance: float, loss: float) -> World:
    """Return Tango's interval on the counts of discordant items."""
    rates = Rates.from_loss(discordance, loss)
    cells = (rates.wins, rates.losses, 1 - discordance)

    def sample(rng: np.random.Generator) -> Found:
        wins, losses, _ = rng.multinomial(n, cells)
        return Found(PairedProportions(int(wins), int(losses), n))

    return World(rates.difference, sample)


def recipe(*, n: int, seeds: int, seed_effect: float, discordance: float, loss: float) -> World:
    """Return several seeds on independent items."""
    rates = Rates.from_loss(discordance, loss)
    return World(
        rates.difference,
        lambda rng: Found(share_difference(of_seeds(rng, rates, n, seeds, seed_effect).differences)),
    )


def clustered(
    *, n: int, clusters: int, sizes: str, icc: float, discordance: float, loss: float, seeds: int = 1
) -> World:
    """Return items in clusters."""
    rates, codes = Rates.from_loss(discordance, loss), cluster_codes(n, clusters, sizes)
    withheld: tuple[Verdict, ...] = ("lost", "gained") if clusters < MIN_CLUSTERS else ()

    def sample(rng: np.random.Generator) -> Found:
        pairs = of_clusters(rng, rates, codes, icc, seeds)
        return Found(share_difference(pairs.differences, Design(codes)), withheld)

    return World(rates.difference, sample)


def weighted(*, n: int, weights: str, discordance: float, loss: float) -> World:
    """Return weighted items.

    `exponential`: weights that say nothing about the outcome. `strata`: half of the items stand for one each, half for
    nine, and the former are four times as often discordant.
    """
    rates = Rates.from_loss(discordance, loss)
    heavy = discordance / (0.1 * LIGHT + 0.9)

    def sample(rng: np.random.Generator) -> Found:
        if weights == "exponential":
            return Found(share_difference(of_items(rng, rates, n).differences, Design(None, rng.exponential(size=n))))
        light = rng.random(n) < 1 / 2
        where = [Rates.from_loss(LIGHT * heavy, loss), Rates.from_loss(heavy, loss)]
        differences = np.where(light, *(of_items(rng, of_stratum, n).differences for of_stratum in where))
        return Found(share_difference(differences, Design(None, np.where(light, 1.0, 9.0))))

    return World(rates.difference, sample)


def excess(*, n: int, in_slice: int, design: str, discordance: float, loss: float) -> World:
    """Return a slice against all other items; on the slice every won item is lost with probability `loss`.

    Designs: `items`, `5 seeds` (seed effect 0.1), `30 clusters` (equal, intra-cluster correlation 0.05, of which the
    slice takes items throughout).
    """
    rates, mask = Rates.from_loss(discordance, 0.0), np.zeros(n, dtype=np.bool_)
    mask[(np.arange(in_slice) * n) // in_slice] = True
    codes = cluster_codes(n, 30, "equal")

    def sample(rng: np.random.Generator) -> Found:
        if design == "items":
            differences = of_items(rng, rates, n).differences
        elif design == "5 seeds":
            differences = of_seeds(rng, rates, n, 5, 0.1).differences
        else:
            differences = of_clusters(rng, rates, codes, 0.05).differences
        turned = mask & (differences > 0) & (rng.random(differences.shape) < loss)
        used = Design(codes) if design == "30 clusters" else SIMPLE
        return Found(share_excess(_with(differences, turned), mask, used))

    return World(0.0 if loss == 0 else -loss * discordance, sample)


def _with(differences: Array, turned: Array) -> Array:
    """Return the differences with some wins turned into losses."""
    return np.where(turned, -1.0, differences)
