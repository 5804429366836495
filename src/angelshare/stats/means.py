"""Means of paired differences over items, and over seeds and items."""

import math

import numpy as np

from angelshare.core.arrays import Array, Scores, Vector
from angelshare.stats.inference import StudentT

MIN_UNBOUNDED = 1000
MAX_SHARE = 0.05


def rests_on_few(differences: Scores) -> bool:
    """Whether these items cannot show that an unbounded error was preserved.

    The spread of a sample says nothing of large errors too rare to be in it. With fewer than `MIN_UNBOUNDED` items, or
    where one item makes up more than `MAX_SHARE` of the sum of squared deviations, that is to be expected.

    Args:
        differences: (seeds, n), one row per pair of members; what counts is their mean over seeds.
    """
    mean = differences.mean(axis=0)
    squares = (mean - mean.mean()) ** 2
    return len(mean) < MIN_UNBOUNDED or bool(squares.max() > MAX_SHARE * squares.sum())


def paired_mean(differences: Vector, *, method: str = "paired t") -> StudentT:
    """Return the inference on the mean of one pair of models' differences per item (paired t, n - 1 df).

    Raises:
        ValueError: with fewer than two items.
    """
    n = _at_least_two(len(differences), "items")
    variance = float(np.var(differences, ddof=1))
    return StudentT(
        float(np.mean(differences)), math.sqrt(variance / n), n - 1, n, item_variance=variance, method=method
    )


def recipe_mean(differences: Scores) -> StudentT:
    """Return the inference on the mean difference of a recipe: over seeds and items.

    Args:
        differences: (seeds, n), one row per pair of members.

    Raises:
        ValueError: with fewer than two seeds or items.
    """
    n = _at_least_two(differences.shape[1], "items")
    variance = float(np.var(differences.mean(axis=0), ddof=1))
    return recipe_inference(
        differences.mean(axis=1), item_variance=variance, n=n, item_df=n - 1, method="seeds x items, t"
    )


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
    n_seeds = _at_least_two(len(values_by_seed), "seeds")
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


def _at_least_two(count: int, what: str) -> int:
    """Return the count; refuse what has no variance."""
    if count < 2:  # noqa: PLR2004  (a variance needs two)
        raise ValueError(f"{count} {what} have no variance: at least 2 are needed.")
    return count
