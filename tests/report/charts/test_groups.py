"""Charts that belong together."""

from angelshare.core.metric import PLAIN
from angelshare.report.charts.groups import chart_groups
from angelshare.statement.reproduction import Reproduction


def test_lines_and_dots_are_told_apart(reproduction: Reproduction):
    """Six panels of lines with the teacher as a level, three of dots."""
    lines, dots = chart_groups(reproduction.charts, PLAIN)
    assert (len(lines.lines), lines.dots, lines.has_levels) == (6, (), True)
    assert (dots.lines, len(dots.dots), dots.has_levels) == ((), 3, False)


def test_a_model_has_one_symbol_in_all_charts(reproduction: Reproduction):
    """The student of the sweep and of the identities; each legend has only who is drawn."""
    lines, dots = chart_groups(reproduction.charts, PLAIN)
    of_lines, of_dots = ({(s.role, s.name): s for s in group.symbols} for group in (lines, dots))
    assert of_lines["student", "cnn"] == of_dots["student", "cnn"]
    assert (len(of_lines), len(of_dots)) == (3, 5)


def test_what_all_panels_are_noted_for_is_told_once(reproduction: Reproduction):
    """A note of one panel stays with it."""
    charts = [chart.model_copy(update={"note": "three seeds"}) for chart in reproduction.charts[:2]]
    (group,) = chart_groups(charts, PLAIN)
    assert group.note == "three seeds"
    assert [panel.note for panel in group.lines] == [None, None]
    _, dots = chart_groups(reproduction.charts, PLAIN)
    assert dots.note is None
    assert [panel.note is None for panel in dots.dots] == [True, False, True]
