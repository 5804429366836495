"""Networks of any kind read from their folders: weights, tokenizer and card."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError
from safetensors import SafetensorError
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from angelshare.core.errors import AngelshareError, ModelError
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import mistakes
from angelshare.core.task import Task
from angelshare.models.folders import (
    MINILM,
    TOKENIZER_CONFIG,
    check_vocabulary,
    find_model,
    fingerprint,
    minilm_folder,
    tokenizer_fields,
    weight_files,
)
from angelshare.models.lengths import check_room, most_tokens
from angelshare.models.quiet import quiet
from angelshare.models.weights import check_stored_as_floats, left_over

_UNKNOWN_TYPE = re.compile(
    r"Unrecognized configuration class <class '[\w.]*?(?P<type>\w+)'> for this kind of AutoModel: (?P<loader>\w+)\."
)
_RARE = "\N{INTERROBANG} x\N{PHAISTOS DISC SIGN CAT}"
"""A text that few vocabularies hold."""


def backbone_folder(source: str | Path) -> Path:
    """Return the folder of `minilm`, of a folder or of a hub id."""
    return minilm_folder() if str(source) == MINILM else find_model(source)


@dataclass(frozen=True, slots=True)
class Network:
    """A network read from its folder, float32 and in evaluation mode.

    Attributes:
        model: the network.
        tokenizer: its tokenizer.
        missing: the names of its weights that are not in the folder, and were drawn at random.
        left_over: the names of weights in the folder that belong to a part of the network, which has no place for them.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    missing: Sequence[str]
    left_over: Sequence[str]

    def check_all_used(self, folder: Path) -> None:
        """Check that the network has a place for all its weights.

        Raises:
            ModelError: if it has not, naming some.
        """
        if self.left_over:
            raise ModelError(
                f"{folder} holds {len(self.left_over)} weights that its configuration has no place for "
                f"({', '.join(self.left_over[:3])}), so it would answer without them. Save the model again, or correct "
                "config.json, such as the number of layers."
            )


def read_network(
    from_pretrained: Callable[..., Any],  # Any: the class of the network is chosen at run time
    folder: Path,
    *,
    trust_remote_code: bool = False,
) -> Network:
    """Return the network in a folder.

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
        check_stored_as_floats(weight_files(folder), model)
    tokenizer = read_tokenizer(folder, trust_remote_code=trust_remote_code)
    _check_same_words(model, tokenizer, folder)
    return Network(model.eval(), tokenizer, sorted(report["missing_keys"]), left_over(model, report["unexpected_keys"]))


def _check_same_words(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Check that a network has an embedding for each word of its tokenizer, except the mask, which texts lack."""
    n_words: int | None = getattr(model.config, "vocab_size", None)
    if n_words is None or len(tokenizer) <= n_words:
        return
    beyond = [word for word, number in tokenizer.get_vocab().items() if number >= n_words]
    if set(beyond) - {tokenizer.mask_token}:
        raise ModelError(
            f"{folder} has a network of {n_words} words and a tokenizer of {len(tokenizer)}, {beyond[0]!r} among "
            "those without an embedding. Save the tokenizer of the model into it."
        )


def read_tokenizer(folder: Path, *, trust_remote_code: bool = False) -> PreTrainedTokenizerBase:
    """Return the tokenizer in a folder.

    Raises:
        ModelError: if it cannot be read, knows no words, needs code that may not run, or takes too short texts.
    """
    fields = tokenizer_fields(folder)
    if not trust_remote_code:
        _check_no_code(fields, folder)
    if not (trust_remote_code and fields.get("auto_map")):
        check_vocabulary(folder)
    with one_error(folder):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust_remote_code)
        n_words = len(tokenizer) - len(set(tokenizer.all_special_ids))
    if n_words < 1:
        raise ModelError(f"The tokenizer in {folder} knows no words. Save the tokenizer of the model into it.")
    check_room(tokenizer, tokenizer.model_max_length, f"model_max_length in {folder / TOKENIZER_CONFIG}")
    with one_error(folder):
        tokenizer(_RARE)  # one that lacks its unknown word fails only here
    return tokenizer


def _check_no_code(fields: Mapping[str, Any], folder: Path) -> None:  # Any: JSON
    """Refuse a tokenizer that only exists as code that comes with it."""
    if fields.get("auto_map") and not hasattr(transformers, str(fields.get("tokenizer_class"))):
        raise ModelError(_own_code(folder))


def _own_code(folder: Path) -> str:
    """Return the sentence that refuses a folder that needs its own code."""
    return (
        f"{folder} needs code that comes with it (auto_map), which runs only where --trust-remote-code is given to "
        "`audit` or `suite`."
    )


def check_padding(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Check that texts of different lengths can share a batch.

    Raises:
        ModelError: if the tokenizer has no padding token.
    """
    if tokenizer.pad_token_id is None:
        raise ModelError(f"The tokenizer in {folder} has no padding token. Set one and save it again.")


class TrainingFacts(BaseModel):
    """What `save_model` wrote about the training into the configuration; nothing for models of other origin."""

    model_config = ConfigDict(frozen=True, strict=True)

    kind: str | None = None
    task: Task | None = None
    max_length: PositiveInt | None = None
    parent_fingerprint: str | None = None


def training_facts(model: PreTrainedModel) -> TrainingFacts:
    """Return the facts of a model's training.

    Raises:
        ModelError: if they are damaged.
    """
    try:
        return TrainingFacts.model_validate(getattr(model.config, "angelshare", None) or {})
    except ValidationError as error:
        said = " ".join(mistakes(error, TrainingFacts))
        raise ModelError(
            f"{model.name_or_path} has a damaged config.json, in what it says of the training: {said} Train it again."
        ) from error


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
        parent_fingerprint=facts.parent_fingerprint,
        max_length=most_tokens(model, tokenizer, max_length or facts.max_length, name),
        precision=precision,
        n_parameters=sum(parameter.numel() for parameter in model.parameters()),
        n_bytes=sum(path.stat().st_size for path in weight_files(folder)),
        kind=facts.kind or model.config.model_type,
    )


@contextmanager
def one_error(folder: Path) -> Iterator[None]:
    """Turn the loaders' many errors into one that names the folder."""
    try:
        with quiet():
            yield
    except (AngelshareError, MemoryError):
        raise
    except Exception as error:
        raise ModelError(_told(error, folder)) from error


def _told(error: Exception, folder: Path) -> str:
    """Return what a loader says: that code is not run, that a type is unknown, or that a file is damaged."""
    if isinstance(error, ValueError) and "custom code" in str(error):
        return _own_code(folder)
    unknown = _UNKNOWN_TYPE.match(str(error))
    if unknown is not None:  # without the hundreds of types that are known
        return f"{folder} cannot be loaded: {unknown['loader']} of transformers does not read {unknown['type']}."
    if isinstance(error, OSError | ValueError | RuntimeError | ImportError | SafetensorError):
        return f"{folder} cannot be loaded: {error}"
    why = f"{type(error).__name__}: {error}"
    return f"{folder} cannot be loaded, as its configuration or tokenizer is damaged ({why}). Save the model again."
