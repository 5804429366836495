"""Tests of counting the looks at the test split."""

import json

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.conclude.looks import LOOKS_FILE, looks_so_far, looks_text, with_look
from angelshare.recipes.conclude.places import check_place


def test_other_models_or_other_texts_are_another_look(tmp_path):
    """The same models in another order are not."""
    assert looks_so_far(tmp_path) == []
    looks = with_look(tmp_path, "split", ["a", "b"])
    assert len(looks) == 1
    (tmp_path / LOOKS_FILE).write_text(looks_text(looks))
    assert with_look(tmp_path, "split", ["b", "a"]) == looks
    assert [len(with_look(tmp_path, *look)) for look in (("split", ["a"]), ("other", ["a", "b"]))] == [2, 2]


def test_any_flipped_bit_of_the_looks_is_named(tmp_path):
    """Or means the same as before; a wrong count would be worse than none."""
    file, whole = tmp_path / LOOKS_FILE, looks_text(with_look(tmp_path, "split", ["a"])).encode()
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        file.write_bytes(changed)
        try:
            same = json.loads(changed) == json.loads(whole)
        except ValueError:
            same = False
        if not same:
            with pytest.raises(InputError, match=f"{file} no longer holds the looks at the test split"):
                looks_so_far(tmp_path)


@pytest.mark.parametrize("content", ["[]", "3", "{}", '{"looks": [1e999], "seal": ""}', "[" * 100_000, "\xff"])
def test_what_holds_no_looks_is_refused_before_anything_is_measured(tmp_path, content):
    """With what to do about it."""
    (tmp_path / LOOKS_FILE).write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"Restore it, or choose another --out\."):
        check_place(tmp_path)
