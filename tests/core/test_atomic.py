"""Files and folders that are there whole, or as they were."""

import errno
import os
import stat
from pathlib import Path

import pytest

from angelshare.core.atomic import (
    clear_leftovers,
    folder_of,
    set_aside,
    whole_file,
    whole_folder,
    whole_texts,
    write_text,
)
from angelshare.core.errors import InputError


def names(folder):
    """Return what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_text_takes_the_place_of_what_was_there_in_a_folder_made_for_it(tmp_path):
    """Line breaks are kept, it is UTF-8, and nothing else is left."""
    file = tmp_path / "new" / "page.html"
    write_text(file, "old")
    write_text(file, "ä\n€\r\n")
    assert file.read_bytes() == "ä\n€\r\n".encode()
    assert names(file.parent) == ["page.html"]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    """A lone surrogate has no place in UTF-8."""
    write_text(tmp_path / "page.html", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "page.html", "\ud800")
    assert (tmp_path / "page.html").read_text() == "old"


def test_an_error_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    """A file cut short never gets its name."""
    file = tmp_path / "shard.parquet"
    file.write_bytes(b"old")

    def write_half():
        with whole_file(file) as half:
            half.write(b"ha")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        write_half()
    assert (names(tmp_path), file.read_bytes()) == (["shard.parquet"], b"old")


def test_a_file_is_readable_by_whom_the_system_says(tmp_path):
    """It has the permissions of any new file, so that a web server may show the page."""
    umask = os.umask(0o027)
    try:
        write_text(tmp_path / "page.html", "")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o640


@pytest.mark.parametrize("taken", [".page.html.angelshare.partial", ".page.html.0.angelshare.partial", "page.html"])
def test_a_planted_link_is_not_followed(tmp_path, monkeypatch, taken):
    """Neither under the temporary name, should anyone guess it, nor in the place of the file."""
    monkeypatch.setattr("secrets.token_hex", lambda n: "0")
    (tmp_path / "precious").write_text("precious")
    (tmp_path / taken).symlink_to("precious")
    try:
        write_text(tmp_path / "page.html", "new")
    except FileExistsError:
        assert taken == ".page.html.0.angelshare.partial"
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_folder_takes_the_place_of_what_was_there(tmp_path):
    """With all that it held."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with whole_folder(folder) as unfinished:
        (unfinished / "new.txt").write_text("new")
        assert names(folder) == ["old.txt"]
    assert (names(tmp_path), names(folder)) == (["model"], ["new.txt"])


def test_an_error_half_way_leaves_the_old_folder_and_nothing_else(tmp_path):
    """A model without its tokenizer never gets its name."""
    folder = tmp_path / "model"
    folder.mkdir()

    def write_half():
        with whole_folder(folder) as unfinished:
            (unfinished / "half").write_text("ha")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        write_half()
    assert (names(tmp_path), names(folder)) == (["model"], [])


