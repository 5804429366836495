"""Names for the array types in signatures, and when two columns are the same."""

import numpy as np
from jaxtyping import Bool, Float, Int

Array = np.ndarray
Scores = Float[np.ndarray, "items outputs"]
Vector = Float[np.ndarray, " items"]
Labels = Int[np.ndarray, " items"]
Mask = Bool[np.ndarray, " items"]


def unequal(first: Array, second: Array) -> Array:
    """Return where two columns differ; nan, a label that is missing, equals itself."""
    both_missing = (first != first) & (second != second)  # noqa: PLR0124  (the test for nan that texts pass too)
    return np.asarray((first != second) & ~both_missing)
