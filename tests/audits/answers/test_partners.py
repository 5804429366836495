"""Which items are partners of which original."""

import numpy as np
import pytest

from angelshare.audits.answers.partners import Partners, is_original
from angelshare.data.texts.loading import load_splits


def names(values):
    """Return a column of texts."""
    return np.array(values, dtype=object)


def test_pairs_that_are_none_are_left_out_with_counts():
    """One member, no original, three originals, and items in no pair at all."""
    pairs = names(["a", "a", "b", "c", "c", "d", "d", "d", "", "e", "e"])
    variants = names(["original", "x", "original", "x", "y", "original", "base_2", "", "x", "base", "y"])
    partners = Partners.from_pairs(pairs, variants)
    assert partners.original.tolist() == [0, 9]
    assert partners.partner.tolist() == [1, 10]
    assert partners.remarks == (
        "1 of 5 pairs have a single item and are left out.",
        "1 of 5 pairs have no original (a variant called `original` or `base...`, or blank) and are left out.",
        "1 of 5 pairs have more than one original and are left out.",
        "1 items are in no pair.",
    )


def test_originals_go_by_several_names():
    """In any case; blanks too."""
    assert is_original(names(["Original", "BASE_3", "base", "", "revised"])).tolist() == [True, True, True, True, False]


@pytest.mark.real_data
def test_counterfactual_reviews_turn_their_labels():
    """Every pair of the test split has an original and a revision with the other label."""
    reviews = load_splits("cad_imdb").role("test")
    partners = Partners.from_pairs(reviews.columns["pair"], reviews.columns["variant"])
    same, other = partners.same_label(reviews.truth)
    assert (len(partners), int(same.sum()), int(other.sum())) == (488, 0, 488)
    styles = load_splits("sst2_styles").role("validation")
    partners = Partners.from_pairs(styles.columns["pair"], styles.columns["variant"])
    assert len(partners) == 10 * 872
    assert partners.same_label(styles.truth)[0].all()
