"""Tests of the paper's numbers beside ours."""

import pytest

from angelshare.recipes.papers.lost_in_distillation.figures import paper_figures, sweep_charts
from angelshare.recipes.studies.evidence import IN_DOMAIN, TEACHER
from angelshare.recipes.studies.study import read_figures

TITLES = {
    "in_domain": "Civil Comments",
    "short_synthetic": "Short Synthetic",
    "long_synthetic": "Long Synthetic",
    "hatecheck": "Hate Check",
    "false_positives": "False Positives",
    "identity_swaps": "Identity Swaps",
    "covert_toxicity": "Covert Toxicity",
}


@pytest.fixture(scope="module")
def evidence(make_evidence):
    """Return evidence without the set of false positives."""
    return make_evidence()


@pytest.fixture(scope="module")
def figures(evidence, parts):
    """Return all numbers by row and metric."""
    paper = read_figures("lost-in-distillation")
    found = paper_figures(paper, evidence, parts, titles=TITLES, notes={"short_synthetic": "stand-in: own"})
    return {(figure.row, figure.metric): figure for figure in found}


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


def test_sweeps_are_drawn_for_every_set_that_is_at_hand(evidence, parts):
    """AUC-ROC and AUC-PR over the sizes, with the teacher and the CNN without one as lines."""
    charts = {chart.name: chart for chart in sweep_charts(evidence, parts, TITLES, n_gold=400)}
    assert len(charts) == 2 * 6
    chart = charts["figure 2/Civil Comments"]
    student, teacher, without = chart.series
    assert chart.note.endswith("Beside 400 human-labelled texts: a ratio of 0.25 to 0.5.")
    assert [point.x for point in student.points] == [100, 200]
    assert student.points[0].y == pytest.approx(evidence.value(IN_DOMAIN, "cnn-100"))
    assert all(point.low < point.y < point.high for point in student.points)
    assert {point.y for point in teacher.points} == {evidence.value(IN_DOMAIN, TEACHER)}
    assert (teacher.role, without.role) == ("teacher", "baseline")
