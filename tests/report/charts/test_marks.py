"""Where marks stand."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.metric import POINTS
from angelshare.report.charts.marks import Axis, decompositions, forest_axis, interval_mark, ticks
from angelshare.report.charts.trade import Measured, pareto_front, trade_charts
from angelshare.statement.schema import DifferenceRow, Statement


def test_an_axis_places_values_in_per_cent_and_holds_them():
    """From -0.1 to 0.1, zero stands in the middle."""
    axis = Axis(-0.1, 0.1)
    assert [axis.at(v) for v in (-0.1, 0.0, 0.05, 9.0, -9.0)] == [0.0, 50.0, 75.0, 100.0, 0.0]


def test_ticks_are_round():
    """From -18 to +12 points: every ten points."""
    assert [tick.label for tick in ticks(-0.18, 0.12, POINTS, sign=True)] == ["\u221210", "0", "+10"]


def test_one_wide_interval_does_not_squeeze_the_others(make_difference: Callable[..., DifferenceRow]):
    """A tiny slice is cut, and the cut is marked."""
    rows = [make_difference("accuracy", 0.85, 0.89, 0.005) for _ in range(9)] + [
        make_difference("accuracy", 0.85, 0.89, 0.4, n=9)
    ]
    axis = forest_axis(rows)
    assert axis.low > -0.2
    wide = interval_mark(rows[-1], axis)
    assert (wide.cut_low, wide.cut_high) == (True, True)
    narrow = interval_mark(rows[0], axis)
    assert not narrow.cut_low
    assert narrow.family_low < narrow.low < narrow.value < narrow.high < narrow.family_high


def test_families_of_few_seeds_do_not_squeeze_the_margins(make_difference: Callable[..., DifferenceRow]):
    """Own intervals reach 3 points, those of the family 60: the axis reaches three times as far as the former."""
    row = make_difference("accuracy", 0.89, 0.89, 0.01)
    narrow, family = (row.interval.model_copy(update={"low": -end, "high": end}) for end in (0.03, 0.6))
    axis = forest_axis([row.model_copy(update={"interval": narrow, "interval_family": family})])
    assert (axis.low, axis.high) == pytest.approx((-1.12 * 0.09, 1.12 * 0.09))


@given(st.lists(st.tuples(st.floats(-0.9, 0.9), st.floats(1e-6, 0.5)), min_size=1, max_size=12))
def test_every_estimate_and_margin_lies_on_the_axis(
    make_difference: Callable[..., DifferenceRow], cases: list[tuple[float, float]]
):
    """Whatever is cut, it is an interval's end."""
    rows = [make_difference("accuracy", delta, 0.0, se) for delta, se in cases]
    axis = forest_axis(rows)
    assert axis.holds(0.0)
    assert all(axis.holds(row.delta) and axis.holds(row.margin) and axis.holds(-row.margin) for row in rows)


def test_a_target_row_is_drawn_by_its_distance_from_the_target(make_difference: Callable[..., DifferenceRow]):
    """|55 - 50| - |60 - 50| = -5: nearer to the ideal than the teacher."""
    row = make_difference("stereotype_score", 0.55, 0.60, 0.01, direction="none", verdict=None, target=0.50)
    row = row.model_copy(update={"direction": "target", "judged": row.interval, "judged_family": row.interval_family})
    axis = Axis(-0.1, 0.1)
    assert interval_mark(row, axis).value == pytest.approx(25.0)


def test_the_decomposition_goes_from_teacher_over_baseline_to_student(statement: Statement):
    """89.0 - 10.0 = 79.0, 79.0 + 2.8 = 81.8."""
    mlp = decompositions(statement)[0]
    assert (mlp.student, mlp.metric) == ("mlp", "accuracy")
    assert [step.text for step in mlp.steps] == ["89.0", "\u221210.0", "79.0", "+2.8", "81.8"]
    assert [step.turn for step in mlp.steps] == [None, "worse", None, "better", None]
    assert mlp.steps[1].start == mlp.steps[0].end
    assert mlp.steps[1].end == mlp.steps[2].end == mlp.steps[3].start


