"""Tests of what a model answers."""

import numpy as np
import pytest

from angelshare.audits.answers.decisions import (
    answers,
    distance,
    equal,
    log_chances,
    named,
    probabilities,
    right,
    true_names,
)

SETS = {"task": "multi_label", "labels": ("rude", "threat")}


def test_an_answer_is_right_only_where_it_is_known(make_member):
    """Unlabelled items are nobody's hit; of several labels all must be right."""
    observed = make_member("m/0", [-1, 1, 1], truth=[0, 1, -1])
    assert right(observed.member, observed.items).tolist() == [True, True, False]
    truth = [[1, 0], [0, 0], [1, np.nan]]
    several = make_member("m/0", [[1, -1], [1, -1], [1, -1]], truth=truth, **SETS)
    assert right(several.member, several.items).tolist() == [True, False, False]


def test_answers_are_named_and_no_label_is_a_name_too(make_member):
    """Sets of labels in the order of the labels."""
    sets = make_member("m/0", [[1, 1], [-1, -1], [-1, 1]], truth=[[1, 0], [0, np.nan], [0, 0]], **SETS)
    assert named(answers(sets.member), sets.member.labels).tolist() == ["rude, threat", "no label", "threat"]
    assert true_names(sets.items, sets.member.labels).tolist() == ["rude", None, "no label"]
    assert true_names(make_member("m/0", [1, 1], truth=[0, -1]).items, ("no", "yes")).tolist() == ["no", None]
    assert true_names(make_member("m/0", [1]).items, ("no", "yes")).tolist() == [None]


def test_sets_are_equal_only_as_a_whole():
    """One differing label makes two answers."""
    assert equal(np.array([[1, 0], [1, 1]]), np.array([[1, 0], [1, 0]])).tolist() == [True, False]


def test_the_distance_is_the_total_variation_of_the_probabilities(make_member):
    """(0.5, 0.2, 0.3) and (0.2, 0.4, 0.4) are 0.3 apart; of labels the mean counts."""
    more = {"task": "single_label", "labels": ("a", "b", "c"), "outputs": "probabilities"}
    left, right = (
        make_member("m/0", [[0.5, 0.2, 0.3]], **more).member,
        make_member("m/1", [[0.2, 0.4, 0.4]], **more).member,
    )
    assert distance(left, right).tolist() == [pytest.approx(0.3)]
    left = make_member("m/0", [[0.5, 0.2]], outputs="probabilities", **SETS).member
    right = make_member("m/1", [[0.1, 0.4]], outputs="probabilities", **SETS).member
    assert distance(left, right).tolist() == [pytest.approx(0.3)]


def test_without_probabilities_different_answers_are_one_apart(make_member):
    """A score with a threshold decides, a logit too."""
    ranking = make_member("m/0", [0.2, 0.9], outputs="score", threshold=0.5).member
    assert distance(ranking, make_member("m/1", [3.0, 2.0]).member).tolist() == [1.0, 0.0]


def test_chances_are_the_same_from_logits_and_from_probabilities(make_member):
    """For one question with three outcomes, and for two questions with two."""
    logits = np.array([[0.5, -1.0, 2.0]])
    shares = np.exp(logits) / np.exp(logits).sum()
    more = {"task": "single_label", "labels": ("a", "b", "c")}
    by_logits, by_probabilities = (
        make_member("m/0", logits, **more).member,
        make_member("m/1", shares, outputs="probabilities", **more).member,
    )
    np.testing.assert_allclose(log_chances(by_logits), np.log(shares)[:, None, :])
    np.testing.assert_allclose(log_chances(by_logits), log_chances(by_probabilities))
    logits, shares = np.array([[0.0, np.log(3)]]), np.array([[0.5, 0.75]])
    by_logits, by_probabilities = (
        make_member("m/0", logits, **SETS).member,
        make_member("m/1", shares, outputs="probabilities", **SETS).member,
    )
    np.testing.assert_allclose(np.exp(log_chances(by_logits)), [[[0.5, 0.5], [0.25, 0.75]]])
    np.testing.assert_allclose(log_chances(by_logits), log_chances(by_probabilities))
    np.testing.assert_allclose(probabilities(by_logits), probabilities(by_probabilities))
