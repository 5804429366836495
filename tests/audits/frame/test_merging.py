"""One audit on several sets as one result."""

from angelshare.audits.frame.merging import merged
from angelshare.core.audit import AuditResult, Gap, Table
from angelshare.core.estimate import Estimate


def result(name, **parts):
    """Return what an audit found on one set."""
    return AuditResult("quality", "Is it good?", estimates=(Estimate("share", 0.5, (), data=name),), **parts)


def test_rows_of_all_sets_stand_together():
    """The rows' own data tell them apart."""
    gap = Gap("auc", "two", "mlp", "student-teacher", None, None, "one class")
    whole = merged([result("one"), result("two", gaps=(gap,))], names=["one", "two"])
    assert [estimate.data for estimate in whole.estimates] == ["one", "two"]
    assert whole.gaps == (gap,)
    assert (whole.name, whole.question) == ("quality", "Is it good?")


def test_remarks_say_which_set_they_are_about_and_warnings_stay_warnings():
    """A page shows those at the top."""
    whole = merged([result("one", remarks=("Few items.",), warnings=("Too few.",))], names=["one"])
    assert (whole.remarks, whole.warnings) == (("one: Few items.",), ("one: Too few.",))


def test_a_set_that_was_not_measured_is_a_remark_beside_others():
    """Only where nothing was measured at all is the audit not applicable."""
    blank = AuditResult("quality", "Is it good?", not_applicable="No labels.")
    beside = merged([result("one"), blank], names=["one", "two"])
    assert beside.not_applicable is None
    assert beside.remarks == ("two: No labels.",)
    nothing = merged([blank, blank], names=["one", "two"])
    assert nothing.not_applicable == "one: No labels. two: No labels."
    assert nothing.remarks == ()


def test_tables_of_one_name_are_told_apart():
    """The first keeps the name, by which charts find it."""
    table = Table("by_slice", "By slice", ("a",), ((1,),))
    whole = merged([result("one", tables=(table,)), result("two", tables=(table,))], names=["one", "two"])
    assert [(t.name, t.title) for t in whole.tables] == [
        ("by_slice", "By slice (one)"),
        ("by_slice_2", "By slice (two)"),
    ]


def test_without_names_nothing_is_added():
    """Students of one set: their remarks are the same, and are said once."""
    whole = merged([result("one", remarks=("Clusters.",)), result("one", remarks=("Clusters.",))])
    assert whole.remarks == ("Clusters.",)
