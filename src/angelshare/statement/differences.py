"""A statement's rows from the differences of audits: margins, families, p-values, power, verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from angelshare.core.audit import AuditResult
from angelshare.core.errors import InputError
from angelshare.core.estimate import Difference, Inference, Verdict
from angelshare.statement.entries import interval_row
from angelshare.statement.gates import PRIMARY, UNTOLERATED, Gate, MarginSource, deciding_gate, lending_gate
from angelshare.statement.judging import gate_p_values, judged
from angelshare.statement.margins import default_margin
from angelshare.statement.schema import DifferenceRow
from angelshare.statement.target import DistanceLoss
from angelshare.stats.multiplicity import holm, simultaneous_level
from angelshare.stats.power import detectable_difference, n_needed

LEVEL = 0.95
DECISIVE: tuple[Verdict, ...] = ("lost", "preserved", "gained")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that decide margins and families.

    Attributes:
        margins: the recipe's, by metric.
        gates: without contradictions.
        earlier: gates of another statement: they only lend margins to rows that no gate serves.
    """

    margins: Mapping[str, float]
    gates: Sequence[Gate]
    earlier: Sequence[Gate] = ()

    def margin(self, difference: Difference) -> tuple[float, MarginSource | Literal["default"]]:
        """Return the margin and where it comes from: a gate's first, then the recipe's, then the default.

        See `lending_gate`. Between a student and its baseline nothing is "acceptable": the question is whether
        distillation helped at all, so the margin is 0 unless a gate says otherwise; mitigation is asked the same.
        """
        gate = lending_gate(difference, self.gates) or lending_gate(difference, self.earlier)
        if gate is not None:
            return gate.margin, gate.source
        if difference.contrast in UNTOLERATED:
            return 0.0, "default"
        if difference.metric in self.margins:
            return self.margins[difference.metric], "recipe"
        return (0.0 if difference.direction == "none" else default_margin(difference.metric)), "default"

    def family(self, difference: Difference, audit: str) -> str:
        """Return `primary` for rows that a gate names, else student, data and audit."""
        if deciding_gate(difference, self.gates) is not None:
            return PRIMARY
        return f"{difference.student}/{difference.data}/{audit}"


def difference_rows(results: Sequence[AuditResult], rules: Rules) -> list[tuple[DifferenceRow, ...]]:
    """Return the rows of every audit, with families over all of them.

    Raises:
        InputError: if a metric has no margin, or a row with a target has no target or no inference on its right side.
    """
    differences = [(result.name, d) for result in results for d in result.differences]
    families = [rules.family(d, audit) for audit, d in differences]
    sizes = Counter(families)
    rows = iter(
        _adjusted(
            [
                _difference_row(d, rules, family, sizes[family])
                for (_, d), family in zip(differences, families, strict=True)
            ]
        )
    )
    return [tuple(next(rows) for _ in result.differences) for result in results]


def _adjusted(rows: Sequence[DifferenceRow]) -> list[DifferenceRow]:
    """Return the rows with Holm's p-values, family by family."""
    adjusted = list(rows)
    for family in dict.fromkeys(row.family for row in rows):
        places = [i for i, row in enumerate(rows) if row.family == family]
        members = [rows[i] for i in places]
        is_gated = family == PRIMARY
        p_values = (
            gate_p_values(members, [row.margin for row in members]) if is_gated else holm([m.p_zero for m in members])
        )
        for i, p in zip(places, p_values, strict=True):
            adjusted[i] = rows[i].model_copy(update={"p_adjusted": p})
    return adjusted


@dataclass(frozen=True, slots=True)
class _Deciding:
    """The source of the verdict on a difference: its own inference, or that on the distance from its target."""

    difference: Difference

    @property
    def inference(self) -> Inference | DistanceLoss:
        """The inference with the deciding intervals."""
        difference = self.difference
        if difference.direction != "target":
            return difference.inference
        if difference.target is None or difference.right_inference is None:
            raise InputError(
                f"{difference.metric} is judged against a target value, and its audit gives none, or no inference on "
                "the right side's value. Give both."
            )
        return DistanceLoss(difference.right_inference, difference.inference, difference.target)

    def p_margin(self, margin: float) -> float:
        """Return the p-value of a loss of exactly the margin."""
        return self.inference.p_value(margin if self.difference.direction in ("lower", "target") else -margin)


def _difference_row(difference: Difference, rules: Rules, family: str, size: int) -> DifferenceRow:
    """Return a row with intervals, p-values, power and verdict, not yet adjusted for the others."""
    inference, (margin, source) = difference.inference, rules.margin(difference)
    deciding, has_target = _Deciding(difference), difference.direction == "target"
    interval = inference.interval(LEVEL)
    family_level = simultaneous_level(LEVEL, size)
    alpha = (1 - LEVEL) if family == PRIMARY else (1 - LEVEL) / size
    # the power of a test of a distance depends on the teacher's true value, which is unknown
    unknown = has_target or (inference.se == 0 and not difference.identical)
    row = DifferenceRow(
        metric=difference.metric,
        data=difference.data,
        slice=difference.slice,
        output=difference.output,
        contrast=difference.contrast,
        student=difference.student,
        left=difference.left,
        right=difference.right,
        inference=difference.kind,
        n=inference.n,
        n_clusters=inference.n_clusters,
        n_seeds=inference.n_seeds,
        left_value=difference.left_value,
        right_value=difference.right_value,
        values_by_seed=difference.values_by_seed,
        delta=inference.value,
        scale=difference.scale,
        se=inference.se,
        interval=interval_row(interval),
        interval_family=interval_row(inference.interval(family_level)),
        judged=interval_row(deciding.inference.interval(LEVEL)) if has_target else None,
        judged_family=interval_row(deciding.inference.interval(family_level)) if has_target else None,
        p_zero=inference.p_value(0.0),
        p_margin=deciding.p_margin(margin),
        p_adjusted=1.0,
        family=family,
        family_size=size,
        direction=difference.direction,
        target=difference.target,
        margin=margin,
        margin_source=source,
        mde=None if unknown else detectable_difference(inference, alpha=alpha),
        n_needed=None if unknown else n_needed(inference, margin, alpha=alpha),
        verdict=None,
        withheld=_withheld(difference),
        least_margin=difference.least_margin,
        remark=_remark(difference, zero_width=interval.low >= interval.high),
    )
    return judged(row)


def _remark(difference: Difference, *, zero_width: bool) -> str | None:
    """Return what a reader must know about a row."""
    remarks = {
        "identical scores": difference.identical,
        "no variance among the items, so no verdict": zero_width and not difference.identical,
        "no variance in the right side's value, so no verdict": _right_side_is_unknown(difference),
        "few seeds": difference.few_seeds,
    }
    return "; ".join([*(remark for remark, holds in remarks.items() if holds), *difference.remarks]) or None


def _withheld(difference: Difference) -> tuple[Verdict, ...]:
    """Return the verdicts that the data cannot carry: all, on a distance with a part of unknown variance.

    The range of such a distance may have a width all the same: that of the other part.
    """
    unknown = difference.direction == "target" and not difference.identical and _without_width(difference.inference)
    return DECISIVE if unknown or _right_side_is_unknown(difference) else difference.withheld


def _right_side_is_unknown(difference: Difference) -> bool:
    """Whether the verdict needs the right side's value, and its variance is unknown."""
    right = difference.right_inference
    return difference.direction == "target" and not difference.identical and right is not None and _without_width(right)


def _without_width(inference: Inference) -> bool:
    """Whether an interval is a point: its variance is unknown."""
    interval = inference.interval(LEVEL)
    return interval.low >= interval.high
