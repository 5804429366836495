"""Tests of what may be replaced in the place of a statement."""

import json
import os

import pytest

from angelshare.core.errors import InputError
from angelshare.recipes.conclude.kept import FOLDER
from angelshare.recipes.conclude.kept_list import KeptIndex, KeptMember, KeptSet, write_list
from angelshare.recipes.conclude.places import check_place, make_room


@pytest.fixture
def place(tmp_path):
    """A folder with a statement called `old`, its page, and one kept file."""
    (tmp_path / "statement.json").write_text(json.dumps({"schema": "loss-statement/0", "title": "old"}))
    (tmp_path / "statement.html").write_text("page")
    kept = tmp_path / FOLDER
    kept.mkdir()
    (kept / "0000.parquet").write_text("answers")
    member = KeptMember(file="0000.parquet", sha256="", role="teacher", name="t", seed=None)
    write_list(KeptIndex(sha256=("a",), sets=(KeptSet(data="d", members=(member,)),)), kept)
    return tmp_path


def names(folder):
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_place_of_ours_or_an_empty_one_is_free(place, tmp_path):
    """Or one that is not there yet."""
    check_place(place)
    check_place(tmp_path / "new")


@pytest.mark.parametrize("name", ["statement.html", "statement.md", "predictions", "predictions/0000.parquet"])
def test_files_of_others_are_refused(tmp_path, name):
    """Before anything is measured."""
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("precious")
    with pytest.raises(InputError, match=rf"did not make there \({name}\) and would lose it\. Move it away, or choose"):
        check_place(tmp_path)


def test_a_file_among_kept_answers_that_the_list_does_not_name_is_refused(place):
    """Somebody put it there."""
    (place / FOLDER / "mine.csv").write_text("precious")
    with pytest.raises(InputError, match=r"\(predictions/mine\.csv\)"):
        check_place(place)


def test_answers_that_are_read_are_not_written_anew(place):
    """They would be gone before anybody has compared them."""
    with pytest.raises(
        InputError, match=r"0000\.parquet lies in .*predictions, which is written anew\. Choose another"
    ):
        check_place(place, [place / "predictions" / ".." / "predictions" / "0000.parquet"])
    check_place(place, [place / "elsewhere.csv"])


def test_a_statement_of_another_origin_is_kept_beside(place, caplog):
    """With its page and its answers; twice."""
    for number in (1, 2):
        make_room(place, f"new {number}", overwrite=False)
        assert names(place / f"previous-{number}")[-2:] == ["statement.html", "statement.json"]
        assert f"It is now in {place / f'previous-{number}'}." in caplog.text
        (place / "statement.json").write_text(json.dumps({"schema": "loss-statement/0", "title": f"new {number}"}))
        (place / "statement.html").write_text("page")
    assert names(place / "previous-1") == ["predictions", "statement.html", "statement.json"]
    assert names(place) == ["previous-1", "previous-2", "statement.html", "statement.json"]


def test_a_statement_that_cannot_be_read_is_set_aside_with_its_pages(place, caplog):
    """It may be somebody else's."""
    (place / "statement.json").write_text("{}")
    make_room(place, "new", overwrite=True)
    assert names(place) == ["predictions", "statement.html.damaged-1", "statement.json.damaged-1"]
    assert "cannot be read as a statement. It is now" in caplog.text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_the_place_of_a_file_is_not_read(place):
    """It would be read for ever."""
    for name in ("statement.json", f"{FOLDER}/members.json"):
        (place / name).unlink()
        os.mkfifo(place / name)
    make_room(place, "new", overwrite=False)
    assert "statement.json.damaged-1" in names(place)
    os.mkfifo(place / "test_looks.json")
    with pytest.raises(InputError, match=r"test_looks\.json no longer holds the looks"):
        check_place(place)


def test_a_statement_of_the_same_origin_is_replaced(place, caplog):
    """As is another, if that is wished."""
    make_room(place, "old", overwrite=False)
    make_room(place, "new", overwrite=True)
    assert names(place) == ["predictions", "statement.html", "statement.json"]
    assert caplog.text == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"x": 1}', '{"title": "new"}', "\udcff"])
def test_a_statement_that_cannot_be_read_is_set_aside(place, caplog, content):
    """Nothing says whose it is."""
    (place / "statement.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    make_room(place, "new", overwrite=True)
    assert (place / "statement.json.damaged-1").exists()
    assert "statement.json cannot be read as a statement. It is now" in caplog.text


def test_kept_answers_with_a_damaged_list_are_set_aside(place, caplog):
    """Nothing says which files are ours."""
    (place / FOLDER / "members.json").write_text("{")
    check_place(place)
    make_room(place, "old", overwrite=False)
    assert names(place / "predictions.damaged-1") == ["0000.parquet", "members.json"]
    assert "members.json is damaged. It is now" in caplog.text
