"""The statement that Python people get."""

import json

import pandas as pd
import pytest

import angelshare as ash
from angelshare.core.errors import InputError, StatementError
from angelshare.recipes.folder.lock import locked
from angelshare.recipes.rebuild import differing_rows, rebuild
from angelshare.testing import assert_no_loss


@pytest.fixture
def statement(answers):
    """A statement that lies nowhere yet."""
    return ash.audit(
        answers.teacher,
        answers.student,
        data=answers.truth,
        task="binary",
        outputs="probabilities",
        audits="quality",
        gates="accuracy >= -0.3",
    )


def test_it_says_the_verdict_in_a_few_words(statement):
    """Its gates and warnings are at hand."""
    assert repr(statement).startswith("Loss statement 'predictions: student': preserved. The gate holds.\n")
    assert (statement.verdict, [gate.state for gate in statement.gates]) == ("preserved", ["held"])
    assert all(isinstance(warning, str) for warning in statement.warnings)
    assert "preserved" in statement._repr_html_()
    assert statement.html.startswith("<!doctype html>")


def test_every_difference_is_a_row(statement):
    """With the columns of the JSON, and the ends of intervals apart."""
    frame = statement.to_frame()
    rows = [row for audit in statement.content.audits for row in audit.differences]
    assert len(frame) == len(rows)
    assert frame.audit.unique().tolist() == ["quality"]
    for column in ("metric", "slice", "delta", "margin", "verdict", "p_adjusted"):
        assert [None if pd.isna(value) else value for value in frame[column]] == [getattr(row, column) for row in rows]
    assert frame.interval_low.tolist() == [row.interval.low for row in rows]
    assert frame.interval_family_high.tolist() == [row.interval_family.high for row in rows]
    assert frame.judged_low.isna().tolist() == [row.judged is None for row in rows]


def test_a_statement_without_differences_has_an_empty_frame(answers):
    """With the same columns, so that a query of it does not fail."""
    statement = ash.audit(answers.truth, answers.truth, task="binary", audits="quality")
    assert statement.to_frame().empty
    assert "metric" in statement.to_frame().columns


def test_it_is_asked_by_rules(statement):
    """Without any, by the gates that were set beforehand; a mistake is a sentence."""
    assert statement.check()
    assert not statement.check("accuracy >= -0.0001")
    assert_no_loss(statement, "accuracy >= -0.3")
    with pytest.raises(AssertionError, match="do not hold"):
        assert_no_loss(statement, "accuracy >= -0.0001")
    with pytest.raises(InputError, match="Did you mean 'accuracy'") as caught:
        statement.check("acuracy >= -0.01")
    assert caught.value.__suppress_context__


def test_saved_it_is_what_the_command_writes(statement, tmp_path):
    """Its look is counted then, once; its answers lie beside it, so that it can be rebuilt."""
    assert (statement.folder, statement.content.test_looks) == (None, 0)
    for _ in range(2):
        assert statement.save(tmp_path / "audit") == tmp_path / "audit"
    assert (statement.folder, statement.content.test_looks) == (tmp_path / "audit", 1)
    written = json.loads((tmp_path / "audit" / "statement.json").read_text("utf-8"))
    assert (written["test_looks"], written["verdict"]) == (1, "preserved")
    assert differing_rows(statement.content, rebuild(tmp_path / "audit")) == []


def test_a_finished_one_is_read_and_may_be_saved_elsewhere(statement, tmp_path):
    """From its folder or its file, with all that was kept beside it."""
    statement.save(tmp_path / "audit")
    for path in (tmp_path / "audit", str(tmp_path / "audit" / "statement.json")):
        read = ash.read(path)
        assert (read.folder, read.verdict) == (tmp_path / "audit", "preserved")
    read.save(tmp_path / "copy")
    assert differing_rows(ash.read(tmp_path / "copy").content, rebuild(tmp_path / "copy")) == []
    assert (tmp_path / "copy" / "statement.html").is_file()


def test_a_folder_in_use_takes_no_statement(statement, tmp_path):
    """Neither one that lies nowhere yet nor a finished one; whoever writes there says who it is."""
    statement.save(tmp_path / "audit")
    with locked(tmp_path / "copy"), pytest.raises(InputError, match="copy is in use by process"):
        statement.save(tmp_path / "copy")


def test_what_cannot_be_read_or_written_is_said_in_a_sentence(statement, tmp_path):
    """A folder without a statement, and one without a name."""
    with pytest.raises(StatementError, match=r"^There is no statement at .*none"):
        ash.read(tmp_path / "none")
    with pytest.raises(InputError, match=r"^`out` is blank\."):
        statement.save("")
    with pytest.raises(StatementError, match=r"^A statement is read from its folder, and this is a int\.$"):
        ash.read(3)
    with pytest.raises(InputError, match=r"^`rules` holds a value of type list\. Give rules such as"):
        statement.check(["accuracy >= -0.01"])
