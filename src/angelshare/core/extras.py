"""What the extra `models` brings, and the sentence that says so where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from angelshare.core.errors import MissingExtraError

MODELS = frozenset(
    (
        "accelerate",
        "datasets",
        "huggingface_hub",
        "safetensors",
        "sklearn",
        "textblob",
        "tokenizers",
        "torch",
        "transformers",
    )
)
"""Modules to import, not packages to install: those are in pyproject.toml."""


@contextmanager
def extra_named(what: str) -> Iterator[None]:
    """Name the extra where a module of it is missing.

    Raises:
        MissingExtraError: in place of the import's own error. `what` begins its message.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in MODELS:
            raise
        raise MissingExtraError(
            f"{what} needs the package {error.name}, which is not installed: pip install 'angelshare[models]'"
        ) from error
