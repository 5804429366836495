"""Flips by slice."""

from angelshare.report.charts.flips import MOST_SLICES, flip_charts
from angelshare.statement.schema import Statement, TableRow


def test_all_items_come_first_then_the_largest_net_loss(rich_statement: Statement):
    """12.0% newly wrong and 2.0% newly right over all items; women lose most."""
    mlp, bilstm = flip_charts(rich_statement)
    assert (mlp.student, bilstm.student) == ("mlp", "bilstm")
    assert [line.slice for line in mlp.lines[:3]] == ["all items", "women", "men"]
    whole = mlp.lines[0]
    assert (whole.n, whole.negative.text, whole.negative.interval) == ("1,821", "12.0%", "11.0 to 13.0")
    assert (whole.positive.text, whole.positive.interval) == ("2.0%", "1.0 to 3.0")


def test_new_errors_grow_to_the_left_and_new_hits_to_the_right(rich_statement: Statement):
    """Both begin in the middle; the scale is the same for both sides and all students, and reaches round 14%."""
    mlp, bilstm = flip_charts(rich_statement)
    assert mlp.reach == bilstm.reach == "14%"
    bar = mlp.lines[0].negative
    # 50 - 50 * 0.12 / 0.14 = 7.14; the whisker goes from 0.13 (3.57) to 0.11 (10.71)
    assert (bar.start, bar.end, bar.high, bar.low) == (7.14, 50.0, 3.57, 10.71)
    assert mlp.lines[0].positive.start == 50.0


def test_many_slices_are_left_to_the_table(rich_statement: Statement):
    """Thirty slices: the table says the rest; without intervals the bar stands alone."""
    columns = (
        "student",
        "slice",
        "n",
        "negative_flips",
        "negative_low",
        "negative_high",
        "positive_flips",
        "positive_low",
        "positive_high",
    )
    rows = tuple(("mlp", f"s{k}", 40, 0.1, None, None, 0.0, None, None) for k in range(30))
    table = TableRow(name="flips_by_slice", title="t", columns=columns, rows=rows)
    audit = rich_statement.audits[1].model_copy(update={"tables": (table,)})
    (chart,) = flip_charts(rich_statement.model_copy(update={"audits": (audit,)}))
    assert (len(chart.lines), chart.n_more) == (MOST_SLICES, 6)
    assert chart.lines[0].negative.interval == "10.0 to 10.0"


def test_without_the_table_there_is_no_chart(statement: Statement):
    """Flips were not measured by slice."""
    assert flip_charts(statement) == ()
