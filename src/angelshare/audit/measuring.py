"""From metrics to rows: every metric of a contrast, on all items and in slices, with what could not be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from angelshare.audit.contrasts import Contrast
from angelshare.audit.metrics import Mean, Metric, Share, Sides
from angelshare.audit.sample import Cut, Sample
from angelshare.core.arrays import Mask
from angelshare.core.estimate import ContrastName, Difference, Inference, Verdict
from angelshare.core.predictions import labelled
from angelshare.stats.components import MIN_CLUSTERS
from angelshare.stats.inference import no_difference
from angelshare.stats.means import rests_on_few

MIN_SLICE = 20
ALL_VERDICTS: tuple[Verdict, ...] = ("lost", "preserved", "gained")
FEW_ITEMS = "few items for an unbounded error"
FEW_CLUSTERS = f"fewer than {MIN_CLUSTERS} clusters"


@dataclass(slots=True)
class Findings:
    """What has been measured so far."""

    differences: list[Difference] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gaps: dict[str, dict[str, None]] = field(default_factory=dict)

    def remark(self, sentence: str) -> None:
        """Keep a remark, once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def leave_out(self, what: str, why: str) -> None:
        """Keep what was not measured, with all else that was not for the same reason."""
        self.gaps.setdefault(why, {})[what] = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return all remarks, one for every reason why something was not measured."""
        gaps = [f"Not measured: {', '.join(things)}: {why}." for why, things in self.gaps.items()]
        return (*self.said, *gaps)


def measure_contrast(
    contrast: Contrast, data: str, metrics: Sequence[Metric], found: Findings, *, asked: frozenset[str] = frozenset()
) -> None:
    """Add the rows of one contrast: of every metric on all labelled items, and of some in every slice.

    Args:
        contrast: on all items of the set.
        data: its name.
        metrics: what to measure.
        found: where rows and remarks go.
        asked: metrics to measure in slices too, beyond those that always are.
    """
    truth = contrast.left[0].truth
    known = np.ones(len(contrast.left[0]), dtype=np.bool_) if truth is None else labelled(truth)
    sample = Sample.of(contrast if known.all() else contrast.take(known))
    n_clusters = _n_clusters(sample)
    if n_clusters == 1:
        found.remark("All items are of one cluster, from which nothing follows for others: nothing is measured.")
        return
    if n_clusters is not None:
        found.remark(f"Items come in {n_clusters:,} clusters: the intervals count clusters, not items.")
    wanted = any(metric.in_slices or metric.name in asked for metric in metrics)
    slices = usable_slices(sample, found) if wanted else {}
    for metric in metrics:
        _measure(metric, sample, data, None, found)
    sliced = [metric for metric in metrics if metric.in_slices or metric.name in asked]
    for name, mask in slices.items() if sliced else ():
        cut = sample.cut(mask)
        for metric in sliced:
            _measure(metric, cut.here, data, name, found)
            if contrast.name == "student-teacher" and metric.target is None:
                _measure_excess(metric, cut, data, name, found)


def usable_slices(sample: Sample, found: Findings) -> Mapping[str, Mask]:
    """Return the slices that hold some of the items and not all of them; the others are remarked."""
    kept = {}
    for name, mask in sample.contrast.left[0].slices.items():
        n = int(mask.sum())
        if n == len(mask):
            found.remark(f"Slice {name} is not measured: it holds all {n:,} labelled items.")
        elif n < MIN_SLICE:
            found.remark(f"Slice {name} is not measured: {n} labelled items, at least {MIN_SLICE} are needed.")
        else:
            kept[name] = mask
    return kept


def _measure(metric: Metric, sample: Sample, data: str, slice_name: str | None, found: Findings) -> None:
    """Add one row, or the remark why there is none."""
    problem = _problem(metric, sample)
    if problem is not None:
        found.leave_out(_where(metric, sample, slice_name), problem)
        return
    of = metric.population(sample)
    inference = no_difference(len(of), n_seeds=_n_seeds(of)) if sample.contrast.identical else metric.difference(of)
    right = metric.right(of) if isinstance(metric, Mean) and metric.target is not None else None
    found.differences.append(
        _row(metric, of, metric.values(of), inference, data=data, slice_name=slice_name, right_inference=right)
    )


def _measure_excess(metric: Metric, cut: Cut, data: str, slice_name: str, found: Findings) -> None:
    """Add the row that says whether a slice loses more than all other items, where both can be measured."""
    if _problem(metric, cut.here) is not None:
        return  # the slice itself is not measured, which has been said
    why = _problem(metric, cut.rest)
    if why is not None or len(cut.rest) < MIN_SLICE:
        why = why or f"{len(cut.rest)} labelled items, at least {MIN_SLICE} are needed"
        found.leave_out(f"{_where(metric, cut.here, slice_name)} against the other items", f"of the others: {why}")
        return
    of = _population(metric, cut)
    identical = cut.whole.contrast.identical
    inference = no_difference(len(of.whole), n_seeds=_n_seeds(of.whole)) if identical else metric.excess(of)
    here, rest = (left - right for left, right in (metric.values(side) for side in (of.here, of.rest)))
    row = _row(metric, of.whole, (here, rest), inference, data=data, slice_name=slice_name, contrast="slice-rest")
    found.differences.append(row)


def _population(metric: Metric, cut: Cut) -> Cut:
    """Return the cut of the items that a metric is about."""
    of = metric.population(cut.whole)
    return cut if of is cut.whole else of.cut(cut.in_slice[np.searchsorted(cut.whole.items, of.items)])


def _problem(metric: Metric, sample: Sample) -> str | None:
    """Return why a metric cannot be measured on these items; None if it can."""
    problem = metric.problem(sample)
    if problem is None and _n_clusters(metric.population(sample)) == 1:
        return "all of its items are of one cluster"
    return problem


def _row(
    metric: Metric,
    sample: Sample,
    values: Sides,
    inference: Inference,
    *,
    data: str,
    slice_name: str | None,
    contrast: ContrastName | None = None,
    right_inference: Inference | None = None,
) -> Difference:
    """Return one row; `values` are the metric of every member on the left, and on the right."""
    left, right = values
    of, withheld = sample.contrast, _withheld(metric, sample)
    return Difference(
        metric=metric.name,
        data=data,
        contrast=contrast or of.name,
        student=of.student,
        left=tuple(member.name for member in of.left),
        right=tuple(member.name for member in of.right),
        left_value=float(left.mean()),
        right_value=float(right.mean()),
        values_by_seed=tuple((left - right).tolist()),
        inference=inference,
        kind=of.kind,
        direction=metric.direction,
        slice=slice_name,
        output=None if metric.label is None else of.left[0].labels[metric.label],
        target=metric.target,
        identical=of.identical,
        right_inference=right_inference,
        withheld=tuple(dict.fromkeys(verdict for verdicts in withheld.values() for verdict in verdicts)),
        remarks=tuple(withheld),
    )


def _withheld(metric: Metric, sample: Sample) -> dict[str, tuple[Verdict, ...]]:
    """Return why these items cannot carry which verdicts.

    A bound on the share of discordant items serves where clusters are few; what is no share has none.
    """
    if sample.contrast.identical:
        return {}
    found: dict[str, tuple[Verdict, ...]] = {}
    n_clusters = _n_clusters(sample)
    if n_clusters is not None and n_clusters < MIN_CLUSTERS:
        found[FEW_CLUSTERS] = ("lost", "gained") if isinstance(metric, Share) else ALL_VERDICTS
    if isinstance(metric, Mean) and not metric.is_bounded and rests_on_few(metric.differences(sample)):
        found[FEW_ITEMS] = ("preserved",)
    return found


def _n_clusters(sample: Sample) -> int | None:
    """Return how many clusters the items come in; None where they are independent."""
    codes = sample.design.clusters
    return None if codes is None else int(np.count_nonzero(np.bincount(codes)))


def _n_seeds(sample: Sample) -> int:
    """Return the members on the left."""
    return len(sample.contrast.left)


def _where(metric: Metric, sample: Sample, slice_name: str | None) -> str:
    """Return what is measured, for a remark."""
    label = "" if metric.label is None else f" of {sample.contrast.left[0].labels[metric.label]}"
    return f"{metric.name}{label}" + ("" if slice_name is None else f" in slice {slice_name}")
