"""Tests of how the next token is drawn."""

import numpy as np
import pytest
import torch

from angelshare.core.abilities import Generation
from angelshare.models.sampling import samplers

PROBABILITIES = np.array([0.5, 0.0, 0.3, 0.2])


def drawn(draws, probabilities=PROBABILITIES, **settings):
    """Return the tokens that these draws choose, each from the same probabilities."""
    chain = samplers(Generation(**settings), torch.tensor(draws)[:, None])
    with np.errstate(divide="ignore"):
        logits = torch.tensor(np.log(probabilities)).float().repeat(len(draws), 1)
    return chain(torch.zeros(len(draws), 1, dtype=torch.long), logits).argmax(1).tolist()


def test_a_token_is_drawn_where_the_draw_falls_under_its_share():
    """Shares up to 0.5, 0.5, 0.8 and 1; a token without probability is never drawn."""
    assert drawn([0.0, 0.499, 0.501, 0.799, 0.801, 0.9999999]) == [0, 0, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # 5/8 and 3/8 are left
        ({"top_k": 2}, [0, 0, 2, 2]),
        # 0.5 is not enough, 0.8 is: the same two
        ({"top_p": 0.7}, [0, 0, 2, 2]),
        # 0.25, 0.09 and 0.04 of 0.38: shares up to 0.658, 0.895 and 1
        ({"temperature": 0.5}, [0, 0, 0, 3]),
        ({"top_k": 1}, [0, 0, 0, 0]),
    ],
)
def test_settings_change_what_is_drawn_from(settings, expected):
    """Draws of 0.1, 0.6, 0.65 and 0.9."""
    assert drawn([0.1, 0.6, 0.65, 0.9], **settings) == expected


def test_tokens_are_drawn_as_often_as_they_are_likely():
    """40,000 even draws give the shares themselves."""
    draws = (np.arange(40_000) + 0.5) / 40_000
    assert np.bincount(drawn(draws.tolist()), minlength=4) / 40_000 == pytest.approx(PROBABILITIES, abs=1e-4)


def test_each_step_takes_the_next_draw():
    """One column for each token that is written."""
    chain = samplers(Generation(), torch.tensor([[0.1, 0.9]]))
    logits = torch.log(torch.tensor([[0.5, 0.5]]))
    assert [chain(torch.zeros(1, 1, dtype=torch.long), logits).argmax(1).item() for _ in range(2)] == [0, 1]
