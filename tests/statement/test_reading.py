"""Tests of reading a statement's file, and of what is said when it cannot be read."""

import json
import os
from pathlib import Path

import pytest

from angelshare.core.errors import StatementError
from angelshare.statement.build import as_text, read_statement, write_statement
from angelshare.statement.reading import MAX_DEPTH, read_json, unsealed, with_warnings


def nested(depth):
    """Return a number in so many lists."""
    return "[" * depth + "1" + "]" * depth


def test_a_hundred_levels_are_read_and_one_more_is_refused(tmp_path):
    """The file is named."""
    path = tmp_path / "deep.json"
    path.write_text(nested(MAX_DEPTH), encoding="utf-8")
    assert json.dumps(read_json(path)) == nested(100)
    for depth in (101, 200_000):
        path.write_text(nested(depth), encoding="utf-8")
        with pytest.raises(StatementError) as error:
            read_json(path)
        assert str(error.value) == (
            f"{path} nests deeper than 100 levels, which no statement does. Make the statement again."
        )


def test_a_statement_is_ascii_with_one_key_a_line(make_statement, make_difference, tmp_path):
    """And written whole or not at all."""
    statement = make_statement(make_difference()).model_copy(update={"title": "naïve"})
    write_statement(statement, tmp_path / "statement.json")
    written = (tmp_path / "statement.json").read_bytes().decode("ascii")
    assert written == as_text(statement) + "\n"
    assert written.startswith('{\n "schema": "loss-statement/0",\n "created"')
    assert '"na\\u00efve"' in written
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_text(statement.model_copy(update={"recipe": {"x": float("nan")}}))


def test_what_is_no_statement_is_told_with_its_file(make_statement, make_difference, tmp_path):
    """Whole sentences: another schema; one mistake in a field."""
    path = tmp_path / "statement.json"
    path.write_text('{"schema": "loss-statement/9"}', encoding="utf-8")
    with pytest.raises(StatementError) as schema:
        read_statement(tmp_path)
    assert str(schema.value) == (
        f"{path} has the schema 'loss-statement/9'; this version of angelshare reads 'loss-statement/0'. "
        "Make the statement again, or use the version that wrote it."
    )
    content = unsealed(json.loads(as_text(make_statement(make_difference()))), "it")
    path.write_text(json.dumps(content | {"test_looks": "many"}), encoding="utf-8")
    with pytest.raises(StatementError) as field:
        read_statement(path)
    assert str(field.value) == (
        f"{path} is not a valid loss-statement/0: 1 mistakes, the first at test_looks: Input should be a valid integer, "
        "unable to parse string as an integer. Make the statement again."
    )


def test_warnings_of_an_older_statement_are_read_from_among_its_notes(make_statement, make_difference, tmp_path):
    """They began with a word, and an audit's stood among its remarks; a statement with warnings keeps its words."""
    content = unsealed(json.loads(as_text(make_statement(make_difference()))), "it")
    (audit,) = content["audits"]
    said = ["Few.", "Warning: Too few.", "Warning:None."]
    old = {key: value for key, value in content.items() if key != "warnings"} | {"notes": said}
    old["audits"] = [{key: value for key, value in audit.items() if key != "warnings"} | {"remarks": said}]
    path = tmp_path / "statement.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    statement = read_statement(path)
    assert (statement.notes, statement.warnings) == (("Few.",), ("Too few.", "None."))
    assert (statement.audits[0].remarks, statement.audits[0].warnings) == (("Few.",), ("Too few.", "None."))
    path.write_text(json.dumps(content | {"notes": said}), encoding="utf-8")
    statement = read_statement(path)
    assert (statement.notes, statement.warnings) == (tuple(said), ())


@pytest.mark.parametrize(
    "content", [None, [], {}, {"notes": 1, "audits": 2}, {"audits": [3, {"remarks": 4}], "warnings": []}]
)
def test_what_is_no_statement_has_no_warnings_either(content):
    """Whether it is one is not for these to say."""
    assert with_warnings(content) == content


def test_only_regular_files_of_a_sane_size_are_read(tmp_path, monkeypatch):
    """A device or a pipe would be read for ever."""
    os.mkfifo(tmp_path / "statement.json")
    for place in (tmp_path, "/dev/zero"):
        with pytest.raises(StatementError, match="is a device or a pipe, not a file"):
            read_statement(Path(place))
    monkeypatch.setattr("angelshare.statement.reading.MOST_BYTES", 3)
    (tmp_path / "large.json").write_text("[   ]")
    with pytest.raises(StatementError, match="has 5 bytes, and no statement has"):
        read_json(tmp_path / "large.json")
