"""Tests of what changed between two statements."""

import pytest

from angelshare.statement.compare import data_changes, gate_changes, model_changes, release_row, row_changes
from angelshare.statement.gates import Gate
from angelshare.statement.schema import DataRow


def rows(old, new):
    """Return (metric, slice, change, margin changed) of every row, in order."""
    return [(row.metric, row.slice, row.change, row.margin_changed) for row in row_changes(old, new)]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (-0.5, -0.01, "better"),  # lost, undecided
        (-0.5, 0.0, "better"),  # lost, preserved
        (0.0, 0.5, "better"),  # preserved, gained
        (0.5, 0.0, "worse"),
        (0.0, -0.01, "worse"),
        (-0.01, -0.5, "worse"),
        (-0.5, -0.4, "same"),  # both lost
        (0.4, 0.5, "same"),
    ],
)
def test_a_verdict_gets_better_or_worse(make_difference, make_statement, before, after, change):
    """In the order lost, undecided, preserved, gained."""
    old, new = (make_statement(make_difference(value, 0.004)) for value in (before, after))
    assert rows(old, new) == [("accuracy", None, change, False)]
    (row,) = row_changes(old, new)
    assert (row.old.delta, row.new.delta) == (before, after)
    assert (row.old.interval.level, row.audit, row.contrast, row.student) == (0.95, "quality", "student-teacher", "mlp")


def test_rows_that_came_or_went_and_margins_that_changed_are_said(make_difference, make_statement):
    """What got worse stands first, then better, gone, new, the same."""
    old = make_statement(
        make_difference(0.0, 0.001, metric="auc"),
        make_difference(-0.5, metric="f1"),
        make_difference(slice="old"),
        make_difference(0.5, metric="recall"),
    )
    new = make_statement(
        make_difference(-0.5, metric="auc"),
        make_difference(0.5, metric="f1"),
        make_difference(slice="new"),
        make_difference(0.5, metric="recall"),
        margins={"recall": 0.1},
    )
    assert rows(old, new) == [
        ("auc", None, "worse", False),
        ("f1", None, "better", False),
        ("accuracy", "old", "gone", False),
        ("accuracy", "new", "new", False),
        ("recall", None, "same", True),
    ]
    gone, came = (row for row in row_changes(old, new) if row.slice)
    assert (gone.new, came.old) == (None, None)


def test_rows_differ_by_all_that_they_are_about(make_difference, make_statement):
    """Student, label, contrast."""
    old = make_statement(make_difference(metric="auc", output="a"))
    for other in ({"output": "b"}, {"output": "a", "student": "cnn"}, {"output": "a", "contrast": "student-baseline"}):
        assert {change for *_, change, _ in rows(old, make_statement(make_difference(metric="auc", **other)))} == {
            "new",
            "gone",
        }


def test_what_nobody_judges_stays_the_same(make_difference, make_statement):
    """A metric without direction."""
    old, new = (make_statement(make_difference(v, metric="word_order", direction="none")) for v in (0.0, 0.5))
    assert rows(old, new) == [("word_order", None, "same", False)]


def test_a_gated_row_is_compared_on_the_interval_that_decides_it(make_difference, make_statement):
    """Its own, while an exploratory one has its family's."""
    differences = [make_difference(), make_difference(slice="a")]
    free, gated = make_statement(*differences), make_statement(*differences, gates=[Gate("accuracy", 0.01)])
    whole = next(row for row in row_changes(free, gated) if row.slice is None)
    assert (whole.old.interval.level, whole.new.interval.level) == (pytest.approx(0.975), 0.95)


