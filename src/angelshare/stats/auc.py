"""The area under the ROC curve and paired differences of it (DeLong et al. 1988, Biometrics 44:837)."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from angelshare.core.arrays import Mask, Scores, Vector
from angelshare.stats.inference import StudentT
from angelshare.stats.means import recipe_inference
from angelshare.stats.proportions import Hull, PairedProportions

MIN_CLASS = 10
"""Positives, and negatives, below which DeLong's variance says too little to be used."""


@dataclass(frozen=True, slots=True, eq=False)
class AucComponents:
    """The AUC and what each item contributes to it.

    Attributes:
        auc: the share of (positive, negative) pairs in the right order; ties count one half.
        positives: (m,) for each positive, the share of negatives below it.
        negatives: (n,) for each negative, the share of positives above it.
    """

    auc: float
    positives: Vector
    negatives: Vector


@dataclass(frozen=True, slots=True)
class FlooredAuc(Hull):
    """left - right of two AUCs on the same items.

    `t` is DeLong's inference, or the recipe's. DeLong's variance knows only what was sampled: a rare positive that
    falls to the bottom costs 1 / k, with k the items of the smaller class, and where none is among k, the t
    interval says that none exists. `floor` is what k items without any discordance leave open, +- z^2 / (k +
    z^2), laid around the value.
    """

    @property
    def _offset(self) -> float:
        """Return the value: the floor lies around it."""
        return self.value

    @property
    def method(self) -> str:
        """Return the name of the procedure."""
        return f"{self.t.method}, never narrower than the smaller class allows"


def auc_components(scores: Vector, positive: Mask) -> AucComponents:
    """Return AUC and structural components in O(n log n), by midranks (Sun & Xu 2014).

    Raises:
        ValueError: if there is no positive or no negative.
    """
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if min(n_positive, n_negative) == 0:
        raise ValueError(f"{n_positive} positives and {n_negative} negatives have no AUC: both are needed.")
    ranks = rankdata(scores)
    above = (ranks[positive] - rankdata(scores[positive])) / n_negative
    below = 1 - (ranks[~positive] - rankdata(scores[~positive])) / n_positive
    return AucComponents(float(above.mean()), above, below)


def paired_auc(left: Scores, right: Scores, positive: Mask) -> FlooredAuc:
    """Return the inference on AUC(left) - AUC(right) on the same items.

    One member a side: DeLong's test, with t on the degrees of freedom of the smaller class, min(m, n) - 1, instead of
    the normal: the variance is that of a mean over so few components. Several on the left, and one or as many on the
    right: the recipe's inference, with DeLong's item variance of the components' mean over members. Either has a floor
    for what the smaller class did not sample: see `FlooredAuc`.

    Args:
        left: (K, n) scores, one row per member.
        right: (1, n), or (K, n) paired row by row.
        positive: (n,) mask.

    Raises:
        ValueError: with fewer than `MIN_CLASS` positives or negatives, or rows that do not pair.
    """
    if len(right) not in (1, len(left)):
        raise ValueError(f"{len(left)} members on the left do not pair with {len(right)} on the right.")
    sides = [[auc_components(row, positive) for row in side] for side in (left, right)]
    positives, negatives = (
        _mean([getattr(c, part) for c in sides[0]]) - _mean([getattr(c, part) for c in sides[1]])
        for part in ("positives", "negatives")
    )
    smaller = min(len(positives), len(negatives))
    if smaller < MIN_CLASS:
        raise ValueError(
            f"{len(positives)} positives and {len(negatives)} negatives: at least {MIN_CLASS} of each are needed."
        )
    variance = float(np.var(positives, ddof=1) / len(positives) + np.var(negatives, ddof=1) / len(negatives))
    by_seed = np.array([c.auc for c in sides[0]]) - np.array([c.auc for c in sides[1]])
    n, item_variance = len(positive), variance * len(positive)
    if len(left) == 1:
        se, method = math.sqrt(variance), "paired DeLong, t"
        t = StudentT(float(by_seed[0]), se, smaller - 1, n, item_variance=item_variance, method=method)
    else:
        method = "seeds x items, DeLong and t"
        t = recipe_inference(by_seed, item_variance=item_variance, n=n, item_df=smaller - 1, method=method)
    return FlooredAuc(t, PairedProportions(0, 0, smaller))


def _mean(rows: list[Vector]) -> Vector:
    """Return the mean over members."""
    return np.asarray(np.mean(rows, axis=0))
