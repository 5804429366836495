"""Charts of what is measured group by group."""

from collections.abc import Callable

import pytest

from angelshare.report import render_html
from angelshare.report.charts.by_group import group_charts, identity_charts
from angelshare.statement.schema import DifferenceRow, Statement


def test_identities_have_a_panel_for_each_measure(suite_statement: Statement):
    """Two text sets with five measures each; then the functionalities."""
    first, second, functions = group_charts(suite_statement)
    assert first.title == "AUCs of every identity (reviews)"
    assert second.title == "AUCs of every identity (identity_swaps)"
    assert [panel.title for panel in first.dots][:3] == ["subgroup AUC", "BPSN AUC", "BNSP AUC"]
    assert [line.name for line in first.dots[0].lines] == ["women", "men", "muslim", "elderly", "deaf"]
    assert functions.title == "Accuracy in every functionality (hatecheck)"


def test_seeds_are_averaged_and_gaps_say_so(suite_statement: Statement):
    """Students 0.95 - 0.02 and 0.95 - 0.024 are drawn at 0.928; nobody was measured on `deaf`."""
    panel = group_charts(suite_statement)[0].dots[0]
    assert panel.lines[0].label == "teacher 95.0; mlp (student) 92.8; mlp (baseline) 91.8"
    assert panel.lines[4].missing == "not measured"


def test_equality_gaps_are_drawn_about_zero(suite_statement: Statement):
    """Their ideal is marked; that of AUCs is not."""
    panels = group_charts(suite_statement)[0].dots
    assert panels[0].ideal is None
    assert panels[3].ideal is not None
    assert panels[0].axis == panels[2].axis != panels[3].axis


def test_the_functionality_that_loses_most_comes_first(suite_statement: Statement):
    """Without an interval where there is one template."""
    (panel,) = group_charts(suite_statement)[2].dots
    assert panel.lines[0].name == "function_11_nh"
    assert panel.lines[0].dots[0].low is None
    assert panel.lines[1].dots[0].low is not None
    assert panel.lines[0].label == "mlp (student) \N{MINUS SIGN}27.0; bilstm \N{MINUS SIGN}13.5"


def test_the_page_draws_them_and_names_every_text_set(suite_statement: Statement):
    """Headings, filters and sentences say which set is meant."""
    page = render_html(suite_statement)
    assert page.count('class="dots-table"') == 11
    assert 'data-set="=hatecheck"' in page
    assert '<option value="=identity_swaps">' in page
    assert "hatecheck: AUC falls from 90.0 to 74.0" in page


def test_mitigation_and_interaction_are_put_into_words(suite_statement: Statement):
    """Whom mitigation helps more is a sentence, and so is that it cannot be told."""
    page = render_html(suite_statement)
    assert "AUC with mitigation rises from 83.0 to 86.0, +3.0 points" in page
    assert (
        "AUC: the student is \N{MINUS SIGN}6.0 from its teacher with mitigation and \N{MINUS SIGN}3.0 without, so that mitigation helps the "
        "teacher 3.0 points more than the student"
    ) in page
    assert "Whether mitigation helps the teacher more than the student in AUC: 1,821 items cannot decide" in page
    assert "reference, human labels only" not in page.partition("mlp: mitigation data</bdi>")[2][:80]


@pytest.mark.parametrize("name", ["statement", "rich_statement"])
def test_a_statement_of_one_text_set_names_none(name: str, request: pytest.FixtureRequest):
    """There is nothing to tell apart."""
    page = render_html(request.getfixturevalue(name))
    assert 'name="set"' not in page
    assert 'class="dots-table"' not in page


def test_means_over_identities_have_the_interval_of_their_difference(
    statement: Statement, make_difference: Callable[..., DifferenceRow]
):
    """0.90 of the student, 0.95 of the teacher, -0.05 +- 1.96 * 0.01: the line goes from 0.8804 to 0.9196."""
    rows = (
        make_difference("mean_bpsn_auc", 0.90, 0.95, 0.01),
        make_difference("mean_subgroup_auc", 0.92, 0.96, 0.01),
        make_difference("mean_bpsn_auc", 0.85, 0.95, 0.01, contrast="baseline-teacher"),
    )
    audit = statement.audits[0].model_copy(update={"differences": rows})
    (chart,) = identity_charts(statement.model_copy(update={"audits": (audit,)}))
    assert chart.categories == ("subgroup AUC", "BPSN AUC")
    teacher, student, baseline = chart.series
    assert {(point.x, point.y) for point in teacher.points} == {(0.0, 0.96), (1.0, 0.95)}
    assert (student.points[0].low, student.points[0].high) == (pytest.approx(0.8804), pytest.approx(0.9196))
    assert (baseline.name, baseline.role, len(baseline.points)) == ("mlp", "baseline", 1)


def test_an_identitys_auc_has_the_interval_of_its_own_text_set(
    suite_statement: Statement, make_difference: Callable[..., DifferenceRow]
):
    """-0.022 +- 1.96 * 0.01 about 0.918; the other set's table has no such row, and no line."""
    row = make_difference("bpsn_auc", 0.918, 0.94, 0.01, slice="mentions_women")
    audit = suite_statement.audits[0]
    audit = audit.model_copy(update={"differences": (*audit.differences, row)})
    charts = identity_charts(suite_statement.model_copy(update={"audits": (audit, *suite_statement.audits[1:])}))
    of_reviews, of_swaps = (chart for chart in charts if chart.title == "BPSN AUC")
    point = of_reviews.series[1].points[0]
    assert (point.y, point.low, point.high) == (
        pytest.approx(0.918),
        pytest.approx(0.8984),
        pytest.approx(0.9376),
    )
    assert of_swaps.series[1].points[0].low is None
