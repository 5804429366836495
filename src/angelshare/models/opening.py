"""Networks of any kind read from their folders: weights, tokenizer and card."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import ModelError
from angelshare.core.protocols import ModelCard
from angelshare.core.task import Task
from angelshare.models.folders import MINILM, find_model, fingerprint, minilm_folder, weight_files
from angelshare.models.quiet import quiet
from angelshare.models.word_network import WordNetwork

_UNKNOWN_TYPE = re.compile(
    r"Unrecognized configuration class <class '[\w.]*?(?P<type>\w+)'> for this kind of AutoModel: (?P<loader>\w+)\."
)
_LONGEST = 1_000_000
"""Tokenizers without a maximum length give an astronomical number."""


def backbone_folder(source: str | Path) -> Path:
    """Return the folder of `minilm`, of a folder or of a hub id."""
    return minilm_folder() if str(source) == MINILM else find_model(source)


def read_network(
    from_pretrained: Callable[..., Any],  # Any: the class of the network is chosen at run time
    folder: Path,
    *,
    trust_remote_code: bool = False,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase, list[str]]:
    """Return a network (float32, evaluation mode), its tokenizer, and the names of weights missing in the folder.

    Args:
        from_pretrained: the method of an auto class of transformers, such as `AutoModel`.
        folder: the folder of the network.
        trust_remote_code: whether to run code that comes with it.

    Raises:
        ModelError: if the folder cannot be read as such a network, naming it.
    """
    with one_error(folder):
        model, report = from_pretrained(
            folder,
            dtype=torch.float32,
            trust_remote_code=trust_remote_code,
            use_safetensors=bool(list(folder.glob("*.safetensors"))),
            output_loading_info=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust_remote_code)
    return model.eval(), tokenizer, sorted(report["missing_keys"])


def check_padding(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Check that texts of different lengths can share a batch.

    Raises:
        ModelError: if the tokenizer has no padding token.
    """
    if tokenizer.pad_token_id is None:
        raise ModelError(f"The tokenizer in {folder} has no padding token. Set one and save it again.")


def training_facts(model: PreTrainedModel) -> Mapping[str, Any]:  # Any: JSON
    """Return what `save_model` wrote about the training into the configuration; empty for models of other origin."""
    facts: Mapping[str, Any] = getattr(model.config, "angelshare", None) or {}
    return facts


def network_card(
    folder: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    *,
    name: str,
    precision: str,
    max_length: int | None = None,
    task: Task | None = None,
    labels: Sequence[str] = (),
) -> ModelCard:
    """Return the card of a network; its maximum length is `max_length`, else that of its training, else its longest.

    Raises:
        ModelError: if it has fewer positions than `max_length`.
    """
    facts = training_facts(model)
    return ModelCard(
        name=name,
        task=task,
        labels=tuple(labels),
        fingerprint=fingerprint(folder),
        parent_fingerprint=facts.get("parent_fingerprint"),
        max_length=most_tokens(model, tokenizer, max_length or facts.get("max_length"), name),
        precision=precision,
        n_parameters=sum(parameter.numel() for parameter in model.parameters()),
        n_bytes=sum(path.stat().st_size for path in weight_files(folder)),
        kind=facts.get("kind", model.config.model_type),
    )


def most_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, wanted: int | None, name: str) -> int:
    """Return the maximum length in tokens; one beyond the model's positions is refused."""
    longest = tokenizer.model_max_length if tokenizer.model_max_length < _LONGEST else 512
    if wanted is not None:
        check_length(model, wanted, name)
        return wanted
    n_positions = _n_positions(model)
    return longest if n_positions is None else min(longest, n_positions)


def check_length(model: PreTrainedModel, max_length: int, name: str) -> None:
    """Check that a model has positions for so many tokens.

    Raises:
        ModelError: if it does not, beginning with `name`.
    """
    n_positions = _n_positions(model)
    if n_positions is not None and max_length > n_positions:
        msg = f"{name} has {n_positions} positions: a maximum length of {max_length} tokens is too long for it."
        raise ModelError(msg)


def _n_positions(model: PreTrainedModel) -> int | None:
    """Return the number of tokens that a model has positions for; None if it takes any number."""
    n_positions: int | None = getattr(model.config, "max_position_embeddings", None)
    if n_positions is None or isinstance(model, WordNetwork):
        return None
    # RoBERTa and its kin count positions from the padding number upwards
    embeddings = getattr(model.base_model, "embeddings", None)
    offset = getattr(getattr(embeddings, "position_embeddings", None), "padding_idx", None)
    return n_positions - (0 if offset is None else offset + 1)


@contextmanager
def one_error(folder: Path) -> Iterator[None]:
    """Turn the loaders' many errors into one that names the folder."""
    try:
        with quiet():
            yield
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} cannot be loaded: {_told(error)}") from error


def _told(error: Exception) -> str:
    """Return what a loader says; of a type that it does not know, without the hundreds that it does."""
    unknown = _UNKNOWN_TYPE.match(str(error))
    return str(error) if unknown is None else f"{unknown['loader']} of transformers does not read {unknown['type']}."
