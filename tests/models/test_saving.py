"""Tests of errors while weights are written."""

import errno

import pytest
from safetensors import SafetensorError

from angelshare.core.errors import InputError
from angelshare.models.saving import saving


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "elsewhere"), "No space left on device"),
        (SafetensorError("I/O error: No space left on device"), "I/O error: No space left on device"),
        (
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0\nframe #0"),
            "PyTorch does not",
        ),
        (RuntimeError("shared tensors\nand more"), r"shared tensors\)"),
    ],
)
def test_every_librarys_error_is_one_sentence_with_the_folder_and_a_remedy(tmp_path, error, why):
    """Without a traceback of any of them."""
    with (
        pytest.raises(InputError, match=rf"^{tmp_path} cannot be written \({why}.*Make room on its disk"),
        saving(tmp_path),
    ):
        raise error
