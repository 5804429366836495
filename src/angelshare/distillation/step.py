"""A training step as an objective sees it, and a network's output with no more than the objective needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from transformers import PreTrainedModel

from angelshare.core.errors import InputError
from angelshare.distillation.spec import Needs

_INNER: tuple[Literal["hidden_states", "attentions"], ...] = ("hidden_states", "attentions")


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A network's output for a batch of n texts.

    Attributes:
        logits: (n, labels) the logits, float32.
        hidden_states: (n, tokens, width) the embeddings, then the output of each layer; None if not needed.
        attentions: (n, heads, tokens, tokens) the probabilities in each layer; None if not needed.
    """

    logits: Tensor
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """All that an objective sees of a batch of n texts.

    Attributes:
        student: the student's output.
        teacher: the teacher's output; None without a teacher.
        labels: the human labels: class indices (n,) with -1 for unlabelled texts, or floats (n,) or (n, labels) with
            nan for these; None if no text has one.
        mask: (n, tokens) 1 for the student's tokens, 0 for padding.
    """

    student: Output
    teacher: Output | None = None
    labels: Tensor | None = None
    mask: Tensor | None = None


def output_of(network: nn.Module, inputs: Mapping[str, Tensor], needs: Needs) -> Output:
    """Run a network and return its output, with hidden states and attentions only if they are needed.

    A network whose attentions are needed is switched to eager attention for good, since no other kind returns them.

    Raises:
        InputError: if the network does not have them.
    """
    asked = [name for name in _INNER if name in needs]
    if "attentions" in asked and isinstance(network, PreTrainedModel):
        network.set_attn_implementation("eager")
    raw = network(**inputs, **{f"output_{name}": True for name in asked})
    inner = {name: getattr(raw, name, None) for name in asked}
    for name, tensors in inner.items():
        if not tensors:
            words = name.replace("_", " ")
            raise InputError(f"The objective needs {words}, and a {type(network).__name__} has none. Use transformers.")
    return Output(raw.logits.float(), **inner)
