"""Tests of gates, verdicts and exit codes."""

import math
import re
from dataclasses import replace

import pytest
from scipy import stats

from angelshare.core.errors import InputError
from angelshare.statement.build import read_statement, regate, write_statement
from angelshare.statement.gate_rules import parse_margin
from angelshare.statement.gates import Gate, distinct, metrics_in_slices
from angelshare.statement.judging import exit_code
from angelshare.statement.margins import check_margin
from angelshare.stats.inference import StudentT


def states(statement):
    """Return the gates' states in order."""
    return [gate.state for gate in statement.gates]


def test_a_margin_on_the_command_line_is_a_gate():
    """accuracy=0.01, with or without blanks."""
    assert parse_margin("accuracy = 0.01") == Gate("accuracy", 0.01, "command line")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accuracy", "Write METRIC=VALUE"),
        ("acuracy=0.01", "Did you mean 'accuracy'"),
        ("accuracy=small", "is 'small', which is not a number"),
        ("accuracy=-0.01", "cannot be -0.01"),
        ("accuracy=nan", "cannot be nan"),
        ("accuracy=inf", "cannot be inf"),
        ("accuracy=1", r"less than 1, so it cannot be 1\.0\. Write 0\.01 for one point"),
        ("exact_match=2", "Write 0.01 for one point"),
        ("auc=1.0", "Write 0.01 for one point"),
        ("mse=1e6", "less than 1,000,000, so it cannot be 1000000"),
        ("mse=inf", "cannot be inf"),
    ],
)
def test_what_is_no_margin_is_refused(text, said):
    """With what to write instead."""
    with pytest.raises(InputError, match=said):
        parse_margin(text)


def test_margins_of_the_command_line_and_of_a_recipe_meet_one_rule():
    """An error may exceed 1, a share may not; what nobody judges has no margin."""
    check_margin("mse", 12.5)
    check_margin("accuracy", 0.999)
    check_margin("auc", 0)
    with pytest.raises(InputError, match="cannot be 1"):
        check_margin("auc", 1)
    with pytest.raises(InputError, match="Did you mean 'accuracy'"):
        check_margin("acuracy", 0.01)


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        (-0.05, ("lost", "lost", 4)),
        (-0.02, ("undecided", "undecided", 5)),
        (0.02, ("held", "preserved", 0)),
        (0.05, ("held", "preserved", 0)),
    ],
)
def test_a_gate_ends_as_its_row_does(make_difference, make_statement, value, ending):
    """Standard error .01, so the interval is +- .0196 around the value, against a margin of .01."""
    statement = make_statement(make_difference(value), gates=[Gate("accuracy", 0.01)])
    assert (*states(statement), statement.verdict, exit_code(statement)) == ending


def test_without_gates_there_is_no_verdict_and_the_exit_code_is_zero(make_difference, make_statement):
    """A loss alone fails nothing."""
    statement = make_statement(make_difference(-0.5))
    assert (statement.gates, statement.verdict, exit_code(statement)) == ((), None, 0)


def test_a_student_without_the_row_is_not_measured(make_difference, make_statement):
    """The mlp is measured, the cnn is not; without students at all nobody is."""
    statement = make_statement(make_difference(0.02), gates=[Gate("accuracy", 0.01)], students=("mlp", "cnn"))
    assert [(gate.student, gate.state) for gate in statement.gates] == [("mlp", "held"), ("cnn", "not_measured")]
    assert (statement.verdict, exit_code(statement)) == ("undecided", 5)
    nobody = make_statement(gates=[Gate("auc", 0.01)], students=())
    assert [(gate.student, gate.state) for gate in nobody.gates] == [(None, "not_measured")]


def test_a_loss_outweighs_what_is_not_measured(make_difference, make_statement):
    """Exit code 4 before 5."""
    statement = make_statement(make_difference(-0.5), gates=[Gate("accuracy", 0.01)], students=("mlp", "cnn"))
    assert exit_code(statement) == 4


