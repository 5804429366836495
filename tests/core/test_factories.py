"""Tests of things named by string."""

import pytest

from angelshare.core.errors import InputError
from angelshare.core.factories import Registry, nearest


def test_a_thing_is_imported_when_it_is_asked_for():
    """Names cost nothing; a wrong place shows when used."""
    registry = Registry("clock", {"date": "datetime:date", "broken": "no_such_module:thing"})
    assert registry.names() == ("broken", "date")
    assert registry.get("date").__name__ == "date"


def test_an_unknown_name_is_answered_with_the_nearest():
    """And with all that are known."""
    with pytest.raises(InputError, match=r"There is no clock called 'dat'\. Did you mean 'date'\? Known: date"):
        Registry("clock", {"date": "datetime:date"}).get("dat")


def test_a_name_that_was_cut_short_is_the_one_that_begins_so():
    """Rather than one of the same length; where several begin so, the nearest."""
    assert nearest("acc", ("accuracy", "mcc")) == " Did you mean 'accuracy'?"
    assert nearest("auc_", ("auc_x", "auc_yy", "mcc")) == " Did you mean 'auc_x'?"
    assert nearest("", ("accuracy",)) == ""