@pytest.mark.parametrize("error", [OSError("no more inodes"), KeyboardInterrupt()], ids=["error", "Ctrl-C"])
def test_what_was_there_comes_back_if_the_new_folder_cannot_take_its_place(tmp_path, monkeypatch, error):
    """Nothing is lost between the two renames."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("old")
    rename = Path.rename

    def fails(path, target):
        if path.name == "new":
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(type(error)), whole_folder(folder) as unfinished:
        (unfinished / "new").write_text("new")
    assert (names(tmp_path), names(folder)) == (["model"], ["old"])


def test_of_several_texts_none_is_replaced_before_all_are_written(tmp_path):
    """A disk that is full at the third leaves the first two as they were."""
    for name in "ab":
        (tmp_path / name).write_text("old")
    (tmp_path / "c").mkdir()
    texts = {tmp_path / "a": "new", tmp_path / "b": "new", tmp_path / "missing\0": "new"}
    with pytest.raises(ValueError, match="null"), whole_texts(texts):
        pass
    assert [(tmp_path / name).read_text() for name in "ab"] == ["old", "old"]
    with whole_texts({tmp_path / "a": "new", tmp_path / "b": "new"}):
        assert (tmp_path / "a").read_text() == "old"
    assert [(tmp_path / name).read_text() for name in "ab"] == ["new", "new"]
    assert names(tmp_path) == ["a", "b", "c"]


def test_what_is_damaged_is_set_aside_under_a_free_name(tmp_path):
    """Twice."""
    for content in ("first", "second"):
        (tmp_path / "x").write_text(content)
        set_aside(tmp_path / "x")
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {
        "x.damaged-1": "first",
        "x.damaged-2": "second",
    }


def test_a_folder_is_named():
    """A blank is the folder that one is in, which nobody meant to fill."""
    assert folder_of(".") == Path()
    assert folder_of(Path("runs/demo")) == Path("runs/demo")  # a default passes through it too
    with pytest.raises(InputError, match=r"^--out is blank\. Name a folder; the current one is `--out \.`\.$"):
        folder_of("")


def test_a_folder_is_not_a_file(tmp_path):
    """Nor does it lie below one; it need not be there."""
    (tmp_path / "file").touch()
    assert folder_of(tmp_path / "new" / "deep") == tmp_path / "new" / "deep"
    for path in ("file", "file/below"):
        with pytest.raises(InputError, match=r"^--out names .*file, which is a file\. Name a folder\.$"):
            folder_of(tmp_path / path)


def test_a_link_that_leads_nowhere_is_replaced_by_a_folder(tmp_path):
    """As one is that leads somewhere; what it leads to is not touched."""
    (tmp_path / "kept").symlink_to("nowhere")
    with whole_folder(tmp_path / "kept") as new:
        (new / "file").write_text("")
    assert names(tmp_path / "kept") == ["file"]
    assert names(tmp_path) == ["kept"]


def test_a_full_disk_names_the_file(tmp_path):
    """The system itself says only that no space is left."""
    with pytest.raises(OSError, match="No space") as told, whole_file(tmp_path / "statement.json"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert told.value.filename == str(tmp_path / "statement.json")


def test_a_full_disk_is_told_with_the_file(tmp_path, small_disk):
    """The system does not name a file that is open already."""
    file = tmp_path / "page.html"
    write_text(file, "old")
    with small_disk(1000), pytest.raises(OSError, match=r"File too large: '.*/page\.html'"):
        write_text(file, "new" * 1000)
    assert (names(tmp_path), file.read_text()) == (["page.html"], "old")


def test_what_a_killed_process_left_is_removed(tmp_path):
    """Files and folders under our temporary names, and nothing else; a link that was planted loses nothing."""
    others = [".hidden", ".page.html.partial", "page.0a1b2c3d.angelshare.partial", ".stage.partial"]
    others += [".a.0A1B2C3D.angelshare.partial", ".film.original.partial"]
    for name in [*others, ".page.html.0a1b2c3d.angelshare.partial"]:
        (tmp_path / name).write_text("")
    (tmp_path / ".kept.x_1b2c3d.angelshare.partial" / "new").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_text("precious")
    (tmp_path / ".kept.00000000.angelshare.partial").symlink_to("elsewhere")
    clear_leftovers(tmp_path)
    assert names(tmp_path) == sorted([*others, "elsewhere"])
    assert names(tmp_path / "elsewhere") == ["precious"]
    clear_leftovers(tmp_path / "nowhere")


def test_a_folder_that_was_just_being_replaced_gets_its_place_back(tmp_path):
    """A kill between its two renames; where the new one is in place, that stays."""
    for name in ("kept", "other"):
        (tmp_path / f".{name}.0a1b2c3d.angelshare.partial" / "replaced").mkdir(parents=True)
        (tmp_path / f".{name}.0a1b2c3d.angelshare.partial" / "replaced" / "old").write_text("")
    (tmp_path / "other").mkdir()
    clear_leftovers(tmp_path)
    assert names(tmp_path) == ["kept", "other"]
    assert (names(tmp_path / "kept"), names(tmp_path / "other")) == (["old"], [])