def test_a_gate_says_lost_only_after_holms_correction(make_difference, make_statement):
    """One barely lost row of two: p = .03, doubled .06; alone it is lost."""
    # (0.05 - 0.01) / se = 2.17 gives p = 0.030
    barely, fine = make_difference(-0.05, 0.04 / 2.17), make_difference(0.05, student="cnn")
    alone = make_statement(barely, gates=[Gate("accuracy", 0.01)])
    both = make_statement(barely, fine, gates=[Gate("accuracy", 0.01)], students=("mlp", "cnn"))
    assert states(alone) == ["lost"]
    assert states(both) == ["undecided", "held"]
    assert both.audits[0].differences[0].p_adjusted == pytest.approx(0.06, abs=2e-3)
    assert both.audits[0].differences[0].verdict == "lost"


def test_junk_slices_cannot_turn_a_lost_gate_into_undecided(make_difference, make_statement):
    """They are another family."""
    junk = [make_difference(0.0, 0.05, slice=f"s{i}") for i in range(50)]
    barely = make_difference(-0.05, 0.04 / 2.17)
    assert states(make_statement(barely, *junk, gates=[Gate("accuracy", 0.01)])) == ["lost"]


def test_the_later_gate_of_a_metric_holds(make_difference, make_statement):
    """The command line comes after the recipe."""
    gates = [Gate("accuracy", 0.01), Gate("accuracy", 0.1, "command line")]
    statement = make_statement(make_difference(-0.05), gates=gates)
    assert [(gate.margin, gate.state) for gate in statement.gates] == [(0.1, "held")]
    assert statement.audits[0].differences[0].margin_source == "command line"


@pytest.mark.parametrize("value", [-0.2, -0.05, -0.03, -0.02, 0.0, 0.03])
@pytest.mark.parametrize("margin", [0.0, 0.005, 0.01, 0.03, 0.1])
def test_reading_again_with_one_student_equals_building_again(make_difference, make_statement, value, margin):
    """One gated row: the stored interval is enough."""
    gates = [Gate("accuracy", margin, "command line")]
    again = regate(make_statement(make_difference(value)), gates)
    built = make_statement(make_difference(value), gates=gates)
    assert (again.gates, again.verdict) == (built.gates, built.verdict)


@pytest.mark.parametrize("margin", [0.0, 0.01, 0.012, 0.02, 0.05])
@pytest.mark.parametrize("built_with", [(), (Gate("accuracy", 0.01),)])
def test_reading_again_with_several_students_is_never_bolder_than_building_again(
    make_difference, make_statement, margin, built_with
):
    """`lost` may become `undecided`; nothing becomes `lost`, and `held` stays."""
    values = {"a": -0.05, "b": -0.033, "c": -0.031, "d": 0.0, "e": 0.05}
    rows = [make_difference(value, student=name) for name, value in values.items()]
    gates = [Gate("accuracy", margin)]
    again = regate(make_statement(*rows, gates=built_with, students=tuple(values)), gates)
    built = make_statement(*rows, gates=gates, students=tuple(values))
    for read, exact in zip(again.gates, built.gates, strict=True):
        assert read.state == exact.state or (read.state, exact.state) == ("undecided", "lost")


def test_rows_read_again_agree_with_their_gates(make_difference, make_statement):
    """Lost at .01, preserved at .1: row, gate and verdict say the same, and what is not known at .1 is left out."""
    statement = make_statement(make_difference(-0.05), gates=[Gate("accuracy", 0.01)])
    assert statement.audits[0].differences[0].verdict == "lost"
    again = regate(statement, [Gate("accuracy", 0.1, "command line")])
    (row,) = again.audits[0].differences
    assert (row.verdict, row.margin, row.margin_source) == ("preserved", 0.1, "command line")
    assert (states(again), again.verdict) == (["held"], "preserved")
    assert (row.p_margin, row.n_needed, row.p_adjusted) == (None, None, 1.0)
    assert (row.interval, row.mde) == (statement.audits[0].differences[0].interval, pytest.approx(0.0280158, abs=1e-6))
    assert regate(again, [Gate("accuracy", 0.1, "command line")]) == again


def test_a_new_margin_serves_all_rows_of_its_metric_but_not_the_baselines(make_difference, make_statement):
    """As when the statement is built: slices and baseline-teacher too, student-baseline at 0."""
    rows = [
        make_difference(-0.05),
        make_difference(-0.05, slice="long"),
        make_difference(-0.05, contrast="baseline-teacher"),
        make_difference(-0.05, contrast="student-baseline"),
        make_difference(-0.05, metric="auc"),
    ]
    gates = [Gate("accuracy", 0.2, "command line")]
    again, built = regate(make_statement(*rows), gates), make_statement(*rows, gates=gates)
    for read, exact in zip(again.audits[0].differences, built.audits[0].differences, strict=True):
        assert (read.margin, read.margin_source) == (exact.margin, exact.margin_source)
        assert (read.verdict, read.family) == (exact.verdict, exact.family)
    assert [row.verdict for row in again.audits[0].differences] == ["preserved"] * 3 + ["lost", "lost"]