def test_less_error_is_drawn_as_better_and_no_change_as_such(
    make_difference: Callable[..., DifferenceRow], statement: Statement
):
    """0.5 to 0.7 is worse, 0.7 to 0.7004 is no change; a way shorter than the margin does not fill the lane."""
    pairs = (("student-teacher", 0.5, 0.5), ("baseline-teacher", 0.7, 0.5), ("student-baseline", 0.5, 0.7))
    rows = [make_difference("nll", a, b, 0.01, contrast=c, direction="lower", margin=0.05) for c, a, b in pairs]
    still = (("student-teacher", 0.8001, 0.8), ("baseline-teacher", 0.8001, 0.8), ("student-baseline", 0.8001, 0.8001))
    rows += [make_difference("accuracy", a, b, 0.01, contrast=c, margin=0.02) for c, a, b in still]
    audit = statement.audits[0].model_copy(update={"differences": tuple(rows)})
    accuracy, nll = decompositions(statement.model_copy(update={"audits": (audit,)}))
    assert [step.turn for step in nll.steps] == [None, "worse", None, "better", None]
    assert [step.turn for step in accuracy.steps] == [None, "same", None, "same", None]
    # 0.0001 of an axis of 0.04
    assert accuracy.steps[2].end - accuracy.steps[0].end == pytest.approx(0.25, abs=0.02)


def test_few_decompositions_are_drawn_the_main_metric_first(
    make_difference: Callable[..., DifferenceRow], statement: Statement
):
    """Recall of nine labels stands in the table; accuracy leads although it was measured last."""
    contrasts = ("student-teacher", "student-baseline", "baseline-teacher")
    rows = [make_difference("recall", 0.8, 0.9, 0.01, contrast=c, output=f"l{k}") for k in range(9) for c in contrasts]
    rows += [make_difference(m, 0.8, 0.9, 0.01, contrast=c) for m in ("macro_f1", "accuracy") for c in contrasts]
    audit = statement.audits[0].model_copy(update={"differences": tuple(rows)})
    drawn = decompositions(statement.model_copy(update={"audits": (audit,)}))
    assert [part.metric for part in drawn] == ["accuracy", "macro F1", "recall of l0", "recall of l1"]


def test_a_student_without_baseline_is_not_split(statement: Statement):
    """minilm-3l has none."""
    assert {part.student for part in decompositions(statement)} == {"mlp", "bilstm"}


def test_the_pareto_front_holds_what_nothing_smaller_beats():
    """Larger and worse than a is b; as large as c and worse is d."""
    a, b, c, d = (
        Measured("student", n, size, q)
        for n, size, q in (("a", 10, 0.8), ("b", 20, 0.7), ("c", 30, 0.9), ("d", 30, 0.85))
    )
    assert pareto_front([d, c, b, a]) == (a, c)


def test_the_size_chart_shows_every_population_once(statement: Statement):
    """Teacher, three students, two baselines, one reference; the teacher stands furthest to the right."""
    (chart,) = trade_charts(statement)
    assert sorted((p.role, p.name) for p in chart.wide.points) == [
        ("baseline", "bilstm"),
        ("baseline", "mlp"),
        ("baseline", "tfidf"),
        ("student", "bilstm"),
        ("student", "minilm-3l"),
        ("student", "mlp"),
        ("teacher", "minilm"),
    ]
    assert max(chart.wide.points, key=lambda p: p.x).role == "teacher"
    assert [tick.label for tick in chart.wide.x_ticks] == ["100K", "1M", "10M"]


def test_without_sizes_there_is_no_size_chart(empty_statement: Statement, statement: Statement):
    """Files of predictions have no parameters."""
    unknown = tuple(model.model_copy(update={"n_parameters": None}) for model in statement.models)
    assert trade_charts(statement.model_copy(update={"models": unknown})) == ()
    assert trade_charts(empty_statement) == ()
