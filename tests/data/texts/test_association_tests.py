"""Tests of reading association tests."""

import json

import pytest

from angelshare.core.errors import InputError
from angelshare.data.texts.association_tests import read_association_tests

NAMES = {"category": "Names", "examples": ["Ann", "Bea"]}
TEST = {
    "targ1": NAMES,
    "targ2": {"category": "Trees", "examples": ["oak", "ash", "elm"]},
    "attr1": {"category": "Home", "examples": ["house"]},
    "attr2": {"category": "Wood", "examples": ["forest"]},
}


@pytest.fixture
def written(tmp_path):
    """Write tests and return their file."""

    def write(content):
        path = tmp_path / "tests.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_tests_are_read_by_name_in_the_order_asked_for(written):
    """Targets, attributes, and what their texts have in common."""
    path = written({"one": TEST, "two": TEST | {"attr1": NAMES}, "three": {}})
    second, first = read_association_tests(path, ("two", "one"))
    assert (first.name, second.name) == ("one", "two")
    assert [group.category for group in first.groups] == ["Names", "Trees", "Home", "Wood"]
    assert first.targets[1].texts == ("oak", "ash", "elm")
    assert second.attributes[0].texts == ("Ann", "Bea")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"weat6": TEST}, r"no association test called 'sent-weat6'\. Did you mean 'weat6'\?"),
        ([TEST], "holds a list, not an object"),
        ("{", r"is not JSON \(Expecting property name"),
        ({"sent-weat6": []}, 'sent-weat6 has no targ1: write {"category"'),
        ({"sent-weat6": TEST | {"attr2": {"category": "Wood"}}}, "has no attr2"),
        ({"sent-weat6": TEST | {"attr2": {"category": "Wood", "examples": []}}}, "has no attr2"),
        (
            {"sent-weat6": TEST | {"attr2": {"category": "Wood", "examples": ["elm", 3, ""]}}},
            r"attr2 holds 3, .*2 such",
        ),
        ({"sent-weat6": TEST | {"attr2": {"category": "Wood", "examples": ["elm", "elm"]}}}, "'elm' more than once"),
        ({"sent-weat6": TEST | {"targ1": {"category": "One", "examples": ["elm"]}}}, "One has one text, and targets"),
    ],
)
def test_what_is_no_association_test_is_refused(written, content, message):
    """The file, the test and the set are named."""
    with pytest.raises(InputError, match=message):
        read_association_tests(written(content), ("sent-weat6",))


def test_without_a_path_the_folder_of_public_sets_is_looked_into(written, monkeypatch, tmp_path):
    """Neither is an error that says what to give."""
    (tmp_path / "seat").mkdir()
    written({"one": TEST}).rename(tmp_path / "seat" / "seat.json")
    monkeypatch.setenv("ANGELSHARE_DATA", str(tmp_path))
    assert read_association_tests(None, ("one",))[0].name == "one"
    monkeypatch.setenv("ANGELSHARE_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(InputError, match=r"There is no file .*elsewhere.*seat\.json"):
        read_association_tests(None, ("one",))
    monkeypatch.delenv("ANGELSHARE_DATA")
    with pytest.raises(InputError, match=r"ANGELSHARE_DATA names no folder\. Give `tests`"):
        read_association_tests(None, ("one",))


@pytest.mark.real_data
def test_the_published_tests_have_their_published_sizes(public_sets):
    """64 sentences about male and female names, 101 and 112 about career and family."""
    six, eight = read_association_tests(public_sets / "seat" / "seat.json", ("sent-weat6", "sent-weat8"))
    assert [len(group.texts) for group in six.groups] == [64, 64, 101, 112]
    assert [group.category for group in eight.groups] == ["Science", "Arts", "MaleTerms", "FemaleTerms"]
