"""The loss statement as others parse it: schema `loss-statement/0`."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from angelshare.core.estimate import ContrastName, Direction, InferenceKind, Scale, Verdict
from angelshare.core.task import ModelRole

SCHEMA = "loss-statement/0"
GateState = Literal["held", "lost", "undecided", "not_measured"]


class Row(BaseModel):
    """A part of the statement: unknown keys mean another schema, so they are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IntervalRow(Row):
    """A two-sided interval and how it was computed."""

    low: float
    high: float
    level: float
    method: str


class DifferenceRow(Row):
    """left - right of one metric, with its verdict. See `core.estimate.Difference`.

    Attributes:
        interval: at the statement's level. interval_family: simultaneous over the row's family.
        judged, judged_family: for target metrics, the distance |left - target| - |right - target|.
        p_zero, p_margin: of the hypotheses delta = 0 and delta = -margin (+margin where lower is better). p_margin is
            None where the margin was given later than the measurement.
        p_adjusted: Holm over the family. family: `primary` where a gate names the row, `former gates` where one did
            until the statement was read with others, else student/data/audit.
        mde: the difference found with 80% power; n_needed: items that would decide at this margin if nothing is lost.
            None: not known (the standard error is 0, or margin or family were given later); for n_needed also: the
            margin is 0, or no number of items would.
        clustered: the items come in clusters, which the inference does not count yet: the verdict is `undecided`.
        remark: such as "few seeds".
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
    n: int
    n_clusters: int | None
    n_seeds: int
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
    p_zero: float
    p_margin: float | None
    p_adjusted: float
    family: str
    family_size: int
    direction: Direction
    target: float | None
    margin: float
    margin_source: Literal["recipe", "command line", "default"]
    mde: float | None
    n_needed: int | None
    verdict: Verdict | None
    clustered: bool = False
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
    n: int | None
    n_clusters: int | None


class TableRow(Row):
    """A table of the report. `redacted`: its texts were left out on request."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    text_columns: tuple[str, ...] = ()
    redacted: bool = False


class AuditRow(Row):
    """What one audit found. A remark that begins with `Warning:` must be read before any number is believed."""

    name: str
    question: str
    not_applicable: str | None
    remarks: tuple[str, ...]
    estimates: tuple[EstimateRow, ...]
    tables: tuple[TableRow, ...]
    differences: tuple[DifferenceRow, ...]


class ModelRow(Row):
    """One model. `remark`: what a reader must know, such as that a student collapsed."""

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
    """One split of one text set that the statement rests on, with what had to be handled in it."""

    name: str
    split: str
    n: int
    sha256: str
    revision: str | None
    licence: str
    hazards: str
    leaked_and_dropped: int
    handled: dict[str, int]


class GateRow(Row):
    """A rule that decides the exit code. `student`: whom it is about."""

    rule: str
    metric: str
    margin: float
    student: str | None
    state: GateState


class Statement(Row):
    """The result of all audits.

    The overall verdict comes from the gates alone; without gates it is null. A note that begins with `Warning:` must be
    read before any number is believed.
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
    verdict: Literal["lost", "preserved", "undecided"] | None
    notes: tuple[str, ...] = ()
