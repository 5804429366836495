"""What the texts of the command line's options mean."""

from pathlib import Path

import pytest

from angelshare.cli.options import columns_of, folder_of
from angelshare.core.errors import InputError


def test_columns_are_mapped_once():
    """The later of two would win silently."""
    assert columns_of("id=doc_id, truth = gold") == {"id": "doc_id", "truth": "gold"}
    assert columns_of(None) == {}
    with pytest.raises(InputError, match=r"maps 'id' more than once\. Map every name once\.$"):
        columns_of("id=doc_id,id =doc_hash")


def test_a_folder_is_named():
    """A blank is the folder that one is in, which nobody meant to fill."""
    assert folder_of(".") == Path()
    assert folder_of(Path("runs/demo")) == Path("runs/demo")  # a default passes through it too
    with pytest.raises(InputError, match=r"^--out is blank\. Name a folder; the one that you are in is `--out \.`\.$"):
        folder_of("")
