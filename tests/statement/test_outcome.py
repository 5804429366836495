"""How rules on a statement come out."""

import pytest

from angelshare.core.errors import InputError
from angelshare.statement.gates import Gate
from angelshare.statement.outcome import outcome

HELD, LOST, UNDECIDED = ("auc", 0.0, 0.001), ("accuracy", -0.05, 0.01), ("mcc", -0.01, 0.01)


@pytest.fixture
def statement(make_difference, make_statement):
    """One row that holds at a margin of 0.01, one that is lost and one that is neither."""
    return make_statement(
        *(make_difference(delta, se, metric=metric) for metric, delta, se in (HELD, LOST, UNDECIDED)),
        gates=[Gate("auc", 0.01)],
    )


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ((), "held"),
        (("auc >= -0.01",), "held"),
        (("auc >= -0.01", "mcc >= -0.01"), "undecided"),
        (("mcc >= -0.01", "auc[slice=women] >= -0.01"), "not_measured"),
        (("auc[slice=women] >= -0.01", "accuracy >= -0.01", "auc >= -0.01"), "lost"),
        ((Gate("accuracy", 0.2),), "held"),
    ],
)
def test_an_outcome_is_as_bad_as_its_worst_rule(statement, rules, state):
    """And true only if every rule holds."""
    came_out = outcome(statement, rules)
    assert came_out.state == state
    assert bool(came_out) == (state == "held")
    assert len(came_out.gates) == max(1, len(rules))


def test_it_says_what_was_measured_for_every_rule(statement):
    """A complaint is about those alone that do not hold; advice has what does not hold, too."""
    came_out = outcome(statement, ["auc >= -0.01", "accuracy >= -0.01"])
    said = repr(came_out)
    assert said.startswith("held: mlp loses at most 0.01 of auc\n  student ")
    assert "\nlost: mlp loses at most 0.01 of accuracy\n" in said
    complaint = came_out.complaint()
    assert complaint.startswith("1 of 2 rules on the statement 'toy' do not hold.\n\nlost: mlp loses")
    assert "held:" not in complaint
    assert outcome(statement).complaint() == ""


def test_what_is_undecided_may_be_let_through(statement):
    """What was not measured never is."""
    assert outcome(statement, ["mcc >= -0.01"]).complaint(allow_undecided=True) == ""
    assert outcome(statement, ["auc[slice=women] >= -0.01"]).complaint(allow_undecided=True)


def test_there_is_something_to_ask(make_difference, make_statement):
    """A statement without gates holds nothing by itself."""
    with pytest.raises(InputError, match=r"has no gates\. Give rules, such as 'accuracy >= -0\.01'\.$"):
        outcome(make_statement(make_difference()))
