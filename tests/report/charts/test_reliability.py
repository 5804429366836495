"""Reliability diagrams."""

from angelshare.report.charts.reliability import reliability
from angelshare.statement.schema import Statement, TableRow

COLUMNS = ("model", "role", "bin_low", "bin_high", "n", "confidence", "accuracy", "low", "high")


def with_bins(statement: Statement, *rows: tuple[object, ...]) -> Statement:
    """The statement with these bins alone."""
    table = TableRow(name="reliability", title="t", columns=COLUMNS, rows=rows)
    audit = statement.audits[0].model_copy(update={"tables": (table,)})
    return statement.model_copy(update={"audits": (audit,)})


def test_one_member_of_every_population_is_drawn(rich_statement: Statement):
    """mlp/1 is in the table only; the baseline mlp/0 comes last."""
    diagrams = reliability(rich_statement)
    assert diagrams is not None
    assert [(p.role, p.model) for p in diagrams.panels] == [
        ("teacher", "teacher/0"), ("student", "mlp/0"), ("student", "bilstm/0"), ("baseline", "mlp/0"),
    ]  # fmt: skip
    assert diagrams.n_more == 1


def test_a_dot_stands_at_confidence_and_accuracy(statement: Statement):
    """40 + 180 * 0.9 = 202 to the right, 8 + 180 * (1 - 0.6) = 80 from the top; the smaller bin's bar is half as high."""
    diagrams = reliability(
        with_bins(
            statement,
            ("m", "student", 0.8, 1.0, 20, 0.9, 0.6, 0.4, 0.8),
            ("m", "student", 0.6, 0.8, 10, 0.7, 0.7, None, None),
        )
    )
    assert diagrams is not None
    first, second = diagrams.panels[0].bins
    assert (first.x, first.y, first.low, first.high, first.bar) == (202.0, 80.0, 116.0, 44.0, 26.0)
    assert (second.low, second.high, second.bar) == (second.y, second.y, 13.0)
    assert first.said == "confidence 90%: right in 60% (40\N{EN DASH}80%) of 20"
    # (20 * 0.9 + 10 * 0.7) / 30 = 0.8333, (20 * 0.6 + 10 * 0.7) / 30 = 0.6333
    assert diagrams.panels[0].summary == "83.3% sure, 63.3% right: 20.0 points too sure"


def test_shy_and_exact_models_are_called_so(statement: Statement):
    """Less sure than right; as sure as right; without items."""
    rows = (
        ("a", "student", 0, 1, 5, 0.6, 0.8, 0.1, 1),
        ("b", "student", 0, 1, 5, 0.8, 0.8, 0.1, 1),
        ("c", "student", 0, 1, 0, None, None, None, None),
    )
    diagrams = reliability(with_bins(statement, *rows))
    assert diagrams is not None
    assert [p.summary.split(": ")[-1] for p in diagrams.panels] == [
        "20.0 points too shy",
        "as sure as it is right",
        "no labelled item",
    ]


def test_without_the_table_there_is_no_diagram(statement: Statement):
    """Decisions alone have no confidence."""
    assert reliability(statement) is None
