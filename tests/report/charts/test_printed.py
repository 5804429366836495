"""Figures and tables of an audit, printed."""

from angelshare.report.charts.printed import Cell, audit_view, cell, estimate_grid, table_view
from angelshare.statement.schema import EstimateRow, Statement, TableRow


def test_cells_are_printed_by_their_kind():
    """What is missing is a dash, counts have commas, long texts are cut."""
    assert [cell(v) for v in (None, True, 1821, 0.12345, "a|b")] == ["\N{EN DASH}", "yes", "1,821", "0.12", "a|b"]
    assert cell("x" * 5000).endswith("(the first 2,000 of 5,000 characters)")


def test_a_column_of_fractions_has_one_precision():
    """Three digits of the largest, and no number but 0 is printed as 0; what is a share elsewhere is one here too."""
    rows = (
        (0.4012, 0.0071, 61300.4),
        (0.00061, 0.871, 0.888),
        (1.0, 0.5, -0.0004),
        (0.0, 1.0, 0.0),
        (0.0003, 0.1, 2.4),
    )
    table = TableRow(name="t", title="t", columns=("value", "share", "mixed"), rows=rows)
    cells = [[cell.text for cell in row] for row in table_view(table).grid.rows]
    assert cells == [
        ["0.401", "0.7%", "61,300"],
        ["0.001", "87.1%", "0.89"],
        ["1.000", "50.0%", "\u22120.00040"],
        ["0.000", "100.0%", "0"],
        ["0.00030", "10.0%", "2"],
    ]


def test_a_label_and_its_confidence_share_a_column(statement: Statement):
    """Nine columns become seven, and the filters follow."""
    flips = audit_view(statement.audits[1]).explorers[0]
    assert flips.grid.columns == ("id", "text", "truth", "teacher says", "student says", "group", "student")
    assert flips.grid.rows[0][3].text == "negative 0.50"
    assert flips.text_columns == (1,)
    assert [(name, column) for column, name, _ in flips.grid.filters] == [
        ("student", 6),
        ("group", 5),
        ("truth", 2),
    ]
    assert flips.grid.filters[0][2] == ("mlp", "bilstm")


def test_numbers_are_set_to_the_right():
    """A column of numbers and blanks is numeric, one of blanks only is not."""
    table = TableRow(name="t", title="t", columns=("who", "n", "nothing"), rows=(("a", 1, None), ("b", None, None)))
    assert table_view(table).grid.numeric == (False, True, False)


def test_figures_of_one_student_share_a_line(statement: Statement):
    """A line for each student, a column for each metric, the interval behind the value."""
    grid = estimate_grid(statement.audits[1].estimates)
    assert grid is not None
    assert grid.columns == ("about", "agreement", "negative flips", "positive flips")
    assert grid.rows[0][:2] == (Cell("mlp"), Cell("88.4%", "87.4 to 89.4"))


def test_figures_without_a_student_name_their_models_and_their_label():
    """Churn is about two teachers; the majority class is about a label."""
    blank = {"data": "d", "slice": None, "student": None, "se": None, "interval": None, "n": None, "n_clusters": None}
    churn = EstimateRow(metric="churn", output=None, models=("teacher/0", "teacher/1"), value=0.05, **blank)
    majority = EstimateRow(metric="majority_class", output="yes", models=(), value=0.6, **blank)
    grid = estimate_grid([churn, majority])
    assert grid is not None
    assert tuple(tuple(cell.text for cell in row) for row in grid.rows) == (
        ("teacher/0, teacher/1", "", "5.0%", "\N{EN DASH}"),
        ("all items", "yes", "\N{EN DASH}", "60.0%"),
    )


def test_an_audit_without_figures_has_no_grid():
    """Nothing is drawn for nothing."""
    assert estimate_grid(()) is None


def test_what_is_drawn_is_not_printed_again(statement: Statement):
    """The decomposition has a chart."""
    table = TableRow(name="decomposition", title="t", columns=("a",), rows=(("b",),))
    audit = statement.audits[0].model_copy(update={"tables": (table,)})
    assert audit_view(audit).tables == ()
