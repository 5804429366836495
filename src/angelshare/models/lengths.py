"""Maximum lengths of texts, in tokens: between room for a word and the positions of a model."""

import logging

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import ModelError
from angelshare.models.word_network import WordNetwork

_LOG = logging.getLogger(__name__)
_SHORT = 8
"""A maximum length below this is remarked on."""
_LONGEST = 1_000_000
"""Tokenizers without a maximum length give an astronomical number."""


def most_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, wanted: int | None, name: str) -> int:
    """Return the maximum length in tokens; one beyond the model's positions, or without room for a word, is refused."""
    longest = tokenizer.model_max_length if tokenizer.model_max_length < _LONGEST else 512
    if wanted is not None:
        check_length(model, wanted, name)
        check_room(tokenizer, wanted, f"The maximum length of {name}")
        return wanted
    n_positions = _n_positions(model)
    most = int(longest if n_positions is None else min(longest, n_positions))
    if most < _SHORT:
        _LOG.warning("%s reads only the first %d tokens of a text: its model_max_length is that short.", name, most)
    return most


def check_room(tokenizer: PreTrainedTokenizerBase, max_length: object, what: str) -> None:
    """Check that a maximum length leaves room for a word beside the special tokens.

    Args:
        tokenizer: which adds the special tokens.
        max_length: the maximum length; whatever a file says.
        what: what it is, to begin a sentence with.

    Raises:
        ModelError: if it does not, or is no number.
    """
    n_special = tokenizer.num_special_tokens_to_add()
    if not isinstance(max_length, int | float) or not max_length > n_special:
        raise ModelError(
            f"{what} is {max_length!r}, which leaves no room for a word beside {n_special} special tokens. "
            "Give a number such as 128."
        )


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
