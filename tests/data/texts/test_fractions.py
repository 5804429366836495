"""Fractional labels: read where they are asked for, trained on where they are known, refused where they are wrong."""

import numpy as np
import pandas as pd
import pytest

from angelshare.core.errors import InputError
from angelshare.data.texts.labelling import text_set
from angelshare.data.texts.loading import load_splits

ROWS = {"text": ["a", "b", "c", "d"], "label": [0, 1, 1, -1], "fraction": [0.2, 0.9, np.nan, 0.7]}


def remarks(*, fractional=True, task="binary", **columns):
    """Return four remarks."""
    labels = ("fine", "rude") if task == "binary" else ("a", "b", "c")
    return text_set(
        pd.DataFrame(ROWS | columns), name="remarks", task=task, labels=labels, where="x.csv", fractional=fractional
    )


def test_a_model_is_trained_on_fractions_and_judged_by_labels():
    """A blank is as its label says; what has no label stays without."""
    texts = remarks()
    np.testing.assert_array_equal(texts.targets, [0.2, 0.9, 1.0, np.nan])
    assert texts.truth.tolist() == [0, 1, 1, -1]
    assert texts.take(np.array([1])).fractions.tolist() == [0.9]


def test_fractions_that_nobody_asked_for_are_not_read():
    """Not even wrong ones."""
    texts = remarks(fractional=False, fraction=[7, 0, 0, 0])
    assert texts.fractions is None
    assert texts.targets is texts.truth


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_outside_0_to_1_is_refused_with_its_row(share):
    """Percent, for instance."""
    with pytest.raises(InputError, match=r"x.csv, row 2: the fraction is"):
        remarks(fraction=[0.2, share, 0.5, 0.5])


def test_shares_of_the_other_label_are_refused():
    """Three of three decided ones contradict their labels."""
    with pytest.raises(InputError, match="3 of 3 fractions contradict their labels"):
        remarks(fraction=[0.8, 0.1, 0.3, 0.9])


def test_only_binary_tasks_have_fractions():
    """A share of what else?"""
    with pytest.raises(InputError, match="this is single_label"):
        remarks(task="single_label", label=[0, 1, 2, -1])


@pytest.mark.real_data
def test_civil_comments_say_how_many_annotators_found_them_toxic():
    """Two thirds of the items have a share; the others are as their labels."""
    train = load_splits("civil_comments", fractional=True).roles["train"]
    assert 0.5 < (~np.isnan(train.fractions)).mean() < 1
    assert not np.isnan(train.targets).any()
