"""Tests of things named by string."""

import pytest

from angelshare.core.errors import InputError
from angelshare.core.factories import Registry


def test_a_thing_is_imported_when_it_is_asked_for():
    """Names cost nothing; a wrong place shows when used."""
    registry = Registry("clock", {"date": "datetime:date", "broken": "no_such_module:thing"})
    assert registry.names() == ("broken", "date")
    assert registry.get("date").__name__ == "date"


def test_an_unknown_name_is_answered_with_the_nearest():
    """And with all that are known."""
    with pytest.raises(InputError, match=r"There is no clock called 'dat'\. Did you mean 'date'\? Known: date"):
        Registry("clock", {"date": "datetime:date"}).get("dat")
