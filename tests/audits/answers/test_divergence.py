"""Tests of KL divergence and probability loyalty."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from angelshare.audits.agreement import Agreement
from angelshare.audits.answers.divergence import divergence, loyalty
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations


def logs_of(logits):
    """Return (n, 1, labels) log-probabilities."""
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))[:, None, :]


def measure(panel):
    """Return the estimates by metric, and the remarks."""
    result = Agreement().measure(Observations({(TEST, "scores"): panel}), AuditSettings())
    return {estimate.metric: estimate for estimate in result.estimates}, result.remarks


@given(arrays(np.float64, (2, 4, 3), elements=st.floats(-30, 30)))
def test_kl_is_scipys_entropy_and_never_negative(logits):
    """Nats, item by item; a constant added to a row of logits changes nothing."""
    teacher, student = logs_of(logits[0]), logs_of(logits[1] + 7)
    ours = divergence(teacher, student)
    np.testing.assert_allclose(
        ours, entropy(np.exp(teacher[:, 0]), np.exp(student[:, 0]), axis=1), rtol=1e-6, atol=1e-9
    )
    assert (ours >= 0).all()


@given(arrays(np.float64, (2, 4, 3), elements=st.floats(-30, 30)))
def test_loyalty_is_one_less_scipys_jensen_shannon_distance(logits):
    """Base 2; the same from either side, between 0 and 1."""
    left, right = logs_of(logits[0]), logs_of(logits[1])
    ours = loyalty(left, right)
    # scipy takes the root of what rounding leaves below 0
    with np.errstate(invalid="ignore"):
        theirs = [1 - jensenshannon(p, q, base=2) for p, q in zip(np.exp(left[:, 0]), np.exp(right[:, 0]), strict=True)]
    # the root magnifies rounding near 0
    np.testing.assert_allclose(ours, np.nan_to_num(theirs, nan=1.0), atol=1e-6)
    np.testing.assert_allclose(ours, loyalty(right, left), atol=1e-6)
    assert ((ours >= 0) & (ours <= 1)).all()


def test_worked_by_hand(make_member, make_panel):
    """Teacher (1/2, 1/2), student (1/4, 3/4), and twice the same."""
    teacher = make_member("t/0", [[0.5, 0.5], [0.2, 0.8]], outputs="probabilities")
    student = make_member("s/0", [[0.25, 0.75], [0.2, 0.8]], outputs="probabilities")
    figures, _ = measure(make_panel([teacher], [student]))
    # KL = (ln 2 + ln 2/3) / 2 = ln(4/3) / 2, then 0
    assert figures["kl"].value == pytest.approx(math.log(4 / 3) / 4)
    # JS of (1/2, 1/2) and (1/4, 3/4), middle (3/8, 5/8), in bits: (log2 4/3 + log2 4/5)/4 + (log2 2/3)/8 + 3 (log2 6/5)/8
    js = (math.log2(4 / 3) + math.log2(4 / 5)) / 4 + math.log2(2 / 3) / 8 + 3 * math.log2(6 / 5) / 8
    assert figures["probability_loyalty"].value == pytest.approx(1 - math.sqrt(js) / 2)


def test_opposite_certainties_have_no_loyalty_and_kl_is_not_measured(make_member, make_panel):
    """KL would be infinite, the loyalty is 0."""
    teacher = make_member("t/0", [[1.0, 0.0], [0.2, 0.8]], outputs="probabilities")
    student = make_member("s/0", [[0.0, 1.0], [0.2, 0.8]], outputs="probabilities")
    figures, remarks = measure(make_panel([teacher], [student]))
    assert "kl" not in figures
    assert figures["probability_loyalty"].value == pytest.approx(0.5)
    assert "KL of s is not measured: 1 items have a probability of 0." in remarks


def test_hard_decisions_have_no_probabilities(make_member, make_panel):
    """Whoever gives none is named."""
    teacher = make_member("t/0", [[1, 0], [0, 1]], outputs="decisions")
    figures, remarks = measure(make_panel([teacher], [make_member("s/0", [-1, 1])]))
    assert set(figures) == {"agreement"}
    assert remarks[-1] == "KL and probability loyalty of s are not measured: t/0 give no probabilities."


def test_of_several_labels_each_yes_or_no_counts(make_member, make_panel):
    """Logits and probabilities of the same model agree; the mean over two labels, one of which is the same."""
    more = {"task": "multi_label", "labels": ("rude", "threat")}
    teacher = make_member("t/0", [[0.5, 0.3], [0.5, 0.3]], outputs="probabilities", **more)
    logits = np.log([[1 / 3, 3 / 7], [1 / 3, 3 / 7]])
    figures, _ = measure(make_panel([teacher], [make_member("s/0", logits, **more)]))
    # the first label: teacher 1/2, student 1/4, as in the case worked by hand
    assert figures["kl"].value == pytest.approx(math.log(4 / 3) / 4)
