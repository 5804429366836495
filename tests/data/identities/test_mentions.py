"""Where a text speaks of a group."""

import pytest

from angelshare.data.identities.mentions import find_terms


def readings(text):
    """Return (term, form) of every mention."""
    return [(mention.term.name, mention.form) for mention in find_terms(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Muslim lives here.", [("Muslim", "noun")]),
        ("A Muslim moves in.", [("Muslim", "noun")]),
        ("She wore a Muslim dress.", [("Muslim", "adjective")]),
        ("They are not Muslim.", [("Muslim", "adjective")]),
        ("the MUSLIMS", [("Muslim", "plural")]),
        ("two deaf people", [("deaf", "plural")]),
        ("a Muslim person", [("Muslim", "noun")]),
        ("a married man", [("married man", "noun")]),
        ("non-binary people", [("nonbinary", "plural")]),
        ("a black woman's words", [("Black", "adjective"), ("woman", "noun")]),
        ("Jews and gays", [("Jewish", "plural"), ("gay", "plural")]),
    ],
)
def test_the_form_is_read_from_the_words_around(text, expected):
    """Of two terms that overlap the longer is meant."""
    assert readings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a black coat and a blind spot",
        "he married her and fell on deaf ears",
        "mankind, womanly, men-only, ex-Muslim, his/her/women",
        "humans",
        "a w\u0130man",
    ],
)
def test_other_meanings_and_parts_of_words_are_no_mention(text):
    """Neither a colour nor a verb, and nothing inside a word."""
    assert readings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "come on man, stop it",
        "What Muslim said that?",
        "They are Muslim's.",
        "saw Wonder Woman",
        "the Christian Brothers School",
        "a con man",
        "many white men",
        "women drivers",
        "the elderly",
        "a Muslim wearing green",
        "the part where Muslim is no race",
    ],
)
def test_unclear_places_have_no_form(text):
    """Forms of address, names, fixed phrases, and what could be two things."""
    assert readings(text)[0][1] is None
