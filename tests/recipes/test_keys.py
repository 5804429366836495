"""What a recipe's keys mean, for people who never open the source."""

from importlib.metadata import EntryPoint

import pytest

from angelshare.audits.frame.installed import GROUP, InstalledAudits
from angelshare.core.errors import LeftOut
from angelshare.core.student_spec import TfidfSpec
from angelshare.recipes.keys import key_sections, known_places, meanings
from angelshare.recipes.schema import Recipe


def test_every_key_has_a_meaning():
    """A key without one is a line to write into the `Attributes` of its model."""
    assert not [(section.place, row[0]) for section in key_sections() for row in section.rows if not row[3]]


def test_all_that_a_recipe_may_say_has_its_section():
    """In the order of a recipe; kinds stand beside each other."""
    places = known_places()
    assert [place for place in places if "." not in place] == [key for key in Recipe.model_fields if key in places]
    kinds = {section.kind for section in key_sections() if section.place == "students"}
    assert kinds >= {"mlp", "bilstm", "cnn", "transformer", "pretrained", "tfidf"}


def test_an_audit_that_cannot_be_used_is_left_out_with_a_warning():
    """Its options are not known; all other keys are."""
    entry = EntryPoint("mine", "angelshare.audits.quality:METRICS", GROUP)
    with pytest.warns(LeftOut, match="The audit 'mine' is left out"):
        sections = key_sections(InstalledAudits(brought=lambda: [entry]))
    assert sections == key_sections()


def test_a_row_says_what_a_value_may_be():
    """Bounds, choices and defaults are those that reading a recipe goes by."""
    (tfidf,) = (section for section in key_sections() if section.kind == "tfidf")
    rows = {row[0]: row[1:] for row in tfidf.rows}
    assert rows["`ngrams`"][:2] == ("whole number from 1 to 3", "`2`")
    assert rows["`regularisation`"][:2] == ("number above 0 to 1,000,000,000", "`1.0`")
    assert rows["`name`"][:2] == ("text", "required")
    assert TfidfSpec.model_fields["ngrams"].default == 2


def test_keys_that_share_a_line_share_its_meaning():
    """And what a base says holds, unless the model says it anew."""

    class Wine(TfidfSpec):
        """A barrel.

        Attributes:
            age, name: of the barrel; None: nobody
                knows. ngrams: drops.
        """

        age: int | None = None

    told = meanings(Wine)
    assert told["age"] == told["name"] == "Of the barrel; null: nobody knows."
    assert told["ngrams"] == "Drops."
    assert told["max_length"].endswith("longer texts are cut.")