def test_rows_that_only_an_earlier_gate_named_are_no_longer_primary(make_difference, make_statement):
    """They are judged together, at the margin that they had."""
    rows = [make_difference(-0.031, student=name) for name in ("mlp", "cnn")]
    statement = make_statement(*rows, make_difference(0.0, 0.001, metric="auc"), gates=[Gate("accuracy", 0.01)])
    again = regate(statement, [Gate("auc", 0.5)])
    accuracy, on_slice, auc = again.audits[0].differences
    assert {(row.family, row.family_size, row.margin, row.verdict) for row in (accuracy, on_slice)} == {
        ("former gates", 2, 0.01, "undecided")
    }
    assert (auc.family, auc.family_size, auc.verdict) == ("primary", 1, "preserved")
    assert statement.audits[0].differences[0].verdict == "lost"


def test_lower_is_better_turns_the_sides_round(make_difference, make_statement):
    """An error that rises by .05 is a loss."""
    worse = make_difference(0.05, metric="mse", direction="lower")
    better = make_difference(-0.05, metric="mse", direction="lower")
    assert states(make_statement(worse, gates=[Gate("mse", 0.01)])) == ["lost"]
    assert states(make_statement(better, gates=[Gate("mse", 0.01)])) == ["held"]


def test_a_gate_names_the_label_it_is_about(make_difference, make_statement):
    """One row for every label of a multi-label task."""
    rows = [make_difference(0.0, 0.001, metric="auc", output=label) for label in ("rude", "threat")]
    statement = make_statement(*rows, gates=[Gate("auc", 0.01)])
    assert [gate.rule for gate in statement.gates] == [
        "mlp loses at most 0.01 of auc of rude",
        "mlp loses at most 0.01 of auc of threat",
    ]


def test_a_label_of_its_own_can_be_gated(make_difference, make_statement):
    """The other labels stay exploratory, with its margin lent to nobody."""
    rows = [make_difference(-0.05, metric="auc", output=label) for label in ("rude", "threat")]
    statement = make_statement(*rows, gates=[Gate("auc", 0.2, output="rude")])
    assert [(row.family, row.margin) for row in statement.audits[0].differences] == [
        ("primary", 0.2),
        ("mlp/toy/quality", 0.01),
    ]
    assert [(gate.output, gate.state) for gate in statement.gates] == [("rude", "held")]


def test_each_slice_that_a_gate_names_has_its_own_rule(make_difference, make_statement):
    """Women within .2, men within .01, all within .1; other slices have the margin of all."""
    rows = [make_difference(-0.05, slice=name) for name in (None, "women", "men", "long")]
    gates = [Gate("accuracy", 0.1), Gate("accuracy", 0.2, slice="women"), Gate("accuracy", 0.01, slice="men")]
    statement = make_statement(*rows, gates=gates)
    assert [(row.family, row.family_size, row.margin) for row in statement.audits[0].differences] == [
        ("primary", 3, 0.1),
        ("primary", 3, 0.2),
        ("primary", 3, 0.01),
        ("mlp/toy/quality", 1, 0.1),
    ]
    assert [(gate.slice, gate.state, gate.rule) for gate in statement.gates] == [
        (None, "held", "mlp loses at most 0.1 of accuracy"),
        ("women", "held", "mlp loses at most 0.2 of accuracy on slice women"),
        ("men", "lost", "mlp loses at most 0.01 of accuracy on slice men"),
    ]


