"""Items that are not independent for more than one reason."""

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from angelshare.core.arrays import Array, Labels


def linked(names: Array, clusters: Labels | None) -> Labels:
    """Return (n,) codes of items that are not independent: of one name, of one cluster, or linked by several of these.

    Args:
        names: (n,) of pairs or templates, "" where an item has none.
        clusters: (n,) codes of what else is not independent; None: nothing is.
    """
    known, codes = np.unique(names, return_inverse=True)
    alone = np.flatnonzero(names == "")
    codes[alone] = len(known) + np.arange(len(alone))
    if clusters is None:
        return np.unique(codes, return_inverse=True)[1]
    own = codes.max() + 1 + np.unique(clusters, return_inverse=True)[1]
    links = sparse.coo_array((np.ones(len(codes)), (codes, own)), shape=(own.max() + 1, own.max() + 1))
    return np.unique(csgraph.connected_components(links, directed=False)[1][codes], return_inverse=True)[1]
