"""Tests of what one model answers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError, LabelError
from angelshare.core.predictions import Predictions


def predictions(values, *, task="binary", labels=("no", "yes"), outputs="logits", dtype=np.float64):
    """Return the answers of a member called mlp/0."""
    return Predictions("mlp/0", task, tuple(labels), outputs, np.asarray(values, dtype=dtype))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_not_finite_are_refused_with_their_row(bad):
    """The first one is named."""
    with pytest.raises(InputError, match=r"1 items with a NaN or infinite output, the first in row 2: "):
        predictions([[0, 1], [bad, 0], [1, 1]])


def test_a_wrong_width_an_empty_set_and_a_wrong_shape_are_refused():
    """One column for every label, one row for every item, at least one item."""
    with pytest.raises(LabelError, match=r"has 3 output columns, its labels \['no', 'yes'\] need 2"):
        predictions([[0, 1, 2]])
    with pytest.raises(InputError, match="has no items"):
        predictions(np.zeros((0, 2)))
    with pytest.raises(InputError, match=r"values of shape \(2,\): give one row for every item"):
        predictions([0, 1])


def test_decisions_are_the_first_of_the_largest_or_the_threshold():
    """A bare ranking score decides nothing."""
    assert predictions([[0, 1], [1, 1], [2, 1]]).decisions().tolist() == [1, 0, 0]
    score = predictions([[0.2], [0.5]], outputs="score")
    assert not score.has_decisions
    with pytest.raises(InputError, match="Give a threshold"):
        score.decisions()
    assert replace(score, threshold=0.5).decisions().tolist() == [0, 1]
    assert not predictions([[1, 0]], outputs="decisions").has_scores


def test_multi_label_decisions_cut_logits_at_zero_and_probabilities_at_one_half():
    """At the cut the answer is yes."""
    logits = predictions([[0, -0.1]], task="multi_label")
    shares = predictions([[0.5, 0.4]], task="multi_label", outputs="probabilities")
    assert logits.label_decisions().tolist() == shares.label_decisions().tolist() == [[True, False]]


def test_ranking_does_not_saturate():
    """A float32 softmax calls 20 and 40 both 1; the margin keeps them apart."""
    logits = np.array([[0, 20], [0, 40]], dtype=np.float32)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert softmax[0, 1] == softmax[1, 1]
    for task in ("binary", "single_label"):
        ranking = predictions(logits, task=task, dtype=np.float32).ranking(1)
        assert ranking.dtype == np.float64
        assert ranking[0] < ranking[1]


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20), st.floats(-20, 20)), min_size=1), st.floats(-50, 50))
def test_a_constant_added_to_a_row_of_logits_changes_nothing(rows, constant):
    """Neither the ranking nor the probabilities."""
    labels = ("joy", "fear", "anger")
    plain = predictions(rows, task="single_label", labels=labels)
    moved = predictions(np.array(rows) + constant, task="single_label", labels=labels)
    np.testing.assert_allclose(plain.ranking(2), moved.ranking(2), atol=1e-9)
    np.testing.assert_allclose(plain.log_probabilities(), moved.log_probabilities(), atol=1e-9)


def test_probabilities_are_known_from_logits_and_probabilities_only():
    """ln(1/4) and ln(3/4), from unnormalised shares too."""
    np.testing.assert_allclose(
        predictions([[0.5, 1.5]], outputs="probabilities").log_probabilities(), np.log([[0.25, 0.75]])
    )
    with pytest.raises(InputError, match="which give no probabilities"):
        predictions([[0, 1]], outputs="decisions").log_probabilities()


def test_answers_are_taken_by_positions_or_under_a_mask():
    """In this order."""
    three = predictions([[0, 1], [1, 1], [2, 1]])
    assert three.take(np.array([2, 0])).values[:, 0].tolist() == [2, 0]
    assert three.take(np.array([False, True, True])).values[:, 0].tolist() == [1, 2]
    assert len(three) == 3
