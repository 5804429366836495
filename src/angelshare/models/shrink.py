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
    """Return a smaller model of the teacher's family; what is None stays as the teacher has it.

    Args:
        teacher: the model or its folder; it is not changed.
        layers: how many, or which in which order, counted from 1; see `chosen_layers`.
        heads: how many the width is split into; their weights are the teacher's, grouped anew.
        width: of the hidden states.
        feed_forward: its width; None: 4 times the width where that is given.
        init: `teacher` takes embeddings, chosen layers and head from the teacher, at its widths only; `random` draws
            every weight under the seed.
        seed: of `random`.

    Raises:
        ModelError: if the teacher is of a family that cannot be cut, has not what is asked for, or is of other widths
            than the student that is to take its weights.
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
        student: PreTrainedModel = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    if init == "teacher":
        student.load_state_dict(family.weights(model, chosen))
    return student


def remove_heads(teacher: PreTrainedModel, heads: Mapping[int, Collection[int]]) -> PreTrainedModel:
    """Return a copy of the teacher without these heads (layer -> heads, counted from 1); see `Family.remove_heads`."""
    student = copy.deepcopy(teacher)
    family_of(teacher.config).remove_heads(student, heads)
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
