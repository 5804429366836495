"""What changed between two statements: this release against the last, read off their rows."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from angelshare.core.estimate import Verdict
from angelshare.statement.comparison import (
    DataChange,
    GateChange,
    ModelChange,
    Presence,
    ReleaseRow,
    RowChange,
    RowState,
    Turn,
)
from angelshare.statement.gates import PRIMARY
from angelshare.statement.schema import DataRow, DifferenceRow, GateRow, GateState, Statement

_Key = TypeVar("_Key")
_TURNS: tuple[Turn, ...] = ("worse", "better", "gone", "new", "same")
_RANKS: Mapping[Verdict | GateState, int] = {
    "lost": 0,
    "not_measured": 1,
    "undecided": 2,
    "preserved": 3,
    "held": 3,
    "gained": 4,
}


def release_row(statement: Statement) -> ReleaseRow:
    """Return a comparison's line on one statement."""
    return ReleaseRow(
        title=statement.title, created=statement.created, angelshare=statement.angelshare, verdict=statement.verdict
    )


def model_changes(old: Statement, new: Statement) -> tuple[ModelChange, ...]:
    """Return every member of either release, matched by role, name and seed."""
    before = {(model.role, model.name, model.seed): model.fingerprint for model in old.models}
    after = {(model.role, model.name, model.seed): model.fingerprint for model in new.models}
    return tuple(
        ModelChange(
            role=key[0],
            name=key[1],
            seed=key[2],
            change=_presence(before.get(key), after.get(key)),
            old_fingerprint=before.get(key),
            new_fingerprint=after.get(key),
        )
        for key in _union(before, after)
    )


def data_changes(old: Statement, new: Statement) -> tuple[DataChange, ...]:
    """Return every split of either release, matched by name and role."""
    before, after = ({(data.name, data.split): data for data in statement.data} for statement in (old, new))
    return tuple(_data_change(before.get(key), after.get(key)) for key in _union(before, after))


def row_changes(old: Statement, new: Statement) -> tuple[RowChange, ...]:
    """Return every difference of either release: the worse first, then the better, the gone and the new."""
    before, after = _rows(old), _rows(new)
    changes = [_row_change(key[0], before.get(key), after.get(key)) for key in _union(before, after)]
    return tuple(sorted(changes, key=lambda row: _TURNS.index(row.change)))


def gate_changes(old: Statement, new: Statement) -> tuple[GateChange, ...]:
    """Return every gate of either statement, matched by the rows that it names; the worse first."""
    before, after = _gates(old), _gates(new)
    changes = [_gate_change(before.get(key), after.get(key)) for key in _union(before, after)]
    return tuple(sorted(changes, key=lambda gate: _TURNS.index(gate.change)))


def _gates(statement: Statement) -> dict[tuple[str | None, ...], GateRow]:
    """Return a statement's gates by what they are about."""
    return {(g.metric, g.data, g.slice, g.output, g.contrast, g.student): g for g in statement.gates}


def _gate_change(before: GateRow | None, after: GateRow | None) -> GateChange:
    """Return what became of a gate."""
    gate = after or before
    assert gate is not None, "a key comes from one of the two"
    change: Turn = "gone" if after is None else "new"
    if before is not None and after is not None:
        change = _ordered(before.state, after.state)
    return GateChange(
        rule=gate.rule,
        student=gate.student,
        change=change,
        old=before and before.state,
        new=after and after.state,
        old_margin=before and before.margin,
        new_margin=after and after.margin,
    )


def _rows(statement: Statement) -> dict[tuple[str, tuple[str | None, ...]], DifferenceRow]:
    """Return a statement's differences by audit and by what they are about."""
    return {
        (audit.name, (row.metric, row.data, row.slice, row.output, row.contrast, row.student)): row
        for audit in statement.audits
        for row in audit.differences
    }


def _union(before: Mapping[_Key, object], after: Mapping[_Key, object]) -> Iterable[_Key]:
    """Return the keys of both, in the order of the new release, those that are gone last."""
    return dict.fromkeys([*after, *before])


def _presence(before: str | None, after: str | None) -> Presence:
    """Return what became of a thing with these digests."""
    if before is None or after is None:
        return "new" if before is None else "gone"
    return "same" if before == after else "changed"


def _ordered(before: Verdict | GateState | None, after: Verdict | GateState | None) -> Turn:
    """Return whether a verdict is better than another; without two verdicts nothing changes."""
    if before is None or after is None or _RANKS[before] == _RANKS[after]:
        return "same"
    return "better" if _RANKS[after] > _RANKS[before] else "worse"


def _data_change(before: DataRow | None, after: DataRow | None) -> DataChange:
    """Return what became of a split."""
    data = after or before
    assert data is not None, "a key comes from one of the two"
    return DataChange(
        name=data.name,
        split=data.split,
        change=_presence(_sha256(before), _sha256(after)),
        old_n=before and before.n,
        new_n=after and after.n,
        old_sha256=before and before.sha256,
        new_sha256=after and after.sha256,
    )


def _sha256(data: DataRow | None) -> str | None:
    """Return the digest of a split's content."""
    return None if data is None else data.sha256


def _row_change(audit: str, before: DifferenceRow | None, after: DifferenceRow | None) -> RowChange:
    """Return what became of a difference. Rows without a verdict stay the same."""
    row = after or before
    assert row is not None, "a key comes from one of the two"
    change: Turn = "gone" if after is None else "new"
    if before is not None and after is not None:
        change = _ordered(before.verdict, after.verdict)
    return RowChange(
        audit=audit,
        metric=row.metric,
        data=row.data,
        slice=row.slice,
        output=row.output,
        contrast=row.contrast,
        student=row.student,
        change=change,
        margin_changed=before is not None and after is not None and before.margin != after.margin,
        old=before and _state(before),
        new=after and _state(after),
    )


def _state(row: DifferenceRow) -> RowState:
    """Return a difference as one release states it."""
    single, family = row.judged or row.interval, row.judged_family or row.interval_family
    return RowState(
        left_value=row.left_value,
        right_value=row.right_value,
        delta=row.delta,
        scale=row.scale,
        interval=single if row.family == PRIMARY else family,
        margin=row.margin,
        verdict=row.verdict,
    )
