"""Originals and their partners: the same item perturbed, restyled, or edited until its label changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from angelshare.core.arrays import Array, Labels, Mask, Vector
from angelshare.core.items import labelled
from angelshare.core.predictions import Predictions

ORIGINAL = "original"
BASE = "base"


@dataclass(frozen=True, slots=True, eq=False)
class Partners:
    """Every partner beside its original.

    Attributes:
        original, partner: (m,) positions of the two.
        variant: (m,) names of the partners' variants; "" where the data do not say.
        remarks: sentences on what was left out.
    """

    original: Labels
    partner: Labels
    variant: Array
    remarks: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of partners."""
        return len(self.partner)

    @classmethod
    def from_pairs(cls, pairs: Array, variants: Array) -> "Partners":
        """Return the partners among n items: every pair has one original and at least one partner.

        Args:
            pairs: the same for an original and its partners; "" for an item in no pair.
            variants: `original`, anything that begins with `base`, or "" for the original.
        """
        named = np.flatnonzero(pairs != "")
        names, codes = np.unique(pairs[named], return_inverse=True)
        first = is_original(variants[named])
        n_originals, sizes = np.bincount(codes[first], minlength=len(names)), np.bincount(codes, minlength=len(names))
        whole = (n_originals == 1) & (sizes > 1)
        original_of = np.zeros(len(names), dtype=np.int64)
        original_of[codes[first]] = named[first]
        kept = whole[codes] & ~first
        said = _left_out(sizes, n_originals, n_alone=len(pairs) - len(named))
        return cls(original_of[codes[kept]], named[kept], variants[named[kept]], said)

    def take(self, mask: Mask) -> "Partners":
        """Return some of the partners."""
        return Partners(self.original[mask], self.partner[mask], self.variant[mask], ())

    def same_label(self, truth: Array) -> tuple[Mask, Mask]:
        """Return (m,) which partners have their original's label, and which another; unlabelled ones are neither."""
        known = labelled(truth)
        both = known[self.original] & known[self.partner]
        same = truth[self.original] == truth[self.partner]
        return both & same, both & ~same


@dataclass(frozen=True, slots=True)
class Flipped:
    """A member -> (m,) 1 where its decision on the partner differs from that on the original."""

    partners: Partners

    def __call__(self, member: Predictions) -> Vector:
        """Return 0 or 1 for every partner."""
        decisions = member.decisions()
        return np.asarray(decisions[self.partners.original] != decisions[self.partners.partner], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Missed:
    """A member -> (m,) 1 where its decision on the partner is that on the original."""

    partners: Partners

    def __call__(self, member: Predictions) -> Vector:
        """Return 0 or 1 for every partner."""
        return 1.0 - Flipped(self.partners)(member)


@dataclass(frozen=True, slots=True)
class BothRight:
    """A member -> (m,) 1 where it gets both partner and original right."""

    partners: Partners
    truth: Labels

    def __call__(self, member: Predictions) -> Vector:
        """Return 0 or 1 for every partner."""
        right = member.decisions() == self.truth
        return np.asarray(right[self.partners.original] & right[self.partners.partner], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FlippedCopy:
    """A member -> (m,) 1 where its decision on a changed copy differs from that on the item.

    Attributes:
        at: (m,) positions of the items.
        copies: a member -> its answers to the copies, in the same order.
    """

    at: Labels
    copies: Mapping[Predictions, Predictions]

    def __call__(self, member: Predictions) -> Vector:
        """Return 0 or 1 for every copy."""
        return np.asarray(member.decisions()[self.at] != self.copies[member].decisions(), dtype=np.float64)


def is_original(variants: Array) -> Mask:
    """Return (n,) which variants are originals: `original`, a blank, and whatever begins with `base`."""
    names, codes = np.unique(variants, return_inverse=True)
    first = [name == "" or name.lower() == ORIGINAL or name.lower().startswith(BASE) for name in names.tolist()]
    return np.asarray(np.array(first, dtype=np.bool_)[codes])


def _left_out(sizes: Labels, n_originals: Labels, *, n_alone: int) -> tuple[str, ...]:
    """Return how many pairs, and how many items, have no partners to compare, in sentences."""
    several = sizes > 1
    faults = {
        "have a single item": int((~several).sum()),
        "have no original (a variant called `original` or `base...`, or blank)": int(
            (several & (n_originals == 0)).sum()
        ),
        "have more than one original": int((several & (n_originals > 1)).sum()),
    }
    said = tuple(f"{n:,} of {len(sizes):,} pairs {what} and are left out." for what, n in faults.items() if n)
    return (*said, f"{n_alone:,} items are in no pair.") if n_alone else said
