"""A model's answers, item by item: labels, whether they are right, and the probabilities behind them."""

import numpy as np
import scipy

from angelshare.core.arrays import Array, Mask, Scores, Vector
from angelshare.core.items import Items, labelled
from angelshare.core.predictions import Predictions


def answers(member: Predictions) -> Array:
    """Return (n,) class indices, or for a multi-label task (n, labels) decisions."""
    return member.label_decisions() if member.task == "multi_label" else member.decisions()


def equal(left: Array, right: Array) -> Mask:
    """Return (n,) whether two answers are the same; with several labels, all must be."""
    same = left == right
    return np.asarray(same if same.ndim == 1 else same.all(axis=1))


def right(member: Predictions, items: Items) -> Mask:
    """Return (n,) whether the answer is the true one; False for items without a human label."""
    assert items.truth is not None, "right answers need human labels"
    return np.asarray(equal(answers(member), items.truth) & labelled(items.truth))


def named(answered: Array, labels: tuple[str, ...]) -> Array:
    """Return (n,) answers as text: the label, or the labels."""
    if answered.ndim == 1:
        return np.asarray(np.array(labels, dtype=object)[answered])
    sets, which = np.unique(answered, axis=0, return_inverse=True)
    texts = [", ".join(labels[i] for i in np.flatnonzero(row)) or "no label" for row in sets]
    return np.asarray(np.array(texts, dtype=object)[which])


def true_names(items: Items, labels: tuple[str, ...]) -> Array:
    """Return (n,) the true label, or labels, as text; None where unlabelled."""
    names, truth = np.full(len(items), None, dtype=object), items.truth
    if truth is not None:
        known = labelled(truth)
        names[known] = named(truth[known] == 1 if truth.ndim > 1 else truth[known], labels)
    return names


def has_probabilities(member: Predictions) -> bool:
    """Whether the outputs are probabilities of labels, or can be turned into them."""
    return member.outputs in ("logits", "probabilities")


def probabilities(member: Predictions) -> Scores:
    """Return (n, labels) probabilities: a distribution, or in a multi-label task that of each label by itself."""
    if member.task != "multi_label":
        return np.asarray(np.exp(member.log_probabilities()))
    values = member.values.astype(np.float64)
    return np.asarray(scipy.special.expit(values) if member.outputs == "logits" else values)


def log_chances(member: Predictions) -> Array:
    """Return (n, questions, outcomes) log-probabilities.

    A single-label task asks one question with all labels as outcomes; a multi-label task asks of every label whether it
    applies: (no, yes).
    """
    if member.task != "multi_label":
        return member.log_probabilities()[:, None, :]
    values = member.values.astype(np.float64)
    if member.outputs == "logits":
        return np.asarray(-np.logaddexp(0.0, np.stack([values, -values], axis=-1)))
    with np.errstate(divide="ignore"):
        return np.stack([np.log1p(-values), np.log(values)], axis=-1)


def distance(student: Predictions, teacher: Predictions) -> Vector:
    """Return how far apart two models are on every item, from 0 to 1.

    The total variation distance of their probabilities, with several labels the mean over them; where one of the two
    gives no probabilities, 1 if the answers differ.
    """
    if not (has_probabilities(student) and has_probabilities(teacher)):
        return np.asarray(~equal(answers(student), answers(teacher)), dtype=np.float64)
    gaps = np.abs(probabilities(student) - probabilities(teacher))
    return np.asarray(gaps.mean(axis=1) if student.task == "multi_label" else gaps.sum(axis=1) / 2)
