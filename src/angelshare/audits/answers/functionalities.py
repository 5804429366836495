"""Functionalities of a suite in which a student does worse than its teacher: which, how many, how certain."""

from collections.abc import Iterator, Sequence

import numpy as np

from angelshare.audits.answers.quality_metrics import correct, truth_of
from angelshare.audits.frame.contrasts import Contrast
from angelshare.core.arrays import Labels, Scores, Vector
from angelshare.core.audit import Table
from angelshare.core.estimate import Difference, Estimate, Interval
from angelshare.core.items import Items
from angelshare.core.metric import COUNT, MetricFacts
from angelshare.core.predictions import Predictions
from angelshare.stats.components import Design

N_DRAWS = 2_000
SEED = 2021
"""Fixed, so that a statement made again has the same intervals."""
EQUAL = 1e-12
METHOD = f"percentile interval, templates drawn within functionalities, {N_DRAWS:,} draws"
COUNTS = tuple(
    MetricFacts(
        f"n_functionalities_{name}",
        f"functionalities in which the student {does}",
        f"The number of functionalities in which the student {does}.",
        unit=COUNT,
    )
    for name, does in (("lower", "does worse"), ("equal", "equals its teacher"), ("higher", "does better"))
)
COLUMNS = (
    *("student", "functionality", "n", "n_templates", "positives"),
    *("teacher_accuracy", "student_accuracy", "delta", "low", "high"),
)


def functionality_table(contrasts: Sequence[Contrast], rows: Sequence[Difference], level: float) -> Table:
    """Return a row for every student and functionality; `low` and `high` where the difference has an interval.

    Args:
        contrasts: of students with their teacher, on the cases that name a functionality.
        rows: the differences in slices `functionality=NAME`.
        level: of the intervals.
    """
    measured = {(row.student, row.slice): row for row in rows if row.contrast == "student-teacher"}
    table = []
    for contrast in contrasts:
        names, codes = np.unique(contrast.items.columns["functionality"], return_inverse=True)
        design = Design.from_codes(contrast.items.clusters, contrast.items.weights)
        units = np.arange(len(codes)) if design.clusters is None else design.clusters
        student, teacher = (_accuracy(side, contrast.items, codes, design) for side in (contrast.left, contrast.right))
        positives = _means((truth_of(contrast.items) == 1)[None], codes, design)[0]
        for code, name in enumerate(names.tolist()):
            row = measured.get((contrast.student, f"functionality={name}"))
            ends = None if row is None else row.inference.interval(level)
            items = codes == code
            counts = int(items.sum()), len(np.unique(units[items]))
            values = float(teacher[code]), float(student[code]), float(student[code] - teacher[code])
            interval = (None, None) if ends is None else (ends.low, ends.high)
            table.append((contrast.student, name, *counts, float(positives[code]), *values, *interval))
    title = "Accuracy in every functionality; `positives` is the share of its cases that bear the positive label"
    return Table("functionalities", title, COLUMNS, tuple(table))


def functionality_counts(contrast: Contrast, data: str, level: float) -> Iterator[Estimate]:
    """Yield in how many functionalities the student scores lower than its teacher, equal, and higher.

    The interval comes from resampling templates (clusters; without any, cases) within each functionality. A cluster
    that spans several functionalities is drawn for all of them at once, among the clusters that span the same ones. A
    functionality of one template stays as it is. Seeds are not resampled: they are those that were trained.
    """
    names, codes = np.unique(contrast.items.columns["functionality"], return_inverse=True)
    design = Design.from_codes(contrast.items.clusters, contrast.items.weights)
    gains = np.mean(
        [correct(left, contrast.items) - correct(right, contrast.items) for left, right in contrast.pairs], axis=0
    )
    drawn = _drawn(gains, codes, design, np.random.default_rng(SEED))
    observed = _means(gains[None], codes, design)[0]
    models = tuple(dict.fromkeys(member.name for member in contrast.members))
    n_clusters = None if design.clusters is None else len(np.unique(design.clusters))
    for facts, sign in zip(COUNTS, (-1, 0, 1), strict=True):
        counts = (_signs(drawn) == sign).sum(axis=0)
        low, high = np.quantile(counts, ((1 - level) / 2, (1 + level) / 2), method="inverted_cdf")
        value = float((_signs(observed) == sign).sum())
        # counts over draws are skewed: the interval is widened to hold the observed count
        interval = Interval(min(float(low), value), max(float(high), value), level, METHOD)
        yield Estimate(
            facts.name,
            value,
            models,
            student=contrast.student,
            data=data,
            interval=interval,
            n=len(names),
            n_clusters=n_clusters,
        )


def _drawn(gains: Vector, codes: Labels, design: Design, rng: np.random.Generator) -> Scores:
    """Return (groups, draws) the mean gain of every functionality over clusters drawn with replacement."""
    n_groups = int(codes.max()) + 1
    units = np.arange(len(gains)) if design.clusters is None else np.unique(design.clusters, return_inverse=True)[1]
    weights = design.weights_of(np.arange(len(gains)))
    shape, cells = (n_groups, int(units.max()) + 1), codes * (units.max() + 1) + units
    gained, sizes = (
        np.bincount(cells, amounts, shape[0] * shape[1]).reshape(shape) for amounts in (weights * gains, weights)
    )
    # a stratum holds the units that span the same functionalities
    strata = np.unique(sizes > 0, axis=1, return_inverse=True)[1].ravel()
    summed, counted = np.zeros((2, n_groups, N_DRAWS))
    for stratum in range(int(strata.max()) + 1):
        members = np.flatnonzero(strata == stratum)
        times = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=N_DRAWS)
        there = np.flatnonzero(sizes[:, members[0]])  # the functionalities that these units span
        summed[there] += gained[np.ix_(there, members)] @ times.T
        counted[there] += sizes[np.ix_(there, members)] @ times.T
    return np.asarray(summed / counted)


def _signs(gains: Scores | Vector) -> Labels:
    """Return -1, 0 or 1; a difference within rounding errors is 0."""
    return np.asarray(np.where(np.abs(gains) < EQUAL, 0, np.sign(gains)), dtype=np.int64)


def _accuracy(side: Sequence[Predictions], items: Items, codes: Labels, design: Design) -> Vector:
    """Return (groups,) the accuracy, the mean over members."""
    return np.asarray(_means(np.array([correct(member, items) for member in side]), codes, design).mean(axis=0))


def _means(values: Scores, codes: Labels, design: Design) -> Scores:
    """Return (K, groups) the weighted means of (K, n) values."""
    weights = design.weights_of(np.arange(len(codes)))
    sums = np.array([np.bincount(codes, weights * row) for row in values])
    return np.asarray(sums / np.bincount(codes, weights))
