"""Table 2 and Table 4 of Chvasta et al. 2022."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from angelshare.audits.frame.set_tables import largest_differences, suite_table
from angelshare.audits.quality import Quality
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations

SETS = (("toy", "Toy"), ("gone", "A set that is gone"))


@pytest.fixture
def panel(make_panel, noisy):
    """A teacher, a student of two seeds with its baseline, on 60 items."""
    truth = np.arange(60) % 2
    teacher = noisy("teacher/0", truth, 1.0)
    students = [noisy("mlp/0", truth, 2.0, seed=0), noisy("mlp/1", truth, 2.0, seed=1)]
    bases = [noisy("mlp/0", truth, 3.0, seed=0), noisy("mlp/1", truth, 3.0, seed=1)]
    return make_panel([teacher], students, baselines=bases, texts=tuple(f"remark {i}" for i in range(60)))


def table_of(panel):
    """Return Table 2 of one panel and of a set that nobody has."""
    result = Quality().measure(Observations({(TEST, "scores"): panel}), AuditSettings())
    return suite_table(result.differences, SETS, {("teacher", "teacher"): 110, ("student", "mlp"): 8})


def test_a_row_holds_what_sklearn_says_of_the_mean_over_seeds(panel):
    """AUC-PR is average precision; the difference is the student's mean less the teacher."""
    rows = {row[1]: dict(zip(table_of(panel).columns, row, strict=True)) for row in table_of(panel).rows}
    truth, teacher = panel.truth, panel.teacher.first.ranking()
    seeds = [member.ranking() for member in panel.students[0].members]
    auc = np.mean([roc_auc_score(truth, seed) for seed in seeds])
    assert rows["student"]["auc_roc"] == pytest.approx(auc, abs=1e-12)
    precision = np.mean([average_precision_score(truth, seed) for seed in seeds])
    assert rows["student"]["auc_pr"] == pytest.approx(precision, abs=1e-12)
    assert rows["student"]["difference"] == pytest.approx(auc - roc_auc_score(truth, teacher), abs=1e-12)
    assert rows["student"]["low"] < rows["student"]["difference"] < rows["student"]["high"]
    assert rows["teacher"]["auc_roc"] == pytest.approx(roc_auc_score(truth, teacher), abs=1e-12)
    assert (rows["teacher"]["difference"], rows["teacher"]["low"]) == (0.0, None)


def test_roles_stand_in_the_papers_order_with_their_sizes(panel):
    """Teacher, students, baselines; a size that is not known is blank."""
    rows = table_of(panel).rows
    assert [row[:4] for row in rows[:3]] == [
        ("Toy", "teacher", "teacher", 110),
        ("Toy", "student", "mlp", 8),
        ("Toy", "baseline", "mlp", None),
    ]


def test_a_set_that_was_not_measured_has_a_row_that_says_so(panel):
    """No zero, no missing line."""
    assert table_of(panel).rows[3] == ("A set that is gone (gone)", "not measured", *(None,) * 7)


def test_the_largest_differences_come_first_with_their_outcomes(make_panel, make_member):
    """Scores of 1 / (1 + e^-z): 0.88 and 0.12 at z = 2 and -2, 0.73 at z = 1."""
    truth = np.array([1, 0, 1, 0])
    teacher = make_member("teacher", [2.0, -2.0, 2.0, -2.0], truth=truth)
    student = make_member("mlp", [2.0, 2.0, -2.0, 1.0], truth=truth)
    table = largest_differences(make_panel([teacher], [student], texts=("a", "b", "c", "d")))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["text"] for row in rows] == ["b", "c", "d", "a"]
    assert [(row["teacher is"], row["student is"]) for row in rows] == [
        ("TN", "FP"), ("TP", "FN"), ("TN", "FP"), ("TP", "TP")
    ]  # fmt: skip
    assert rows[0]["difference"] == pytest.approx(0.7616, abs=1e-4)  # 0.8808 - 0.1192
    assert rows[2]["student_score"] == pytest.approx(0.7311, abs=1e-4)
    assert table.text_columns == ("text",)


def test_of_one_template_at_most_two_items_are_shown(make_panel, make_member):
    """Else one phrase with 23 identities would fill the table."""
    truth = np.ones(6, dtype=np.int64)
    columns = {"template": np.array(["x"] * 5 + ["y"], dtype=object)}
    teacher = make_member("teacher", [2.0] * 6, truth=truth, columns=columns)
    student = make_member("mlp", [-5.0, -4.0, -3.0, -2.0, -1.0, 0.0], truth=truth, columns=columns)
    table = largest_differences(make_panel([teacher], [student], texts=tuple("abcdef")))
    assert [row[1] for row in table.rows] == ["a", "b", "f"]


def test_without_texts_the_items_are_shown_by_their_scores(make_panel, make_member):
    """A statement that is rebuilt knows no texts; equal content, told by its key, still counts as one template."""
    truth, keys = np.ones(4, dtype=np.int64), np.array(["x", "x", "x", "y"])
    members = [
        make_member(name, scores, truth=truth, keys=keys)
        for name, scores in (("teacher", [2.0] * 4), ("mlp", [-4.0, -3.0, -2.0, 0.0]))
    ]
    table = largest_differences(make_panel(members[:1], members[1:]))
    assert [row[1] for row in table.rows] == [None] * 3
    assert [round(row[5], 3) for row in table.rows] == [0.018, 0.047, 0.5]


def test_without_probabilities_there_is_no_such_table(make_panel, make_member):
    """A ranking score is none."""
    truth = np.array([1, 0])
    scores = [make_member(name, [1.0, 0.0], truth=truth, outputs="score") for name in ("teacher", "mlp")]
    assert largest_differences(make_panel(scores[:1], scores[1:], texts=("a", "b"))) is None
