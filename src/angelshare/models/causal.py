"""Causal language models: the probabilities of texts, and continuations."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

from angelshare.core.abilities import Generation, Style
from angelshare.core.arrays import Array, Vector
from angelshare.core.errors import InputError, ModelError
from angelshare.core.protocols import ModelCard
from angelshare.core.text import as_utf8, text_key
from angelshare.models.encoding import batches
from angelshare.models.folders import find_model
from angelshare.models.opening import network_card, read_network
from angelshare.models.quiet import quiet
from angelshare.models.sampling import samplers

TOKENS_AT_ONCE = 2048
"""The most tokens in a batch, padding included: each gets a number for every word of the vocabulary."""

_HEADS = ("LMHeadModel", "ForCausalLM")
"""Endings of the names of causal language models."""


def load_causal(source: str | Path, *, name: str | None = None, max_length: int | None = None) -> "CausalModel":
    """Return the causal language model in a folder or under a hub id, in float32.

    Weights come from safetensors, and no code that comes with the model is run.

    Args:
        source: a folder, such as GPT-2's, or a hub id.
        name: the name on the card; None: the folder's name.
        max_length: the most tokens it is given at once; None: the most it can take.

    Raises:
        ModelError: if it cannot be loaded safely, or is no causal language model.
    """
    folder = find_model(source)
    network = read_network(AutoModelForCausalLM.from_pretrained, folder)
    problem = _not_causal(network.model, network.missing)
    if problem is not None:
        raise ModelError(f"{folder} is not a causal language model: {problem}. Give a model such as GPT-2.")
    network.check_all_used(folder)
    card = network_card(
        folder,
        network.model,
        network.tokenizer,
        name=name or Path(source).name,
        precision="fp32",
        max_length=max_length,
    )
    return CausalModel(network.model, network.tokenizer, card)


class CausalModel:
    """A causal language model and its tokenizer, as `LanguageModel` and `Generator`; on the GPU where there is one.

    Every text begins with the token for the beginning of texts, or else the one for their end. That token is given and
    never predicted, so that each token of the text itself, the first included, is predicted from all before it.

    Texts longer than the model can take are read in windows. The first predicts as many tokens as fit; each further one
    moves on by half of `card.max_length`, so that its tokens are predicted from at least the other half. A context and
    its continuation are tokenised separately; of a context that is too long, only the end is read.

    Attributes:
        card: the model's entry in a statement; it is given at most `max_length` tokens at once.
        style: `causal`.
    """

    style: Style = "causal"

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, card: ModelCard) -> None:
        """Put the model into evaluation mode on its device.

        Raises:
            ModelError: if the tokenizer has no token that begins or ends texts.
        """
        begin = tokenizer.eos_token_id if tokenizer.bos_token_id is None else tokenizer.bos_token_id
        if begin is None:
            raise ModelError(
                f"The tokenizer of {card.name} has no token that begins or ends texts, so nothing predicts a text's "
                "first token. Set bos_token or eos_token and save it again."
            )
        self.card = card
        self._begin: int = begin
        self._width: int = card.max_length or tokenizer.model_max_length
        self._tokenizer = tokenizer
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = model.eval()
        nn.Module.to(model, self._device)
        ends = tokenizer.eos_token_id if model.generation_config is None else model.generation_config.eos_token_id
        pad = begin if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        self._pad: int = pad
        # of the folder's generation settings only the end of texts counts: all else is in `Generation`
        self._model.generation_config = GenerationConfig(eos_token_id=ends, pad_token_id=pad, do_sample=False)

    def token_log_probs(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[Vector]:
        """Return for each item the natural log-probabilities of the continuation's tokens after the context."""
        given = [[self._begin, *tokens] for tokens in self._tokens(contexts)]
        asked = self._tokens(continuations)
        log_probs: list[Vector] = [np.empty(len(tokens)) for tokens in asked]
        spans = [
            (item, span)
            for item, (before, tokens) in enumerate(zip(given, asked, strict=True))
            for span in windows(len(before), len(before) + len(tokens), self._width)
        ]
        for rows in batches(np.array([span.end - span.start for _, span in spans]), TOKENS_AT_ONCE):
            chosen = [spans[row] for row in rows]
            texts = [np.array((given[item] + asked[item])[span.start : span.end]) for item, span in chosen]
            for (item, span), values in zip(chosen, self._next_log_probs(texts), strict=True):
                n_given = len(given[item])
                log_probs[item][span.first - n_given : span.end - n_given] = values[span.first - span.start - 1 :]
        return log_probs

    def generate(self, prompts: Sequence[str], settings: Generation) -> list[list[str]]:
        """Return `settings.n` continuations of each prompt, without the prompt and without the token that ends texts.

        Of a prompt that leaves no room for `settings.max_tokens`, only the end is read.

        Raises:
            InputError: if the continuations alone are longer than the model can take.
        """
        room = self._width - settings.max_tokens
        if room < 1:
            raise InputError(
                f"{self.card.name} takes {self._width} tokens, prompt included: {settings.max_tokens} tokens of "
                "continuation leave no room for a prompt. Ask for fewer."
            )
        given = [[self._begin, *tokens][-room:] for tokens in self._tokens(prompts) for _ in range(settings.n)]
        draws = np.concatenate([_draws(prompt, settings) for prompt in prompts]) if prompts else np.empty((0, 0))
        texts = [""] * len(given)
        for rows in batches(np.array([len(tokens) + settings.max_tokens for tokens in given]), TOKENS_AT_ONCE):
            written = self._continued([given[row] for row in rows], draws[rows], settings)
            for row, text in zip(rows, written, strict=True):
                texts[row] = text
        return [texts[start : start + settings.n] for start in range(0, len(texts), settings.n)]

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return all tokens of each text, without special ones."""
        if not texts:
            return []
        encoded = self._tokenizer([as_utf8(text) for text in texts], add_special_tokens=False, verbose=False)
        tokens: list[list[int]] = encoded["input_ids"]
        return tokens

    def _next_log_probs(self, texts: Sequence[Int[np.ndarray, " tokens"]]) -> list[Vector]:
        """Return the log-probabilities of all but the first token of each text, in one batch.

        Texts are padded on the right, which no token attends to: attention without a mask is three times as fast.
        """
        inputs, _ = self._padded([text[:-1] for text in texts], left=False)
        targets, _ = self._padded([text[1:] for text in texts], left=False)
        with torch.inference_mode(), quiet():
            logits: Float[Tensor, "texts tokens words"] = self._model(input_ids=inputs).logits
            log_probs = logits.gather(2, targets[..., None])[..., 0] - logits.logsumexp(2)
        values = log_probs.double().cpu().numpy()
        return [values[row, : len(text) - 1] for row, text in enumerate(texts)]

    def _continued(self, prompts: Sequence[Sequence[int]], draws: Array, settings: Generation) -> list[str]:
        """Return one continuation of each prompt, in one batch."""
        inputs, mask = self._padded([np.array(prompt) for prompt in prompts], left=True)
        with torch.inference_mode(), quiet():
            tokens: Tensor = self._model.generate(
                inputs,
                attention_mask=mask,
                max_new_tokens=settings.max_tokens,
                logits_processor=samplers(settings, torch.from_numpy(draws).to(self._device)),
            )
        written: list[str] = self._tokenizer.batch_decode(
            tokens[:, inputs.shape[1] :], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return written

    def _padded(self, texts: Sequence[Array], *, left: bool) -> tuple[Tensor, Tensor]:
        """Return the texts as one array, padded on one side, and the mask of their tokens."""
        width = max(len(text) for text in texts)
        inputs = np.full((len(texts), width), self._pad, dtype=np.int64)
        mask = np.zeros_like(inputs)
        for row, text in enumerate(texts):
            place = slice(width - len(text), width) if left else slice(len(text))
            inputs[row, place], mask[row, place] = text, 1
        return torch.from_numpy(inputs).to(self._device), torch.from_numpy(mask).to(self._device)


class Window(NamedTuple):
    """Tokens `first` to `end` - 1 are predicted, each from all before it since `start`."""

    start: int
    first: int
    end: int


def windows(first: int, n: int, width: int) -> Iterator[Window]:
    """Yield windows that predict each of the tokens `first` (at least 1) to `n` - 1 once.

    Each is predicted from at most `width` tokens before it, and from all of these or more than half of `width`.
    """
    stride = max(1, width // 2)
    while first < n:
        end = min(n, max(width + 1, first + stride))
        yield Window(max(0, end - 1 - width), first, end)
        first = end


def _not_causal(model: PreTrainedModel, missing: Sequence[str]) -> str | None:
    """Return the reason why a network does not predict the next token, as the end of a sentence; None if it does."""
    saved_as = model.config.architectures or []
    if saved_as and not any(name.endswith(_HEADS) for name in saved_as):
        return f"it was saved as {', '.join(saved_as)}"
    if model.config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(model.config, "is_decoder", False):
        return f"a {model.config.model_type} network sees the words after a word too, unless is_decoder is set"
    if missing:
        return f"{len(missing)} weights are not in it ({', '.join(missing[:3])}) and would be random numbers"
    return None


def _draws(prompt: str, settings: Generation) -> Float[np.ndarray, "n tokens"]:
    """Return the numbers in [0, 1) that choose each token of a prompt's continuations."""
    rng = np.random.default_rng([settings.seed, int(text_key(prompt), 16)])
    return rng.random((settings.n, settings.max_tokens))
