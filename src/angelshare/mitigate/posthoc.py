"""Temperature and thresholds per group, fitted on one split and applied to another, without touching a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

from angelshare.core.arrays import Mask, Vector
from angelshare.core.errors import InputError
from angelshare.core.items import Items, labelled
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import MIN_CLASS

POSITIVE = 1
_LOG_BOUNDS = (-4.0, 4.0)
"""Bounds of the logarithm of the temperature, which lies between 1/55 and 55."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """One number that all logits are divided by (Guo et al. 2017): confidence changes, decisions do not.

    Attributes:
        value: the temperature, above 1 for a model that was too sure.
        n: the number of items that it was fitted on.
    """

    value: float
    n: int

    def apply(self, member: Predictions) -> Predictions:
        """Return the predictions with softened (or sharpened) logits."""
        _need_logits(member)
        return replace(member, values=member.values / self.value)


@dataclass(frozen=True, slots=True)
class GroupThresholds:
    """A cut on the logit margin z1 - z0 for every group, at which its false positive rate is that of all items.

    Post-processing after Hardt et al. (2016), for one rate: equal opportunity of the harmless texts. An item of several
    groups has the highest of their cuts, so that no group is flagged because of another.

    Attributes:
        cuts: group -> cut, on the scale of z1 - z0.
        rate: the false positive rate that all cuts were fitted to.
        not_fitted: group -> number of its harmless items, where these are too few for a cut.
        rest: the cut of items in no group: 0, a probability of one half.
    """

    cuts: Mapping[str, float]
    rate: float
    not_fitted: Mapping[str, int]
    rest: float = 0.0

    def by_item(self, slices: Mapping[str, Mask], n: int) -> Vector:
        """Return (n,) the cut of each item."""
        highest = np.full(n, -np.inf)
        for group, cut in self.cuts.items():
            if group in slices:
                highest = np.where(slices[group], np.maximum(highest, cut), highest)
        return np.where(np.isneginf(highest), self.rest, highest)

    def apply(self, member: Predictions, slices: Mapping[str, Mask]) -> Predictions:
        """Return the predictions with each item's cut subtracted from its logit margin, so that decisions fall at 0."""
        _need_logits(member)
        values = member.values.astype(np.float64).copy()
        values[:, POSITIVE] -= self.by_item(slices, len(member))
        return replace(member, values=values)


def fit_temperature(member: Predictions, items: Items) -> Temperature:
    """Return the temperature with the lowest negative log-likelihood of the human labels.

    Args:
        member: predictions on the selection split, never on the test split.
        items: the items of that split, with human labels.

    Raises:
        InputError: if the predictions are no logits or of a multi-label task, or fewer than 10 items are labelled.
    """
    _need_logits(member)
    if member.task == "multi_label":
        raise InputError(f"A temperature is about one label of an item; {member.name} answers multi_label.")
    truth = _truth(member, items)
    known = labelled(truth)
    if known.sum() < MIN_CLASS:
        raise InputError(f"{int(known.sum())} labelled items fit no temperature; give at least {MIN_CLASS}.")
    logits, right = member.values[known].astype(np.float64), truth[known]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(right)), right]).mean())

    best = optimize.minimize_scalar(loss, bounds=_LOG_BOUNDS, method="bounded", options={"xatol": 1e-6})
    return Temperature(float(np.exp(best.x)), int(known.sum()))


def fit_thresholds(member: Predictions, items: Items, groups: Sequence[str]) -> GroupThresholds:
    """Return for each group the cut that flags the same share of its harmless items as is flagged of all.

    The cut lies halfway between two scores, so that it does not depend on how ties are broken.

    Args:
        member: predictions of a binary task on the selection split, never on the test split.
        items: the items of that split, with human labels, and with the groups as slices.
        groups: names of slices.

    Raises:
        InputError: if the predictions are no logits, the task is not binary, a group is no slice, or no item is
            labelled harmless.
    """
    _need_logits(member)
    if member.task != "binary":
        raise InputError(f"Thresholds per group are about a positive label; {member.name} answers {member.task}.")
    missing = [group for group in groups if group not in items.slices]
    if missing:
        raise InputError(f"{member.name} has no slice {missing[0]!r}; it has {', '.join(items.slices) or 'none'}.")
    margin, harmless = member.ranking(POSITIVE), _truth(member, items) == 0
    if not harmless.any():
        raise InputError(f"No item of {member.name} is labelled {member.labels[0]}: there is no false positive rate.")
    rate = float((margin[harmless] > 0).mean())
    harmless_margins = {group: margin[harmless & items.slices[group]] for group in groups}
    return GroupThresholds(
        cuts={group: _cut(scores, rate) for group, scores in harmless_margins.items() if len(scores) >= MIN_CLASS},
        rate=rate,
        not_fitted={group: len(scores) for group, scores in harmless_margins.items() if len(scores) < MIN_CLASS},
    )


def _cut(scores: Vector, rate: float) -> float:
    """Return the cut that flags a share of these scores as near as possible to the rate, equal scores together."""
    negative, counts = np.unique(-scores, return_counts=True)
    ordered = -negative
    edges = np.concatenate([[ordered[0] + 1.0], (ordered[:-1] + ordered[1:]) / 2, [ordered[-1] - 1.0]])
    flagged = np.concatenate([[0], np.cumsum(counts)]) / len(scores)
    return float(edges[np.abs(flagged - rate).argmin()])


def _truth(member: Predictions, items: Items) -> Vector:
    """Return the human labels."""
    if items.truth is None:
        raise InputError(f"{member.name} has no human labels to fit anything on. Give a split with labels.")
    return items.truth


def _need_logits(member: Predictions) -> None:
    """Refuse anything but logits of classes."""
    if member.outputs != "logits":
        raise InputError(f"{member.name} holds {member.outputs}; temperature and thresholds per group need logits.")
