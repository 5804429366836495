"""Tests of rows that are judged again with other gates."""

from dataclasses import replace

import pytest
from scipy import stats

from angelshare.statement.build import regate
from angelshare.statement.gates import Gate
from angelshare.statement.judging import ALPHA, apply_gates, gate_p_values, judged, loss_p
from angelshare.statement.schema import IntervalRow


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


def row_of(statement):
    """Return the one difference of a statement."""
    (row,) = statement.audits[0].differences
    return row


def test_a_row_of_a_former_gate_has_the_margin_that_the_new_one_lends(make_difference, make_statement):
    """The slice was gated at .01; now all items are, at .2, and that is lent."""
    slices = [make_difference(), make_difference(slice="women")]
    statement = make_statement(*slices, gates=[Gate("accuracy", 0.01, slice="women")])
    whole, women = regate(statement, [Gate("accuracy", 0.2, "command line")]).audits[0].differences
    assert (whole.family, whole.margin, whole.margin_source) == ("primary", 0.2, "command line")
    assert (women.family, women.margin, women.margin_source) == ("former gates", 0.2, "command line")
    assert (women.p_margin, women.n_needed, women.mde, women.verdict) == (None, None, None, "preserved")


def test_what_a_margin_given_later_leaves_out(make_difference, make_statement):
    """The p-value and the items needed belong to the old one; at the same margin both stay."""
    statement = make_statement(make_difference(), gates=[Gate("accuracy", 0.01)])
    before = row_of(statement)
    same = row_of(regate(statement, [Gate("accuracy", 0.01, "command line")]))
    assert (same.p_margin, same.n_needed, same.margin_source) == (before.p_margin, before.n_needed, "command line")
    other = row_of(regate(statement, [Gate("accuracy", 0.02)]))
    assert (other.p_margin, other.n_needed, other.mde) == (None, None, before.mde)


def test_the_p_value_of_a_loss_is_the_stored_one_at_the_rows_margin(make_difference, make_statement):
    """And 1 where it is not known and the stored interval excludes nothing."""
    row = row_of(make_statement(make_difference(-0.05)))
    assert loss_p(row, 0.01) == row.p_margin == pytest.approx(2 * stats.norm.sf(4))
    assert loss_p(row, 0.04) == 1.0  # the interval ends at -.0304
    assert loss_p(row.model_copy(update={"p_margin": None}), 0.04) == 1.0


@pytest.mark.parametrize(
    ("plain", "family", "p"),
    [
        ((-0.08, -0.03), (-0.09, -0.025), 0.0125),  # both intervals exclude a loss of .02
        ((-0.08, -0.03), (-0.09, -0.015), 0.05),  # only the row's own does
        ((-0.08, -0.03), (-0.09, -0.02), 0.05),  # the family's just does not
        ((-0.08, -0.015), (-0.09, -0.01), 1.0),
        ((-0.08, -0.02), (-0.09, -0.01), 1.0),
    ],
)
def test_at_another_margin_a_p_value_is_bounded_by_the_intervals_that_exclude_it(
    make_difference, make_statement, plain, family, p
):
    """By 1 - .95, and by 1 - .9875 where the family's interval excludes it too."""
    row = row_of(make_statement(make_difference(-0.05)))
    intervals = {
        "interval": IntervalRow(low=plain[0], high=plain[1], level=0.95, method="t"),
        "interval_family": IntervalRow(low=family[0], high=family[1], level=0.9875, method="t"),
    }
    assert loss_p(row.model_copy(update=intervals), 0.02) == pytest.approx(p)
    # a distance is judged on intervals of its own
    aimed = {
        "direction": "target",
        "target": 0.0,
        "right_value": 0.5,
        "delta": 0.05,
        "judged": IntervalRow(low=-plain[1], high=-plain[0], level=0.95, method="t"),
        "judged_family": IntervalRow(low=-family[1], high=-family[0], level=0.9875, method="t"),
    }
    assert loss_p(row.model_copy(update=aimed), 0.02) == pytest.approx(p)


def test_a_familys_interval_of_a_lower_level_bounds_nothing(make_difference, make_statement):
    """The smaller bound holds."""
    row = row_of(make_statement(make_difference(-0.05)))
    wide = IntervalRow(low=-0.07, high=-0.03, level=0.9, method="t")
    assert loss_p(row.model_copy(update={"interval_family": wide}), 0.02) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("change", "p"),
    [
        ({}, 0.25),
        ({"withheld": ("lost",)}, 1.0),
        ({"withheld": ("preserved", "gained")}, 0.25),
        ({"interval": IntervalRow(low=-0.5, high=-0.5, level=0.95, method="t")}, 1.0),
        ({"delta": -0.25}, 1.0),  # at the margin, not beyond it
        ({"delta": 0.5}, 1.0),
        ({"direction": "lower"}, 1.0),
        ({"direction": "lower", "delta": 0.5}, 0.25),
        ({"direction": "none"}, 1.0),
        ({"direction": "target", "target": 0.0, "right_value": 0.5, "delta": 0.5}, 0.25),
        ({"direction": "target", "target": 0.0, "right_value": 0.5, "delta": 0.25}, 1.0),
        ({"direction": "target", "target": 0.0, "right_value": 0.5, "delta": -0.5}, 1.0),
        ({"direction": "target", "target": None, "right_value": 0.5, "delta": 0.5}, 1.0),
    ],
)
def test_a_row_that_is_no_loss_or_can_show_none_has_p_one(make_difference, make_statement, change, p):
    """So it does not weigh on the others; else the stored p-value of a loss of more than .25, here .25 too."""
    row = row_of(make_statement(make_difference(-0.5, 0.1), gates=[Gate("accuracy", 0.25)]))
    assert loss_p(row.model_copy(update={"p_margin": 0.25} | change), 0.25) == p


