"""Students cut from their teacher: fewer layers, fewer heads, narrower."""

import copy
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from angelshare.core.errors import ModelError
from angelshare.models.checkpoint import load_model
from angelshare.models.families import family_of


def cut(
    teacher: str | Path | PreTrainedModel,
    *,
    layers: int | tuple[int, ...] | None = None,
    heads: int | None = None,
    width: int | None = None,
    feed_forward: int | None = None,
    init: Literal["teacher", "random"] = "teacher",
    seed: int = 0,
) -> PreTrainedModel:
    """Return a smaller model of the teacher's family; None keeps the teacher's number.

    Args:
        teacher: the model or its folder; it is not changed.
        layers: the number of layers, or their numbers counted from 1, in order; see `chosen_layers`.
        heads: the number of heads; their weights are the teacher's, regrouped.
        width: the width of the hidden states.
        feed_forward: the width of the feed-forward part; None: 4 times `width` where that is given.
        init: `teacher` copies embeddings, chosen layers and head from the teacher, at its widths only; `random` draws
            all weights.
        seed: the seed of `random`.

    Raises:
        ModelError: if the teacher's family cannot be cut, if the teacher lacks what is asked for, or if its weights
            are to be copied to a student of other widths.
    """
    model = teacher if isinstance(teacher, PreTrainedModel) else load_model(teacher)[0]
    family, n_layers = family_of(model.config), model.config.num_hidden_layers
    chosen = chosen_layers(n_layers, n_layers if layers is None else layers)
    config = family.shape(model.config, layers=len(chosen), heads=heads, width=width, feed_forward=feed_forward)
    widths = ("hidden_size", family.feed_forward)
    if init == "teacher" and any(getattr(config, name) != getattr(model.config, name) for name in widths):
        raise ModelError("The teacher's weights do not fit a student of other widths. Write init: random.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        student: PreTrainedModel = AutoModelForSequenceClassification.from_config(
            config, dtype=torch.float32, trust_remote_code=False
        )
    if init == "teacher":
        student.load_state_dict(family.weights(model, chosen))
    return student


def remove_heads(teacher: PreTrainedModel, heads: Mapping[int, Collection[int]]) -> PreTrainedModel:
    """Return a copy of the teacher without these heads (layer -> heads, counted from 1); see `Family.remove_heads`."""
    student = copy.deepcopy(teacher)
    family_of(teacher.config).remove_heads(student, heads)
    return student


def chosen_layers(n_layers: int, layers: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the layers to keep, counted from 1.

    k of n layers are spread evenly and include the last: ceil(i n / k) for i = 1..k, such as 2, 4, 6 for 3 of 6.

    Raises:
        ModelError: if the teacher has too few layers, or none of a given number.
    """
    numbers = range(1, layers + 1) if isinstance(layers, int) else layers
    if not numbers or min(numbers) < 1 or max(numbers) > n_layers:
        asked = f"{layers} layers" if isinstance(layers, int) else f"the layers {list(layers)}"
        raise ModelError(f"The teacher has layers 1 to {n_layers}, so {asked} cannot be taken from it.")
    if isinstance(layers, int):
        return tuple(-(-i * n_layers // layers) for i in numbers)
    return layers
