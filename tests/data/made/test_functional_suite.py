"""The package's own functional tests."""

import numpy as np

from angelshare.data.made.functional_suite import TARGETS, functional_suite


def test_every_functionality_has_eight_templates_about_eight_targets():
    """One label each; both labels are common."""
    suite = functional_suite()
    functionalities = suite.columns["functionality"]
    assert len(set(functionalities)) == 15
    assert len(suite) == len(set(suite.batch.texts)) == 15 * 8 * len(TARGETS)
    for name in set(functionalities):
        cases = functionalities == name
        assert len(set(suite.truth[cases])) == 1
        assert len(set(suite.columns["template"][cases])) == 8
        assert sorted(set(suite.columns["target"][cases])) == sorted(TARGETS)
    assert 0.4 < suite.truth.mean() < 0.6


def test_what_is_only_spelt_otherwise_shares_the_cluster():
    """An insult, the same misspelt, run together and with its letters apart are one observation in four spellings."""
    suite = functional_suite()
    assert len(np.unique(suite.clusters)) == 15 * 8 - 3 * 8
    sizes = np.bincount(suite.clusters)
    assert set(sizes) == {8, 32}


def test_spellings_are_what_they_are_called():
    """By hand, for one insult about one target."""
    suite = functional_suite()
    first = {
        functionality: text
        for functionality, text, target in zip(
            suite.columns["functionality"], suite.batch.texts, suite.columns["target"], strict=True
        )
        if target == "deaf" and "coward" in text
    }
    assert first["direct_insult"] == "Every deaf person in this city is a filthy coward."
    assert first["insult_run_together"] == "Every deaf person in this city is afilthy coward."
    assert first["insult_with_letters_apart"] == "Every deaf person in this city is a f i l t h y coward."
    misspelt = first["misspelt_insult"].split()[-2]
    assert misspelt != "filthy"
    assert sorted(misspelt) == sorted("filthy")


def test_the_seed_changes_the_misspellings_alone():
    """All other cases are fixed."""
    first, second = functional_suite(0), functional_suite(1)
    differ = np.array(first.batch.texts) != np.array(second.batch.texts)
    assert set(first.columns["functionality"][differ]) == {"misspelt_insult"}
