"""Tests that the pages in docs/ say what the audits state."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
TABLES = runpy.run_path(str(DOCS / "tables.py"))


@pytest.mark.parametrize("page", TABLES["TABLES"])
def test_the_tables_of_a_page_are_made_from_the_facts_of_the_metrics(page: str):
    """A reader must be able to look up why; `make docs-tables` writes them anew."""
    assert (DOCS / page).read_text(encoding="utf-8") == TABLES["written"](page)
