"""From metrics to rows: every metric of a contrast, on all items and in slices, with what could not be measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from angelshare.audit.frame.contrasts import Contrast, M, Pairing
from angelshare.audit.frame.difference_rows import ALL_VERDICTS, Withheld, all_of, difference_row, few_clusters
from angelshare.audit.frame.metric_kinds import Correlated, Mean, Metric, Share, Sides
from angelshare.audit.frame.sample import Cut, Sample
from angelshare.core.arrays import Mask
from angelshare.core.audit import Audit, AuditResult, Gap, Table
from angelshare.core.estimate import ContrastName, Difference, Estimate, Inference
from angelshare.core.items import Items, labelled
from angelshare.stats.components import has_variance
from angelshare.stats.floor import CARRIED, hidden_by_units, largest_share, rests_on_few
from angelshare.stats.inference import no_difference

MIN_SLICE = 20
NEGLIGIBLE = 1e-12
CARRIED_BY_ONE = "a single item carries the correlation"
FEW_ITEMS = "few items make up an unbounded error"


@dataclass(slots=True)
class Findings:
    """What has been measured so far."""

    differences: list[Difference] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @classmethod
    def about(cls, pairing: Pairing[M], *remarks: str) -> "Findings":
        """Return nothing measured yet, with what a reader must know of the pairing and these remarks."""
        return cls(said=[*pairing.remarks, *remarks], warnings=list(pairing.warnings))

    def remark(self, sentence: str) -> None:
        """Keep a remark, once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def leave_out(
        self,
        metric: Metric[M],
        contrast: Contrast[M],
        data: str,
        slice_name: str | None,
        why: str,
        *,
        name: ContrastName | None = None,
    ) -> None:
        """Keep a row that was not measured."""
        output = metric.output(contrast)
        gap = Gap(metric.name, data, contrast.student, name or contrast.name, slice_name, output, why)
        self.gaps.append(gap)

    def result(
        self, audit: Audit[Any], *, estimates: Iterable[Estimate] = (), tables: Iterable[Table] = ()
    ) -> AuditResult:
        """Return what an audit found, with its own estimates and tables."""
        return AuditResult(
            audit.name,
            audit.question,
            differences=tuple(self.differences),
            estimates=tuple(estimates),
            tables=tuple(tables),
            remarks=self.remarks,
            warnings=tuple(self.warnings),
            gaps=tuple(self.gaps),
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return all remarks, one for every reason why something was not measured."""
        by_reason: dict[str, dict[str, None]] = {}
        for gap in self.gaps:
            by_reason.setdefault(gap.why, {})[_in_words(gap)] = None
        return (*self.said, *(f"Not measured: {', '.join(what)}: {why}." for why, what in by_reason.items()))


def measure_contrast(
    contrast: Contrast[M],
    data: str,
    metrics: Sequence[Metric[M]],
    found: Findings,
    *,
    asked: frozenset[str] = frozenset(),
) -> None:
    """Add the rows of one contrast: of every metric on all labelled items, and of some in every slice.

    Args:
        contrast: on all items of the set.
        data: its name.
        metrics: what to measure.
        found: where rows and remarks go.
        asked: metrics to measure in slices too, beyond those that always are.
    """
    sample = countable(contrast, found)
    if sample is None:
        return
    wanted = any(metric.in_slices or metric.name in asked for metric in metrics)
    slices = usable_slices(sample, found) if wanted else {}
    for metric in metrics:
        _measure(metric, sample, data, None, found)
    sliced = [metric for metric in metrics if metric.in_slices or metric.name in asked]
    for name, mask in slices.items() if sliced else ():
        cut = sample.cut(mask)
        for metric in sliced:
            _measure(metric, cut.here, data, name, found)
            if contrast.name == "student-teacher" and metric.facts.target is None:
                _measure_excess(metric, cut, data, name, found)


def countable(contrast: Contrast[M], found: Findings) -> Sample[M] | None:
    """Return the items that carry a human label and a weight above 0; None where nothing follows from them."""
    known = counted(contrast.items, found)
    if not known.any():
        return None
    sample = Sample.of(contrast if known.all() else contrast.take(known))
    n_clusters = _n_clusters(sample)
    if n_clusters == 1:
        found.remark("All items are of one cluster, from which nothing follows for others: nothing is measured.")
        return None
    if n_clusters is not None:
        found.remark(f"Items come in {n_clusters:,} clusters: the intervals count clusters, not items.")
    return sample


def usable_slices(sample: Sample[M], found: Findings) -> Mapping[str, Mask]:
    """Return the slices that hold some of the items and not all of them; the others are remarked."""
    kept = {}
    for name, mask in sample.contrast.items.slices.items():
        n = int(mask.sum())
        if n == len(mask):
            found.remark(f"Slice {name} is not measured: it holds all {n:,} labelled items.")
        elif n < MIN_SLICE:
            found.remark(f"Slice {name} is not measured: {n} labelled items, at least {MIN_SLICE} are needed.")
        else:
            kept[name] = mask
    return kept


def counted(items: Items, found: Findings) -> Mask:
    """Return the mask of the items that carry a human label and a weight above 0."""
    truth, weights = items.truth, items.weights
    known = np.ones(len(items), dtype=np.bool_) if truth is None else labelled(truth)
    if weights is None:
        return known
    # beside the heaviest, so little is nothing, and divides by nothing
    counts = weights > NEGLIGIBLE * weights.max()
    if not counts[known].all():
        found.remark(f"{int((~counts[known]).sum()):,} items of weight 0, or next to it, do not count.")
    return np.asarray(known & counts)


def _measure(metric: Metric[M], sample: Sample[M], data: str, slice_name: str | None, found: Findings) -> None:
    """Add one row, or the remark why there is none."""
    problem = _problem(metric, sample)
    if problem is not None:
        found.leave_out(metric, sample.contrast, data, slice_name, problem)
        return
    of = metric.population(sample)
    inference = no_difference(len(of), n_seeds=_n_seeds(of)) if sample.contrast.identical else metric.difference(of)
    right = metric.right(of) if isinstance(metric, Mean) and metric.facts.target is not None else None
    found.differences.append(
        _row(metric, of, metric.values(of), inference, data=data, slice_name=slice_name, right_inference=right)
    )


def _measure_excess(metric: Metric[M], cut: Cut[M], data: str, slice_name: str, found: Findings) -> None:
    """Add the row that says whether a slice loses more than all other items, where both can be measured."""
    contrast, why = cut.whole.contrast, _problem(metric, cut.here)
    if why is None and len(cut.rest) < MIN_SLICE:
        why = f"the others are {len(cut.rest)} labelled items, at least {MIN_SLICE} are needed"
    if why is None and (of_rest := _problem(metric, cut.rest)) is not None:
        why = f"of the others: {of_rest}"
    if why is not None:
        found.leave_out(metric, contrast, data, slice_name, why, name="slice-rest")
        return
    of = _population(metric, cut)
    inference = no_difference(len(of.whole), n_seeds=_n_seeds(of.whole)) if contrast.identical else metric.excess(of)
    here, rest = (left - right for left, right in (metric.values(side) for side in (of.here, of.rest)))
    row = _row(metric, of.whole, (here, rest), inference, data=data, slice_name=slice_name, contrast="slice-rest")
    withheld = {**_withheld(metric, of.here), **_withheld(metric, of.rest)}
    hidden = max(_hidden(metric, side) for side in (of.here, of.rest))
    found.differences.append(replace(row, withheld=all_of(withheld), remarks=tuple(withheld), least_margin=hidden))


def _population(metric: Metric[M], cut: Cut[M]) -> Cut[M]:
    """Return the cut of the items that a metric is about."""
    of = metric.population(cut.whole)
    return cut if of is cut.whole else of.cut(cut.in_slice[np.searchsorted(cut.whole.items, of.items)])


def _problem(metric: Metric[M], sample: Sample[M]) -> str | None:
    """Return why a metric cannot be measured on these items; None if it can."""
    problem = metric.problem(sample)
    if problem is not None:
        return problem
    of = metric.population(sample)
    if not has_variance(metric.once(of), of.design):
        return "all its items, or all of one class, are of one cluster"
    return None


def _row(
    metric: Metric[M],
    sample: Sample[M],
    values: Sides,
    inference: Inference,
    *,
    data: str,
    slice_name: str | None,
    contrast: ContrastName | None = None,
    right_inference: Inference | None = None,
) -> Difference:
    """Return one row; `values` are the metric of every member on the left, and on the right."""
    of = sample.contrast
    return difference_row(
        of,
        values,
        inference,
        facts=metric.facts,
        data=data,
        slice_name=slice_name,
        name=contrast,
        output=metric.output(of),
        right_inference=right_inference,
        withheld=_withheld(metric, sample),
        hidden=_hidden(metric, sample),
    )


def _hidden(metric: Metric[M], sample: Sample[M]) -> float:
    """Return how much clusters or heavy items that were not sampled could hide."""
    return 0.0 if sample.contrast.identical else hidden_by_units(metric.once(sample), sample.design)


def _withheld(metric: Metric[M], sample: Sample[M]) -> Withheld:
    """Return why these items cannot carry which verdicts."""
    if sample.contrast.identical:
        return {}
    found = few_clusters(_n_clusters(sample), is_share=isinstance(metric, Share))
    if not metric.is_bounded:
        contributions = metric.once(sample).parts[0].values
        if rests_on_few(contributions, sample.design):
            found[FEW_ITEMS] = ("preserved",)
        if isinstance(metric, Correlated) and largest_share(contributions, sample.design) > CARRIED:
            found[CARRIED_BY_ONE] = ALL_VERDICTS
    return found


def _n_clusters(sample: Sample[M]) -> int | None:
    """Return how many clusters the items come in; None where they are independent."""
    codes = sample.design.clusters
    return None if codes is None else int(np.count_nonzero(np.bincount(codes)))


def _n_seeds(sample: Sample[M]) -> int:
    """Return the members on the left."""
    return len(sample.contrast.left)


def _in_words(gap: Gap) -> str:
    """Return what was not measured."""
    label = "" if gap.output is None else f" of {gap.output}"
    place = "" if gap.slice is None else f" in slice {gap.slice}"
    against = " against the other items" if gap.contrast == "slice-rest" else ""
    return f"{gap.metric}{label}{place}{against}"
