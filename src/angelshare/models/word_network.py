"""The common parts of networks over word embeddings: embeddings, dropout, output layer, loss."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel, initialization
from transformers.modeling_outputs import SequenceClassifierOutput


class WordConfig(PreTrainedConfig):
    """The shape of a network over word embeddings.

    Attributes:
        vocab_size: the number of words.
        embedding_width: the width of a word's vector.
        embedding_std: the standard deviation of the random initial embeddings.
        dropout: the dropout after the embeddings and before the output layer.
        word_dropout: the share of words replaced by the unknown word in training.
        pad_token_id: the tokenizer's number of the padding word.
        unk_token_id: the tokenizer's number of the unknown word.
    """

    vocab_size: int = 5000
    embedding_width: int = 16
    embedding_std: float = 0.1
    dropout: float | int = 0.1
    word_dropout: float | int = 0.0
    pad_token_id: int | None = 0
    unk_token_id: int = 1


class WordNetwork(PreTrainedModel):
    """A classifier over word embeddings; subclasses turn the words of a text into one vector.

    Padding never counts, so that the logits of a text do not depend on the other texts of its batch.
    """

    config: WordConfig
    base_model_prefix = "features"

    def __init__(self, config: WordConfig, *, features_width: int) -> None:
        """Make the embeddings and the output layer; a subclass calls `post_init` after making its layers."""
        super().__init__(config)
        self.pad = int(config.pad_token_id or 0)
        self.embeddings = nn.Embedding(config.vocab_size, config.embedding_width, padding_idx=self.pad)
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(features_width, len(config.id2label or {}))

    def get_input_embeddings(self) -> nn.Embedding:
        """Return the word embeddings."""
        return self.embeddings

    def features(
        self, input_ids: Int[Tensor, "batch words"], mask: Bool[Tensor, "batch words"]
    ) -> Float[Tensor, "batch features"]:
        """Return one vector per text. Positions outside the mask hold the padding word."""
        raise NotImplementedError

    def forward(
        self,
        input_ids: Int[Tensor, "batch words"],
        attention_mask: Int[Tensor, "batch words"] | None = None,
        labels: Tensor | None = None,
        **_ignored: object,
    ) -> SequenceClassifierOutput:
        """Return logits, and the loss by the configured problem type where labels are given.

        Args:
            input_ids: word numbers, padded on the right; a batch of empty texts may have no column.
            attention_mask: 1 for words, 0 for padding; None: every number but that of the padding word is a word.
            labels: (batch,) class indices or values, or (batch, labels) for a multi-label task.
            _ignored: further outputs of tokenizers, such as segment ids.
        """
        input_ids, mask = self._prepare(input_ids, attention_mask)
        logits = self.output(self.dropout(self.features(input_ids, mask)))
        loss = None
        if labels is not None:
            loss = self.loss_function(labels=labels, pooled_logits=logits, config=self.config)
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def _prepare(self, input_ids: Tensor, attention_mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return word numbers with at least one column, some dropped in training, and the mask of real words."""
        if input_ids.shape[1] == 0:
            input_ids = input_ids.new_full((len(input_ids), 1), self.pad, dtype=torch.long)
            attention_mask = torch.zeros_like(input_ids)
        mask = input_ids.ne(self.pad) if attention_mask is None else attention_mask.bool()
        if self.training and self.config.word_dropout > 0:
            dropped = torch.rand(input_ids.shape, device=input_ids.device) < self.config.word_dropout
            input_ids = input_ids.masked_fill(dropped, self.config.unk_token_id)
        return input_ids.masked_fill(~mask, self.pad), mask

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Initialise as torch does by default, except for embeddings, which start at `embedding_std`.

        Overridden because transformers draws all weights from N(0, 0.02^2), which is too small for such narrow layers.
        """
        if isinstance(module, nn.Embedding):
            initialization.normal_(module.weight, std=self.config.embedding_std)
            if not getattr(module.weight, "_is_hf_initialized", False):
                module.weight[self.pad].zero_()
        elif isinstance(module, nn.Linear | nn.Conv1d):
            bound = module.weight[0].numel() ** -0.5
            _uniform(module, bound)
        elif isinstance(module, nn.LSTM):
            _uniform(module, module.hidden_size**-0.5)


def _uniform(module: nn.Module, bound: float) -> None:
    """Draw every parameter of the module from U(-bound, bound)."""
    for parameter in module.parameters(recurse=False):
        initialization.uniform_(parameter, -bound, bound)