def test_the_most_specific_gate_decides_a_row(make_difference, make_statement):
    """One rule for the mlp, another for everybody else; each student is gated once."""
    rows = [make_difference(-0.05, student=name) for name in ("mlp", "cnn")]
    special, general = Gate("accuracy", 0.2, student="mlp"), Gate("accuracy", 0.01)
    for gates in ([special, general], [general, special]):
        statement = make_statement(*rows, gates=gates, students=("mlp", "cnn"))
        assert [(gate.student, gate.margin, gate.state) for gate in statement.gates] == [
            ("mlp", 0.2, "held"),
            ("cnn", 0.01, "lost"),
        ]
    typed = make_statement(*rows, gates=[special, replace(general, source="command line")], students=("mlp", "cnn"))
    assert [gate.margin for gate in typed.gates] == [0.01, 0.01]
    tied = [Gate("auc", 0.2, student="mlp"), Gate("auc", 0.3, output="rude")]
    row = make_difference(metric="auc", output="rude")
    assert make_statement(row, gates=tied).gates[0].margin == 0.3


@pytest.mark.parametrize(
    "where", [{"slice": "moon"}, {"output": "moon"}, {"data": "moon"}, {"contrast": "student-baseline"}]
)
def test_a_gate_on_what_does_not_exist_is_not_measured(make_difference, make_statement, where):
    """Exit code 5, also when the statement is only read again."""
    gate = Gate("accuracy", 0.5, **where)
    statement = make_statement(make_difference(), gates=[gate])
    assert [(gate.student, gate.state) for gate in statement.gates] == [("mlp", "not_measured")]
    assert exit_code(statement) == 5
    again = regate(make_statement(make_difference()), [gate])
    assert (again.gates, exit_code(again)) == (statement.gates, 5)


def test_a_gate_on_a_student_that_there_is_not_is_not_measured(make_difference, make_statement):
    """A misspelt name holds nothing."""
    statement = make_statement(make_difference(0.05), gates=[Gate("accuracy", 0.01, student="mpl")])
    assert [(gate.student, gate.state) for gate in statement.gates] == [("mpl", "not_measured")]
    assert exit_code(statement) == 5


def test_a_gate_without_a_label_does_not_hold_while_one_label_was_not_measured(
    make_difference, make_statement, make_gap
):
    """Four classes are well and the fifth too small: undecided, also when the statement is only read again."""
    rows = [make_difference(0.0, 0.001, metric="recall", output=label) for label in ("calm", "glad")]
    gates = [Gate("recall", 0.05)]
    statement = make_statement(*rows, gaps=[make_gap("anger")], gates=gates)
    assert [(gate.output, gate.state, gate.rule) for gate in statement.gates] == [
        ("calm", "held", "mlp loses at most 0.05 of recall of calm"),
        ("glad", "held", "mlp loses at most 0.05 of recall of glad"),
        ("anger", "not_measured", "mlp loses at most 0.05 of recall of anger"),
    ]
    assert (statement.verdict, exit_code(statement)) == ("undecided", 5)
    again = regate(make_statement(*rows, gaps=[make_gap("anger")]), gates)
    assert (again.gates, again.verdict) == (statement.gates, "undecided")


def test_a_gate_on_another_label_is_not_asked_for_what_was_not_measured(make_difference, make_statement, make_gap):
    """Nor is one on another student, slice, contrast or metric."""
    row = make_difference(0.0, 0.001, metric="recall", output="calm")
    others = [
        make_gap("calm", student="cnn"),
        make_gap("calm", subset="women"),
        make_gap("calm", contrast="slice-rest", subset="women"),
        make_gap("calm", metric="f1"),
    ]
    gate = Gate("recall", 0.05, output="calm", student="mlp")
    statement = make_statement(row, gaps=[make_gap("anger"), *others], gates=[gate])
    assert [(gate.output, gate.state) for gate in statement.gates] == [("calm", "held")]
    assert exit_code(statement) == 0
    assert states(make_statement(row, gaps=others, gates=[Gate("recall", 0.05, slice="women")])) == ["not_measured"]


def test_what_was_not_measured_is_said_once(make_difference, make_statement, make_gap):
    """Of two text sets, and although the student has no row at all; the most specific gate is asked."""
    gaps = [make_gap("anger"), make_gap("anger", data="other")]
    gates = [Gate("recall", 0.05), Gate("recall", 0.1, output="anger")]
    statement = make_statement(make_difference(), gaps=gaps, gates=gates)
    assert [(gate.student, gate.output, gate.margin, gate.state) for gate in statement.gates] == [
        ("mlp", "anger", 0.1, "not_measured")
    ]
    both = make_statement(gaps=[make_gap("anger"), make_gap("glad")], gates=gates[:1], students=("mlp", "cnn"))
    assert [(gate.student, gate.output) for gate in both.gates] == [("mlp", "anger"), ("mlp", "glad"), ("cnn", None)]


