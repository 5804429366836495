"""A bag of word embeddings and one hidden layer."""

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional
from transformers.activations import ACT2FN

from angelshare.models.word_network import WordConfig, WordNetwork


class MlpConfig(WordConfig):
    """A bag of word embeddings and one hidden layer.

    Attributes:
        hidden_width: the width of the hidden layer.
        activation: `relu` or `gelu`.
        pooling: `mean`, or `root`: the sum over words divided by the square root of their number, which dilutes one
            telling word less in a long text (Cer et al. 2018).
    """

    model_type = "angelshare-mlp"

    hidden_width: int = 64
    activation: str = "relu"
    pooling: str = "mean"


class MlpForSequenceClassification(WordNetwork):
    """f(W x + b) of the pooled word embeddings x, blind to the order of words; x is 0 for a text without words."""

    config_class = MlpConfig
    config: MlpConfig

    def __init__(self, config: MlpConfig) -> None:
        """Make the layers."""
        super().__init__(config, features_width=config.hidden_width)
        self.hidden = nn.Linear(config.embedding_width, config.hidden_width)
        self.activation = ACT2FN[config.activation]
        self.post_init()  # type: ignore[no-untyped-call]  # transformers does not type it

    def features(
        self,
        input_ids: Int[Tensor, "batch words"],
        mask: Bool[Tensor, "batch words"],
    ) -> Float[Tensor, "batch hidden"]:
        """Return the hidden layer over the pooled words."""
        # embedding_bag never builds the (batch, words, width) array, and leaves the padding word out of its mean
        bag = functional.embedding_bag(input_ids, self.embeddings.weight, mode="mean", padding_idx=self.pad)
        if self.config.pooling == "root":
            bag = bag * mask.sum(dim=1, keepdim=True).sqrt()
        hidden: Tensor = self.activation(self.hidden(self.dropout(bag)))
        return hidden
