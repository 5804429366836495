"""Tests of what is stated of metrics."""

import pytest

from angelshare.core.metric import PLAIN, MetricFacts, in_words, unknown_metric


@pytest.mark.parametrize(
    "more",
    [
        {"direction": "higher"},
        {"direction": "higher", "margin": 0.01},
        {"margin": 0.01, "reason": "As accuracy."},
        {"reason": "As accuracy."},
    ],
)
def test_a_metric_is_judged_with_a_margin_and_its_reason_or_not_at_all(more):
    """A margin without a reason is a habit."""
    with pytest.raises(ValueError, match="shine: a metric that is judged"):
        MetricFacts("shine", "shine", "How it shines.", **more)


@pytest.mark.parametrize(("direction", "target"), [("target", None), ("higher", 0.0)])
def test_a_target_is_stated_where_it_is_judged_by_and_nowhere_else(direction, target):
    """Nobody could say how far away a value is, or the number would do nothing."""
    with pytest.raises(ValueError, match="shine: a target"):
        MetricFacts("shine", "shine", "It.", direction=direction, target=target, margin=0.1, reason="As accuracy.")


def test_of_an_unknown_metric_nothing_is_guessed_but_its_words():
    """Its audit is not installed here."""
    facts = unknown_metric("positive_auc_n_bytes")
    assert (facts.title, facts.unit, facts.margin) == ("positive AUC n bytes", PLAIN, None)


def test_names_become_words():
    """Acronyms are capitals."""
    assert [in_words(name) for name in ("negative_flips", "auc", "auc_pr")] == ["negative flips", "AUC", "AUC-PR"]
