"""How sure a model is of its answers, item by item: log loss, Brier score, and confidence compared with accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from angelshare.audits.answers.decisions import answers, log_chances, probabilities
from angelshare.core.arrays import Array, Vector
from angelshare.core.items import Items
from angelshare.core.metric import NATS, MetricFacts
from angelshare.core.predictions import Predictions

N_BINS = 15
SURE_AND_WRONG = 10.0
"""The cost in nats of an item to which a model gives a probability of 1 in 22,000: all but impossible."""
LOG_SMALLEST = 745.0
"""-log of the smallest double above 0, which stands in for a probability of 0 where only its size matters."""
NLL = MetricFacts(
    "nll",
    "negative log-likelihood",
    "The mean over items of -log p in nats, with p the probability of the true label.",
    unit=NATS,
    direction="lower",
    margin=0.02,
    reason="In nats: the true label's probability, in the geometric mean over texts, may fall by two in a hundred.",
    limit=1e6,
)
BRIER = MetricFacts(
    "brier",
    "Brier score",
    "The mean squared distance of the probabilities from what came true.",
    direction="lower",
    margin=0.01,
    reason="As accuracy: for hard decisions it is the share of errors, or twice that.",
)
OVERCONFIDENCE = MetricFacts(
    "overconfidence",
    "overconfidence",
    "The mean probability of what the model decides for, less its accuracy; ideal is 0.",
    direction="target",
    target=0.0,
    margin=0.01,
    reason="Confidence may lie one point further from accuracy than the teacher's: as strict as accuracy's margin.",
)
ECE = MetricFacts(
    "ece",
    "ECE",
    f"The expected calibration error of the decisions in {N_BINS} bins, without most of its upward bias.",
)
ECE_CLASSWISE = MetricFacts(
    "ece_classwise",
    "class-wise ECE",
    "The expected calibration error of every class's probability, the mean over classes.",
)
ECE_PLUG_IN = MetricFacts(
    "ece_plug_in", "ECE, plug-in", "The expected calibration error of the decisions as usually reported."
)
ECE_CLASSWISE_PLUG_IN = MetricFacts(
    "ece_classwise_plug_in", "class-wise ECE, plug-in", "The class-wise expected calibration error as usually reported."
)


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Probabilities in bins of equal width between 0 and 1, without the empty ones.

    Attributes:
        index: (b,) numbers of the bins. n: (b,) numbers of items. share: (b,) of the (weighted) items.
        confidence, accuracy: (b,) mean probability, and how often it came true.
        variance: (b,) of accuracy - confidence, if every probability were right.
    """

    index: Array
    n: Array
    share: Vector
    confidence: Vector
    accuracy: Vector
    variance: Vector


def nll(member: Predictions, items: Items) -> Vector:
    """Return (n,) -log p(truth) in nats, with several labels the mean over them; infinite where p is 0."""
    logs = log_chances(member)
    outcome = _outcomes(items)
    return np.asarray(-np.take_along_axis(logs, outcome[:, :, None], axis=2)[:, :, 0].mean(axis=1))


def largest_nll(members: Sequence[Predictions], _items: Items) -> float:
    """Return the largest loss in nats that any of these models could have had on an item, had the truth been otherwise.

    That is what an item outside the sample may cost, where a model is as sure as it ever is, and wrong. It is at least
    `SURE_AND_WRONG`, since the sample need not show how sure a network can be.
    """
    worst = [np.minimum(-log_chances(member), LOG_SMALLEST).max(axis=2).mean(axis=1).max() for member in members]
    return max(SURE_AND_WRONG, float(max(worst)))


def brier(member: Predictions, items: Items) -> Vector:
    """Return (n,) squared errors of the probabilities.

    Binary: (p - y)^2 of the positive label. Several classes: the sum of (p - y)^2 over them, from 0 to 2 (Brier 1950).
    Several labels: the mean over them of (p - y)^2.
    """
    chances = probabilities(member)
    if member.task == "multi_label":
        return np.asarray(((chances - _outcomes(items)) ** 2).mean(axis=1))
    errors = (chances - np.eye(len(member.labels))[_outcomes(items)[:, 0]]) ** 2
    return np.asarray(errors[:, 1] if member.task == "binary" else errors.sum(axis=1))


def overconfidence(member: Predictions, items: Items) -> Vector:
    """Return (n,) the probability of the decision, less 1 where it is right; with several labels, their mean."""
    confidence, correct = decided(member, items)
    return np.asarray((confidence - correct).mean(axis=1))


