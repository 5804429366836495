"""Items that are not independent for more than one reason."""

import numpy as np
import scipy

from angelshare.core.arrays import Array, Labels


def linked(names: Array, clusters: Labels | None) -> Labels:
    """Return (n,) codes of dependent items: those of one name or one cluster, or linked through several.

    Args:
        names: (n,) of pairs or templates, "" where an item has none.
        clusters: (n,) codes of further dependent items; None: there are none.
    """
    known, codes = np.unique(names, return_inverse=True)
    alone = np.flatnonzero(names == "")
    codes[alone] = len(known) + np.arange(len(alone))
    if clusters is None:
        return np.unique(codes, return_inverse=True)[1]
    beyond = codes.max() + 1 + np.unique(clusters, return_inverse=True)[1]
    n_nodes = beyond.max() + 1
    links = scipy.sparse.coo_array((np.ones(len(codes)), (codes, beyond)), shape=(n_nodes, n_nodes))
    return np.unique(scipy.sparse.csgraph.connected_components(links, directed=False)[1][codes], return_inverse=True)[1]
