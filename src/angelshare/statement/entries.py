"""Rows of a statement from audits and models."""

import math
from dataclasses import asdict

import numpy as np

from angelshare.core.audit import AuditResult, Table
from angelshare.core.estimate import Estimate, Interval
from angelshare.core.protocols import ModelEntry
from angelshare.statement.schema import (
    AuditRow,
    DifferenceRow,
    EstimateRow,
    GapRow,
    IntervalRow,
    ModelRow,
    TableRow,
)


def interval_row(interval: Interval) -> IntervalRow:
    """Return an interval as the statement keeps it."""
    return IntervalRow(low=interval.low, high=interval.high, level=interval.level, method=interval.method)


def model_row(entry: ModelEntry) -> ModelRow:
    """Return a member as the statement lists it."""
    card = entry.card
    return ModelRow(
        role=entry.role,
        name=entry.name,
        seed=entry.seed,
        fingerprint=card.fingerprint,
        parent_fingerprint=card.parent_fingerprint,
        n_parameters=card.n_parameters,
        n_bytes=card.n_bytes,
        precision=card.precision,
        kind=card.kind,
        max_length=card.max_length,
        remark=entry.remark,
    )


def audit_row(result: AuditResult, differences: tuple[DifferenceRow, ...], *, redact: bool) -> AuditRow:
    """Return what one audit found."""
    return AuditRow(
        name=result.name,
        question=result.question,
        not_applicable=result.not_applicable,
        remarks=result.remarks,
        warnings=result.warnings,
        estimates=tuple(_estimate_row(estimate) for estimate in result.estimates),
        tables=tuple(_table_row(table, redact=redact) for table in result.tables),
        differences=differences,
        gaps=tuple(GapRow(**asdict(gap)) for gap in result.gaps),
    )


def _estimate_row(estimate: Estimate) -> EstimateRow:
    """Return one figure."""
    return EstimateRow(
        metric=estimate.metric,
        data=estimate.data,
        slice=estimate.slice,
        output=estimate.output,
        student=estimate.student,
        models=estimate.models,
        value=estimate.value,
        se=estimate.se,
        interval=None if estimate.interval is None else interval_row(estimate.interval),
        n=estimate.n,
        n_clusters=estimate.n_clusters,
    )


def _table_row(table: Table, *, redact: bool) -> TableRow:
    """Return a table; redacted, its texts are null."""
    hidden = set(table.text_columns) if redact else set()
    rows = tuple(
        tuple(None if name in hidden else _cell(cell) for name, cell in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    return TableRow(
        name=table.name,
        title=table.title,
        columns=table.columns,
        rows=rows,
        text_columns=table.text_columns,
        redacted=bool(hidden),
    )


def _cell(value: object) -> object:
    """Return a cell as JSON can hold it; numbers that are not finite become null."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
