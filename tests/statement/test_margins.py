"""Tests of default margins."""

import pytest

from angelshare.core.errors import InputError
from angelshare.statement.margins import default_margin, judged_metrics


def test_only_metrics_that_are_judged_have_a_margin():
    """Agreement is reported, and no gate can name it."""
    assert default_margin("accuracy") == 0.01
    assert "agreement" not in judged_metrics()


def test_a_metric_without_margin_is_refused_with_the_nearest_name():
    """A letter is missing."""
    with pytest.raises(InputError, match="Did you mean 'accuracy'"):
        default_margin("acuracy")
