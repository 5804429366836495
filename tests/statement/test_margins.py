"""Tests of default margins."""

import pytest

from angelshare.core.errors import InputError
from angelshare.statement.margins import DEFAULT_MARGINS, default_margin


def test_every_default_margin_has_a_reason_and_is_not_negative():
    """A number without a reason is a habit."""
    assert all(margin.value >= 0 and len(margin.reason) > 20 for margin in DEFAULT_MARGINS.values())


def test_a_metric_without_margin_is_refused_with_the_nearest_name():
    """Somebody added an audit and forgot its margin."""
    with pytest.raises(InputError, match="Did you mean 'accuracy'"):
        default_margin("acuracy")
