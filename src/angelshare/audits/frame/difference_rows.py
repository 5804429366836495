"""Rows of audits, and the verdicts that their items cannot support."""

import math
from collections.abc import Mapping

from angelshare.audits.frame.contrasts import Contrast, M
from angelshare.core.arrays import Vector
from angelshare.core.estimate import ContrastName, Difference, Inference, Verdict
from angelshare.core.metric import MetricFacts
from angelshare.stats.components import MIN_CLUSTERS

ALL_VERDICTS: tuple[Verdict, ...] = ("lost", "preserved", "gained")
FEW_CLUSTERS = f"fewer than {MIN_CLUSTERS} clusters"
Withheld = dict[str, tuple[Verdict, ...]]
"""Reasons -> the verdicts that items cannot support."""


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

    `facts` are those of the metric; `values` holds it for every member on the left and on the right, for log ratios as
    logarithms; `withheld` gives the verdicts that the items cannot support, and why; `hidden`, the most that clusters
    or heavy items outside the sample could hide; `name`, the contrast's name where the row has another. All else is as
    in `Difference`.
    """
    left, right = values
    # both sides of slice-rest are log ratios already
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
    """Return the verdicts that this number of clusters cannot support; None means that items are independent.

    A share can be bounded by its discordant items even where clusters are few; other statistics have no such bound.
    """
    if n_clusters is None or n_clusters >= MIN_CLUSTERS:
        return {}
    return {FEW_CLUSTERS: ("lost", "gained") if is_share else ALL_VERDICTS}


def all_of(withheld: Mapping[str, tuple[Verdict, ...]]) -> tuple[Verdict, ...]:
    """Return the verdicts that are withheld for any reason, each once."""
    return tuple(dict.fromkeys(verdict for verdicts in withheld.values() for verdict in verdicts))
