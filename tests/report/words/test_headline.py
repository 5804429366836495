"""The first thing that is read."""

from collections.abc import Callable

from angelshare.report.words.headline import gate_sentence, headline
from angelshare.report.words.sentences import sentence
from angelshare.statement.schema import DifferenceRow, GateRow, Statement


def test_the_headline_says_what_was_lost_and_that_the_gate_fails(statement: Statement):
    """The lost gate stands first, with its loss, interval and margin."""
    head = headline(statement)
    assert head.state == "lost"
    assert head.sentences == (
        "mlp loses 7.2 points of accuracy (95% interval 5.8 to 8.6), more than the margin of 2.0.",
    )
    assert head.gates == "Of 4 gates: 1 failed, 1 undecided, 1 not measured, 1 held."


def test_gates_that_hold_do_not_hide_a_loss_that_they_are_not_about(
    make_difference: Callable[..., DifferenceRow], statement: Statement
):
    """The main metric first, at most three by name; losses of labels and slices stand further down."""
    rows = [make_difference(metric, 0.8, 0.9, 0.001) for metric in ("mcc", "macro_f1", "exact_match", "accuracy")]
    rows += [make_difference("recall", 0.8, 0.9, 0.001, output=label) for label in ("love", "anger")]
    rows += [make_difference("auc", 0.8, 0.9, 0.001, slice="women"), make_difference("auc", 0.9, 0.9, 0.001)]
    rows.append(make_difference("f1", 0.9, 0.9, 0.001, family="primary"))

    def told(n: int, verdict: str) -> tuple[str, ...]:
        audit = statement.audits[0].model_copy(update={"differences": tuple(rows[n:])})
        return headline(statement.model_copy(update={"audits": (audit,), "verdict": verdict})).sentences[1:]

    assert told(0, "preserved") == (
        "No gate is about these losses: accuracy (mlp), Matthews correlation (mlp), macro F1 (mlp) and 1 more.",
    )
    assert told(3, "undecided") == ("No gate is about these losses: accuracy (mlp).",)
    assert told(4, "preserved") == ()
    assert told(0, "lost") == ()


def test_without_gates_there_is_no_overall_verdict(statement: Statement):
    """The main metric is told all the same."""
    head = headline(statement.model_copy(update={"gates": (), "verdict": None}))
    assert head.state is None
    assert head.gates.startswith("No gate was set")
    assert head.sentences


def test_one_gate_is_told_in_the_singular():
    """Each state has its sentence."""
    gate = GateRow(rule="r", metric="accuracy", margin=0.01, student=None, state="held")
    states = {
        s: gate_sentence((gate.model_copy(update={"state": s}),)) for s in ("held", "lost", "undecided", "not_measured")
    }
    assert states == {
        "held": "The gate holds.",
        "lost": "The gate fails.",
        "undecided": "The gate is undecided.",
        "not_measured": "The gate's metric was not measured.",
    }
    lost = gate.model_copy(update={"state": "lost"})
    assert gate_sentence((gate, gate)) == "Both gates hold."
    assert gate_sentence((gate, gate, gate)) == "All 3 gates hold."
    assert gate_sentence((lost, lost)) == "Both gates fail."
    assert gate_sentence((lost, lost, lost)) == "All 3 gates fail."


def test_a_loss_that_only_the_correction_for_other_gates_hides_is_said(
    make_difference: Callable[..., DifferenceRow], statement: Statement
):
    """Before all gates that hold or are undecided; where another gate is lost, after that one."""
    gate = {"family": "primary", "family_size": 10, "margin": 0.01}
    alone = make_difference("accuracy", 0.85, 0.89, 0.005, p_adjusted=0.051, **gate)
    undecided_row = make_difference("auc", 0.80, 0.89, 0.1, p_adjusted=1.0, **gate)
    lost = make_difference("mcc", 0.85, 0.87, 0.001, p_adjusted=0.05, **gate)
    told = " Lost by itself, not after correcting for 10 gates: the gate is undecided."

    def said(verdict: str, *rows: DifferenceRow) -> tuple[str, ...]:
        audit = statement.audits[0].model_copy(update={"differences": rows})
        return headline(statement.model_copy(update={"audits": (audit,), "verdict": verdict})).sentences

    first, second = said("undecided", undecided_row, alone)
    assert first.startswith("mlp loses 4.0 points of accuracy")
    assert first.endswith(told)
    assert second.startswith("mlp, AUC: 1,821 items cannot decide")
    assert [claim.endswith(told) for claim in said("lost", alone, lost)] == [False, True]
    assert sentence(alone).endswith(told)
    assert not sentence(lost).endswith(told)
