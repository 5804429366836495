"""Worlds of means and of correlations."""

import math

import numpy as np

from angelshare.core.arrays import Array
from angelshare.core.estimate import Verdict
from angelshare.stats.components import MIN_CLUSTERS, SIMPLE, Design, inference, linear_mean
from angelshare.stats.correlation import linear_correlation, mean_of_both, pearson, spearman
from angelshare.stats.floor import rests_on_few, with_floor
from calibration.pairs import cluster_codes
from calibration.worlds import NO_VERDICT, NODES, WEIGHTS, Found, World

CORRELATES = {"pearson": pearson, "spearman": spearman, "pearson_and_spearman": mean_of_both}
T_DF = 3


def mean(
    *,
    n: int,
    items: str,
    seeds: int = 1,
    seed_effect: float = 0.0,
    clusters: int = 0,
    sizes: str = "equal",
    icc: float = 0.0,
    weights: str = "none",
    loss: float = 1.0,
) -> World:
    """Return a mean error over items: less is better. The interval moves with the loss, so its size does not matter.

    Items: `normal`, `exponential` (skewness 2), `lognormal` (skewness 6), `t3` (heavy tails on both sides), all with
    variance 1. With several seeds half an item's variance is shared by all; `seed_effect` is the standard deviation
    between seeds.
    """
    codes = cluster_codes(n, clusters, sizes) if clusters else None
    few: tuple[Verdict, ...] = NO_VERDICT if 0 < clusters < MIN_CLUSTERS else ()

    def sample(rng: np.random.Generator) -> Found:
        noise = _noise(rng, items, (1, n))
        if seeds > 1:
            noise = math.sqrt(1 / 2) * (noise + _noise(rng, items, (seeds, n)))
        if codes is not None:
            effects = rng.standard_normal(int(codes.max()) + 1)[codes]
            noise = math.sqrt(1 - icc) * noise + math.sqrt(icc) * effects
        values = loss + noise + seed_effect * rng.standard_normal((seeds, 1))
        design = SIMPLE if codes is None else Design(codes)
        if weights == "exponential":
            design = Design(design.clusters, rng.exponential(size=n))
        withheld = few or (("preserved",) if rests_on_few(values.mean(axis=0), design) else ())
        return Found(inference(linear_mean(values, design), design, method="paired t"), withheld)

    return World(loss, sample, lower_is_better=True)


def _noise(rng: np.random.Generator, items: str, shape: tuple[int, int]) -> Array:
    """Return draws of mean 0 and variance 1."""
    if items == "normal":
        return rng.standard_normal(shape)
    if items == "exponential":
        return rng.exponential(size=shape) - 1
    if items == "t3":
        return rng.standard_t(T_DF, size=shape) / math.sqrt(T_DF / (T_DF - 2))
    return (np.exp(rng.standard_normal(shape)) - math.exp(0.5)) / math.sqrt((math.e - 1) * math.e)


def correlation(
    *,
    metric: str,
    n: int,
    teacher: float,
    loss: float,
    items: str = "normal",
    seeds: int = 1,
    seed_effect: float = 0.0,
    clusters: int = 0,
    icc: float = 0.0,
) -> World:
    """Return the difference of correlations with a normal truth, or with its exponential (`lognormal`, all three).

    A student's noise has half its variance in common with its teacher's. Its correlation moves on Fisher's scale by
    `seed_effect` from seed to seed; in clusters the noise of the student is correlated.
    """
    codes = cluster_codes(n, clusters, "equal") if clusters else None
    design = SIMPLE if codes is None else Design(codes)
    withheld: tuple[Verdict, ...] = NO_VERDICT if 0 < clusters < MIN_CLUSTERS else ()
    mean_z = math.atanh(teacher - loss)

    def sample(rng: np.random.Generator) -> Found:
        truth, shared, of_teacher = rng.standard_normal((3, n))
        noise = rng.standard_normal((seeds, n))
        if codes is not None:
            noise = math.sqrt(1 - icc) * noise + math.sqrt(icc) * rng.standard_normal(int(codes.max()) + 1)[codes]
        r = np.tanh(mean_z + seed_effect * rng.standard_normal((seeds, 1)))
        right = teacher * truth + math.sqrt(1 - teacher**2) * (shared + of_teacher) / math.sqrt(2)
        left = r * truth + np.sqrt(1 - r**2) * (shared + noise) / math.sqrt(2)
        shaped = [left, right[None, :], truth]
        if items == "lognormal":
            shaped = [np.exp(SIGMA * side) for side in shaped]
        linear = linear_correlation(shaped[0], shaped[1], shaped[2], CORRELATES[metric], design)
        return Found(with_floor(linear, design, method="influence function, t"), withheld)

    students = np.tanh(mean_z + seed_effect * NODES)
    true = float(WEIGHTS @ _population(metric, students, items))
    difference = true - float(_population(metric, np.array([teacher]), items)[0])
    return World(0.0 if abs(difference) < 1e-12 else difference, sample)


SIGMA = 0.5


def _population(metric: str, r: Array, items: str) -> Array:
    """Return the metric of a bivariate normal (or lognormal) population."""
    straight = r if items == "normal" else np.expm1(SIGMA**2 * r) / math.expm1(SIGMA**2)
    ranks = 6 / math.pi * np.arcsin(r / 2)
    return np.asarray({"pearson": straight, "spearman": ranks}.get(metric, (straight + ranks) / 2))
