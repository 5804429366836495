"""Encoders as embedders: one vector for each text."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.abilities import Pooling
from angelshare.core.errors import ModelError
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.models.encoding import Encoding, encode_batch, padded
from angelshare.models.opening import backbone_folder, check_padding, network_card, read_network


def load_embedder(
    source: str | Path, pooling: Pooling, *, name: str | None = None, max_length: int | None = None
) -> "EncoderEmbedder":
    """Return the encoder in a folder or under a hub id as an embedder, in float32.

    A classifier's head is left out. Weights come from safetensors, and no code that comes with the model is run.

    Args:
        source: `minilm`, a folder or a hub id.
        pooling: the way from the tokens' vectors to the text's; published numbers differ in it.
        name: the name on the card; None: the folder's name.
        max_length: the maximum length in tokens; None: that of its training, else the longest it can take.

    Raises:
        ModelError: if it cannot be loaded safely, or lacks weights that the pooling needs.
    """
    folder = backbone_folder(source)
    network = read_network(AutoModel.from_pretrained, folder)
    model, tokenizer, absent = network.model, network.tokenizer, network.missing
    pooler = [weight for weight in absent if "pooler" in weight]
    missing = absent if pooling == "pooler" else sorted(set(absent) - set(pooler))
    if missing:
        raise ModelError(
            f"{folder} lacks {len(missing)} weights of an embedder that pools by {pooling} ({', '.join(missing[:3])}), "
            "which would be random numbers. Give a complete model, or pool by cls or mean."
        )
    if pooling == "pooler" and getattr(model, "pooler", None) is None:
        raise ModelError(f"{folder} has no pooler. Pool by cls or mean.")
    network.check_all_used(folder)
    check_padding(tokenizer, folder)
    card = network_card(
        folder, model, tokenizer, name=name or Path(source).name, precision="fp32", max_length=max_length
    )
    return EncoderEmbedder(model, tokenizer, card, pooling)


class EncoderEmbedder:
    """An encoder and its tokenizer as an `EncodingEmbedder`; runs on the GPU where there is one.

    Attributes:
        card: the model's entry in a statement.
        pooling: `cls`, `mean` or `pooler`.
        width: the width of a vector.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, card: ModelCard, pooling: Pooling
    ) -> None:
        """Put the model into evaluation mode on its device."""
        self.card = card
        self.pooling = pooling
        self.width: int = model.config.hidden_size
        self._tokenizer = tokenizer
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = model.eval()
        nn.Module.to(model, self._device)

    def encode(self, batch: TextBatch) -> list[Encoding]:
        """Return one encoding per text; its length is the number of tokens."""
        return encode_batch(self._tokenizer, batch, self.card.max_length or self._tokenizer.model_max_length)

    def embed_encoded(self, encodings: Sequence[Encoding]) -> Float[np.ndarray, "items width"]:
        """Return float32 vectors of one batch of encodings."""
        inputs = {name: array.to(self._device) for name, array in padded(encodings, self._tokenizer).items()}
        with torch.inference_mode():
            outputs = self._model(**inputs)
        vectors: Tensor = (
            outputs.pooler_output
            if self.pooling == "pooler"
            else pooled(outputs.last_hidden_state, inputs["attention_mask"], self.pooling)
        )
        return np.asarray(vectors.cpu().numpy())

    def embed(self, batch: TextBatch) -> Float[np.ndarray, "items width"]:
        """Return float32 vectors of the texts as one batch."""
        if not len(batch):
            return np.zeros((0, self.width), dtype=np.float32)
        return self.embed_encoded(self.encode(batch))


def pooled(
    states: Float[Tensor, "texts tokens width"], mask: Int[Tensor, "texts tokens"], pooling: Pooling
) -> Float[Tensor, "texts width"]:
    """Return the state of each text's first token, or the mean over its tokens, without padding."""
    if pooling == "cls":
        first = mask.argmax(1)
        return states[torch.arange(len(states), device=states.device), first]
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)
