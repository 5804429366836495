"""Quality against size and speed."""

from angelshare.report.charts.name_places import along, place
from angelshare.report.charts.trade import COSTS, HALF, NARROW, WIDE, Measured, pareto_front, trade_charts
from angelshare.statement.schema import Statement


def test_where_more_is_better_the_front_begins_at_the_fastest():
    """The second is slower and worse than the first, the third slower and better."""
    a, b, c = (
        Measured("student", name, speed, q) for name, speed, q in (("a", 900, 0.8), ("b", 500, 0.7), ("c", 20, 0.9))
    )
    assert pareto_front([c, b, a], more_is_better=True) == (a, c)
    assert pareto_front([c, b, a]) == (c,)


def test_size_speed_and_waiting_time_have_a_chart_each(rich_statement: Statement):
    """Size over the whole width, the other two side by side, all three drawn anew for telephones."""
    charts = trade_charts(rich_statement)
    assert [chart.cost for chart in charts] == list(COSTS)
    assert [chart.wide.width for chart in charts] == [WIDE, HALF, HALF]
    assert {chart.narrow.width for chart in charts} == {NARROW}
    speed = {p.name: (p.role, p.cost, p.quality) for p in charts[1].wide.points}
    assert speed == {
        "minilm": ("teacher", "412 texts/s", "89.0"),
        "mlp": ("student", "61,300 texts/s", "81.8"),
        "bilstm": ("student", "3,150 texts/s", "87.2"),
        "minilm-3l": ("student", "1,590 texts/s", "88.6"),
    }
    assert [p.cost for p in charts[2].wide.points][:2] == ["9.80 ms", "0.210 ms"]
    assert [p.cost for p in charts[0].wide.points][:2] == ["22.7M parameters", "81K parameters"]


def test_every_mark_lies_in_the_drawing(rich_statement: Statement):
    """At each width."""
    for chart in trade_charts(rich_statement):
        for drawing in (chart.wide, chart.narrow):
            assert all(46 <= p.x <= drawing.right and 16 <= p.y <= 290 for p in drawing.points)
            assert len(drawing.x_ticks) > 1


def test_a_label_keeps_off_what_is_drawn():
    """Something stands to the right, so it goes to the left; at the left edge it goes to the right."""
    room = (0.0, 0.0, 400.0, 300.0)
    (_, _, anchor), _ = place(200, 100, 5, [(205.0, 80.0, 300.0, 130.0)], room)
    assert anchor == "end"
    (_, _, anchor), _ = place(10, 100, 5, [], room)
    assert anchor == "start"
    assert len(along([(0, 0), (10, 0)], 5)) == 4


def test_a_gate_on_speed_does_not_make_speed_the_quality(rich_statement: Statement):
    """Speed against speed would say nothing."""
    gate = rich_statement.gates[0].model_copy(update={"metric": "latency_p50_ms"})
    fast = rich_statement.model_copy(update={"gates": (gate, *rich_statement.gates)})
    assert {chart.metric for chart in trade_charts(fast)} == {"accuracy"}
