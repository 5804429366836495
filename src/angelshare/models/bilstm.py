"""A bidirectional LSTM over word embeddings."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from angelshare.models.word_network import WordConfig, WordNetwork


class BilstmConfig(WordConfig):
    """A bidirectional LSTM over word embeddings.

    Attributes:
        embedding_width: the width of the word embeddings.
        hidden_width: the width of the states of one direction.
        pooling: the pooling over the states of both directions: `max`, `mean`, or `last` (the state of each direction
            after its last word).
    """

    model_type = "angelshare-bilstm"

    embedding_width: int = 64
    hidden_width: int = 64
    pooling: str = "max"


class BilstmForSequenceClassification(WordNetwork):
    """Pooled states of an LSTM that reads forwards and one that reads backwards.

    The backward one reads the words of each text in reverse order, padding still on the right, so that neither ever
    reads padding before a word and no packed sequences are needed, which are slow on CPUs.
    """

    config_class = BilstmConfig
    config: BilstmConfig

    def __init__(self, config: BilstmConfig) -> None:
        """Make the layers."""
        super().__init__(config, features_width=2 * config.hidden_width)
        self.forwards = nn.LSTM(config.embedding_width, config.hidden_width, batch_first=True)
        self.backwards = nn.LSTM(config.embedding_width, config.hidden_width, batch_first=True)
        self.post_init()  # type: ignore[no-untyped-call]  # transformers does not type it

    def features(
        self, input_ids: Int[Tensor, "batch words"], mask: Bool[Tensor, "batch words"]
    ) -> Float[Tensor, "batch features"]:
        """Return the pooled states; a text without words gives the zero vector."""
        words = self.dropout(self.embeddings(input_ids))
        n_words = mask.sum(dim=1)
        position = torch.arange(input_ids.shape[1], device=input_ids.device)
        reverse = torch.where(mask, n_words[:, None] - 1 - position, position)
        forwards, _ = self.forwards(words)
        backwards, _ = self.backwards(_reorder(words, reverse))
        if self.config.pooling == "last":
            states = torch.cat([forwards, backwards], dim=2)
            last = (n_words - 1).clamp(min=0)
            return states[torch.arange(len(states)), last] * (n_words > 0)[:, None]
        return self._pool(torch.cat([forwards, _reorder(backwards, reverse)], dim=2), mask)

    def _pool(
        self, states: Float[Tensor, "batch words features"], mask: Bool[Tensor, "batch words"]
    ) -> Float[Tensor, "batch features"]:
        """Return the maximum or the mean over the words of each text."""
        n_words = mask.sum(dim=1, keepdim=True)
        if self.config.pooling == "mean":
            return (states * mask[..., None]).sum(dim=1) / n_words.clamp(min=1)
        return states.masked_fill(~mask[..., None], -torch.inf).amax(dim=1).masked_fill(n_words == 0, 0.0)


def _reorder(
    states: Float[Tensor, "batch words width"], order: Int[Tensor, "batch words"]
) -> Float[Tensor, "batch words width"]:
    """Return the states of each text, reordered."""
    return states.gather(1, order[..., None].expand_as(states))
