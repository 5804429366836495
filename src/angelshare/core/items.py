"""The items of a text set, whoever answers: ids, texts, human labels, slices, clusters, weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.errors import InputError, LabelError
from angelshare.core.text import TextBatch

UNLABELLED = -1
ITEM_COLUMNS = ("functionality", "template", "target", "identity", "pair", "variant")
"""The house's names for columns of suites: kept, as text, wherever they are."""
IDENTITIES = ("mentions_*", "identity*")
"""Default patterns of the slices that are identities."""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """The items of one text set.

    Attributes:
        source: their origin in errors, such as a member's or a data set's name.
        ids: (n,) text.
        texts: None where unknown.
        truth: None, or: binary and single_label (n,) class index, -1 where unlabelled; multi_label (n, labels) 0, 1 or
            nan; regression (n,) float, nan where unlabelled.
        slices: name -> (n,) mask.
        clusters: (n,) integer codes of dependent items, or None.
        weights: (n,) number of items of the population for which each stands, or None: all alike. Finite, not negative,
            and not all 0.
        columns: name of `ITEM_COLUMNS` -> (n,) texts, "" where missing.
        keys: (n,) content keys of the texts, where known.
    """

    source: str
    ids: Array
    texts: TextBatch | None = None
    truth: Array | None = None
    slices: Mapping[str, Mask] = field(default_factory=dict)
    clusters: Labels | None = None
    weights: Vector | None = None
    columns: Mapping[str, Array] = field(default_factory=dict)
    keys: Array | None = None

    def __post_init__(self) -> None:
        """Refuse what statistics must never see: no items, repeated ids, impossible weights."""
        _check_ids(self.source, self.ids)
        _check_weights(self.source, self.ids, self.weights)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def take(self, index: Array) -> "Items":
        """Return the items at these positions (or under this mask), in this order."""
        positions = np.arange(len(self))[index]
        return replace(
            self,
            ids=self.ids[positions],
            texts=None if self.texts is None else self.texts.take(positions.tolist()),
            truth=None if self.truth is None else self.truth[positions],
            slices={name: mask[positions] for name, mask in self.slices.items()},
            clusters=None if self.clusters is None else self.clusters[positions],
            weights=None if self.weights is None else self.weights[positions],
            columns={name: values[positions] for name, values in self.columns.items()},
            keys=None if self.keys is None else self.keys[positions],
        )


def _check_ids(source: str, ids: Array) -> None:
    """Check that there are items, each with an id of its own."""
    if len(ids) == 0:
        raise InputError(f"{source} has no items. Give at least one.")
    rising = bool((ids[1:] > ids[:-1]).all())
    if not rising and len(set(ids.tolist())) != len(ids):
        distinct, counts = np.unique(ids, return_counts=True)
        repeated = distinct[counts > 1]
        raise InputError(
            f"{source} repeats {len(repeated)} ids, the first {str(repeated[0])!r}, {counts.max()} times at most. "
            "Give every item an id of its own."
        )


def _check_weights(source: str, ids: Array, weights: Vector | None) -> None:
    """Check that weights are finite, not negative, and not all 0."""
    if weights is None:
        return
    bad = ~np.isfinite(weights) | (weights < 0)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(
            f"{source} has {int(bad.sum())} weights that are negative or not a number, the first under id "
            f"{str(ids[row])!r}: {weights[row]}. A weight says how many items one stands for: give 0 or more."
        )
    if len(weights) and not weights.any():
        raise InputError(
            f"All weights of {source} are 0, so that no item counts. Leave the weights out, or correct them."
        )


def n_labelled(truth: Array | None) -> int:
    """Return the number of items with a human label."""
    return 0 if truth is None else int(labelled(truth).sum())


def labelled(truth: Array) -> Mask:
    """Return the mask of the items with a human label (multi-label: with every label)."""
    known = ~np.isnan(truth) if truth.dtype.kind == "f" else truth != UNLABELLED
    return np.asarray(known if known.ndim == 1 else known.all(axis=1))


def any_label(truth: Array) -> Mask:
    """Return the mask of the items with a human label (multi-label: with any label)."""
    if truth.dtype.kind == "f":
        return np.asarray(~np.isnan(truth.reshape(len(truth), -1)).all(axis=1))
    return np.asarray(truth != UNLABELLED)


def label_indices(names: Sequence[str], labels: Sequence[str], *, where: str) -> Labels:
    """Return the class index of every label name.

    Raises:
        LabelError: if a name is not among the labels, with its row.
    """
    index = {label: i for i, label in enumerate(labels)}
    unknown = [(row, name) for row, name in enumerate(names) if name not in index]
    if unknown:
        row, name = unknown[0]
        msg = f"{where}, row {row + 1}: the label {name!r} is none of {list(labels)} (such rows: {len(unknown)})."
        raise LabelError(msg)
    return np.array([index[name] for name in names], dtype=np.int64)