def test_what_was_not_measured_stays_in_the_file(make_statement, make_gap, tmp_path):
    """With the reason."""
    statement = make_statement(gaps=[make_gap("anger", subset="women")])
    write_statement(statement, tmp_path / "statement.json")
    (kept,) = read_statement(tmp_path).audits[0].gaps
    assert kept.model_dump() == {
        "metric": "recall",
        "data": "toy",
        "student": "mlp",
        "contrast": "student-teacher",
        "slice": "women",
        "output": "anger",
        "why": "5 items of this class, at least 10 are needed",
    }


def test_the_adjusted_p_value_of_a_gated_row_decides_its_gate(make_difference, make_statement):
    """A row that can never be lost, and one without variance, count as 1: .03 stays the smallest of two, so .06."""
    barely = make_difference(-0.05, 0.04 / 2.17)
    gates = [Gate("accuracy", 0.01), Gate("auc", 0.01)]
    for other in (
        make_difference(-0.5, metric="auc", withheld=("lost", "gained")),
        make_difference(-0.5, 0.0, metric="auc"),
        make_difference(-0.5, metric="auc", direction="none"),
    ):
        statement = make_statement(barely, other, gates=gates)
        assert states(statement) == ["undecided", "undecided"]
        adjusted = [row.p_adjusted for row in statement.audits[0].differences]
        assert adjusted == [pytest.approx(2 * 2 * stats.norm.sf(2.17)), 1.0]
        again = regate(statement, gates)
        assert (again.gates, [row.p_adjusted for row in again.audits[0].differences]) == (statement.gates, adjusted)


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_the_adjusted_p_value_of_one_gated_row_is_its_own(make_difference, make_statement, direction):
    """Beyond the margin by 1.5 standard errors, p = .1336: not lost, and not 1 either; at the margin it is 1."""
    sign = -1 if direction == "higher" else 1
    for value, p in ((0.025, 0.1336144), (0.01, 1.0), (0.0, 1.0)):
        row = make_difference(sign * value, direction=direction)
        (difference,) = make_statement(row, gates=[Gate("accuracy", 0.01)]).audits[0].differences
        assert difference.p_adjusted == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(("delta", "state"), [(0.3, "lost"), (-0.05, "held")])
def test_the_p_value_of_a_distance_from_a_target_decides_its_gate(make_difference, make_statement, delta, state):
    """From .1 to .4 it is .3 further away, from .1 to .05 it is closer: 1, since nothing is lost."""
    row = make_difference(delta, metric="overconfidence", direction="target", target=0.0)
    teacher = StudentT(0.1, 0.005, math.inf, 1000)
    row = replace(row, left_value=0.1 + delta, right_value=0.1, right_inference=teacher)
    gates = [Gate("overconfidence", 0.01)]
    statement = make_statement(row, gates=gates)
    (difference,) = statement.audits[0].differences
    assert (states(statement), difference.p_adjusted) == ([state], difference.p_margin if state == "lost" else 1.0)
    assert regate(statement, gates) == statement


def test_a_slice_may_lose_no_more_than_the_rest(make_difference, make_statement):
    """A contrast of its own, with the margin of the metric unless a gate names it."""
    rows = [make_difference(), make_difference(-0.05, slice="women", contrast="slice-rest")]
    lent = make_statement(*rows, gates=[Gate("accuracy", 0.2)]).audits[0].differences[1]
    assert (lent.margin, lent.family, lent.verdict) == (0.2, "mlp/toy/quality", "preserved")
    gated = make_statement(*rows, gates=[Gate("accuracy", 0.02, slice="women", contrast="slice-rest")])
    assert (gated.audits[0].differences[0].margin, gated.audits[0].differences[1].margin) == (0.01, 0.02)
    assert [(gate.rule, gate.state) for gate in gated.gates] == [
        ("mlp loses at most 0.02 of accuracy on slice women more than the rest", "lost")
    ]