def test_gates_are_matched_by_what_they_are_about(make_difference, make_statement):
    """A new margin is no new gate."""
    old = make_statement(make_difference(), gates=[Gate("accuracy", 0.01), Gate("auc", 0.1)])
    new = make_statement(make_difference(), gates=[Gate("accuracy", 0.2), Gate("f1", 0.1, slice="a")])
    changes = [(g.rule, g.student, g.change, g.old, g.new, g.old_margin, g.new_margin) for g in gate_changes(old, new)]
    assert changes == [
        ("mlp loses at most 0.2 of accuracy", "mlp", "better", "lost", "held", 0.01, 0.2),
        ("mlp loses at most 0.1 of auc", "mlp", "gone", "not_measured", None, 0.1, None),
        ("mlp loses at most 0.1 of f1 on slice a", "mlp", "new", None, "not_measured", None, 0.1),
    ]


def test_models_are_matched_by_role_name_and_seed(make_statement):
    """Another fingerprint is another model."""
    old, new = make_statement(students=("a", "b")), make_statement(students=("b", "c"))
    (teacher, *_) = new.models
    new = new.model_copy(update={"models": (teacher.model_copy(update={"fingerprint": "x"}), *new.models[1:])})
    changes = [
        (m.role, m.name, m.seed, m.change, m.old_fingerprint, m.new_fingerprint) for m in model_changes(old, new)
    ]
    assert changes == [
        ("teacher", "teacher", 0, "changed", "print-of-teacher", "x"),
        ("student", "b", 0, "same", "print-of-b", "print-of-b"),
        ("student", "c", 0, "new", None, "print-of-c"),
        ("student", "a", 0, "gone", "print-of-a", None),
    ]


def test_data_are_matched_by_name_and_split(make_statement):
    """Another digest is another content."""

    def with_data(**digests):
        made = [
            DataRow(
                name="toy", split=split, n=len(digest), sha256=digest, revision=None, licence="", hazards="",
                leaked_and_dropped=0, handled={},
            )
            for split, digest in digests.items()
        ]  # fmt: skip
        return make_statement().model_copy(update={"data": tuple(made)})

    changes = data_changes(
        with_data(test="aa", train="b", selection="c"), with_data(test="aaa", train="b", validation="d")
    )
    assert [(d.name, d.split, d.change, d.old_n, d.new_n, d.old_sha256, d.new_sha256) for d in changes] == [
        ("toy", "test", "changed", 2, 3, "aa", "aaa"),
        ("toy", "train", "same", 1, 1, "b", "b"),
        ("toy", "validation", "new", None, 1, None, "d"),
        ("toy", "selection", "gone", 1, None, "c", None),
    ]


def test_a_release_is_told_by_its_title_and_verdict(make_difference, make_statement):
    """And by when, and with which version, it was made."""
    release = release_row(make_statement(make_difference(), gates=[Gate("accuracy", 0.01)]))
    assert (release.title, release.created, release.verdict) == ("toy", "2026-01-02T00:00:00+00:00", "lost")


def test_a_row_states_what_its_release_stated(make_difference, make_statement):
    """Label, values, margin, verdict, and of two gated rows the interval of their own."""
    differences = [make_difference(output="yes"), make_difference(0.0, 0.001, slice="a", output="yes")]
    gates = [Gate("accuracy", 0.01), Gate("accuracy", 0.02, slice="a")]
    statement = make_statement(*differences, gates=gates)
    for change, row in zip(row_changes(statement, statement), statement.audits[0].differences, strict=True):
        assert (change.output, change.data, change.change) == ("yes", "toy", "same")
        assert (change.new.verdict, change.new.margin, change.new.scale) == (row.verdict, row.margin, row.scale)
        assert change.new.verdict is not None
        assert (change.new.left_value, change.new.right_value) == (row.left_value, row.right_value)
        assert change.new.interval == row.interval != row.interval_family
        assert change.old == change.new


def test_a_row_that_one_release_did_not_judge_stays_the_same(make_difference, make_statement):
    """There is no order between a verdict and none."""
    judged = make_statement(make_difference(metric="word_order"), margins={"word_order": 0.1})
    alone = make_statement(make_difference(metric="word_order", direction="none"), margins={"word_order": 0.1})
    for old, new in ((judged, alone), (alone, judged)):
        assert {change for *_, change, _ in rows(old, new)} == {"same"}
