"""How much closer one set of vectors lies to another than a second does: WEAT's and SEAT's effect size."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from angelshare.core.arrays import Labels, Vector

Vectors = Float[np.ndarray, "items width"]

_ROUNDING = 1e-12
"""Cosines that differ by less are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the texts of a test stand among the vectors.

    Attributes:
        x, y: (n,) of the targets. a, b: (m,) of the attributes.
    """

    x: Labels
    y: Labels
    a: Labels
    b: Labels


def associations(vectors: Vectors, texts: Labels, a: Labels, b: Labels) -> Vector:
    """Return s(w, A, B) of every text w: its mean cosine with the texts of A, less that with those of B."""
    return np.asarray(_unit(vectors[texts]) @ (_unit(vectors[a]).mean(axis=0) - _unit(vectors[b]).mean(axis=0)))


def effect_size(vectors: Vectors, places: Places) -> float | None:
    """Return d = (mean over X of s - mean over Y of s) / standard deviation of s over X and Y, with ddof = 1.

    Caliskan et al. (2017), "Semantics derived automatically from language corpora contain human-like biases". Positive:
    X lies closer to A, Y closer to B. With n texts in both X and Y, |d| is at most 2 sqrt((2n - 1) / 2n).

    None where a vector is 0 and has no angle, or all targets lie alike.
    """
    everywhere = np.concatenate([places.x, places.y, places.a, places.b])
    if not vectors[everywhere].any(axis=1).all():
        return None
    x, y = (associations(vectors, texts, places.a, places.b) for texts in (places.x, places.y))
    spread = float(np.std(np.concatenate([x, y]), ddof=1))
    return None if spread <= _ROUNDING else float(x.mean() - y.mean()) / spread


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors at length 1."""
    wide = vectors.astype(np.float64)
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True))
