"""Tests of the file of a comparison."""

import json
from importlib.resources import files

import pytest

from angelshare.statement.compare import release_row
from angelshare.statement.comparison import Comparison, comparison_json_schema, comparison_text, write_comparison


@pytest.fixture
def comparison(make_statement, make_difference):
    """A comparison of a statement with itself, with a remark that is not ASCII."""
    statement = make_statement(make_difference())
    release = release_row(statement)
    return Comparison(
        schema_name="loss-comparison/0",
        created="2026-01-02T00:00:00+00:00",
        angelshare="0",
        old=release,
        new=release,
        identical=True,
        models=(),
        data=(),
        rows=(),
        gate_changes=(),
        items="naïve",
        audits=statement.audits,
        gates=(),
        verdict=None,
    )


def test_a_comparison_is_written_as_ascii_json_and_read_back_as_it_was(comparison, tmp_path):
    """One key a line, one space for every level, a line end, and nothing half-written beside it."""
    path = tmp_path / "comparison.json"
    write_comparison(comparison, path)
    written = path.read_bytes().decode("ascii")
    assert written == comparison_text(comparison) + "\n"
    assert written.startswith('{\n "schema": "loss-comparison/0",\n "created"')
    assert '"na\\u00efve"' in written
    assert Comparison.model_validate(json.loads(written)) == comparison
    assert [file.name for file in tmp_path.iterdir()] == ["comparison.json"]


def test_a_number_that_is_not_finite_leaves_the_file_as_it_was(comparison, tmp_path):
    """JSON has none."""
    path = tmp_path / "comparison.json"
    write_comparison(comparison, path)
    before = path.read_text(encoding="utf-8")
    (audit,) = comparison.audits
    (row,) = audit.differences
    broken = audit.model_copy(update={"differences": (row.model_copy(update={"se": float("nan")}),)})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_comparison(comparison.model_copy(update={"audits": (broken,)}), path)
    assert path.read_text(encoding="utf-8") == before


def test_the_schema_in_the_package_is_the_one_of_the_code():
    """Names as they stand in the file, such as `schema`."""
    published = files("angelshare.statement").joinpath("loss-comparison-0.json").read_text(encoding="utf-8")
    assert json.loads(published) == comparison_json_schema()
    assert "schema" in comparison_json_schema()["required"]
