"""Networks of Hugging Face in memory: put into a folder, from where every model is read."""

from pathlib import Path
from typing import Any

from angelshare.core.errors import InputError


def is_network(given: object) -> bool:
    """Whether it is a network, with or without its tokenizer."""
    return hasattr(given, "save_pretrained") and hasattr(given, "config")


def with_tokenizer(given: object, name: str) -> tuple[Any, Any] | None:  # Any: their types would load torch
    """Return a network with its tokenizer, of a pipeline too; None if it is something else.

    Raises:
        InputError: if the tokenizer is missing.
    """
    if isinstance(given, tuple):
        model, tokenizer = given if len(given) == len(("model", "tokenizer")) else (None, None)
    else:
        model, tokenizer = getattr(given, "model", None), getattr(given, "tokenizer", None)
    if is_network(model) and hasattr(tokenizer, "save_pretrained"):
        return model, tokenizer
    if is_network(given):
        raise InputError(f"{name} is a network without its tokenizer. Give both: (model, tokenizer).")
    return None


def saved(network: tuple[Any, Any], folder: Path) -> str:  # Any: their types would load torch
    """Return a folder with the network: what is measured is what can be read from there, as of every other model."""
    from angelshare.models.quiet import quiet

    with quiet():
        for part in network:
            part.save_pretrained(folder)
    return str(folder)
