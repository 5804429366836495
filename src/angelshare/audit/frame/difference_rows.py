"""Rows of audits, and which verdicts their items cannot carry."""

import math
from collections.abc import Mapping

from angelshare.audit.frame.contrasts import Contrast, M
from angelshare.core.arrays import Vector
from angelshare.core.estimate import ContrastName, Difference, Inference, Verdict
from angelshare.core.metric import MetricFacts
from angelshare.stats.components import MIN_CLUSTERS

ALL_VERDICTS: tuple[Verdict, ...] = ("lost", "preserved", "gained")
FEW_CLUSTERS = f"fewer than {MIN_CLUSTERS} clusters"
Withheld = dict[str, tuple[Verdict, ...]]
"""Why items cannot carry verdicts -> which."""


def difference_row(
    contrast: Contrast[M],
    values: tuple[Vector, Vector],
    inference: Inference,
    *,
    facts: MetricFacts,
    data: str,
    slice_name: str | None,
    withheld: Withheld,
    hidden: float,
    name: ContrastName | None = None,
    output: str | None = None,
    right_inference: Inference | None = None,
) -> Difference:
    """Return one row of a contrast.

    `facts` are the metric's; `values`, what it is of every member on the left, and on the right, of a log ratio the
    logarithms; `withheld` says why the items cannot carry which verdicts; `hidden`, how much clusters or heavy items
    that were not sampled could hide; `name` is that of the row's contrast, where it is not its members'. All else is as
    in `Difference`.
    """
    left, right = values
    # the sides of slice-rest are log ratios themselves
    value = math.exp if facts.scale == "log_ratio" and name != "slice-rest" else float
    return Difference(
        metric=facts.name,
        data=data,
        contrast=name or contrast.name,
        student=contrast.student,
        left=tuple(member.name for member in contrast.left),
        right=tuple(member.name for member in contrast.right),
        left_value=value(left.mean()),
        right_value=value(right.mean()),
        values_by_seed=tuple((left - right).tolist()),
        inference=inference,
        kind=contrast.kind,
        direction=facts.direction,
        scale=facts.scale,
        slice=slice_name,
        output=output,
        target=facts.target,
        identical=contrast.identical,
        right_inference=right_inference,
        withheld=all_of(withheld),
        remarks=tuple(withheld),
        least_margin=hidden,
    )


def few_clusters(n_clusters: int | None, *, is_share: bool = False) -> Withheld:
    """Return the verdicts that this number of clusters cannot carry; None: items are independent.

    Where clusters are few, a bound on the share of discordant items serves; other statistics have no such bound.
    """
    if n_clusters is None or n_clusters >= MIN_CLUSTERS:
        return {}
    return {FEW_CLUSTERS: ("lost", "gained") if is_share else ALL_VERDICTS}


def all_of(withheld: Mapping[str, tuple[Verdict, ...]]) -> tuple[Verdict, ...]:
    """Return every verdict that is withheld for any reason, once."""
    return tuple(dict.fromkeys(verdict for verdicts in withheld.values() for verdict in verdicts))
