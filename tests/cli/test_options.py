"""What the texts of the command line's options mean."""

import pytest

from angelshare.cli.options import columns_of
from angelshare.core.errors import InputError


def test_columns_are_mapped_once():
    """The later of two would win silently."""
    assert columns_of("id=doc_id, truth = gold") == {"id": "doc_id", "truth": "gold"}
    assert columns_of(None) == {}
    with pytest.raises(InputError, match=r"maps 'id' more than once\. Map every name once\.$"):
        columns_of("id=doc_id,id =doc_hash")
