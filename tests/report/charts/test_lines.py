"""Small multiples of lines."""

import math

import pytest

from angelshare.core.metric import PLAIN
from angelshare.report.charts.lines import BOTTOM, LEFT, RIGHT, TOP, line_panel
from angelshare.report.charts.symbols import symbols
from angelshare.statement.reproduction import Chart, Point, Series


def chart(*series: Series, log_x: bool = True) -> Chart:
    """A chart of these models."""
    return Chart(name="f", title="t", kind="lines", x_label="texts", y_label="AUC", log_x=log_x, series=series)


def student(*points: tuple[float, float], role: str = "student") -> Series:
    """A model with these points, each with an interval of 0.01 to both sides."""
    return Series(
        name="cnn", role=role, points=tuple(Point(x=x, y=y, low=y - 0.01, high=y + 0.01) for x, y in points)
    )  # fmt: skip


def panel(*series: Series, log_x: bool = True):
    """The panel of these models."""
    return line_panel(chart(*series, log_x=log_x), symbols((each.role, each.name) for each in series), PLAIN)


def test_a_logarithmic_axis_puts_a_factor_of_ten_at_equal_distances():
    """1K, 10K and 100K: the middle one stands in the middle."""
    (line,) = panel(student((1_000, 0.8), (100_000, 0.9), (10_000, 0.85))).lines
    first, second, third = (spot.x for spot in line.spots)
    assert second - first == pytest.approx(third - second, abs=0.2)
    assert line.path.startswith(f"M{first} ")
    assert LEFT < first < third < RIGHT


def test_higher_values_stand_higher_within_the_frame_with_their_intervals():
    """SVG counts downwards; no interval leaves the frame."""
    (line,) = panel(student((10, 0.8), (100, 0.9))).lines
    assert line.spots[0].y > line.spots[1].y
    for spot in line.spots:
        assert spot.low is not None
        assert spot.high is not None
        assert BOTTOM >= spot.low > spot.y > spot.high >= TOP


def test_no_transfer_text_stands_apart_and_is_not_joined():
    """Nothing has no logarithm: a place of its own to the left, with the tick 0."""
    drawn = panel(student((0, 0.7), (1_000, 0.8), (10_000, 0.9)))
    (line,) = drawn.lines
    assert drawn.x_ticks[0].label == "0"
    assert drawn.x_ticks[0].at == line.spots[0].x < line.spots[1].x
    assert line.path.count("L") == 1


def test_a_teacher_is_a_level_and_does_not_stretch_the_sizes():
    """One value of the teacher holds for every size: a dashed line with its interval."""
    teacher = Series(name="BERT", role="teacher", points=(Point(x=1, y=0.95, low=0.94, high=0.96),))
    drawn = panel(teacher, student((1_000, 0.8), (10_000, 0.9)))
    (level,) = drawn.levels
    assert level.low is not None
    assert level.high is not None
    assert level.low > level.y > level.high
    assert [tick.label for tick in drawn.x_ticks] == ["1K", "2K", "5K", "10K"]
    assert len(drawn.lines) == 1


def test_a_baseline_of_one_value_is_a_level_however_often_it_is_told():
    """It has seen no transfer text, whatever the size."""
    baseline = Series(name="CNN", role="baseline", points=(Point(x=1_000, y=0.7), Point(x=10_000, y=0.7)))
    drawn = panel(baseline, student((1_000, 0.8), (10_000, 0.9)))
    assert [level.symbol.name for level in drawn.levels] == ["CNN"]
    assert [line.symbol.name for line in drawn.lines] == ["cnn"]


def test_a_student_of_one_size_is_a_point():
    """It is not a level: its value holds for that size."""
    drawn = panel(student((1_000, 0.8)))
    assert drawn.levels == ()
    assert drawn.lines[0].path == ""
    assert len(drawn.lines[0].spots) == 1


def test_linear_axes_have_round_ticks():
    """Ratios from 0 to 4."""
    assert [tick.label for tick in panel(student((0, 0.8), (4, 0.9)), log_x=False).x_ticks] == ["0", "1", "2", "3", "4"]


def test_nothing_measured_is_an_empty_panel():
    """A series without points is no line, and no error."""
    drawn = panel(Series(name="cnn", role="student", points=()))
    assert drawn.lines == drawn.levels == ()


def test_everything_is_said_in_words():
    """For those who do not see the drawing."""
    assert panel(student((5_000, 0.8))).label == "cnn: 5K: 0.800 (0.790 to 0.810)"


def test_equal_values_have_room_around_them():
    """An axis of no height would divide by nothing."""
    flat = Series(name="cnn", role="student", points=(Point(x=1, y=0.8), Point(x=10, y=0.8)))
    assert all(math.isfinite(spot.y) for spot in panel(flat).lines[0].spots)
