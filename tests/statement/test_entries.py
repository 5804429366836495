"""Tests of what audits say, as rows."""

import math

import numpy as np
import pytest

from angelshare.core.audit import AuditResult, Table
from angelshare.core.estimate import Estimate, Interval
from angelshare.core.protocols import ModelCard, ModelEntry
from angelshare.statement.entries import audit_row, interval_row, model_row
from angelshare.statement.schema import EstimateRow, IntervalRow, ModelRow, TableRow


def test_every_field_of_a_figure_is_kept():
    """Each has its own value; a figure that is exact has no interval."""
    interval = Interval(0.1, 0.3, 0.9, "Wilson score")
    full = Estimate("agreement", 0.2, ("mlp/0", "teacher/0"), "mlp", "toy", "long", "yes", 0.05, interval, 100, 7)
    exact = Estimate("n_parameters", 1234.0, ("mlp/0",))
    row = audit_row(AuditResult("agreement", "Same?", estimates=(full, exact)), (), redact=False)
    kept = IntervalRow(low=0.1, high=0.3, level=0.9, method="Wilson score")
    assert interval_row(interval) == kept
    assert row.estimates == (
        EstimateRow(
            metric="agreement",
            data="toy",
            slice="long",
            output="yes",
            student="mlp",
            models=("mlp/0", "teacher/0"),
            value=0.2,
            se=0.05,
            interval=kept,
            n=100,
            n_clusters=7,
        ),
        EstimateRow(
            metric="n_parameters",
            data=None,
            slice=None,
            output=None,
            student=None,
            models=("mlp/0",),
            value=1234.0,
            se=None,
            interval=None,
            n=None,
            n_clusters=None,
        ),
    )


def test_every_field_of_a_member_is_kept():
    """Those of the card, and those of the population."""
    card = ModelCard("mlp/3", "binary", ("no", "yes"), "print", "parent", 128, "int8", 7, 28, "mlp")
    assert model_row(ModelEntry("student", "mlp", 3, card, "collapsed")) == ModelRow(
        role="student",
        name="mlp",
        seed=3,
        fingerprint="print",
        parent_fingerprint="parent",
        n_parameters=7,
        n_bytes=28,
        precision="int8",
        kind="mlp",
        max_length=128,
        remark="collapsed",
    )


def test_an_audit_keeps_its_question_its_remarks_and_why_it_does_not_apply():
    """And its tables and differences, in order."""
    tables = (Table("one", "First", ("a",), ((1,),)), Table("two", "Second", ("b",), ()))
    row = audit_row(AuditResult("speed", "Fast?", (), (), tables, "No model.", ("A.", "B.")), (), redact=False)
    assert (row.name, row.question, row.not_applicable, row.remarks) == ("speed", "Fast?", "No model.", ("A.", "B."))
    assert [table.name for table in row.tables] == ["one", "two"]
    assert (row.estimates, row.differences) == ((), ())


@pytest.mark.parametrize("redact", [False, True])
def test_a_table_is_plain_values_and_its_texts_can_be_left_out(redact):
    """Numbers of numpy become Python's, what is not finite null; other columns stay when texts go."""
    rows = (("a text", np.float64(0.5), np.int64(3)), ("another", math.nan, None), ("third", np.float32(np.inf), True))
    table = Table("flips", "Texts", ("text", "confidence", "n"), rows, text_columns=("text",))
    (entry,) = audit_row(AuditResult("quality", "Good?", tables=(table,)), (), redact=redact).tables
    texts = [None] * 3 if redact else ["a text", "another", "third"]
    assert entry == TableRow(
        name="flips",
        title="Texts",
        columns=("text", "confidence", "n"),
        rows=((texts[0], 0.5, 3), (texts[1], None, None), (texts[2], None, True)),
        text_columns=("text",),
        redacted=redact,
    )
    assert [type(cell) for cell in entry.rows[0][1:]] == [float, int]


def test_a_table_without_texts_is_never_redacted():
    """There is nothing to leave out."""
    table = Table("counts", "Counts", ("n",), ((1,),))
    (entry,) = audit_row(AuditResult("quality", "Good?", tables=(table,)), (), redact=True).tables
    assert (entry.redacted, entry.rows) == (False, ((1,),))


def test_a_row_that_does_not_fit_its_columns_is_a_mistake():
    """Nothing is cut off in silence."""
    table = Table("counts", "Counts", ("n", "m"), ((1,),))
    with pytest.raises(ValueError, match="zip"):
        audit_row(AuditResult("quality", "Good?", tables=(table,)), (), redact=False)
