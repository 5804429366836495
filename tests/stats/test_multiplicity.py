"""Tests of corrections for many questions."""

import pytest
from statsmodels.stats.multitest import multipletests

from angelshare.stats.multiplicity import holm, simultaneous_level


def test_holm_worked_by_hand():
    """.01 * 3, then .02 * 2 = .04, then .04 * 1, never below an earlier one."""
    assert holm([0.04, 0.01, 0.02]) == pytest.approx((0.04, 0.03, 0.04))
    assert holm([]) == ()


@pytest.mark.parametrize("p_values", [(0.2, 0.01, 0.01, 1.0, 0.03), (0.6, 0.5, 0.4), (0.0, 0.05)])
def test_holm_agrees_with_statsmodels(p_values):
    """Ties and ones included."""
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_bonferroni_shares_the_error_out():
    """5% over ten intervals is 0.5% each."""
    assert simultaneous_level(0.95, 10) == pytest.approx(0.995)
    assert simultaneous_level(0.95, 1) == pytest.approx(0.95)
