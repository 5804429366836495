"""Worlds of rankings: the area under the ROC curve, and average precision, of normal scores."""

import math
from functools import partial

import numpy as np
from scipy import stats

from angelshare.core.arrays import Array
from angelshare.core.estimate import Verdict
from angelshare.stats.auc import MIN_CLASS, linear_auc
from angelshare.stats.components import MIN_CLUSTERS, SIMPLE, Design
from angelshare.stats.floor import with_floor
from angelshare.stats.precision import linear_precision
from calibration.pairs import cluster_codes
from calibration.worlds import NO_VERDICT, NODES, WEIGHTS, Found, World

BOTTOM = -20.0
SEED_SHARED = 0.5
"""Of the student's own noise, the part that all seeds share."""


def ranking(
    *,
    metric: str,
    n: int,
    positives: float,
    auc: float,
    correlation: float,
    loss: float,
    seeds: int = 1,
    seed_effect: float = 0.0,
    clusters: int = 0,
    sizes: str = "equal",
    icc: float = 0.0,
    catastrophic: float = 0.0,
) -> World:
    """Return the difference of AUC, or of average precision.

    Positives are normal around m, negatives around 0, in units of their standard deviation. A student's noise is
    correlated with its teacher's; its m moves by `seed_effect` from seed to seed; clusters have an effect on it, each
    class its own; a `catastrophic` share of positives falls to the bottom.

    Args:
        metric: `auc` or `average_precision`.
        n: items.
        positives: their share.
        auc: the teacher's.
        correlation: of student's and teacher's noise.
        loss: of AUC.
        seeds: students.
        seed_effect: standard deviation over seeds of m.
        clusters: how many; 0: items are independent.
        sizes: see `cluster_codes`.
        icc: share of the clusters' effects in the variance of the student's own noise.
        catastrophic: share of positives.
    """
    teacher_mean = math.sqrt(2) * float(stats.norm.ppf(auc))
    wanted = (auc - loss) / (1 - catastrophic)
    student_mean = math.sqrt(2 + seed_effect**2) * float(stats.norm.ppf(wanted))
    codes = cluster_codes(n, clusters, sizes) if clusters else None
    design = SIMPLE if codes is None else Design(codes)
    withheld: tuple[Verdict, ...] = NO_VERDICT if 0 < clusters < MIN_CLUSTERS else ()
    linear, method = linear_precision, "influence function, t"
    if metric == "auc":
        linear, method = linear_auc, "paired DeLong, t"

    def sample(rng: np.random.Generator) -> Found | None:
        positive = rng.random(n) < positives
        if min(positive.sum(), n - positive.sum()) < MIN_CLASS:
            return None
        teacher = rng.standard_normal(n)
        unshared = math.sqrt(1 - correlation**2)
        noise = correlation * teacher + unshared * _own_noise(rng, n, seeds, icc=icc, codes=codes, positive=positive)
        students = noise + positive * (student_mean + seed_effect * rng.standard_normal((seeds, 1)))
        students[:, positive & (rng.random(n) < catastrophic)] = BOTTOM
        right = (teacher + positive * teacher_mean)[None, :]
        return Found(with_floor(linear(students, right, positive, design), design, method=method), withheld)

    if metric == "auc":
        return World(-loss if loss else 0.0, sample)
    precision_at = partial(average_precision, positives=positives)
    truth = precision_at(student_mean, seed_effect, catastrophic) - precision_at(teacher_mean, 0.0, 0.0)
    return World(0.0 if abs(truth) < 1e-9 else truth, sample)


def average_precision(mean: float, seed_effect: float, catastrophic: float, *, positives: float) -> float:
    """Return E[precision at a positive's score] of normal scores, by quadrature, also over seeds."""
    expected = 0.0
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        moved = mean + seed_effect * node
        quantiles = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000) + moved
        hits = positives * (1 - catastrophic) * stats.norm.sf(quantiles - moved)
        precision = hits / (hits + (1 - positives) * stats.norm.sf(quantiles))
        expected += weight * ((1 - catastrophic) * float(precision.mean()) + catastrophic * positives)
        if seed_effect == 0:
            return (1 - catastrophic) * float(precision.mean()) + catastrophic * positives
    return expected


def _own_noise(
    rng: np.random.Generator, n: int, seeds: int, *, icc: float, codes: Array | None, positive: Array
) -> Array:
    """Return (seeds, n) standard normal noise, part of it shared by seeds, part by the class of a cluster."""
    noise = math.sqrt(1 - SEED_SHARED) * rng.standard_normal((seeds, n))
    noise += math.sqrt(SEED_SHARED) * rng.standard_normal(n)
    if codes is None:
        return noise
    effects = rng.standard_normal((int(codes.max()) + 1, 2))[codes, positive.astype(np.int64)]
    return np.asarray(math.sqrt(1 - icc) * noise + math.sqrt(icc) * effects)
