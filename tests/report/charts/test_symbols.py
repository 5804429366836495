"""One symbol for each model."""

from angelshare.report.charts.symbols import symbols


def test_twelve_models_differ_in_shape_or_filling():
    """Nothing hangs on colour."""
    drawn = symbols(("student", f"m{k}") for k in range(12))
    assert len({(symbol.shape, symbol.hollow) for symbol in drawn.values()}) == 12


def test_a_model_keeps_its_symbol():
    """However often it comes."""
    assert symbols([("student", "a"), ("student", "b"), ("student", "a")]) == symbols(
        [("student", "a"), ("student", "b")]
    )


def test_teachers_are_ink_students_coloured_and_others_grey():
    """A student and its baseline may bear one name."""
    drawn = symbols([("teacher", "t"), ("student", "a"), ("baseline", "a"), ("reference", "r"), ("student", "b")])
    assert [symbol.called for symbol in drawn.values()] == ["t", "a (student)", "a (baseline)", "r", "b"]
    assert [symbol.hue for symbol in drawn.values()] == ["ink", "brown", "grey", "grey", "sea"]
