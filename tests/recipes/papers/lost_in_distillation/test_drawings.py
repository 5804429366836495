"""Tests of the paper's drawings from our numbers."""

import pytest

from angelshare.data.suites.gathering import IN_DOMAIN, suite_spec
from angelshare.recipes.papers.lost_in_distillation.drawings import sweep_charts
from angelshare.recipes.studies.evidence import TEACHER

TITLES = {spec.name: spec.title for spec in suite_spec("lost-in-distillation").sets}


def test_sweeps_are_drawn_for_every_set_that_is_at_hand(make_evidence, parts):
    """AUC-ROC and AUC-PR over the sizes, with the teacher and the CNN without one as lines."""
    evidence = make_evidence()
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
