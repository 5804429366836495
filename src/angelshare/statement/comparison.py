"""This release against the last, for other programs: schema `loss-comparison/0`."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field

from angelshare.core.atomic import write_text
from angelshare.core.estimate import ContrastName, Scale, Verdict
from angelshare.core.task import ModelRole
from angelshare.statement.schema import (
    AuditRow,
    GateRow,
    GateState,
    IntervalRow,
    Margin,
    OverallVerdict,
    Row,
)

SCHEMA = "loss-comparison/0"
Presence = Literal["same", "changed", "new", "gone"]
Turn = Literal["worse", "better", "gone", "new", "same"]


class ReleaseRow(Row):
    """One of the two statements. `verdict`: of its own gates."""

    title: str
    created: str
    angelshare: str
    verdict: OverallVerdict | None


class ModelChange(Row):
    """One member in both releases. None: that release lacks it."""

    role: ModelRole
    name: str
    seed: int | None
    change: Presence
    old_fingerprint: str | None
    new_fingerprint: str | None


class DataChange(Row):
    """One split in both releases. `changed`: not the same items, texts or labels."""

    name: str
    split: str
    change: Presence
    old_n: int | None
    new_n: int | None
    old_sha256: str | None
    new_sha256: str | None


class RowState(Row):
    """One difference as one release states it. `interval`: the one that its verdict was read from."""

    left_value: float
    right_value: float
    delta: float
    scale: Scale
    interval: IntervalRow
    margin: Margin
    verdict: Verdict | None


class RowChange(Row):
    """One difference in both releases.

    Attributes:
        change: of its verdict, in the order lost, undecided, preserved, gained.
        margin_changed: whether the releases were judged at different margins, so that verdicts cannot be compared.
        old, new: None where that release has no such row.
    """

    audit: str
    metric: str
    data: str
    slice: str | None
    output: str | None
    contrast: ContrastName
    student: str
    change: Turn
    margin_changed: bool
    old: RowState | None
    new: RowState | None


class GateChange(Row):
    """One gate of the two statements. None: that release lacks it."""

    rule: str
    student: str | None
    change: Turn
    old: GateState | None
    new: GateState | None
    old_margin: Margin | None
    new_margin: Margin | None


class Comparison(Row):
    """This release against the last.

    Attributes:
        identical: whether models, data and all rows are the same.
        items: the reason why changes have no intervals; None where they have.
        audits: the change of each student from old to new on the same items, as differences `new-old`; in rows of the
            contrast `slice-rest` the two values are changes too, on the slice and on the rest.
        gates, verdict: on these differences; they decide the exit code.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["loss-comparison/0"] = Field(alias="schema")
    created: str
    angelshare: str
    old: ReleaseRow
    new: ReleaseRow
    identical: bool
    models: tuple[ModelChange, ...]
    data: tuple[DataChange, ...]
    rows: tuple[RowChange, ...]
    gate_changes: tuple[GateChange, ...]
    items: str | None
    audits: tuple[AuditRow, ...]
    gates: tuple[GateRow, ...]
    verdict: OverallVerdict | None
    warnings: tuple[str, ...] = ()


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the comparison as JSON, whole or not at all."""
    write_text(path, f"{comparison_text(comparison)}\n")


def comparison_text(comparison: Comparison) -> str:
    """Return the comparison as JSON, in ASCII."""
    return json.dumps(comparison.model_dump(mode="python"), indent=1, allow_nan=False)


def comparison_json_schema() -> dict[str, Any]:  # Any: a JSON Schema is a nest of plain values
    """Return the JSON Schema of a comparison, for tools that parse it."""
    return Comparison.model_json_schema(mode="serialization", by_alias=True)
