"""Tests of what is said of metrics that few readers know."""

from angelshare.report.words.glossary import glossaries
from angelshare.statement.schema import Statement


def test_metrics_that_few_know_are_explained(suite_statement: Statement, statement: Statement):
    """Only those that are there."""
    groups, language_models = glossaries(suite_statement)
    meanings = dict(groups.entries)
    assert groups.heading == "metrics of groups"
    assert "low means false positives" in meanings["BPSN AUC"]
    assert "final bias score" not in meanings
    assert [title for title, _ in language_models.entries] == ["perplexity"]
    assert glossaries(statement) == (language_models,)
