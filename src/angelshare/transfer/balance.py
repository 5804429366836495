"""The choice of a transfer set's texts by the teacher's answers: drawn by content, in given proportions.

A balance says how many texts of each stratum may stay; within a stratum, those with the lowest content keys do. All of
them form one line in which every stretch holds the strata in about the same proportions. So any number cut from its
front is balanced too, and a smaller set is part of a larger one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Scores, Vector
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.items import UNLABELLED
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.data.identities.swaps import IDENTITY_TERMS, find_terms
from angelshare.data.texts.textset import Splits
from angelshare.transfer.spec import Balance, EvenGroups, EvenLabels, LabelShare, MatchLabels


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Texts to choose from, with the teacher's answers.

    Attributes:
        batch: n texts or pairs.
        logits: (n, labels) the teacher's logits.
        card: the card of the teacher, whose task is binary or single_label.
    """

    batch: TextBatch
    logits: Scores
    card: ModelCard

    def probability(self, label: str) -> Vector:
        """Return (n,) the teacher's probability of a label (float64)."""
        wide = self.logits.astype(np.float64)
        return np.asarray(np.exp(wide[:, self.card.labels.index(label)] - np.logaddexp.reduce(wide, axis=1)))

    def called(self, balance: LabelShare | EvenGroups) -> Mask:
        """Return the mask of texts that have the label at the threshold, according to the teacher.

        Raises:
            InputError: if the label is not one of the teacher's, or has to be named.
        """
        label, labels = balance.label, self.card.labels
        if label is None and self.card.task != "binary":
            raise InputError(
                f"A {self.card.task} teacher has no positive label: name the one that rebalance {balance.kind} is "
                f"about, one of {', '.join(labels)}."
            )
        label = labels[-1] if label is None else label
        if label not in labels:
            raise InputError(unknown_name("label to rebalance by", label, labels))
        return np.asarray(self.probability(label) >= balance.threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The number of texts of each stratum that may stay.

    Attributes:
        codes: (n,) the stratum of each text.
        n_kept: (strata,) the number of texts to keep.
    """

    codes: Labels
    n_kept: Labels


def draw(answered: Answered, balance: Balance | None, splits: Splits | None, *, size: int | None) -> Mask:
    """Return the mask of the texts that are kept.

    Args:
        answered: the texts to choose from.
        balance: the proportions; None: as they are.
        splits: the splits of the task, for human labels to match.
        size: the number of texts to keep; None: as many as the balance allows.

    Raises:
        InputError: if a label is not one of the teacher's, a class is empty, or fewer than `size` texts can be kept.
    """
    strata = Strata(np.zeros(len(answered.batch), dtype=np.int64), np.array([len(answered.batch)]))
    if balance is not None:
        strata = _strata(answered, balance, splits)
    line = _line(strata, answered.batch.keys())
    if size is not None and size > len(line):
        what = "are left" if balance is None else f"are left after rebalancing ({balance.kind})"
        raise InputError(f"size is {size:,}, but only {len(line):,} transfer texts {what}. Lower it, or add sources.")
    kept = np.zeros(len(answered.batch), dtype=np.bool_)
    kept[line[:size]] = True
    return kept


def _line(strata: Strata, keys: Sequence[str]) -> Labels:
    """Return the line of texts that may stay, by position: the r-th of k in its stratum stands at (r + 1/2) / k."""
    order = np.argsort(keys, kind="stable")
    order = order[np.argsort(strata.codes[order], kind="stable")]
    codes = strata.codes[order]
    rank = np.arange(len(order)) - np.searchsorted(codes, codes)
    stays = rank < strata.n_kept[codes]
    place = (rank[stays] + 0.5) / strata.n_kept[codes[stays]]
    return np.asarray(order[stays][np.argsort(place, kind="stable")])


def _strata(answered: Answered, balance: Balance, splits: Splits | None) -> Strata:
    """Return the strata of a balance."""
    match balance:
        case EvenLabels():
            _, codes = np.unique(answered.logits.argmax(axis=1), return_inverse=True)
            return _in_shares(codes, np.full(codes.max() + 1, 1 / (codes.max() + 1)))
        case LabelShare(share=share):
            called = answered.called(balance)
            _check_both(called, balance, answered.card)
            return _in_shares(called.astype(np.int64), np.array([1 - share, share]))
        case MatchLabels(split=split):
            return _in_shares(answered.logits.argmax(axis=1), _human_shares(answered, split, splits))
        case EvenGroups():
            return _in_groups(answered, balance)


def _in_shares(codes: Labels, shares: Vector) -> Strata:
    """Return strata with the given shares, as large as the scarcest stratum allows."""
    n_texts = np.bincount(codes, minlength=len(shares))
    wanted = shares > 0
    n_all = (n_texts[wanted] / shares[wanted]).min()
    return Strata(codes, np.minimum(np.floor(n_all * shares + 0.5).astype(np.int64), n_texts))


def _human_shares(answered: Answered, split: str, splits: Splits | None) -> Vector:
    """Return (labels,) the shares of human labels in a split.

    Raises:
        InputError: if it has no human labels, or the teacher never chooses one of them.
    """
    texts = None if splits is None else next((texts for role, texts in splits.roles.items() if role == split), None)
    truth = None if texts is None or texts.truth is None else texts.truth[texts.truth != UNLABELLED]
    if truth is None or not len(truth):
        raise InputError(f"The split {split} has no human labels whose distribution could be matched. Name another.")
    labels = answered.card.labels
    shares = np.bincount(truth, minlength=len(labels)) / len(truth)
    chosen = np.bincount(answered.logits.argmax(axis=1), minlength=len(labels))
    never = [label for label, share, n in zip(labels, shares, chosen, strict=True) if share > 0 and not n]
    if never:
        raise InputError(
            f"{answered.card.name} calls none of {len(answered.logits)} transfer texts {', '.join(never)}, but people "
            f"do in {split}, so the distribution cannot be matched. Add sources that have such texts."
        )
    return shares


def _in_groups(answered: Answered, balance: EvenGroups) -> Strata:
    """Return strata with the same share of the label in each group of texts that mention the same identities.

    Raises:
        InputError: if in each group all or none of the texts have the label.
    """
    called = answered.called(balance)
    _check_both(called, balance, answered.card)
    share = called.mean() if balance.share is None else balance.share
    groups = np.unique(mentions(answered.batch, balance.groups), axis=0, return_inverse=True)[1].reshape(-1)
    codes = 2 * groups + called
    n_texts = np.bincount(codes, minlength=2 * (groups.max() + 1)).reshape(-1, 2)
    shares = np.array([1 - share, share])
    if not (n_texts > 0).all(axis=1).any():
        raise InputError(
            f"In each of {len(n_texts)} groups of texts that mention the same identities, {answered.card.name} calls "
            f"all or none {balance.label or answered.card.labels[-1]} at the threshold {balance.threshold:g}, so they "
            "cannot be balanced. Move the threshold, name fewer groups, or add sources."
        )
    n_all = (n_texts / shares).min(axis=1, keepdims=True)
    return Strata(codes, np.minimum(np.floor(n_all * shares + 0.5).astype(np.int64), n_texts).reshape(-1))


def mentions(batch: TextBatch, names: Sequence[str] | None = None) -> Array:
    """Return (n, identities) masks of the texts that mention an identity in any form, in either half of a pair.

    Args:
        batch: the texts or pairs.
        names: the names of identity terms; None: all.

    Raises:
        InputError: for a name that is not an identity term.
    """
    known = {term.name: term for term in IDENTITY_TERMS}
    for name in names or ():
        if name not in known:
            raise InputError(unknown_name("identity", name, known))
    columns = {name: column for column, name in enumerate(names or known)}
    mentioned = np.zeros((len(batch), len(columns)), dtype=np.bool_)
    for half in (batch.texts, batch.pairs or ()):
        for row, text in enumerate(half):
            for mention in find_terms(text):
                if mention.term.name in columns:
                    mentioned[row, columns[mention.term.name]] = True
    return mentioned


def _check_both(called: Mask, balance: LabelShare | EvenGroups, card: ModelCard) -> None:
    """Refuse a threshold with no text on one of its sides."""
    if called.any() and not called.all():
        return
    which = "at or above" if not called.any() else "below"
    raise InputError(
        f"{card.name} gives none of {len(called)} transfer texts a probability of {balance.label or card.labels[-1]} "
        f"{which} the threshold {balance.threshold:g}, so they cannot be balanced. Move the threshold, or add sources."
    )
