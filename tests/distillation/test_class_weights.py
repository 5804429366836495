"""Class weights: balanced ones worked by hand, given ones as given, and what cannot be weighed."""

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.distillation.class_weights import label_weights

BINARY = {"task": "binary", "labels": ("fine", "rude")}


def test_balanced_weights_give_every_class_the_same_say():
    """Three fine, one rude: 4 / (2 * 3) = 2/3 and 4 / (2 * 1) = 2; the unlabelled item does not count."""
    assert label_weights("balanced", np.array([0, 0, 1, 0, -1]), **BINARY) == pytest.approx((2 / 3, 2))


def test_a_fraction_counts_for_both_classes():
    """Shares .25, .25 and 1 of rude: 1.5 rude and 1.5 fine of 3."""
    assert label_weights("balanced", np.array([0.25, 0.25, 1.0, np.nan]), **BINARY) == pytest.approx((1, 1))


def test_weights_by_label_are_1_where_none_is_given():
    """And an unknown label is refused with the nearest."""
    assert label_weights({"rude": 3.0}, None, **BINARY) == (1.0, 3.0)
    assert label_weights(None, None, **BINARY) is None
    with pytest.raises(InputError, match="rude"):
        label_weights({"rued": 3.0}, None, **BINARY)


def test_what_cannot_be_weighed_is_said():
    """A class without texts, and a task without classes."""
    with pytest.raises(InputError, match="none of 2 human-labelled texts is rude"):
        label_weights("balanced", np.array([0, 0]), **BINARY)
    with pytest.raises(InputError, match="this is regression"):
        label_weights("balanced", np.array([0.5]), task="regression", labels=("value",))