def test_gated_p_values_are_holms(make_difference, make_statement):
    """Doubled, and never below a smaller one's; every row needs its margin."""
    row = row_of(make_statement(make_difference(-0.5, 0.1), gates=[Gate("accuracy", 0.25)]))
    rows = [row.model_copy(update={"p_margin": p}) for p in (0.03, 0.02)]
    assert gate_p_values(rows, [0.25, 0.25]) == pytest.approx((0.04, 0.04))
    with pytest.raises(ValueError, match="zip"):
        gate_p_values(rows, [0.25])


@pytest.mark.parametrize(("p_adjusted", "state"), [(0.05, "lost"), (ALPHA, "lost"), (0.0501, "undecided")])
def test_a_loss_at_exactly_five_percent_is_one(make_difference, make_statement, p_adjusted, state):
    """The surplus forgives the rounding of 1 - .95, no more."""
    row = row_of(make_statement(make_difference(), gates=[Gate("accuracy", 0.01)]))
    row = row.model_copy(update={"p_adjusted": p_adjusted})
    (gate,), verdict = apply_gates([Gate("accuracy", 0.01)], [row], ["mlp"], [])
    assert (row.verdict, gate.state, verdict) == ("lost", state, state)
    assert 0.05 < ALPHA < 0.05 + 1e-8


def test_the_row_of_a_gate_says_all_that_the_gate_names(make_difference, make_statement):
    """A label that the gate leaves open is the row's."""
    named = {"slice": "women", "output": "rude", "data": "toy", "student": "mlp", "contrast": "slice-rest"}
    rows = [make_difference(-0.5, slice="women", output="rude", contrast="slice-rest")]
    rule = "mlp loses at most 0.02 of accuracy of rude on slice women in toy more than the rest"
    for open_label in ({}, {"output": None}):
        (gate,) = make_statement(*rows, gates=[Gate("accuracy", 0.02, **named | open_label)]).gates
        assert gate.model_dump() == {"rule": rule, "metric": "accuracy", "margin": 0.02, "state": "lost"} | named


def test_a_gate_on_a_student_that_there_is_not_is_not_measured(make_difference, make_statement):
    """Of two gates on one student each, the other one's row does not count."""
    gates = [Gate("accuracy", 0.1, student="mlp"), Gate("accuracy", 0.1, student="cnn")]
    outcomes = make_statement(make_difference(), gates=gates).gates
    assert [(gate.student, gate.state, gate.rule) for gate in outcomes] == [
        ("mlp", "held", "mlp loses at most 0.1 of accuracy"),
        ("cnn", "not_measured", "cnn loses at most 0.1 of accuracy"),
    ]


@pytest.mark.parametrize(
    ("family", "verdict"), [("primary", "lost"), ("mlp/toy/quality", "undecided"), ("former gates", "undecided")]
)
def test_a_verdict_is_read_from_the_interval_of_the_rows_family(make_difference, make_statement, family, verdict):
    """Its own at -.07 to -.03 is a loss beyond .02, its family's at -.09 to -.01 is not."""
    row = row_of(make_statement(make_difference(), margins={"accuracy": 0.02}))
    narrow, wide = (
        IntervalRow(low=low, high=high, level=0.95, method="t") for low, high in ((-0.07, -0.03), (-0.09, -0.01))
    )
    plain = {"interval": narrow, "interval_family": wide, "family": family}
    assert judged(row.model_copy(update=plain)).verdict == verdict
    distance = {"direction": "target", "target": 0.0, "judged": mirrored(narrow), "judged_family": mirrored(wide)}
    assert judged(row.model_copy(update=distance | {"family": family})).verdict == verdict


def mirrored(row):
    """Return an interval with its sign changed."""
    return row.model_copy(update={"low": -row.high, "high": -row.low})


@pytest.mark.parametrize(
    ("margin", "verdict"), [(0.02, "undecided"), (0.03, "undecided"), (0.031, "preserved"), (0.5, "preserved")]
)
def test_preserved_needs_a_margin_above_what_could_be_hidden(make_difference, make_statement, margin, verdict):
    """The interval of 0 +- .00196 lies within every margin; so much as .03 could not have been seen."""
    made = replace(make_difference(0.0, 0.001), least_margin=0.03)
    row = row_of(make_statement(made, margins={"accuracy": margin}))
    assert (row.least_margin, row.verdict) == (0.03, verdict)


@pytest.mark.parametrize(("value", "verdict"), [(-0.5, "lost"), (0.5, "gained")])
def test_what_is_hidden_leaves_losses_and_gains_as_they_are(make_difference, make_statement, value, verdict):
    """Below the least margin too."""
    assert row_of(make_statement(replace(make_difference(value), least_margin=0.03))).verdict == verdict
