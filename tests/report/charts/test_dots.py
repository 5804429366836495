"""Dot plots by category."""

from angelshare.core.metric import PLAIN, POINTS
from angelshare.report.charts.dots import NARROW_STEP, STEP, dot_panels
from angelshare.report.charts.symbols import symbols
from angelshare.statement.reproduction import Chart, Point, Series

NAMES = ("women", "men")


def chart(*values: tuple[float | None, float | None], y_label: str = "AUC") -> Chart:
    """One value of every model for women and men; None is not measured."""
    series = tuple(
        Series(
            name=f"m{k}",
            role="student",
            points=tuple(Point(x=i, y=y, low=y - 0.1, high=y + 0.1) for i, y in enumerate(pair) if y is not None),
        )
        for k, pair in enumerate(values)
    )
    return Chart(name="f", title="t", kind="bars", x_label="identity", y_label=y_label, categories=NAMES, series=series)


def panels(*charts: Chart):
    """The panels of these charts."""
    return dot_panels(charts, symbols((s.role, s.name) for drawn in charts for s in drawn.series), PLAIN)


def test_models_stand_beneath_each_other_in_one_order():
    """A model that was not measured leaves its place empty, so that the others stay in theirs."""
    (panel,) = panels(chart((0.9, 0.8), (None, 0.7), (0.7, 0.6)))
    women, men = panel.lines
    assert [dot.y for dot in women.dots] == [10.0, 10.0 + 2 * STEP]
    assert [dot.y for dot in men.dots] == [10.0, 10.0 + STEP, 10.0 + 2 * STEP]
    assert women.height == men.height


def test_who_was_not_measured_is_named():
    """One model, or everybody."""
    (panel,) = panels(chart((0.9, None), (None, None)))
    women, men = panel.lines
    assert women.missing == "not measured: m1"
    assert men.missing == "not measured"
    assert men.dots == ()


def test_panels_of_one_measure_share_an_axis_and_others_do_not():
    """Two AUCs on one scale; the gap, which holds 0, has its own."""
    first, second, gap = panels(chart((0.9, 0.8)), chart((0.6, 0.5)), chart((0.05, -0.05), y_label="gap"))
    assert first.axis == second.axis != gap.axis
    assert (first.ideal, gap.ideal) == (None, 50.0)


def test_many_models_stand_closer():
    """Seven models in a line."""
    (panel,) = panels(chart(*((0.5, 0.5),) * 7))
    assert panel.lines[0].dots[1].y - panel.lines[0].dots[0].y == NARROW_STEP


def test_everything_is_said_in_words():
    """For those who do not see the drawing; in points where the page prints points."""
    plain = chart((0.9, 0.8))
    (panel,) = dot_panels([plain], symbols((s.role, s.name) for s in plain.series), POINTS)
    assert panel.lines[0].label == "m0 90.0 (80.0 to 100.0)"


def test_nothing_measured_is_no_error():
    """All models, all identities."""
    (panel,) = panels(chart((None, None)))
    assert [line.missing for line in panel.lines] == ["not measured"] * 2


def test_a_tiny_groups_interval_is_cut_and_says_so():
    """Two of 0.1 and one of 0.9 to both sides: thrice the median is 0.3, so that the axis ends at 1.2 and a little."""
    plain = chart((0.9, 0.8))
    wide = Series(name="m1", role="student", points=(Point(x=0, y=0.9, low=0.0, high=1.8),))
    (panel,) = panels(plain.model_copy(update={"series": (*plain.series, wide)}))
    narrow, cut = panel.lines[0].dots
    assert (narrow.cut_low, narrow.cut_high) == (False, False)
    assert (cut.cut_low, cut.cut_high) == (True, True)
    assert (cut.low, cut.high) == (0.0, 100.0)
    assert panel.axis.high < 1.3
