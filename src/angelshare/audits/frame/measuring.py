"""From metrics to rows: every metric of a contrast, on all items and in slices, and what could not be measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from angelshare.audits.frame.contrasts import Contrast, M, Pairing
from angelshare.audits.frame.difference_rows import ALL_VERDICTS, Withheld, all_of, difference_row, few_clusters
from angelshare.audits.frame.metric_kinds import Mean, Metric, Share, Sides
from angelshare.audits.frame.nonlinear_kinds import Correlated
from angelshare.audits.frame.sample import Cut, Sample
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
    """The results of an audit so far: rows, remarks, warnings, and rows that could not be measured."""

    differences: list[Difference] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @classmethod
    def about(cls, pairing: Pairing[M], *remarks: str) -> "Findings":
        """Return findings that hold the remarks and warnings of the pairing, and these remarks."""
        return cls(said=[*pairing.remarks, *remarks], warnings=list(pairing.warnings))

    def remark(self, sentence: str) -> None:
        """Add a remark, unless it has been made."""
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
        """Note a row that was not measured; `why` is the end of a sentence."""
        output = metric.output(contrast)
        gap = Gap(metric.name, data, contrast.student, name or contrast.name, slice_name, output, why)
        self.gaps.append(gap)

    def result(
        self, audit: Audit[Any], *, estimates: Iterable[Estimate] = (), tables: Iterable[Table] = ()
    ) -> AuditResult:
        """Return the result of an audit that has these estimates and tables besides."""
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
        """Return all remarks; the rows that were not measured are grouped by reason."""
        by_reason: dict[str, dict[str, None]] = {}
        for gap in self.gaps:
            by_reason.setdefault(gap.why, {})[_in_words(gap)] = None
        return (*self.said, *(f"Not measured: {', '.join(what)}: {why}." for why, what in by_reason.items()))


def measure_contrast(
    contrast: Contrast[M],
    data: str,
    metrics: Sequence[Metric[M]],
    findings: Findings,
    *,
    asked: frozenset[str] = frozenset(),
) -> None:
    """Add the rows of one contrast: of every metric on all items that count, and of some in every slice.

    Args:
        contrast: on all items of the set.
        data: its name.
        metrics: what to measure.
        findings: to which rows and remarks are added.
        asked: metrics to measure in slices in addition to those that always are.
    """
    sample = countable(contrast, findings)
    if sample is None:
        return
    wanted = any(metric.in_slices or metric.name in asked for metric in metrics)
    slices = usable_slices(sample, findings) if wanted else {}
    for metric in metrics:
        _measure(metric, sample, data, None, findings)
    sliced = [metric for metric in metrics if metric.in_slices or metric.name in asked]
    for name, mask in slices.items() if sliced else ():
        cut = sample.cut(mask)
        for metric in sliced:
            _measure(metric, cut.here, data, name, findings)
            if contrast.name == "student-teacher" and metric.facts.target is None:
                _measure_excess(metric, cut, data, name, findings)


def countable(contrast: Contrast[M], findings: Findings) -> Sample[M] | None:
    """Return the items with a human label and a weight above 0; None if nothing can be measured on them."""
    known = counted(contrast.items, findings)
    if not known.any():
        return None
    sample = Sample.from_contrast(contrast if known.all() else contrast.take(known))
    n_clusters = _n_clusters(sample)
    if n_clusters == 1:
        findings.remark("All items are of one cluster, from which nothing follows for others: nothing is measured.")
        return None
    if n_clusters is not None:
        findings.remark(f"Items come in {n_clusters:,} clusters: the intervals count clusters, not items.")
    return sample


def usable_slices(sample: Sample[M], findings: Findings) -> Mapping[str, Mask]:
    """Return the slices with enough items, but not all of them; the others get a remark."""
    kept, called = {}, _items_of(sample)
    for name, mask in sample.contrast.items.slices.items():
        n = int(mask.sum())
        if n == len(mask):
            findings.remark(f"Slice {name} is not measured: it holds all {n:,} {called}.")
        elif n < MIN_SLICE:
            findings.remark(f"Slice {name} is not measured: {n} {called}, at least {MIN_SLICE} are needed.")
        else:
            kept[name] = mask
    return kept


def _items_of(sample: Sample[M]) -> str:
    """Return what to call the items: likelihoods need no labels."""
    return "items" if sample.contrast.items.truth is None else "labelled items"


def counted(items: Items, findings: Findings) -> Mask:
    """Return the mask of the items with a human label and a weight above 0; the weightless get a remark."""
    truth, weights = items.truth, items.weights
    known = np.ones(len(items), dtype=np.bool_) if truth is None else labelled(truth)
    if weights is None:
        return known
    # next to the heaviest so small a weight is 0, and dividing by it overflows
    counts = weights > NEGLIGIBLE * weights.max()
    if not counts[known].all():
        findings.remark(f"{int((~counts[known]).sum()):,} items of weight 0, or next to it, do not count.")
    return np.asarray(known & counts)


def _measure(metric: Metric[M], sample: Sample[M], data: str, slice_name: str | None, findings: Findings) -> None:
    """Add one row, or the reason why there is none."""
    problem = _problem(metric, sample)
    if problem is not None:
        findings.leave_out(metric, sample.contrast, data, slice_name, problem)
        return
    kept = metric.population(sample)
    inference = _no_difference(kept) if sample.contrast.identical else metric.difference(kept)
    right = metric.right(kept) if isinstance(metric, Mean) and metric.facts.target is not None else None
    findings.differences.append(
        _row(metric, kept, metric.values(kept), inference, data=data, slice_name=slice_name, right_inference=right)
    )


def _measure_excess(metric: Metric[M], cut: Cut[M], data: str, slice_name: str, findings: Findings) -> None:
    """Add the row that says whether a slice loses more than all other items, where both can be measured."""
    contrast, why = cut.whole.contrast, _problem_of_excess(metric, cut)
    if why is not None:
        findings.leave_out(metric, contrast, data, slice_name, why, name="slice-rest")
        return
    about = _population(metric, cut)
    inference = _no_difference(about.whole) if contrast.identical else metric.excess(about)
    here, rest = (left - right for left, right in (metric.values(side) for side in (about.here, about.rest)))
    row = _row(metric, about.whole, (here, rest), inference, data=data, slice_name=slice_name, contrast="slice-rest")
    withheld = {**_withheld(metric, about.here), **_withheld(metric, about.rest)}
    hidden = max(_hidden(metric, side) for side in (about.here, about.rest))
    findings.differences.append(replace(row, withheld=all_of(withheld), remarks=tuple(withheld), least_margin=hidden))


def _population(metric: Metric[M], cut: Cut[M]) -> Cut[M]:
    """Return the cut, on the items that a metric is about."""
    population = metric.population(cut.whole)
    if population is cut.whole:
        return cut
    return population.cut(cut.in_slice[np.searchsorted(cut.whole.items, population.items)])


def _problem_of_excess(metric: Metric[M], cut: Cut[M]) -> str | None:
    """Return why a slice cannot be held against all other items; None if it can."""
    why = _problem(metric, cut.here)
    if why is not None:
        return why
    if len(cut.rest) < MIN_SLICE:
        return f"the others are {len(cut.rest)} {_items_of(cut.whole)}, at least {MIN_SLICE} are needed"
    of_others = _problem(metric, cut.rest)
    return None if of_others is None else f"of the others: {of_others}"


def _problem(metric: Metric[M], sample: Sample[M]) -> str | None:
    """Return why a metric cannot be measured on these items, as the end of a sentence; None if it can."""
    problem = metric.problem(sample)
    if problem is not None:
        return problem
    population = metric.population(sample)
    if not has_variance(metric.once(population), population.design):
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
    """Return one row; `values` holds the metric of every member on the left, and on the right."""
    return difference_row(
        sample.contrast,
        values,
        inference,
        facts=metric.facts,
        data=data,
        slice_name=slice_name,
        name=contrast,
        output=metric.output(sample.contrast),
        right_inference=right_inference,
        withheld=_withheld(metric, sample),
        hidden=_hidden(metric, sample),
    )


def _hidden(metric: Metric[M], sample: Sample[M]) -> float:
    """Return the most that clusters or heavy items outside the sample could hide."""
    return 0.0 if sample.contrast.identical else hidden_by_units(metric.once(sample), sample.design)


def _withheld(metric: Metric[M], sample: Sample[M]) -> Withheld:
    """Return the verdicts that these items cannot support, by reason."""
    if sample.contrast.identical:
        return {}
    withheld = few_clusters(_n_clusters(sample), is_share=isinstance(metric, Share))
    if not metric.is_bounded:
        contributions = metric.once(sample).parts[0].values
        if rests_on_few(contributions, sample.design):
            withheld[FEW_ITEMS] = ("preserved",)
        if isinstance(metric, Correlated) and largest_share(contributions, sample.design) > CARRIED:
            withheld[CARRIED_BY_ONE] = ALL_VERDICTS
    return withheld


def _n_clusters(sample: Sample[M]) -> int | None:
    """Return the number of the items' clusters; None if items are independent."""
    codes = sample.design.clusters
    return None if codes is None else int(np.count_nonzero(np.bincount(codes)))


def _no_difference(sample: Sample[M]) -> Inference:
    """Return the inference between two sides that are one model."""
    return no_difference(len(sample), n_seeds=len(sample.contrast.left))


def _in_words(gap: Gap) -> str:
    """Return the name of a row that was not measured."""
    label = "" if gap.output is None else f" of {gap.output}"
    place = "" if gap.slice is None else f" in slice {gap.slice}"
    against = " against the other items" if gap.contrast == "slice-rest" else ""
    return f"{gap.metric}{label}{place}{against}"
