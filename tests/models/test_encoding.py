"""Tests of batches of like length."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from angelshare.models.encoding import batches


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(1, 500))
def test_batches_hold_every_row_once_and_keep_the_budget(n_tokens, budget):
    """Padding included, unless one text alone is longer."""
    taken = list(batches(np.array(n_tokens, dtype=np.int64), budget))
    assert sorted(row for rows in taken for row in rows) == list(range(len(n_tokens)))
    for rows in taken:
        assert len(rows) == 1 or len(rows) * max(n_tokens[row] for row in rows) <= budget
