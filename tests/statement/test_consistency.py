"""Whether a statement fits together."""

import json

import pytest

from angelshare.core.audit import Table
from angelshare.core.errors import StatementError
from angelshare.statement.build import as_text, parse_statement, regate
from angelshare.statement.consistency import contradiction
from angelshare.statement.gates import Gate
from angelshare.statement.judging import judged

SPANS = ("interval", "interval_family")


@pytest.fixture
def said(make_statement, make_difference):
    """Return what is contradictory in a statement of these rows, all without a verdict that could contradict them."""

    def of(*rows):
        statement = make_statement(make_difference())
        (audit,) = statement.audits
        with_rows = audit.model_copy(update={"differences": tuple(map(judged, rows))})
        return contradiction(statement.model_copy(update={"audits": (with_rows,)}))

    return of


def test_a_row_that_stands_twice_is_a_contradiction(make_statement, make_difference, said):
    """Gates would read both; rows on other labels, slices or students are others."""
    part = {"output": "yes", "slice": "late"}
    audit = make_statement(make_difference(), make_difference(**part)).audits[0]
    first, second = audit.differences
    assert said(first, second) is None
    assert said(first, second, second) == (
        "it has more than one row on accuracy of yes on slice late (mlp, student-teacher, toy)"
    )
    for other in ({"student": "lstm"}, {"data": "other"}, {"contrast": "baseline-teacher"}, {"metric": "auc"}):
        assert said(first, first.model_copy(update=other)) is None


@pytest.mark.parametrize(("delta", "holds"), [(-0.1, True), (-0.1 - 1e-9, True), (-0.1 - 2e-9, False), (0.1, False)])
def test_a_difference_lies_in_its_interval(make_statement, make_difference, said, delta, holds):
    """At its end, and beyond it by no more than rounding."""
    (row,) = make_statement(make_difference()).audits[0].differences
    ends = {"low": -0.1, "high": 0.0}
    spans = {name: row.interval.model_copy(update=ends) for name in ("interval", "interval_family")}
    assert (said(row.model_copy(update={"delta": delta, **spans})) is None) == holds


@pytest.mark.parametrize("ends", [(1.1e-9, 1.0), (-1.0, -1.1e-9)])
@pytest.mark.parametrize("beyond", [0.9, 1.0])
def test_no_difference_lies_a_billionth_outside_of_either_interval(make_statement, make_difference, said, ends, beyond):
    """Here it is 0; more is a contradiction, said with the numbers."""
    (row,) = make_statement(make_difference(0.0)).audits[0].differences
    ends = tuple(end * beyond for end in ends)
    moved = {name: row.interval.model_copy(update=dict(zip(("low", "high"), ends, strict=True))) for name in SPANS}
    fault = "the interval of accuracy (mlp, student-teacher, toy), {:g} to {:g}, does not hold the difference 0"
    assert said(row.model_copy(update=moved)) == (None if beyond < 1 else fault.format(*ends))


def test_the_interval_of_a_family_is_no_narrower_than_a_single_one(make_statement, make_difference, said):
    """It holds for all rows at once."""
    (row,) = make_statement(make_difference(0.0, 0.01)).audits[0].differences
    narrow = row.interval.model_copy(update={"low": -0.001, "high": 0.001})
    assert "that holds for its whole family, -0.001 to 0.001, is narrower" in said(
        row.model_copy(update={"interval_family": narrow})
    )


GATES = (Gate("accuracy", 0.01), Gate("auc", 0.01))
EDITS = {
    "a verdict": (("audits", 0, "differences", 0, "verdict"), "preserved", "its interval and margin say lost"),
    "a margin": (("audits", 0, "differences", 0, "margin"), 0.5, "its interval and margin say preserved"),
    "an interval": (("audits", 0, "differences", 0, "interval", "high"), 0.5, "is narrower than its own"),
    "what is withheld": (("audits", 0, "differences", 0, "withheld"), ["lost"], "say undecided"),
    "a p-value": (("audits", 0, "differences", 0, "p_adjusted"), 0.9, "the adjusted p-value of accuracy"),
    "a state": (("gates", 0, "state"), "held", "is held, and its rows say lost"),
    "a state without a measurement": (("gates", 0, "state"), "not_measured", "is not measured, and its rows say lost"),
    "the margin of a gate": (("gates", 1, "margin"), 0.9, "and its rows say nothing"),
}


@pytest.mark.parametrize(("place", "value", "told"), EDITS.values(), ids=EDITS)
def test_an_edited_statement_is_told_what_does_not_fit(make_statement, make_difference, place, value, told):
    """Also if its checksum was taken out, and the verdict made to follow the gates."""
    statement = make_statement(make_difference(), make_difference(0.0, metric="auc"), gates=GATES)
    content = json.loads(as_text(statement))
    del content["sha256"]
    parse_statement(content, where="it")
    part = content
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    states = {gate["state"] for gate in content["gates"]}
    content["verdict"] = "lost" if "lost" in states else "preserved" if states == {"held"} else "undecided"
    with pytest.raises(StatementError, match="it contradicts itself: ") as error:
        parse_statement(content, where="it")
    assert told in str(error.value)


def test_a_gate_that_was_taken_out_is_missed(make_statement, make_difference):
    """Its row still says that a gate names it."""
    statement = make_statement(make_difference(), make_difference(0.0, metric="auc"), gates=GATES)
    less = statement.model_copy(update={"gates": statement.gates[1:], "verdict": "preserved"})
    assert contradiction(less) == "no gate says that accuracy (mlp, student-teacher, toy) is lost"


def test_what_is_measured_or_judged_again_fits_together(make_statement, make_difference, make_gap):
    """With gaps, and under other gates."""
    rows = (make_difference(output="no"), make_difference(0.0, metric="auc"), make_difference(slice="late"))
    statement = make_statement(*rows, gates=(*GATES, Gate("recall", 0.1)), gaps=[make_gap("yes")])
    assert contradiction(statement) is None
    for again in ([Gate("auc", 0.001)], [Gate("accuracy", 0.2, output="no"), Gate("accuracy", 0.1)], []):
        assert contradiction(regate(statement, again)) is None


TABLE = Table("calibration", "Calibration", ("bin", "share"), ((1, 0.5), (2, None)))
BROKEN = {
    "a row that is too short": [[1, 0.5], [2]],
    "text among numbers": [[1, 0.5], [2, "x"]],
    "a list in a cell": [[1, 0.5], [2, []]],
}


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN)
def test_a_table_that_no_chart_can_be_drawn_from_is_a_contradiction(make_statement, make_difference, rows):
    """Pages trust the tables of a statement."""
    content = json.loads(as_text(make_statement(make_difference(), tables=[TABLE])))
    del content["sha256"]
    parse_statement(content, where="it")
    content["audits"][0]["tables"][0]["rows"] = rows
    with pytest.raises(StatementError, match=r"it contradicts itself: .* of the table 'calibration'"):
        parse_statement(content, where="it")


@pytest.mark.parametrize("value", [1e308, -1e151, 10**200])
def test_a_number_beyond_all_metrics_is_refused(make_statement, make_difference, value):
    """Pages compute with it: its square, or a hundred times as much in per cent."""
    content = json.loads(as_text(make_statement(make_difference())))
    del content["sha256"]
    content["audits"][0]["differences"][0]["left_value"] = value
    with pytest.raises(StatementError, match=r"it holds a number beyond 1e\+150"):
        parse_statement(content, where="it")
