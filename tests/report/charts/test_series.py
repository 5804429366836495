"""Charts in groups and their numbers."""

from angelshare.core.metric import PLAIN
from angelshare.report.charts.series import chart_grid, groups, heading
from angelshare.statement.reproduction import Reproduction


def test_panels_of_one_figure_stand_together(reproduction: Reproduction):
    """Six text sets of figure 2, three measures of figure 4."""
    assert [len(group) for group in groups(reproduction.charts)] == [6, 3]
    first, second = groups(reproduction.charts)
    assert heading(first) == "Figure 2: AUC-ROC against transfer texts"
    assert heading(second) == "Figure 4: AUC"
    assert heading(first[:1]) == "Civil Comments"


def test_the_numbers_of_a_chart_are_a_table(reproduction: Reproduction):
    """The teacher's one value and every size of both students, for six panels; text sets and models can be filtered."""
    lines, _ = groups(reproduction.charts)
    grid = chart_grid(lines, PLAIN)
    assert len(grid.rows) == 6 * (1 + 5 + 5)
    assert [cell.text for cell in grid.rows[1]] == [
        "Civil Comments", "cnn", "student", "5,000", "0.925", "0.913 to 0.937",
    ]  # fmt: skip
    assert [name for _, name, _ in grid.filters] == ["panel", "model", "role"]


def test_what_was_not_measured_is_a_row_too(reproduction: Reproduction):
    """Five models, seven identities, three measures; the last identity is measured for nobody."""
    _, bars = groups(reproduction.charts)
    grid = chart_grid(bars, PLAIN)
    assert len(grid.rows) == 3 * 5 * 7
    assert [cell.text for cell in grid.rows[6]][3:] == ["young adults", "not measured", ""]
