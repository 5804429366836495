"""Tests of the committed statements: anyone can make them again, and no text of anybody stands in them."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from angelshare.recipes.rebuild import differing_findings, differing_rows, rebuild
from angelshare.statement.build import read_statement

RESULTS = Path(__file__).parents[1] / "docs" / "results"
STATEMENTS = sorted(file.parent for file in RESULTS.glob("*/statement.json"))
LARGEST = 1_000_000
"""Bytes of a file of kept answers."""


def test_there_are_statements():
    """The tests below would hold of none."""
    assert {"emotion", "hatecheck", "lost-in-distillation-tiny", "sst2"} <= {folder.name for folder in STATEMENTS}


@pytest.mark.parametrize("folder", STATEMENTS, ids=lambda folder: folder.name)
def test_a_committed_statement_is_rebuilt_to_the_last_digit(folder):
    """From the answers that stand beside it, without models or texts; a study with its claims and figures."""
    again = rebuild(folder)
    assert differing_rows(read_statement(folder), again) == []
    assert differing_findings(folder, again) == []
    assert sum(len(audit.differences) for audit in again.audits) > 20


@pytest.mark.parametrize("folder", STATEMENTS, ids=lambda folder: folder.name)
def test_kept_answers_are_small_and_hold_no_text(folder):
    """At most a megabyte each; of templates just their numbers."""
    files = sorted((folder / "predictions").iterdir())
    assert max(file.stat().st_size for file in files) <= LARGEST
    for file in (file for file in files if file.suffix == ".parquet"):
        table = pq.read_table(file)
        assert not {"text", "text_pair"} & set(table.column_names)
        if "template" in table.column_names:
            assert all(name in (None, "") or name.isdecimal() for name in table["template"].to_pylist())


@pytest.mark.parametrize("folder", STATEMENTS, ids=lambda folder: folder.name)
def test_committed_statements_are_redacted(folder):
    """Tables of texts have their texts left out."""
    statement = json.loads((folder / "statement.json").read_text("ascii"))
    tables = [table for audit in statement["audits"] for table in audit["tables"] if table["text_columns"]]
    for table in tables:
        hidden = [table["columns"].index(column) for column in table["text_columns"]]
        assert all(row[place] is None for row in table["rows"] for place in hidden)
