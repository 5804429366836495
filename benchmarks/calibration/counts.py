"""Worlds of counted metrics: F1, macro F1 and Matthews' correlation."""

import numpy as np
from scipy import stats

from angelshare.core.arrays import Array, Labels
from angelshare.core.estimate import Verdict
from angelshare.stats.auc import MIN_CLASS
from angelshare.stats.components import MIN_CLUSTERS, SIMPLE, Design
from angelshare.stats.confusion import Counts, CountStatistic, Decisions, f1, macro_f1, matthews
from angelshare.stats.resampling import paired_counts
from calibration.pairs import TEACHER, Pairs, Rates, cluster_codes, of_clusters, of_items, of_seeds, seed_cuts
from calibration.worlds import NO_VERDICT, NODES, WEIGHTS, Found, World

PRIORS = {"f1": (0.7, 0.3), "mcc": (0.7, 0.3), "macro_f1": (0.6, 0.3, 0.1)}
STATISTICS = {"f1": f1(1), "mcc": matthews(), "macro_f1": macro_f1()}


def counted(
    *,
    metric: str,
    n: int,
    discordance: float,
    loss: float,
    seeds: int = 1,
    seed_effect: float = 0.0,
    clusters: int = 0,
    sizes: str = "equal",
    icc: float = 0.0,
) -> World:
    """Return the difference of a counted metric; who is right is as for shares, whatever the class.

    Two classes (70% and 30%; F1 of the second), three for macro F1 (60%, 30%, 10%). A wrong answer is the next class,
    of three the second, and for the second the third.

    Args:
        metric: `f1`, `mcc` or `macro_f1`.
        n: items.
        discordance: share of items that one of the two has right.
        loss: part of the discordance by which accuracy falls.
        seeds: students.
        seed_effect: see `of_seeds`.
        clusters: how many; 0: items are independent.
        sizes: see `cluster_codes`.
        icc: see `of_clusters`.
    """
    rates, statistic, priors = Rates.from_loss(discordance, loss), STATISTICS[metric], np.array(PRIORS[metric])
    codes = cluster_codes(n, clusters, sizes) if clusters else None
    design = SIMPLE if codes is None else Design(codes)
    withheld: tuple[Verdict, ...] = NO_VERDICT if 0 < clusters < MIN_CLUSTERS else ()

    def sample(rng: np.random.Generator) -> Found | None:
        truth = rng.choice(len(priors), size=n, p=priors)
        positives = np.flatnonzero(truth == 1)
        if metric == "f1" and min(len(positives), n - len(positives)) < MIN_CLASS:
            return None
        pairs = _pairs(rng, rates, n, codes=codes, icc=icc, seeds=seeds, seed_effect=seed_effect)
        left, right = _decisions(truth, pairs, len(priors))
        rare = positives if metric == "f1" else None
        return Found(paired_counts(left, right, statistic, design, rare=rare), withheld)

    return World(_truth(statistic, priors, rates, seed_effect), sample)


def _pairs(
    rng: np.random.Generator, rates: Rates, n: int, *, codes: Labels | None, icc: float, seeds: int, seed_effect: float
) -> Pairs:
    """Return who is right."""
    if codes is not None:
        return of_clusters(rng, rates, codes, icc, seeds)
    return of_items(rng, rates, n) if seeds == 1 else of_seeds(rng, rates, n, seeds, seed_effect)


def _wrong(truth: Labels, n_classes: int) -> Labels:
    """Return the class that a wrong answer names."""
    return (truth + 1) % n_classes


def _decisions(truth: Labels, pairs: Pairs, n_classes: int) -> tuple[Decisions, Decisions]:
    """Return what both sides say."""
    wrong = _wrong(truth, n_classes)
    left, right = (np.where(who, truth, wrong) for who in (pairs.students, pairs.teacher[None, :]))
    return Decisions.of_classes(truth, left, n_classes), Decisions.of_classes(truth, right, n_classes)


def _truth(statistic: CountStatistic, priors: Array, rates: Rates, seed_effect: float) -> float:
    """Return the true difference: the mean over seeds of a statistic of infinitely many items."""
    if rates.difference == 0 and seed_effect == 0:
        return 0.0
    teacher = _at(statistic, priors, TEACHER)
    if seed_effect == 0:
        return _at(statistic, priors, TEACHER + rates.difference) - teacher
    lose, win = seed_cuts(rates, seed_effect)
    kept, won = stats.norm.sf(lose + seed_effect * NODES), stats.norm.cdf(win - seed_effect * NODES)
    students = [_at(statistic, priors, accuracy) for accuracy in TEACHER * kept + (1 - TEACHER) * won]
    return float(WEIGHTS @ students) - teacher


def _at(statistic: CountStatistic, priors: Array, accuracy: float) -> float:
    """Return the statistic of a model with this accuracy on every class."""
    hits = priors * accuracy
    wrong = np.zeros(len(priors))
    np.add.at(wrong, _wrong(np.arange(len(priors)), len(priors)), priors * (1 - accuracy))
    return float(statistic.value(Counts(hits, priors, hits + wrong)))
