"""Scores of templates with a swapped identity."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from angelshare.audits.identities.swapped import ScoreSense, ScoreSpread, Swapped
from angelshare.core.predictions import Predictions


@given(arrays(np.float64, st.tuples(st.integers(10, 15), st.just(3)), elements=st.floats(0.01, 0.99)))
def test_spreads_hold_together_whatever_the_scores(scores):
    """As pandas groups them; a deviation is at most half the range, and the shifts of a template add up to nothing."""
    n = len(scores)
    held = {
        "template": np.repeat([f"t{i:02d}" for i in range(n)], 3).astype(object),
        "identity": np.tile(["cooks", "smiths", "tailors"], n).astype(object),
    }
    member = Predictions(
        "m", "binary", ("no", "yes"), "probabilities",
        np.column_stack([1 - scores.ravel(), scores.ravel()]),
    )  # fmt: skip
    swapped = Swapped.from_templates(held["template"], held["identity"])
    dev, spread = (ScoreSpread(swapped, is_range=is_range)(member) for is_range in (False, True))
    frame = pd.DataFrame({**held, "score": scores.ravel()})
    by_template = frame.groupby("template")["score"]
    assert dev == pytest.approx(by_template.std(ddof=0).to_numpy(), abs=1e-12)
    assert spread == pytest.approx((by_template.max() - by_template.min()).to_numpy(), abs=1e-12)
    assert (dev <= spread / 2 + 1e-12).all()
    shifts = [ScoreSense(swapped, code)(member) for code in range(3)]
    assert np.sum(shifts, axis=0) == pytest.approx(0, abs=1e-12)
