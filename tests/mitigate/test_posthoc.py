"""Tests of what is fitted after training."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.predictions import Predictions
from angelshare.mitigate.posthoc import GroupThresholds, Temperature, fit_temperature, fit_thresholds


def answered(margins, truth, *, slices=None, **more):
    """Return binary logits with z0 = 0, and the items that they are about."""
    values = np.stack([np.zeros(len(margins)), np.asarray(margins, dtype=np.float64)], axis=1)
    ids = np.array([f"{i:03}" for i in range(len(margins))])
    given_ = {"task": "binary", "labels": ("fine", "toxic"), "outputs": "logits"} | more
    items = Items("m", ids, truth=None if truth is None else np.asarray(truth), slices=slices or {})
    return Predictions(name="m", values=values, **given_), items


def test_the_temperature_of_a_model_that_is_twice_too_sure():
    """At margin 2 log 3 the model says 9/10, and 3/4 is right: half the margin says 3/4, so the temperature is 2."""
    sure = 2 * np.log(3)
    fitted = fit_temperature(*answered([sure] * 12 + [-sure] * 12, [1] * 9 + [0] * 3 + [0] * 9 + [1] * 3))
    assert fitted.value == pytest.approx(2.0, abs=1e-4)
    assert fitted.n == 24


def test_a_temperature_changes_confidence_and_no_decision():
    """Logits are divided by it."""
    member, _ = answered([3.0, -1.0], [1, 0])
    softened = Temperature(2.0, 10).apply(member)
    assert softened.values[:, 1].tolist() == [1.5, -0.5]
    assert softened.decisions().tolist() == member.decisions().tolist()


def test_unlabelled_items_fit_no_temperature():
    """They are left out, and fewer than ten labelled ones are refused."""
    with pytest.raises(InputError, match="3 labelled items fit no temperature; give at least 10"):
        fit_temperature(*answered([1.0] * 12, [1, 0, 1] + [-1] * 9))


def test_thresholds_worked_by_hand():
    """All harmless items: 5 of 20 flagged, 1/4. The group: 5 of 10, so its cut moves up until 2 or 3 of 10 are."""
    others = [-1.0] * 10
    group = [-5.0, -4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    mask = np.array([False] * 10 + [True] * 10)
    fitted = fit_thresholds(*answered(others + group, [0] * 20, slices={"old": mask}), ["old"])
    assert fitted.rate == 0.25
    # 3 of 10 and 2 of 10 are equally near; the lower share, at the higher cut, comes first
    assert fitted.cuts == {"old": 3.5}
    assert fitted.not_fitted == {}
    assert fitted.rest == 0.0


def test_equal_scores_go_together():
    """Of all, 15 of 25 are flagged; the group's ten are alike, so that all of them (at a cut below) come nearer."""
    mask = np.array([False] * 15 + [True] * 10)
    member, items = answered([1.0] * 5 + [-1.0] * 10 + [2.0] * 10, [0] * 25, slices={"old": mask})
    fitted = fit_thresholds(member, items, ["old"])
    assert (fitted.rate, fitted.cuts) == (0.6, {"old": 1.0})
    assert fitted.apply(member, items.slices).decisions()[mask].all()


def test_a_margin_of_zero_is_no_flag():
    """Of equal logits the first label is decided for, and so it is counted."""
    assert fit_thresholds(*answered([0.0] * 5 + [1.0] * 5, [0] * 10), []).rate == 0.5


def test_several_labels_have_no_temperature():
    """They would each need one."""
    with pytest.raises(InputError, match="answers multi_label"):
        fit_temperature(*answered([1.0] * 12, np.zeros((12, 2)), task="multi_label"))


def test_an_item_of_two_groups_has_the_higher_cut():
    """And one of none has the rest's."""
    cuts = GroupThresholds({"a": 1.0, "b": -2.0}, rate=0.1, not_fitted={})
    masks = {"a": np.array([True, False, True, False]), "b": np.array([True, True, False, False])}
    assert cuts.by_item(masks, 4).tolist() == [1.0, -2.0, 1.0, 0.0]


def test_cuts_are_taken_off_the_margin():
    """So that the decision falls at 0 again."""
    member, items = answered([0.5, 0.5], [0, 0], slices={"a": np.array([True, False])})
    moved = GroupThresholds({"a": 1.0}, rate=0.1, not_fitted={}).apply(member, items.slices)
    assert moved.decisions().tolist() == [0, 1]


def test_a_group_of_few_harmless_items_is_not_fitted():
    """It is named with their number."""
    mask = np.array([True] * 9 + [False] * 11)
    fitted = fit_thresholds(*answered(np.linspace(-1, 1, 20), [0] * 20, slices={"few": mask}), ["few"])
    assert (dict(fitted.cuts), dict(fitted.not_fitted)) == ({}, {"few": 9})


@pytest.mark.parametrize(
    ("given_", "groups", "message"),
    [
        (answered([1.0], None), [], "no human labels to fit anything on"),
        (answered([1.0], [1]), [], "No item of m is labelled fine"),
        (answered([1.0], [0]), ["x"], "no slice 'x'; it has none"),
        (answered([1.0], [0], task="single_label"), [], "Thresholds per group are about a positive label"),
        (answered([1.0], [0], outputs="probabilities"), [], "m holds probabilities"),
    ],
)
def test_what_cannot_be_fitted_is_refused(given_, groups, message):
    """With a full sentence."""
    with pytest.raises(InputError, match=message):
        fit_thresholds(*given_, groups)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=10, max_size=60), st.lists(st.floats(-5, 5), min_size=10, max_size=60))
def test_the_group_is_flagged_as_often_as_all_as_nearly_as_its_items_allow(group, other):
    """No cut comes nearer than half an item's share, where its scores differ."""
    group, other = np.unique(np.round(group, 6)), np.unique(np.round(other, 6))
    if len(group) < 10:
        return
    margins = np.concatenate([group, other])
    mask = np.arange(len(margins)) < len(group)
    member, items = answered(margins, [0] * len(margins), slices={"g": mask})
    fitted = fit_thresholds(member, items, ["g"])
    flagged = (fitted.apply(member, items.slices).ranking(1)[mask] >= 0).mean()
    assert abs(flagged - fitted.rate) <= 0.5 / len(group) + 1e-12
