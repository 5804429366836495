"""Tests of default margins."""

from pathlib import Path

import pytest

from angelshare.core.errors import InputError
from angelshare.statement.margins import DEFAULT_MARGINS, DefaultMargin, _slower, default_margin


def test_every_default_margin_has_a_reason_and_is_not_negative():
    """A number without a reason is a habit."""
    assert all(margin.value >= 0 and len(margin.reason) > 20 for margin in DEFAULT_MARGINS.values())


def test_a_metric_without_margin_is_refused_with_the_nearest_name():
    """Somebody added an audit and forgot its margin."""
    with pytest.raises(InputError, match="Did you mean 'accuracy'"):
        default_margin("acuracy")


def test_the_document_on_margins_names_every_metric_with_its_value_and_reason():
    """A reader must be able to look up why."""
    document = Path(__file__).parents[2].joinpath("docs", "margins.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in document.splitlines() if line[:1] == "|"]
    written = {cells[0].strip("`"): cells[1:] for cells in lines[2 : 2 + len(DEFAULT_MARGINS)]}
    assert written == {name: [f"{margin.value:g}", margin.reason] for name, margin in DEFAULT_MARGINS.items()}


def test_speed_is_judged_on_ratios():
    """5% slower is accepted by default, tenfold at most; what is more per second is better when higher."""
    assert _slower("Why.") == DefaultMargin(0.05, "Why.", limit=10.0, direction="lower", scale="log_ratio")
    assert _slower("Why.", "higher").direction == "higher"
    assert DEFAULT_MARGINS["latency_p50_ms"].direction == "lower"
