"""Both sides of a contrast on some items, as the arrays that statistics take."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Generic

import numpy as np
from typing_extensions import TypeVar

from angelshare.audits.frame.contrasts import Contrast, M
from angelshare.core.arrays import Array, Labels, Mask, Scores
from angelshare.core.items import Items
from angelshare.core.predictions import Predictions
from angelshare.stats.auc import dense_ranks
from angelshare.stats.components import Design, Linear

T = TypeVar("T")
PerItem = Callable[[M, Items], Array]
"""A member and all labelled items -> (n, ...) values, one for each item."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample(Generic[M]):
    """The labelled items that one row is about.

    Attributes:
        contrast: both sides, on all labelled items.
        items: (m,) positions of this sample's items among those.
        whole_design: of all labelled items.
        whole: values computed once, on all labelled items, for every sample of them.
        memo: values computed once, on these items, by name.
    """

    contrast: Contrast[M]
    items: Labels
    whole_design: Design
    whole: dict[Hashable, tuple[Array, Array]] = field(default_factory=dict)
    memo: dict[Hashable, Any] = field(default_factory=dict)  # Any: each name has its own type

    @classmethod
    def from_contrast(cls, contrast: Contrast[M]) -> "Sample[M]":
        """Return the sample of all items of a contrast."""
        items = contrast.items
        return cls(contrast, np.arange(len(items)), Design.from_codes(items.clusters, items.weights))

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    @property
    def is_whole(self) -> bool:
        """Whether these are all labelled items."""
        return len(self.items) == len(self.contrast.items)

    @property
    def truth(self) -> Array:
        """Return the human labels."""
        truth = self.contrast.items.truth
        assert truth is not None
        return truth if self.is_whole else truth[self.items]

    @property
    def design(self) -> Design:
        """Return how the items were drawn; clusters of one item each count as none."""
        design = self.whole_design if self.is_whole else self.whole_design.take(self.items)
        return design.without_singles()

    def take(self, index: Array) -> "Sample[M]":
        """Return the items at these positions of the sample (or under this mask)."""
        return replace(self, items=self.items[index], memo={})

    def cut(self, in_slice: Mask) -> "Cut[M]":
        """Return the sample cut in two: the items under the mask, and the others."""
        return Cut(self, in_slice, self.take(in_slice), self.take(~in_slice))

    def of_members(self, per_item: PerItem[M]) -> tuple[Scores, Scores]:
        """Return either side's (K, m, ...) values, from a function of a member and all labelled items."""
        if per_item not in self.whole:
            sides = (self.contrast.left, self.contrast.right)
            left, right = (np.array([per_item(member, self.contrast.items) for member in side]) for side in sides)
            self.whole[per_item] = left, right
        left, right = self.whole[per_item]
        return (left, right) if self.is_whole else (left[:, self.items], right[:, self.items])

    def rankings(self: "Sample[Predictions]", label: int) -> tuple[Labels, Labels]:
        """Return either side's (K, m) dense ranks by one label."""
        return self.of_members(_Ranks(label))

    def once(self, name: Hashable, compute: Callable[["Sample[M]"], T]) -> T:
        """Return a value computed from this sample, when it is first asked for under this name."""
        if name not in self.memo:
            self.memo[name] = compute(self)
        value: T = self.memo[name]
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Generic[M]):
    """A sample cut in two: a slice and all other items.

    Attributes:
        whole: the sample. in_slice: (n,) mask of its items.
        here, rest: the items under the mask, and the others.
    """

    whole: Sample[M]
    in_slice: Mask
    here: Sample[M]
    rest: Sample[M]

    def linear(self, statistic: Callable[[Sample[M]], Linear]) -> Linear:
        """Return a statistic on the slice less that on all other items, with the contributions of all of them."""
        n = len(self.whole)
        here = statistic(self.here).at(np.flatnonzero(self.in_slice), n)
        return here.minus(statistic(self.rest).at(np.flatnonzero(~self.in_slice), n))


@dataclass(frozen=True, slots=True)
class _Ranks:
    """A member -> the dense ranks of its scores for one label: sorted once, for all slices."""

    label: int

    def __call__(self, member: Predictions, _items: Items) -> Labels:
        return np.asarray(dense_ranks(member.ranking(self.label)), dtype=np.int32)
