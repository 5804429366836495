"""Weights and states written to the disk, where the libraries that write them fail in many ways."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from angelshare.core.errors import InputError

_OF_PYTORCH = ("inline_container", "iostream")
"""Parts of what PyTorch says when a file could not be written, whatever the reason."""


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """Turn the errors of writing into one that names the folder, such as that of a full disk.

    Raises:
        InputError: if something cannot be written.
    """
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        raise InputError(
            f"{folder} cannot be written ({_reason(error)}). Make room on its disk; the same command then goes on "
            "where it stood."
        ) from error


def _reason(error: Exception) -> str:
    """Return why something could not be written, as far as the library says so."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    said = str(error).partition("\n")[0]
    return "PyTorch does not say why" if any(part in said for part in _OF_PYTORCH) else said
