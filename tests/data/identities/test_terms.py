"""Words for groups of people."""

import re

import pytest

from angelshare.core.errors import InputError
from angelshare.data.identities.terms import IDENTITY_TERMS, filled, fits, indefinite_article, read_terms


def test_there_are_23_terms_over_all_kinds_of_groups():
    """As many as the paper's; every one has all three forms and a name of its own."""
    assert len({term.name for term in IDENTITY_TERMS}) == 23
    assert {term.group for term in IDENTITY_TERMS} == {
        "gender",
        "orientation",
        "religion",
        "ethnicity",
        "nationality",
        "disability",
        "age",
        "marital status",
    }
    assert all(term.adjective and term.noun and term.plural for term in IDENTITY_TERMS)


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("asexual person", "an"),
        ("elderly person", "an"),
        ("unmarried woman", "an"),
        ("uninsured driver", "an"),
        ("European", "a"),
        ("Ukrainian", "a"),
        ("unique case", "a"),
        ("user", "a"),
        ("hour", "an"),
        ("honest man", "an"),
        ("house", "a"),
        ("one-eyed man", "a"),
    ],
)
def test_the_article_goes_by_the_sound(word, article):
    """Not by the letter."""
    assert indefinite_article(word) == article


def test_a_frame_takes_the_forms_that_it_asks_for():
    """With the article of each, and a capital at the start."""
    terms = {term.name: term for term in IDENTITY_TERMS}
    assert filled("{a_noun} met {plural}", terms["elderly"]) == "An elderly person met elderly people"
    assert filled("{a_adjective} singer", terms["woman"]) == "A female singer"
    assert filled("{plural} like {thing}", terms["Muslim"], {"thing": "tea"}) == "Muslims like tea"


def test_terms_are_read_from_a_table_and_from_yaml(tmp_path):
    """With the forms that they lack left blank."""
    table, listed = tmp_path / "terms.csv", tmp_path / "terms.yaml"
    table.write_text("name,adjective,noun,plural,article\nheir,,heir,heirs,\nherbalist,,herbalist,herbalists,an\n")
    listed.write_text(
        "- {name: Frisian, adjective: Frisian, noun: Frisian, plural: Frisians, also: {Frisos: plural}}\n"
    )
    heir, herbalist = read_terms(table)
    assert (heir.adjective, heir.with_article("noun"), herbalist.article) == (None, "an heir", "an")
    assert not fits("{a_adjective} singer", heir)
    with pytest.raises(InputError, match=r"'heir' has no adjective\. Give one"):
        heir.with_article("adjective")
    assert read_terms(listed)[0].forms == ("Frisian people", "Frisian person", "Frisians", "Frisian", "Frisos")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,adjectiv,noun\na,b,c\n", "row 1: there is no column 'adjectiv'. Did you mean 'adjective'?"),
        ("name,noun\na,b\n,c\n", "row 2: the name is blank"),
        ("name,noun\na,b\nc,\n", "row 2: 'c' has neither adjective nor noun nor plural"),
        ("name,noun\na,b\na,c\n", "row 2: the name 'a' is already in row 1"),
        ("name,noun\na,b\nc,B\n", "row 2: 'B' stands for 'c' and for 'a'"),
        ("name,noun,article\na,b,the\n", "row 1: the article is 'the'"),
        ("name,noun,gender\na,b,neuter\n", "row 1: the gender is 'neuter'"),
        ("name,noun,predicative\na,b,maybe\n", "row 1, predicative holds 'maybe'. Write true or false"),
    ],
)
def test_a_bad_table_of_terms_names_the_row(tmp_path, content, message):
    """In a full sentence."""
    path = tmp_path / "terms.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=re.escape(message)):
        read_terms(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name: a\n", "is not a list of terms"),
        ("[]", "has no terms"),
        ("- {name: a, noun: [b]}", "row 1, noun holds ['b'], which is not text"),
        (
            "- {name: a, noun: b, also: {c: genitive}}",
            "row 1, also: 'c' has the form 'genitive'. Known forms: adjective",
        ),
        ("- {name: a, noun: b, also: c}", "row 1, also holds 'c'"),
        ("- {name: a", "cannot be read as YAML"),
        ("- {name: 2020-99-99}", "cannot be read as YAML"),
        ("[" * 5000, "cannot be read as YAML"),
    ],
)
def test_a_bad_list_of_terms_names_the_row(tmp_path, content, message):
    """Unknown forms among them."""
    path = tmp_path / "terms.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=re.escape(message)):
        read_terms(path)


def test_a_missing_file_is_an_error(tmp_path):
    """Of either kind."""
    for name in ("terms.csv", "terms.yaml"):
        with pytest.raises(InputError, match="terms"):
            read_terms(tmp_path / name)
