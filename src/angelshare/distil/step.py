"""What an objective sees of a training step, and the running of a network for no more than the objective looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from transformers import PreTrainedModel

from angelshare.core.errors import InputError
from angelshare.distil.spec import Needs

_INNER: tuple[Literal["hidden_states", "attentions"], ...] = ("hidden_states", "attentions")


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A network's output for a batch of n texts.

    Attributes:
        logits: (n, labels) float32.
        hidden_states: layers + 1 times (n, tokens, width): the embeddings, then what each layer gives; None: not asked.
        attentions: of each layer (n, heads, tokens, tokens), probabilities; None: not asked.
    """

    logits: Tensor
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """All that an objective sees of a batch of n texts.

    Attributes:
        student: its output.
        teacher: the teacher's; None where there is no teacher.
        labels: human labels: class indices (n,) with -1 where unlabelled, or floats (n, labels) or (n,) with nan there;
            None where no text has one.
        mask: (n, tokens) 1 for the student's tokens, 0 for padding.
    """

    student: Output
    teacher: Output | None = None
    labels: Tensor | None = None
    mask: Tensor | None = None


def output_of(network: nn.Module, inputs: Mapping[str, Tensor], needs: Needs) -> Output:
    """Run a network and return its output, with hidden states and attentions only where they are needed.

    Where attentions are needed the network is switched to eager attention for good: no other kind gives them.

    Raises:
        InputError: if the network has none of what is needed.
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
