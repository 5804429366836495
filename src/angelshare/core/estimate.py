"""Estimates, differences between models, and the verdict on a difference."""

from dataclasses import dataclass
from typing import Literal, Protocol

Verdict = Literal["lost", "preserved", "gained", "undecided"]
Direction = Literal["higher", "lower", "target", "none"]
ContrastName = Literal[
    "student-teacher",
    "student-baseline",
    "baseline-teacher",
    "teacher-teacher",
    "slice-rest",
    "new-old",
    "mitigated-plain",
    "interaction",
]
InferenceKind = Literal["this_model", "recipe"]
Scale = Literal["difference", "log_ratio"]
ENOUGH_SEEDS = 5
"""Seeds of a recipe: of fewer, the spread is poorly known."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval.

    Attributes:
        low: lower end.
        high: upper end.
        level: nominal coverage, such as 0.95.
        method: how it was computed, in words.
    """

    low: float
    high: float
    level: float
    method: str


class Inference(Protocol):
    """What the data say about one number: its interval and its p-value invert the same test.

    Attributes:
        value: the point estimate.
        se: its standard error.
        df: degrees of freedom of the reference distribution (inf: normal).
        n: number of items.
        n_clusters: number of independent clusters; None: items are independent.
        n_seeds: number of members whose spread entered the standard error.
        item_variance: variance of one item's contribution, so that se^2 = item_variance / n + seed_variance.
        seed_variance: the share of se^2 that more items cannot remove.
        method: the name of the test.
    """

    @property
    def value(self) -> float: ...
    @property
    def se(self) -> float: ...
    @property
    def df(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def n_clusters(self) -> int | None: ...
    @property
    def n_seeds(self) -> int: ...
    @property
    def item_variance(self) -> float: ...
    @property
    def seed_variance(self) -> float: ...
    @property
    def method(self) -> str: ...

    def interval(self, level: float = 0.95) -> Interval:
        """Return the two-sided interval of this coverage."""
        ...

    def p_value(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the true value is `null`."""
        ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure of one model, or of one pair of models, that is not a difference of a metric.

    Attributes:
        metric: such as `agreement`, `negative_flips`, `n_parameters`.
        value: the figure.
        se: its standard error; None where it is exact.
        interval: None where the figure is exact.
        models: the members it is about, such as ("mlp/0", "teacher/0").
        student: the population it is about.
        slice: the subset of items, None for all.
    """

    metric: str
    value: float
    models: tuple[str, ...]
    student: str | None = None
    data: str | None = None
    slice: str | None = None
    output: str | None = None
    se: float | None = None
    interval: Interval | None = None
    n: int | None = None
    n_clusters: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """left - right of one metric on the same items, with the inference behind it; no margin and no verdict yet.

    Attributes:
        metric, data, slice, output: what was measured where; `output` is one label where the metric is about one.
        contrast: which two roles are compared. `slice-rest`: whether the slice loses more than the other items; its
            two values are the student-teacher differences on the slice and on the rest. `mitigated-plain`: one role
            with and without mitigation. `interaction`: student-teacher with mitigation less the same without; its two
            values are these differences.
        student: the population that the row is about, by name.
        left, right: the members compared, such as ("mlp/0", "mlp/1") and ("teacher/0",).
        left_value, right_value: the metric of either side, the mean over its members.
        values_by_seed: the difference of each pair of members, in the order of `left`.
        inference: estimate, interval and p-value.
        kind: `this_model` (items are the sample) or `recipe` (seeds and items are).
        direction: whether more is better.
        target: the ideal value where direction is `target`.
        identical: the scores of both sides are equal, item by item: only then may a zero-width interval be judged.
        right_inference: of the right side's value, where direction is `target`: the verdict needs it.
        withheld: verdicts that these data cannot carry, whatever the interval says: `undecided` takes their place. Too
            few items of an unbounded error cannot show `preserved`, too few clusters neither `lost` nor `gained`.
        remarks: what a reader of the row must know, such as why verdicts are withheld.
        least_margin: the margin that `preserved` must exceed: unsampled clusters, or heavy items, could hide so much.
        few_seeds: `recipe` inference from fewer than five seeds.
    """

    metric: str
    data: str
    contrast: ContrastName
    student: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_value: float
    right_value: float
    values_by_seed: tuple[float, ...]
    inference: Inference
    kind: InferenceKind
    direction: Direction = "higher"
    slice: str | None = None
    output: str | None = None
    scale: Scale = "difference"
    target: float | None = None
    identical: bool = False
    right_inference: Inference | None = None
    withheld: tuple[Verdict, ...] = ()
    remarks: tuple[str, ...] = ()
    least_margin: float = 0.0

    @property
    def few_seeds(self) -> bool:
        """Whether the spread over seeds was estimated from fewer than five of them."""
        return self.kind == "recipe" and len(self.left) < ENOUGH_SEEDS


def judge(interval: Interval, margin: float, direction: Direction, *, identical: bool = False) -> Verdict | None:
    """Return the verdict that an interval of left - right gives against a margin.

    With higher better and margin m > 0: *lost*, the whole interval is below -m; *gained*, the whole interval is above
    +m; *preserved*, the whole interval is above -m and it is not gained; else *undecided*. For `lower` the sign is
    swapped. With m = 0: lost if high < 0, gained if low > 0, else undecided. A metric without direction has no verdict.

    Args:
        interval: of the difference.
        margin: how much worse is still acceptable, not negative.
        direction: whether more is better. `target` rows are judged on |left - target| - |right - target|, which is
            `lower`: pass that.
        identical: both sides gave equal scores; only then does a zero-width interval carry a verdict.

    Raises:
        ValueError: if the margin is negative or the direction is `target`.
    """
    if not margin >= 0:
        msg = f"A margin says how much worse is still acceptable, so it cannot be {margin}. Give a number >= 0."
        raise ValueError(msg)
    if direction == "target":
        msg = "A target row is judged on its distance from the target: pass that interval with direction 'lower'."
        raise ValueError(msg)
    if direction == "none":
        return None
    low, high = (interval.low, interval.high) if direction == "higher" else (-interval.high, -interval.low)
    if high - low <= 0 and not identical:
        return "undecided"
    if high < -margin:
        return "lost"
    if low > margin:
        return "gained"
    if margin > 0 and low > -margin:
        return "preserved"
    return "undecided"
