"""When two columns are the same."""

import numpy as np
import pytest

from angelshare.core.arrays import unequal


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ([0, 1, -1], [0, 2, -1], [False, True, False]),
        ([0.0, np.nan, np.nan], [0.0, np.nan, 1.0], [False, False, True]),
        (np.array(["a", "b"], dtype=object), np.array(["a", "c"], dtype=object), [False, True]),
        ([[0.0, np.nan], [1.0, np.nan]], [[0.0, np.nan], [1.0, 0.0]], [[False, False], [False, True]]),
    ],
)
def test_missing_numbers_are_equal_and_texts_are_compared_too(first, second, differs):
    """Class indices, regression, texts, and several labels of an item."""
    assert unequal(np.asarray(first), np.asarray(second)).tolist() == differs
    assert unequal(np.asarray(second), np.asarray(first)).tolist() == differs
