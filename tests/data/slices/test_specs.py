"""Tests of what a recipe or the command line says about slices."""

import pytest

from angelshare.core.errors import InputError
from angelshare.data.slices.specs import (
    ColumnSlices,
    CrossedSlices,
    LengthSlices,
    WordSlice,
    columns_of,
    loaded,
    parse_slice,
)


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        ("column=source", ColumnSlices(kind="column", column="source")),
        ("column:year=2000,2010.5", ColumnSlices(kind="column", column="year", edges=(2000, 2010.5))),
        ("words:women=she,her own", WordSlice(kind="words", name="women", words=("she", "her own"))),
        ("words:one = she,", WordSlice(kind="words", name="one", words=("she",))),
        ("length=8,16", LengthSlices(kind="length", edges=(8, 16))),
        ("length:quantiles=4", LengthSlices(kind="length", quantiles=4)),
        ("cross=women * length", CrossedSlices(kind="cross", of=("women", "length"))),
    ],
)
def test_each_form_of_the_command_line_is_read(given, spec):
    """Blanks around the parts do not count."""
    assert parse_slice(given) == spec


@pytest.mark.parametrize("given", ["women", "column=", "words=she,her", "length=", "size=3", "length:x=3", "cross:a=b"])
def test_another_form_is_refused_with_the_right_ones(given):
    """All of them."""
    with pytest.raises(InputError) as error:
        parse_slice(given)
    assert str(error.value) == (
        f"--slice {given!r} is not a slice. Write one of column=COLUMN, column:COLUMN=EDGE,EDGE, words:NAME=FILE, "
        "words:NAME=WORD,WORD, length=EDGE,EDGE, length:quantiles=NUMBER, cross=SLICE*SLICE."
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("length=16,8", "--slice 'length=16,8': The edges must rise, but ['16', '8'] do not."),
        ("length=8,8", "--slice 'length=8,8': The edges must rise, but ['8', '8'] do not."),
        ("length=8,many", "--slice 'length=8,many': '8,many' are not numbers with commas between them."),
        ("length=8,inf", "--slice 'length=8,inf': the edges must be finite."),
        ("length:quantiles=1", "--slice 'length:quantiles=1': Input should be greater than or equal to 2"),
        ("length:quantiles=-1", "--slice 'length:quantiles=-1': '-1' is not a whole number of parts."),
        ("words:women=,", "--slice 'words:women=,': The list of words is blank. Give at least one word."),
        (
            "words:a*b=she,her",
            "--slice 'words:a*b=she,her': 'a*b' cannot name a slice: it is blank, or has a * in it, which crosses two slices.",
        ),
        (
            "cross=women",
            "--slice 'cross=women': Tuple should have at least 2 items after validation, not 1",
        ),
        (
            "words:women=none.txt",
            "There is no word list none.txt. Give a file with one word on a line, or the words themselves with commas between them (one word: with a comma after it).",
        ),
    ],
)
def test_what_cannot_be_cut_is_refused_with_its_reason(given, problem):
    """The option is named, as there may be several."""
    with pytest.raises(InputError) as error:
        parse_slice(given)
    assert str(error.value) == problem


def test_a_word_list_is_read_line_by_line(tmp_path):
    """Blank lines and a byte order mark are no words; a file whose name has a comma is a file."""
    for name in ("women.txt", "women,old.txt"):
        (tmp_path / name).write_text("\ufeffshe\n\n  her own \n", encoding="utf-8")
        spec = parse_slice(f"words:women={tmp_path / name}")
        assert spec == WordSlice(kind="words", name="women", words=("she", "her own"))


def test_a_word_list_without_words_or_without_utf8_is_refused(tmp_path):
    """With what to do."""
    blank, latin = tmp_path / "blank.txt", tmp_path / "latin.txt"
    blank.write_text("\n \n", encoding="utf-8")
    latin.write_bytes(b"caf\xe9\n")
    with pytest.raises(InputError, match=r"blank\.txt has no word\. Write one on a line\.$"):
        loaded(WordSlice(kind="words", name="a", file=str(blank)))
    with pytest.raises(InputError, match=r"latin\.txt is not UTF-8: .* at byte 3\. Save it as UTF-8\.$"):
        loaded(WordSlice(kind="words", name="a", file=str(latin)))


def test_words_come_from_a_list_or_from_a_file():
    """Neither and both are refused; so for edges and quantiles."""
    for more in ({}, {"words": ("she",), "file": "women.txt"}):
        with pytest.raises(ValueError, match="Give either words or a file with one word on a line"):
            WordSlice(kind="words", name="women", **more)
    for more in ({}, {"edges": (8,), "quantiles": 4}):
        with pytest.raises(ValueError, match="Give either edges in words, or the number of quantiles"):
            LengthSlices(kind="length", **more)


def test_columns_are_asked_for_once():
    """Cut by value and by edges, a column is still one."""
    specs = [parse_slice("column=year"), parse_slice("column:year=2000"), parse_slice("length=8")]
    assert columns_of(specs) == ("year",)