def decided(member: Predictions, items: Items) -> tuple[Array, Array]:
    """Return (n, questions) the probability of each decision, and 1 where it is right.

    Where one label is chosen there is one question; with several labels there is one for each: whether it applies.
    """
    chances, correct = probabilities(member), answers(member) == items.truth
    if member.task == "multi_label":
        # from one half on, a label is taken to apply
        return np.asarray(np.maximum(chances, 1 - chances)), correct.astype(np.float64)
    return chances.max(axis=1, keepdims=True), correct[:, None].astype(np.float64)


def by_label(member: Predictions, items: Items) -> tuple[Array, Array]:
    """Return (n, labels) the probability of every label, and 1 where it is true."""
    outcome = _outcomes(items)
    if member.task == "multi_label":
        return probabilities(member), outcome.astype(np.float64)
    return probabilities(member), np.eye(len(member.labels))[outcome[:, 0]]


def binned(chances: Vector, came_true: Vector, weights: Vector | None = None, *, n_bins: int = N_BINS) -> Bins:
    """Return the items in bins of equal width; a probability on an edge belongs to the bin above it."""
    which = np.minimum((chances * n_bins).astype(np.int64), n_bins - 1)
    w = np.ones(len(chances)) if weights is None else weights
    total = np.bincount(which, w, minlength=n_bins)
    kept = np.flatnonzero(total > 0)

    def mean(values: Vector) -> Vector:
        return np.asarray(np.bincount(which, w * values, minlength=n_bins)[kept] / total[kept])

    spread = np.bincount(which, w**2 * chances * (1 - chances), minlength=n_bins)[kept] / total[kept] ** 2
    n = np.bincount(which, w > 0, minlength=n_bins)[kept].astype(np.int64)
    return Bins(kept, n, total[kept] / total.sum(), mean(chances), mean(came_true), spread)


def calibration_error(bins: Bins) -> tuple[float, float]:
    """Return the expected calibration error as it is usually reported, and without most of its upward bias.

    Plug-in: sum_b w_b |d_b| with d_b = accuracy - confidence. For a perfectly calibrated model it is not 0: |d_b| of a
    normal d_b with mean m and variance v has the folded normal's mean f(m, v) >= |m|. So sum_b w_b (f(m_b, v_b) -
    |m_b|) is subtracted, where v_b is the variance of d_b if the probabilities are right. The estimate of m_b^2 is
    d_b^2, shrunk by the share of the squared error that is not noise, s / (s + sum_b w_b v_b) with s = sum_b w_b (d_b^2
    - v_b), the unbiased squared error (Broecker 2012; Ferro & Fricker 2012; Kumar et al. 2019), or 0 if that is
    negative. Kumar et al. take m_b = d_b itself, which leaves more than half of a calibrated model's bias. A negative
    result becomes 0. Clusters of items are not taken into account.
    """
    gaps = bins.accuracy - bins.confidence
    plug_in = float(bins.share @ np.abs(gaps))
    noise = float(bins.share @ bins.variance)
    signal = max(0.0, float(bins.share @ gaps**2) - noise)
    shrunk = np.abs(gaps) * np.sqrt(signal / (signal + noise)) if signal > 0 else np.zeros(len(gaps))
    bias = float(bins.share @ (folded_mean(shrunk, np.sqrt(bins.variance)) - shrunk))
    return plug_in, max(0.0, plug_in - bias)


def folded_mean(mean: Vector, sd: Vector) -> Vector:
    """Return E|x| of normal x: sd sqrt(2 / pi) exp(-mean^2 / (2 sd^2)) + mean (1 - 2 Phi(-mean / sd))."""
    ratio = np.divide(mean, sd, out=np.full(len(mean), np.inf), where=sd > 0)
    # beyond 40 standard deviations the fold is negligible, and squares overflow
    ratio = np.minimum(ratio, 40.0)
    density = np.exp(-(ratio**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(2 * sd * density + mean * (1 - 2 * scipy.special.ndtr(-ratio)))


def _outcomes(items: Items) -> Array:
    """Return (n, questions) the outcome that came true: the class, or for every label whether it applies."""
    assert items.truth is not None, "calibration needs human labels"
    return np.asarray(items.truth if items.truth.ndim > 1 else items.truth[:, None]).astype(np.int64)
