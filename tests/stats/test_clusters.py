"""What two reasons together make dependent."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from angelshare.stats.clusters import linked

CODES = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d"]), st.integers(0, 5)), min_size=1, max_size=12)


def first_of(codes):
    """Return, of every item, the first one with its code."""
    return [codes.tolist().index(code) for code in codes.tolist()]


def test_pairs_and_clusters_link_what_they_share():
    """Pairs a and b lie in one cluster, c links the clusters 5 and 9; two items in no pair stay apart."""
    pairs = np.array(["a", "a", "b", "b", "c", "c", "d", "", ""], dtype=object)
    assert first_of(linked(pairs, None)) == [0, 0, 2, 2, 4, 4, 6, 7, 8]
    assert first_of(linked(pairs, np.array([7, 7, 7, 7, 5, 9, 9, 1, 2]))) == [0, 0, 0, 0, 4, 4, 4, 7, 8]


@given(CODES)
def test_items_are_together_exactly_where_a_chain_of_names_and_clusters_joins_them(items):
    """As merging two items at a time finds it."""
    names, clusters = np.array([name for name, _ in items], dtype=object), np.array([code for _, code in items])
    by_hand = np.arange(len(items))
    for i in range(len(items)):
        for j in range(i):
            if clusters[i] == clusters[j] or names[i] == names[j] != "":
                by_hand[by_hand == by_hand[i]] = by_hand[j]
    assert first_of(linked(names, clusters)) == first_of(by_hand)
