"""Convolutions over n-grams of words, with max-pooling (Kim 2014)."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from angelshare.models.word_network import WordConfig, WordNetwork


class CnnConfig(WordConfig):
    """Convolutions over n-grams of words, with max-pooling.

    Attributes:
        ngrams: widths of the windows, in words.
        filters: of every width.
    """

    model_type = "angelshare-cnn"

    embedding_width: int = 64
    ngrams: list[int] | tuple[int, ...] = (2, 3, 4, 5, 6)
    filters: int = 300


class CnnForSequenceClassification(WordNetwork):
    """The strongest answer of every filter to any n-gram of the text (Kim 2014, arXiv:1408.5882).

    A window that reaches beyond the text's end never counts, but for the first window of a text shorter than the
    n-gram, which is filled up with zeros.
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
        words = functional.pad(words, (0, 0, 0, max(missing, 0))).transpose(1, 2)
        n_words = mask.sum(dim=1, keepdim=True)
        maxima = []
        for n, convolution in zip(self.config.ngrams, self.convolutions, strict=True):
            answers = convolution(words)
            window = torch.arange(answers.shape[2], device=answers.device)
            beyond = window >= (n_words - n + 1).clamp(min=1)
            maxima.append(answers.masked_fill(beyond[:, None], -torch.inf).amax(dim=2))
        return torch.cat(maxima, dim=1).relu()
