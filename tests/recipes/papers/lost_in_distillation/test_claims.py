"""Tests of the paper's claims on models whose strengths are known."""

import pytest

from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.papers.lost_in_distillation.claims import CLAIMS
from angelshare.recipes.papers.lost_in_distillation.parts import MITIGATED_STUDENT
from angelshare.recipes.studies.claims import held_against


def all_claims(evidence, parts):
    """Return every claim with its verdict."""
    return [held_against(evidence, parts, claim) for claim in CLAIMS]


def verdict(claims, begins):
    """Return the verdict on the claim that begins so."""
    (claim,) = [claim for claim in claims if claim.claim.startswith(begins)]
    return claim.verdict


@pytest.fixture(scope="module")
def claims(make_evidence, parts):
    """Return the claims where the student is weak everywhere but in-domain, and mitigation helps the teacher."""
    easy = {"teacher": 2.5, "cnn": 2.4}
    return all_claims(make_evidence(in_domain=easy, shuffled={"teacher": 0.5, "cnn": 2.0}), parts)


def test_every_claim_is_answered(claims):
    """With our numbers as sentences."""
    assert len(claims) == len(CLAIMS)
    assert all(claim.verdict != "not measured" and claim.finding.endswith(".") for claim in claims)
    assert all(claim.low <= claim.value <= claim.high for claim in claims if claim.value is not None)


def test_the_paper_counts_fewer_parameters_than_it_describes(claims):
    """30,522 x 768 = 23.4M and (2 + 3 + 4 + 5 + 6) x 768 x 300 = 4.6M."""
    (claim,) = [claim for claim in claims if claim.claim == "The CNN has 8 million parameters."]
    assert claim.verdict == "contradicted"
    assert claim.finding.startswith("As described it has 28.1 million: 23.4 in 30,522 embeddings of width 768, 4.6 in ")


def test_planted_losses_are_found(claims):
    """Near in-domain, far elsewhere; worse in most functionalities; words matter more to the teacher."""
    for begins in (
        "In-domain, distilled CNNs",
        "Harder test sets",
        "Distillation lifts",
        "The student is worse in most",
        "Students emphasise",
    ):
        assert verdict(claims, begins) == "holds"


def test_claims_that_are_wrong_here_are_contradicted(claims):
    """The teacher finds covert toxicity."""
    assert verdict(claims, "No model reaches") == "contradicted"
    assert verdict(claims, "The teacher is worse") != "holds"


def test_the_interaction_is_the_students_gain_less_the_teachers(make_evidence, parts):
    """A student that gains much more than its teacher contradicts the claim."""
    strong = {MITIGATED_STUDENT: 4.0}
    answered = all_claims(make_evidence(short_synthetic=strong, long_synthetic=strong, identity_swaps=strong), parts)
    assert verdict(answered, "Mitigation data help the teacher more") == "contradicted"


def test_what_is_not_at_hand_is_not_measured(make_evidence, parts):
    """And says what is missing; the others are answered."""
    answered = all_claims(make_evidence((IN_DOMAIN,)), parts)
    by_claim = {claim.claim: claim for claim in answered}
    missing = by_claim["No model reaches an AUC-ROC of .6 on covert toxicity."]
    assert (missing.verdict, missing.finding) == ("not measured", "The set covert_toxicity is not at hand here.")
    assert verdict(answered, "In-domain, distilled CNNs") != "not measured"
