"""Families of encoders that students can be cut from: the places of their layers, heads and widths."""

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
    """The places of layers, heads and widths in the encoders of a family.

    Attributes:
        layers: the path from the backbone to the list of layers.
        to_heads: the paths from a layer to its projections to queries, keys and values.
        from_heads: the path from a layer to the projection of its heads' outputs.
        feed_forward: the configuration's name for the width of the feed-forward part.
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
        """Return the configuration of a smaller model; None leaves a number as it is.

        Args:
            config: the teacher's configuration.
            layers: the number of layers.
            heads: the number of heads; fewer heads are wider, with the same number of weights.
            width: the width of the hidden states, and of embeddings as wide as these.
            feed_forward: the width of the feed-forward part; None: 4 times `width` where that is given.

        Raises:
            ModelError: if a width is above the teacher's or below 1, or the number of heads does not divide it.
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
        """Return the weights of a model that keeps only these layers, counted from 1."""
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
        """Remove heads from a model in place: it then computes as if they gave zeros, with fewer weights.

        Its configuration alone cannot load it again, because the other heads are as wide as before and layers may keep
        different numbers of them.

        Args:
            model: a model of this family.
            heads: layer -> heads to remove, both counted from 1 in the model as it is.

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
        """Refuse a configuration that is impossible, or wider than the teacher's."""
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
        ModelError: if the model belongs to none of `FAMILIES`.
    """
    if config.model_type not in FAMILIES:
        raise ModelError(
            f"A {config.model_type!r} model cannot be cut. Supported are {', '.join(sorted(FAMILIES))}; choose such a "
            "teacher, or another kind of student."
        )
    return FAMILIES[config.model_type]


def _kept_heads(layer: int, n_heads: int, removed: Collection[int]) -> list[int]:
    """Return the heads of a layer that stay, counted from 0."""
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
    """Keep only these rows (dim 0, with their biases) or columns (dim 1) of a layer's weight."""
    linear.weight = nn.Parameter(linear.weight.detach().index_select(dim, rows.to(linear.weight.device)))
    linear.out_features, linear.in_features = linear.weight.shape
    if dim == 0:
        linear.bias = nn.Parameter(linear.bias.detach()[rows.to(linear.bias.device)])
