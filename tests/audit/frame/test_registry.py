"""Tests of running audits by name."""

from dataclasses import dataclass
from unittest.mock import Mock

import pytest

from angelshare.audit.frame import registry
from angelshare.audit.quality import Quality
from angelshare.core.errors import InputError
from angelshare.core.protocols import TEST, AuditResult, AuditSettings, ScoreRequest
from angelshare.core.text import TextBatch

REQUEST = ScoreRequest(TEST, ("a",), TextBatch(("a text",)))


@dataclass
class Greedy:
    """An audit that calls other texts `test`."""

    name: str = "greedy"
    question: str = "May I?"

    def requests(self, test, settings):
        """Return other texts under the same name."""
        return (ScoreRequest(TEST, ("b",), TextBatch(("another",))),)

    def measure(self, observations, settings):
        """Return nothing."""
        return AuditResult(self.name, self.question)


def test_the_test_split_is_requested_once_for_all_audits():
    """Both of the first audits want it."""
    assert registry.requests_of(registry.DEFAULT_AUDITS, REQUEST, AuditSettings()) == (REQUEST,)


def test_different_texts_under_one_name_are_refused(monkeypatch):
    """A panel cannot be two things."""
    monkeypatch.setattr(registry, "AUDITS", Mock(get={"quality": Quality, "greedy": Greedy}.get))
    with pytest.raises(InputError, match="both request 'test'"):
        registry.requests_of(["quality", "greedy"], REQUEST, AuditSettings())


def test_audits_run_in_the_order_of_their_names_each_once(make_member, make_panel):
    """A name given twice is measured once."""
    panel = make_panel([make_member("t/0", [1, -1])], [make_member("s/0", [1, 1])])
    results = registry.run_audits(["agreement", "quality", "agreement"], {TEST: panel}, AuditSettings())
    assert [result.name for result in results] == ["agreement", "quality"]


def test_an_unknown_audit_is_named_with_the_nearest():
    """One letter too many."""
    with pytest.raises(InputError, match="Did you mean 'quality'"):
        registry.load_audits(["quallity"])
