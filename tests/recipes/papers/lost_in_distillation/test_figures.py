"""Tests of the paper's numbers beside ours."""

import pytest

from angelshare.data.suites.gathering import suite_spec
from angelshare.recipes.papers.lost_in_distillation.figures import PRINTED, tables_2_and_3
from angelshare.recipes.studies.evidence import TEACHER
from angelshare.recipes.studies.paper import Outcome

TITLES = {spec.name: spec.title for spec in suite_spec("lost-in-distillation").sets}


@pytest.fixture(scope="module")
def evidence(make_evidence):
    """Return evidence without the set of false positives."""
    return make_evidence()


@pytest.fixture(scope="module")
def figures(evidence, parts):
    """Return all numbers by row and metric."""
    notes = {"short_synthetic": "stand-in: own"}
    outcome = Outcome(evidence, parts, titles=TITLES, notes=notes, splits=None, statement=None)
    return {(figure.row, figure.metric): figure for figure in tables_2_and_3(outcome)}


def test_every_number_of_the_paper_has_a_row(figures):
    """Seven sets: five models of Table 2 with two figures and four differences, two of Table 3 with one."""
    assert len(figures) == 7 * (5 * 2 + 4) + 7 * (2 * 2 + 1)


def test_ours_stands_beside_the_papers(figures, evidence, parts):
    """With an interval for AUC-ROC and for differences, and what stands in for the set."""
    area = figures["Short Synthetic / DISTILLEDCNN", "AUC-ROC"]
    assert (area.paper, area.model, area.note) == (0.955, parts.distilled, "stand-in: own")
    assert area.ours == pytest.approx(evidence.value("short_synthetic", parts.distilled))
    assert area.low < area.ours < area.high
    loss = figures["Short Synthetic / DISTILLEDCNN", "AUC-ROC difference"]
    # .955 - .997
    assert loss.paper == -0.042
    expected = evidence.value("short_synthetic", parts.distilled) - evidence.value("short_synthetic", TEACHER)
    assert loss.ours == pytest.approx(expected)
    precision = figures["Civil Comments / BERT", "AUC-PR"]
    assert (precision.paper, precision.low) == (0.815, None)


def test_the_proprietary_student_is_held_against_its_own_teacher(figures):
    """.974 - .969 in the paper."""
    assert figures["Civil Comments / DISTILLEDPROPRIETARYCNN", "AUC-ROC difference"].paper == 0.005


def test_a_set_that_is_not_at_hand_says_so(figures):
    """Instead of a number."""
    missing = figures["False Positives / BERT", "AUC-ROC"]
    assert (missing.ours, missing.note) == (None, "The set false_positives is not at hand here.")


def test_the_papers_figures_are_about_the_suites_sets():
    """In its order; every model of Table 2 stands on every set."""
    assert list(PRINTED.table2) == list(PRINTED.table3) == list(TITLES)
    assert {len(models) for models in PRINTED.table2.values()} == {5}
    assert PRINTED.table2["in_domain"]["BERT"] == (0.815, 0.981)
    assert PRINTED.table3["covert_toxicity"]["DISTILLEDPROPRIETARYCNN"] == (0.131, 0.583)
