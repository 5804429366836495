"""Tests of rows that are judged again with other gates."""

from angelshare.statement.build import regate
from angelshare.statement.gates import Gate


def test_a_row_that_becomes_primary_keeps_no_power_of_its_old_family(make_difference, make_statement):
    """Family, its size, the corrected p-value; what depends on the family is no longer known."""
    statement = make_statement(make_difference(), make_difference(-0.02, slice="a"), make_difference(0.0, slice="b"))
    before = statement.audits[0].differences
    assert all(row.mde is not None for row in before)
    gates = [Gate("accuracy", 0.01), Gate("accuracy", 0.01, slice="a")]
    after = regate(statement, gates).audits[0].differences
    assert [(row.family, row.family_size) for row in after] == [
        ("primary", 2),
        ("primary", 2),
        (before[2].family, before[2].family_size),
    ]
    assert [(row.mde, row.n_needed) for row in after[:2]] == [(None, None)] * 2
    assert after[2].mde == before[2].mde
    again = regate(regate(statement, gates), []).audits[0].differences
    assert [row.family for row in again] == ["former gates", "former gates", before[2].family]
    assert [(row.mde, row.n_needed) for row in again[:2]] == [(None, None)] * 2


def test_the_same_gates_again_change_nothing_that_is_known(make_difference, make_statement):
    """A primary row stays so, with its power."""
    gates = [Gate("accuracy", 0.01)]
    statement = make_statement(make_difference(), make_difference(-0.02, slice="a"), gates=gates)
    again = regate(statement, gates)
    for row, before in zip(again.audits[0].differences, statement.audits[0].differences, strict=True):
        assert (row.family, row.mde, row.verdict) == (before.family, before.mde, before.verdict)
        assert row.mde is not None
