"""Names for the array types that appear in signatures."""

import numpy as np
from jaxtyping import Bool, Float, Int

Array = np.ndarray
Scores = Float[np.ndarray, "items outputs"]
Vector = Float[np.ndarray, " items"]
Labels = Int[np.ndarray, " items"]
Mask = Bool[np.ndarray, " items"]
