"""Templates of sets that do not name them."""

import numpy as np
import pandas as pd
import pytest

from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.templates import MASK, with_templates


def test_a_masked_word_leaves_the_template():
    """Whole words in any case; a text without a value, or without the word, is a template of its own."""
    frame = pd.DataFrame(
        {"text": ["An old cook", "a Young cook", "the young", "colder"], "term": ["old", "young", None, "old"]}
    )
    templates = with_templates(frame, "term", where="here")["template"].tolist()
    assert templates == [f"An {MASK} cook", f"a {MASK} cook", "the young", "colder"]
    assert with_templates(frame, None, where="here") is frame


@pytest.mark.real_data
def test_fuzzed_templates_are_texts_with_the_identity_masked():
    """1,514 texts with 50 identities each (75,700 of 76,564 texts); 864 texts have none and are alone."""
    fuzzed = load_splits("madlibs").role("test")
    sizes = np.bincount(fuzzed.clusters)
    assert (np.sum(sizes == 50), np.sum(sizes == 1)) == (1514, 864)
