"""Families of encoders that students are cut from: where each keeps its layers, heads and widths."""

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel

from angelshare.core.errors import ModelError


@dataclass(frozen=True, slots=True)
class Family:
    """Where the encoders of a family keep what can be cut.

    Attributes:
        layers: the list of layers, below the backbone.
        to_heads: the projections to queries, keys and values, below a layer.
        from_heads: the projection of what all heads give, below a layer.
        feed_forward: what the configuration calls the width of the feed-forward part.
    """

    layers: str
    to_heads: tuple[str, str, str]
    from_heads: str
    feed_forward: str

    def shape(
        self,
        config: PreTrainedConfig,
        *,
        layers: int | None = None,
        heads: int | None = None,
        width: int | None = None,
        feed_forward: int | None = None,
    ) -> PreTrainedConfig:
        """Return the configuration of a smaller model; what is None stays as it is.

        Args:
            config: of the teacher.
            layers: how many.
            heads: how many the width is split into: fewer are wider, and take as many weights.
            width: of the hidden states; embeddings that are as wide go with it.
            feed_forward: its width; None: 4 times the width where that is given.

        Raises:
            ModelError: if a width is above the teacher's or below 1, or no multiple of the number of heads.
        """
        small = copy.deepcopy(config)
        if width is not None:
            small.hidden_size = width
            if getattr(config, "embedding_size", None) == config.hidden_size:
                small.embedding_size = width
            feed_forward = 4 * width if feed_forward is None else feed_forward
        changes = {"num_hidden_layers": layers, "num_attention_heads": heads, self.feed_forward: feed_forward}
        for name, value in changes.items():
            if value is not None:
                setattr(small, name, value)
        self._check(small, config)
        return small

    def weights(self, model: PreTrainedModel, layers: tuple[int, ...]) -> dict[str, Tensor]:
        """Return the weights of these layers, counted from 1, and of all else, named as in a model without the rest."""
        prefix = f"{model.base_model_prefix}.{self.layers}."
        layer = re.compile(re.escape(prefix) + r"(\d+)\.(.*)")
        kept = {}
        for name, weight in model.state_dict().items():
            in_layer = layer.fullmatch(name)
            if in_layer is None:
                kept[name] = weight
                continue
            for place, number in enumerate(layers):
                if int(in_layer[1]) == number - 1:
                    kept[f"{prefix}{place}.{in_layer[2]}"] = weight
        return kept

    def remove_heads(self, model: PreTrainedModel, heads: Mapping[int, Collection[int]]) -> None:
        """Slice heads out of a model, in place: it computes as if these heads gave zeros, with fewer weights.

        Its configuration cannot say so, and alone does not load it again: the other heads are as wide as before, and
        layers may keep different numbers of them.

        Args:
            model: of this family.
            heads: layer -> its heads to remove, both counted from 1 as the layer has them now.

        Raises:
            ModelError: if a layer or head does not exist, or a layer would keep none.
        """
        head_width = model.config.hidden_size // model.config.num_attention_heads
        stack = model.base_model.get_submodule(self.layers)
        assert isinstance(stack, nn.ModuleList)
        for number, removed in heads.items():
            if not 1 <= number <= len(stack):
                raise ModelError(f"The model has layers 1 to {len(stack)}, so layer {number} has no heads to remove.")
            layer = stack[number - 1]
            from_heads = _linear(layer, self.from_heads)
            kept = _kept_heads(number, from_heads.in_features // head_width, removed)
            rows = torch.cat([torch.arange(head_width) + head * head_width for head in kept])
            for path in self.to_heads:
                _keep(_linear(layer, path), rows, dim=0)
            _keep(from_heads, rows, dim=1)

    def _check(self, small: PreTrainedConfig, config: PreTrainedConfig) -> None:
        """Refuse a configuration that no model has, or that is wider than the teacher's."""
        for name, what in (("hidden_size", "wide"), (self.feed_forward, "wide in its feed-forward part")):
            width, most = getattr(small, name), getattr(config, name)
            if not 1 <= width <= most:
                raise ModelError(f"The teacher is {most} {what}, so it cannot be cut to a width of {width}.")
        if small.num_attention_heads < 1 or small.hidden_size % small.num_attention_heads:
            raise ModelError(
                f"A width of {small.hidden_size} cannot be split into {small.num_attention_heads} equal heads. "
                "Choose a width that is a multiple of the number of heads."
            )


_BERT = Family(
    layers="encoder.layer",
    to_heads=("attention.self.query", "attention.self.key", "attention.self.value"),
    from_heads="attention.output.dense",
    feed_forward="intermediate_size",
)

FAMILIES = {
    "bert": _BERT,
    "camembert": _BERT,
    "distilbert": Family(
        layers="transformer.layer",
        to_heads=("attention.q_lin", "attention.k_lin", "attention.v_lin"),
        from_heads="attention.out_lin",
        feed_forward="hidden_dim",
    ),
    "electra": _BERT,
    "roberta": _BERT,
    "xlm-roberta": _BERT,
}
"""Model type -> family. MiniLM is of type `bert`."""


def family_of(config: PreTrainedConfig) -> Family:
    """Return the family of a model.

    Raises:
        ModelError: if it is of none that is known here.
    """
    if config.model_type not in FAMILIES:
        raise ModelError(
            f"A {config.model_type!r} model cannot be cut. Supported are {', '.join(sorted(FAMILIES))}; choose such a "
            "teacher, or another kind of student."
        )
    return FAMILIES[config.model_type]


def _kept_heads(layer: int, n_heads: int, removed: Collection[int]) -> list[int]:
    """Return which heads of a layer stay, counted from 0."""
    kept = [head for head in range(n_heads) if head + 1 not in removed]
    if not kept or not set(removed) <= set(range(1, n_heads + 1)):
        raise ModelError(
            f"Layer {layer} has heads 1 to {n_heads} and keeps at least one, so the heads {sorted(removed)} cannot be "
            "removed from it."
        )
    return kept


def _linear(layer: nn.Module, path: str) -> nn.Linear:
    """Return a projection of a layer."""
    projection = layer.get_submodule(path)
    assert isinstance(projection, nn.Linear)
    return projection


def _keep(linear: nn.Linear, rows: Tensor, *, dim: int) -> None:
    """Keep these rows (dim 0) or columns (dim 1) of a layer's weight, and with rows their biases."""
    linear.weight = nn.Parameter(linear.weight.detach().index_select(dim, rows.to(linear.weight.device)))
    linear.out_features, linear.in_features = linear.weight.shape
    if dim == 0:
        linear.bias = nn.Parameter(linear.bias.detach()[rows.to(linear.bias.device)])
