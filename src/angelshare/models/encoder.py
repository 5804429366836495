"""A network with a tokenizer as a scorer: texts in, logits out."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.arrays import Scores
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.models.encoding import Encoding, encode_batch, padded
from angelshare.models.word_network import WordNetwork

Precision = Literal["auto", "fp32", "bf16"]


def has_bf16() -> bool:
    """Return whether this machine computes in bfloat16 faster than in float32: a GPU that can, or such a CPU."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    cpu = Path("/proc/cpuinfo")
    flags = cpu.read_text(encoding="utf-8", errors="replace").split() if cpu.is_file() else []
    return "avx512_bf16" in flags or "amx_bf16" in flags


def resolve_precision(precision: Precision, model: PreTrainedModel) -> Literal["fp32", "bf16"]:
    """Return the precision that `auto` stands for: bf16 for transformers where it is fast, fp32 for word networks."""
    if precision == "auto":
        return "bf16" if has_bf16() and not isinstance(model, WordNetwork) else "fp32"
    return precision


def device_in_words() -> str:
    """Return the device that networks run on, in the words of a statement about speed."""
    if torch.cuda.is_available():
        return f"the GPU {torch.cuda.get_device_name()}"
    n_threads = torch.get_num_threads()
    return f"{n_threads} thread{'s' * (n_threads > 1)} of the processor"


class EncoderScorer:
    """A sequence classifier and its tokenizer as an `EncodingScorer`; runs on the GPU where there is one.

    In bf16 the matrices are kept and multiplied in bfloat16, while the layer norms and everything after the backbone
    keep their float32 weights: casting the weights once is faster than autocast, which casts them in every batch.

    Attributes:
        card: the model's entry in a statement; it runs at this `precision` (`fp32` or `bf16`) and `max_length`.
    """

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, card: ModelCard) -> None:
        """Put the model (in bf16 a copy of it) into evaluation mode on its device."""
        self.card = card
        self._tokenizer = tokenizer
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network: nn.Module = in_bf16(model) if card.precision == "bf16" else model
        self._model = network.to(self._device).eval()

    @property
    def mask_token(self) -> str | None:
        """Return the tokenizer's mask token; None where it has none."""
        token: str | None = self._tokenizer.mask_token
        return token

    def encode(self, batch: TextBatch) -> list[Encoding]:
        """Return one encoding per text; its length is the number of tokens."""
        return encode_batch(self._tokenizer, batch, self.card.max_length or self._tokenizer.model_max_length)

    def score_encoded(self, encodings: Sequence[Encoding]) -> Scores:
        """Return float32 logits (n, labels) of one batch of encodings."""
        inputs = {name: array.to(self._device) for name, array in padded(encodings, self._tokenizer).items()}
        with torch.inference_mode():
            logits: Tensor = self._model(**inputs).logits
        return np.asarray(logits.float().cpu().numpy())

    def score(self, batch: TextBatch) -> Scores:
        """Return float32 logits (n, labels) of the texts as one batch."""
        if not len(batch):
            return np.zeros((0, len(self.card.labels)), dtype=np.float32)
        return self.score_encoded(self.encode(batch))


def in_bf16(model: PreTrainedModel) -> PreTrainedModel:
    """Return a copy whose backbone multiplies in bfloat16; layer norms and the head keep float32 weights."""
    mixed = copy.deepcopy(model)
    nn.Module.to(mixed, torch.bfloat16)
    for name, module in mixed.named_children():
        if name != mixed.base_model_prefix:
            module.float()
            module.register_forward_pre_hook(_to_float32)
    for module in mixed.modules():
        if isinstance(module, nn.LayerNorm):
            module.float()
    return mixed


def _to_float32(_module: nn.Module, inputs: tuple[object, ...]) -> tuple[object, ...]:
    """Cast the inputs of a float32 module from bfloat16."""
    return tuple(
        value.float() if isinstance(value, Tensor) and value.is_floating_point() else value for value in inputs
    )