@pytest.mark.parametrize(
    ("gate", "rule"),
    [
        (Gate("mse", 0.1), "every student adds at most 0.1 to mse"),
        (Gate("auc", 0.1, data="toy"), "every student loses at most 0.1 of auc in toy"),
        (Gate("auc", 0, contrast="student-baseline"), "every student loses at most 0 of auc against its baseline"),
        (Gate("auc", 0, contrast="new-old"), "every student loses at most 0 of auc against the last release"),
        (
            Gate("overconfidence", 0.02),
            "every student is at most 0.02 further from the target in overconfidence than the teacher",
        ),
        (
            Gate("latency_p50_ms", 0.1),
            "latency_p50_ms of every student is at most 1.105 times that of the teacher (log ratio 0.1)",
        ),
        (
            Gate("texts_per_second", 0.1),
            "texts_per_second of every student is at least 0.9048 times that of the teacher (log ratio -0.1)",
        ),
    ],
)
def test_a_rule_is_said_in_words(gate, rule):
    """With what its number means."""
    assert gate.rule(None, None) == rule


def test_two_margins_for_the_same_rows_from_one_source_contradict_each_other():
    """The same gate twice does not; nor do recipe and command line, where the latter holds."""
    once, other = Gate("auc", 0.1, slice="women"), Gate("auc", 0.2, slice="women")
    assert distinct([once, once]) == (once,)
    later = replace(other, source="command line")
    assert distinct([once, later]) == (later,)
    said = (
        "Two gates of the recipe contradict each other: every student loses at most 0.1 of auc on slice women, and "
        "every student loses at most 0.2 of auc on slice women. Keep one of them."
    )
    with pytest.raises(InputError, match=re.escape(said)):
        distinct([once, other])
    women = {"slice": "women", "output": "rude", "student": "mlp"}
    said = (
        "Two gates of the command line contradict each other: mlp loses at most 0.1 of auc of rude on slice women, and "
        "mlp loses at most 0.2 of auc of rude on slice women. Keep one of them."
    )
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        distinct([Gate("auc", margin, "command line", **women) for margin in (0.1, 0.2)])


def test_a_margin_against_the_last_release_is_lent_to_its_slices(make_difference):
    """As one against the teacher is; a gate on one slice, or on another contrast, lends nothing."""
    row = make_difference(slice="women", contrast="new-old")
    assert Gate("accuracy", 0.1, contrast="new-old").lends(row)
    assert Gate("accuracy", 0.1).lends(row)
    assert not Gate("accuracy", 0.1, contrast="student-baseline").lends(row)
    assert not Gate("accuracy", 0.1, contrast="new-old", slice="men").lends(row)
    assert not Gate("auc", 0.1, contrast="new-old").lends(row)
    assert not Gate("accuracy", 0.1, contrast="new-old").lends(make_difference(contrast="student-baseline"))


@pytest.mark.parametrize(
    ("metric", "margin", "limit", "advice"),
    [("auc", 1.0, "1", "Write 0.01 for one point."), ("mse", -0.5, "1,000,000", "Give a number such as 0.01.")],
)
def test_a_margin_that_says_nothing_is_refused_with_what_to_write(metric, margin, limit, advice):
    """By the scale of its metric."""
    said = (
        f"The margin of {metric} says how much worse is still acceptable: at least 0 and less than {limit}, so it "
        f"cannot be {margin}. {advice}"
    )
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        check_margin(metric, margin)
    with pytest.raises(InputError, match=r"^There is no metric with a margin called 'sparkle'\. Known: accuracy, "):
        check_margin("sparkle", margin)


def test_metrics_of_gates_on_slices_are_asked_of_the_audits():
    """And no others."""
    gates = [Gate("auc", 0.1, slice="women"), Gate("f1", 0.1), Gate("recall", 0.1, slice="women", output="x")]
    assert metrics_in_slices(gates) == {"auc", "recall"}


def test_a_gate_that_cannot_be_checked_is_refused():
    """A contrast that gates do not look at, and a slice against the rest of nothing."""
    with pytest.raises(InputError, match="no contrast for gates called 'baseline-teacher'"):
        Gate("auc", 0.1, contrast="baseline-teacher")
    with pytest.raises(InputError, match=re.escape("Write auc[slice=NAME, contrast=slice-rest].")):
        Gate("auc", 0.1, contrast="slice-rest")
    with pytest.raises(InputError, match=re.escape("cannot be -0.01")):
        Gate("auc", -0.01, slice="women")
