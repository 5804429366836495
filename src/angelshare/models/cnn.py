"""Convolutions over n-grams of words, with max-pooling (Kim 2014)."""

from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from angelshare.models.word_network import WordConfig, WordNetwork


class CnnConfig(WordConfig):
    """Convolutions over n-grams of words, with max-pooling.

    Attributes:
        embedding_width: the width of the word embeddings.
        ngrams: the widths of the windows, in words.
        filters: the number of filters of each width.
    """

    model_type = "angelshare-cnn"

    embedding_width: int = 64
    ngrams: list[int] | tuple[int, ...] = (2, 3, 4, 5, 6)
    filters: int = 300


class CnnForSequenceClassification(WordNetwork):
    """The strongest answer of each filter to any n-gram of the text (Kim 2014, arXiv:1408.5882).

    Windows that reach beyond the end of a text do not count, except the first window of a text shorter than the n-gram,
    which is padded with zeros.
    """

    config_class = CnnConfig
    config: CnnConfig

    def __init__(self, config: CnnConfig) -> None:
        """Make the layers."""
        super().__init__(config, features_width=len(config.ngrams) * config.filters)
        self.convolutions = nn.ModuleList(nn.Conv1d(config.embedding_width, config.filters, n) for n in config.ngrams)
        self.post_init()  # type: ignore[no-untyped-call]  # transformers does not type it

    def features(
        self, input_ids: Int[Tensor, "batch words"], mask: Bool[Tensor, "batch words"]
    ) -> Float[Tensor, "batch features"]:
        """Return the maximum of every filter, after ReLU."""
        words = self.dropout(self.embeddings(input_ids)) * mask[..., None]
        missing = max(self.config.ngrams) - input_ids.shape[1]
        words = functional.pad(words, (0, 0, 0, max(missing, 0)))
        n_words = mask.sum(dim=1, keepdim=True)
        maxima = []
        for n, convolution in zip(self.config.ngrams, self.convolutions, strict=True):
            assert isinstance(convolution, nn.Conv1d)
            assert convolution.bias is not None
            n_windows = (n_words - n + 1).clamp(min=1)
            if torch.is_grad_enabled():
                strongest = StrongestWindow.apply(words, convolution.weight, convolution.bias, n_windows)  # type: ignore[no-untyped-call]  # torch does not type it
            else:
                strongest = _answers(words, convolution.weight, convolution.bias, n_windows).amax(dim=2)
            maxima.append(strongest)
        return torch.cat(maxima, dim=1).relu()


class StrongestWindow(torch.autograd.Function):
    """The maximum of a convolution over the windows of a text, differentiated at the windows that win.

    All other windows have gradient zero. Torch multiplies these zeros too, so that its backward pass takes twice as
    long as the forward one; this one takes less than that, and hardly more for longer texts. Where windows tie, one of
    them gets the gradient.
    """

    @staticmethod
    def forward(ctx: Any, words: Tensor, weight: Tensor, bias: Tensor, n_windows: Tensor) -> Tensor:  # noqa: ANN401  (torch's own)
        """Return (batch, filters) maxima over the windows that count; see `_answers`."""
        strongest, place = _answers(words, weight, bias, n_windows).max(dim=2)
        ctx.save_for_backward(words, weight, place)
        return strongest

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # noqa: ANN401  (torch's own)
        """Return the gradients of words, weight and bias, one word of the windows at a time."""
        words, weight, place = ctx.saved_tensors
        n_texts, n_words, width = words.shape
        factors = gradient.to(weight.dtype)[:, :, None]
        rows, by_place = words.reshape(-1, width), weight.permute(2, 0, 1).contiguous()
        first = (torch.arange(n_texts, device=place.device)[:, None] * n_words + place).reshape(-1)
        rows_gradient, weight_gradient = torch.zeros_like(rows), torch.empty_like(weight)
        for k, weights in enumerate(by_place):
            winners = rows.index_select(0, first + k).view(n_texts, -1, width)  # much faster than rows[first + k]
            weight_gradient[:, :, k] = winners.mul_(factors).sum(dim=0)
            rows_gradient.index_add_(0, first + k, (factors * weights).view(-1, width))
        return rows_gradient.view_as(words), weight_gradient, factors.sum(dim=(0, 2)), None


def _answers(
    words: Float[Tensor, "batch words width"],
    weight: Float[Tensor, "filters width n"],
    bias: Float[Tensor, " filters"],
    n_windows: Int[Tensor, "batch 1"],
) -> Float[Tensor, "batch filters windows"]:
    """Return the answer of each filter to each window, and -inf for windows that do not count."""
    answers = functional.conv1d(words.transpose(1, 2), weight, bias)
    beyond = torch.arange(answers.shape[2], device=answers.device) >= n_windows
    return answers.masked_fill_(beyond[:, None], -torch.inf)
