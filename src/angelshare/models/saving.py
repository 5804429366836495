"""Weights and states written to the disk, where the libraries that write them fail in many ways."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from angelshare.core.errors import InputError


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """Turn the errors of writing into one that names the folder, such as that of a full disk.

    Raises:
        InputError: if something cannot be written.
    """
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error).partition("\n")[0]
        raise InputError(
            f"{folder} cannot be written ({why}). Make room on its disk; the same command then goes on where it stood."
        ) from error
