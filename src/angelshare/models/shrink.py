"""A student cut from its teacher: some of the teacher's layers."""

import copy
import re
from pathlib import Path
from typing import Literal

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from angelshare.core.errors import ModelError
from angelshare.models.checkpoint import load_model

LAYER_LISTS = {
    "bert": "encoder.layer",
    "camembert": "encoder.layer",
    "distilbert": "transformer.layer",
    "electra": "encoder.layer",
    "roberta": "encoder.layer",
    "xlm-roberta": "encoder.layer",
}
"""Model type -> where its layers stand below the backbone. MiniLM is of type `bert`."""


def cut_layers(
    teacher: str | Path | PreTrainedModel,
    layers: int | tuple[int, ...],
    *,
    init: Literal["teacher", "random"] = "teacher",
    seed: int = 0,
) -> PreTrainedModel:
    """Return a model with these layers of the teacher, in this order, and all else of it: embeddings, head, labels.

    Args:
        teacher: the model or its folder; it is not changed.
        layers: how many, or which, counted from 1; see `chosen_layers`.
        init: `random` takes the shape only and draws every weight under the seed.
        seed: of `random`.

    Raises:
        ModelError: if the teacher is of a family whose layers are not known here, or does not have these layers.
    """
    model = teacher if isinstance(teacher, PreTrainedModel) else load_model(teacher)[0]
    if model.config.model_type not in LAYER_LISTS:
        msg = (
            f"Layers of a {model.config.model_type!r} model cannot be taken out. "
            f"Supported are {', '.join(sorted(LAYER_LISTS))}; choose such a teacher, or another kind of student."
        )
        raise ModelError(msg)
    chosen = chosen_layers(model.config.num_hidden_layers, layers)
    config = copy.deepcopy(model.config)
    config.num_hidden_layers = len(chosen)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        student: PreTrainedModel = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    if init == "teacher":
        student.load_state_dict(_kept_weights(model, chosen))
    return student


def chosen_layers(n_layers: int, layers: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return which layers are kept, counted from 1.

    k of n are spread evenly with the last among them: layer ceil(i n / k) for i = 1..k, so 3 of 6 are 2, 4, 6.

    Raises:
        ModelError: if the teacher does not have so many, or a layer of that number.
    """
    numbers = range(1, layers + 1) if isinstance(layers, int) else layers
    if not numbers or min(numbers) < 1 or max(numbers) > n_layers:
        asked = f"{layers} layers" if isinstance(layers, int) else f"the layers {list(layers)}"
        raise ModelError(f"The teacher has layers 1 to {n_layers}, so {asked} cannot be taken from it.")
    if isinstance(layers, int):
        return tuple(-(-i * n_layers // layers) for i in numbers)
    return layers


def _kept_weights(teacher: PreTrainedModel, chosen: tuple[int, ...]) -> dict[str, torch.Tensor]:
    """Return the teacher's weights under the names that they have in the student."""
    prefix = f"{teacher.base_model_prefix}.{LAYER_LISTS[teacher.config.model_type]}."
    layer = re.compile(re.escape(prefix) + r"(\d+)\.(.*)")
    kept = {}
    for name, weight in teacher.state_dict().items():
        found = layer.fullmatch(name)
        if found is None:
            kept[name] = weight
            continue
        for place, number in enumerate(chosen):
            if int(found[1]) == number - 1:
                kept[f"{prefix}{place}.{found[2]}"] = weight
    return kept
