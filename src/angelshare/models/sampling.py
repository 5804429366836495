"""Sampling of the next token from given random numbers, so that the other texts of a batch have no influence."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from angelshare.core.abilities import Generation


def samplers(settings: Generation, draws: Float[Tensor, "texts tokens"]) -> LogitsProcessorList:
    """Return the steps from logits to a token: temperature, then top-k, then top-p, then the draw.

    Args:
        settings: the settings of the generation.
        draws: numbers in [0, 1), one for each token to write.
    """
    chain = LogitsProcessorList([TemperatureLogitsWarper(settings.temperature)])
    if settings.top_k is not None:
        chain.append(TopKLogitsWarper(settings.top_k))
    if settings.top_p < 1:
        chain.append(TopPLogitsWarper(settings.top_p))
    chain.append(Drawn(draws))
    return chain


class Drawn(LogitsProcessor):
    """The choice of the token in whose share of the cumulative probability, by vocabulary order, the draw falls."""

    def __init__(self, draws: Float[Tensor, "texts tokens"]) -> None:
        """Keep the draws; each call uses the next column."""
        self._columns = iter(draws.T)

    def __call__(
        self,
        _written: Int[Tensor, "texts before"],
        scores: Float[Tensor, "texts words"],
    ) -> Float[Tensor, "texts words"]:
        """Return 0 for the token drawn, and minus infinity for all others."""
        reached = scores.double().softmax(1).cumsum(1)
        target = next(self._columns)[:, None] * reached[:, -1:]
        token = torch.searchsorted(reached, target, right=True)
        return torch.full_like(scores, -torch.inf).scatter(1, token, 0.0)
