"""Tests of what a page says of sets."""

import numpy as np

from angelshare.data.suites.gathering import IN_DOMAIN, suite_spec
from angelshare.recipes.studies.page import at_chance, notes_on
from angelshare.recipes.suite import gather_suite


def test_a_teacher_at_chance_is_a_warning(make_evidence):
    """On the sets where it is, by their names in the paper; sets that are missing are passed over."""
    evidence = make_evidence((IN_DOMAIN, "covert_toxicity"), covert_toxicity={"teacher": 0.0})
    titles = {IN_DOMAIN: "Civil Comments", "covert_toxicity": "Covert Toxicity", "hatecheck": "Hate Check"}
    (warning,) = at_chance(evidence, titles)
    level = evidence.level("covert_toxicity", "teacher")
    assert np.isclose(level.value, 0.5, atol=0.1)
    assert warning.startswith(f"On Covert Toxicity the teacher's AUC-ROC of {level.value:.3f} ({level.low:.3f} to")


def test_stand_ins_and_gaps_are_noted(monkeypatch):
    """Sets that are the original have no note."""
    monkeypatch.delenv("ANGELSHARE_DATA", raising=False)
    notes = dict(notes_on(gather_suite(suite_spec("lost-in-distillation"), "tiny")))
    assert notes["short_synthetic"] == "stand-in: short_synthetic"
    assert notes["covert_toxicity"] == "No source of it serves at scale tiny."
