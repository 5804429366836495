"""Tests of users' texts in tables."""

import numpy as np

from angelshare.audits.frame.cells import LONGEST, SECOND, cell_text
from angelshare.core.alignment import Observed, aligned
from angelshare.core.items import Items
from angelshare.core.panel import Population
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch


def panel_of(batch, n=2):
    """Return a panel of these n texts; its ids stand in reverse order."""
    items = Items("t/0", np.array([f"i{n - i}" for i in range(n)]), texts=batch)
    teacher = Predictions("t/0", "binary", ("no", "yes"), "logits", np.zeros((n, 2)))
    return aligned("toy", Population("teacher", "t", (Observed(items, teacher),)), ())


def test_a_short_text_stays_as_it_is_and_a_long_one_is_cut_with_its_length():
    """A million characters in a cell of 2,000."""
    panel = panel_of(TextBatch(("short", "long " * 200_000)))
    assert cell_text(panel, 1) == "short"
    cut = cell_text(panel, 0)
    assert len(cut) == LONGEST
    assert cut.endswith(" … (cut: 1,000,000 characters)")


def test_both_halves_of_a_pair_are_shown_however_long_the_first_is():
    """In the order of the ids, like everything in a panel."""
    panel = panel_of(TextBatch(("it rained", "a" * 10_000), ("the street is wet", "b" * 10_000)))
    assert cell_text(panel, 1) == f"it rained{SECOND}the street is wet"
    cut = cell_text(panel, 0)
    assert len(cut) <= LONGEST
    first, second = cut.split(SECOND)
    assert first.startswith("aaaa")
    assert second.startswith("bbbb")
    assert first.endswith("(cut: 10,000 characters)")
    assert second.endswith("(cut: 10,000 characters)")


def test_texts_that_are_not_at_hand_are_none():
    """Files of predictions need not bring them."""
    assert cell_text(panel_of(None), 0) is None
