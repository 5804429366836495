"""Inference on a way of training: over seeds and items."""

import math

import numpy as np

from angelshare.core.arrays import Array
from angelshare.stats.inference import StudentT


def recipe_inference(
    values_by_seed: Array, *, item_variance: float, n: int, item_df: float, method: str, n_clusters: int | None = None
) -> StudentT:
    """Return the inference on a recipe from its value per seed and the item variance of the mean over seeds.

    se^2 = item_variance / n + s^2 / K, with s^2 the variance of the K values (ddof = 1); degrees of freedom by
    Satterthwaite (1946): se^4 / ((item_variance / n)^2 / item_df + (s^2 / K)^2 / (K - 1)).

    Args:
        values_by_seed: (K,) the difference of each pair of members.
        item_variance: of one item's contribution to the mean over seeds.
        n: items.
        item_df: degrees of freedom of the item variance (inf: taken as known).
        method: the name of the test.
        n_clusters: of the items; None where they are independent.

    Raises:
        ValueError: with fewer than two seeds.
    """
    n_seeds = len(values_by_seed)
    if n_seeds <= 1:
        raise ValueError(f"{n_seeds} seeds have no variance: at least 2 are needed.")
    items, seeds = item_variance / n, float(np.var(values_by_seed, ddof=1)) / n_seeds
    # shares of se^2, not squares of variances: those underflow for tiny differences
    total = items + seeds
    df = item_df if total == 0 else _reciprocal((items / total) ** 2 / item_df + (seeds / total) ** 2 / (n_seeds - 1))
    return StudentT(
        float(np.mean(values_by_seed)),
        math.sqrt(total),
        df,
        n,
        n_clusters,
        n_seeds=n_seeds,
        item_variance=item_variance,
        seed_variance=seeds,
        method=method,
    )


def _reciprocal(x: float) -> float:
    """Return 1 / x, infinity at 0."""
    return math.inf if x == 0 else 1 / x
