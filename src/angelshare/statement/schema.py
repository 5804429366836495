"""The loss statement, for other programs: schema `loss-statement/0`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from angelshare.core.estimate import ContrastName, Direction, InferenceKind, Scale, Verdict
from angelshare.core.task import ModelRole

SCHEMA = "loss-statement/0"
GateState = Literal["held", "lost", "undecided", "not_measured"]
OverallVerdict = Literal["lost", "preserved", "undecided"]
Count = Annotated[int, Field(ge=0)]
Margin = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Row(BaseModel):
    """A part of the statement: unknown keys mean another schema, so they are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class IntervalRow(Row):
    """A two-sided interval and how it was computed."""

    low: float
    high: float
    level: Probability
    method: str

    @field_validator("high")
    @classmethod
    def _in_order(cls, high: float, info: ValidationInfo) -> float:
        """Refuse an interval that ends before it begins."""
        if high < info.data.get("low", high):
            raise ValueError(f"the interval ends at {high}, below its lower end {info.data['low']}")
        return high


class DifferenceRow(Row):
    """left - right of one metric, with its verdict. See `core.estimate.Difference`.

    Attributes:
        interval: at the statement's level.
        interval_family: simultaneous over the row's family.
        judged, judged_family: for target metrics, those of the distance |left - target| - |right - target|, from which
            the verdict is read.
        p_zero, p_margin: of the hypotheses delta = 0 and delta = -margin (+margin where lower is better; for target
            metrics, that the distance grew by the margin). p_margin is None where the margin was given after the
            measurement.
        p_adjusted: Holm over the family.
        family: `primary` where a gate names the row, `former gates` where one did until the statement was read with
            others, else student/data/audit.
        mde: the difference found with 80% power.
        n_needed: the items that would decide at this margin if nothing is lost. Both are None where unknown (the
            standard error is 0, margin or family were given later, or the metric has a target: power then depends on
            the right side's true value); n_needed also where the margin is 0, or no number of items would do.
        withheld: verdicts that the data cannot carry: `undecided` stands in their place.
        least_margin: the margin that `preserved` must exceed: the loss that unsampled clusters, or heavy items, could
            hide.
        remark: such as "few seeds", or the reason why verdicts are withheld.
    """

    metric: str
    data: str
    slice: str | None
    output: str | None
    contrast: ContrastName
    student: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    inference: InferenceKind
    n: Count
    n_clusters: Count | None
    n_seeds: Count
    left_value: float
    right_value: float
    values_by_seed: tuple[float, ...]
    delta: float
    scale: Scale
    se: float
    interval: IntervalRow
    interval_family: IntervalRow
    judged: IntervalRow | None
    judged_family: IntervalRow | None
    p_zero: Probability
    p_margin: Probability | None
    p_adjusted: Probability
    family: str
    family_size: int
    direction: Direction
    target: float | None
    margin: Margin
    margin_source: Literal["recipe", "command line", "default"]
    mde: float | None
    n_needed: int | None
    verdict: Verdict | None
    withheld: tuple[Verdict, ...] = ()
    least_margin: Margin = 0.0
    remark: str | None = None


class EstimateRow(Row):
    """One figure that is not a difference of a metric."""

    metric: str
    data: str | None
    slice: str | None
    output: str | None
    student: str | None
    models: tuple[str, ...]
    value: float
    se: float | None
    interval: IntervalRow | None
    n: Count | None
    n_clusters: Count | None


class TableRow(Row):
    """A table of the report. `redacted`: its texts were left out on request."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    text_columns: tuple[str, ...] = ()
    redacted: bool = False


class GapRow(Row):
    """A difference that could not be measured: a gate that names it is `not_measured`. See `core.audit.Gap`.

    Attributes:
        metric, data, student, contrast, slice, output: as in `DifferenceRow`.
        why: the reason, as the end of a sentence.
    """

    metric: str
    data: str
    student: str
    contrast: ContrastName
    slice: str | None
    output: str | None
    why: str


class AuditRow(Row):
    """The result of one audit. `warnings` must be read before any number is believed."""

    name: str
    question: str
    not_applicable: str | None
    remarks: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    estimates: tuple[EstimateRow, ...]
    tables: tuple[TableRow, ...]
    differences: tuple[DifferenceRow, ...]
    gaps: tuple[GapRow, ...] = ()


class ModelRow(Row):
    """One model. `remark`: a sentence for readers, such as that a student collapsed."""

    role: ModelRole
    name: str
    seed: int | None
    fingerprint: str
    parent_fingerprint: str | None
    n_parameters: int | None
    n_bytes: int | None
    precision: str
    kind: str
    max_length: int | None
    remark: str | None


class DataRow(Row):
    """One split of one text set that the statement rests on, with the oddities handled in it.

    Attributes:
        made_from: the set from which it was drawn or derived, where that has another name.
        stands_in_for: the set that was not to be had, for which it is taken.
    """

    name: str
    split: str
    n: Count
    sha256: str
    revision: str | None
    licence: str
    hazards: str
    leaked_and_dropped: int
    handled: dict[str, int]
    made_from: str | None = None
    stands_in_for: str | None = None


class GateRow(Row):
    """A rule that decides the exit code.

    Attributes:
        rule: in words.
        metric, slice, output, contrast, data: the rows that it names; null: all items, every output, any data.
        student: the one in question.
    """

    rule: str
    metric: str
    slice: str | None = None
    output: str | None = None
    contrast: ContrastName = "student-teacher"
    data: str | None = None
    margin: Margin
    student: str | None
    state: GateState


def overall_verdict(gates: Sequence[GateRow]) -> OverallVerdict | None:
    """Return what the gates say together: one loss is a loss, and only all held preserve; None without gates."""
    states = {gate.state for gate in gates}
    if "lost" in states or not states:
        return "lost" if states else None
    return "preserved" if states == {"held"} else "undecided"


class Statement(Row):
    """The result of all audits.

    The overall verdict comes from the gates alone; without gates it is null. `warnings` must be read before any number
    is believed; `notes` are the other things to know.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["loss-statement/0"] = Field(alias="schema")
    created: str
    angelshare: str
    title: str
    recipe: dict[str, Any]
    environment: dict[str, Any]
    test_looks: int
    models: tuple[ModelRow, ...]
    data: tuple[DataRow, ...]
    audits: tuple[AuditRow, ...]
    gates: tuple[GateRow, ...]
    verdict: OverallVerdict | None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @field_validator("verdict")
    @classmethod
    def _as_the_gates_say(cls, verdict: OverallVerdict | None, info: ValidationInfo) -> OverallVerdict | None:
        """Refuse a verdict that the gates do not give."""
        if "gates" in info.data and verdict != overall_verdict(info.data["gates"]):
            raise ValueError(f"it is {verdict}, the gates say {overall_verdict(info.data['gates'])}")
        return verdict
