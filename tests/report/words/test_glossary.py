"""Tests of what is said of metrics that few readers know."""

from angelshare.report.words.glossary import glossaries
from angelshare.statement.schema import Statement


def test_metrics_that_few_know_are_explained(suite_statement: Statement, statement: Statement):
    """Only those that are there."""
    (of_groups,) = glossaries(suite_statement)
    found = dict(of_groups.entries)
    assert of_groups.heading == "metrics of groups"
    assert "low means false positives" in found["BPSN AUC"]
    assert "final bias score" not in found
    assert glossaries(statement) == ()
