"""Tests of holding a claim against evidence."""

from angelshare.recipes.studies.answers import Answer, above
from angelshare.recipes.studies.claims import PaperClaim, held_against
from angelshare.recipes.studies.evidence import Evidence, Measured, NotMeasured

NOTHING = Evidence({})


def test_an_answer_stands_with_its_number():
    """And the bounds that its interval is held against."""

    def answer(evidence, parts):
        number = Measured(0.2, 0.1, 0.3, 100)
        return Answer(above(number, 0.15), f"{parts} gains.", number, differs="In scale.", bounds=(0.15,))

    claim = held_against(NOTHING, "cnn", PaperClaim("A gain.", "Table 1", answer))
    assert (claim.claim, claim.where, claim.finding) == ("A gain.", "Table 1", "cnn gains.")
    assert (claim.verdict, claim.value, claim.low, claim.high) == ("undecided", 0.2, 0.1, 0.3)
    assert (claim.bounds, claim.differs) == ((0.15,), "In scale.")


def test_a_count_is_no_estimate():
    """It has a verdict and no interval."""
    counted = PaperClaim("Eight.", "Table 1", lambda evidence, parts: Answer("contradicted", "Nine.", None))
    claim = held_against(NOTHING, None, counted)
    assert (claim.verdict, claim.finding, claim.value) == ("contradicted", "Nine.", None)


def test_what_is_not_at_hand_is_the_answer():
    """As its reason."""

    def answer(evidence, parts):
        raise NotMeasured("The moon is not at hand here.")

    claim = held_against(NOTHING, None, PaperClaim("It is cheese.", "Section 1", answer))
    assert (claim.verdict, claim.finding) == ("not measured", "The moon is not at hand here.")
