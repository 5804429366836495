"""Weights as they lie in files, against the network that they were read into."""

import re
from collections.abc import Iterable
from pathlib import Path

from torch import Tensor
from transformers import PreTrainedModel
from transformers.modeling_utils import load_state_dict

from angelshare.core.errors import ModelError

_NOT_USED = re.compile(r"(^|\.)(pooler\.|position_ids$|masked_bias$)")
"""Weights that many classifiers were saved with and do not use, and constants of earlier versions of transformers."""


def left_over(model: PreTrainedModel, unexpected: Iterable[str]) -> list[str]:
    """Return the weights that a network has no place for, in order.

    A network without a head has no place for a head, and need not: only weights of its own parts count, such as those
    of further layers.
    """
    names = sorted(name for name in unexpected if not _NOT_USED.search(name))
    if model.base_model is not model:
        return names
    parts = {part for part, _ in model.named_children()}
    return [name for name in names if _bare(name, model).partition(".")[0] in parts]


def check_stored_as_floats(files: Iterable[Path], model: PreTrainedModel) -> None:
    """Check that a network's parameters are not stored as integers or in eight bits, which need scales to be read.

    Raises:
        ModelError: if any are in these files, naming some.
    """
    parameters = {_bare(name, model) for name, _ in model.named_parameters()}
    for path in files:
        stored = load_state_dict(path, map_location="meta")
        other = [name for name, weight in stored.items() if _bare(name, model) in parameters and not _is_float(weight)]
        if other:
            raise ModelError(
                f"{path} holds {len(other)} weights that are no floating-point numbers ({', '.join(other[:3])}). "
                "Quantised models are not supported: give the unquantised one."
            )


def _is_float(weight: Tensor) -> bool:
    """Return whether a weight is stored in at least sixteen bits."""
    return weight.dtype.is_floating_point and weight.dtype.itemsize > 1


def _bare(name: str, model: PreTrainedModel) -> str:
    """Return the name of a weight without the prefix that networks with a head put before it."""
    return name.removeprefix(f"{model.base_model_prefix}.")
