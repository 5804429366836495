"""Tests of who is compared with whom."""

import numpy as np

from angelshare.audits.frame.contrasts import pair, teacher_pairs, undecided, unranked

TRUTH = np.array([0, 1, 0, 1])


def test_a_student_with_a_baseline_has_three_contrasts_and_a_reference_one(make_member, make_panel):
    """student-teacher, student-baseline, baseline-teacher; tfidf: baseline-teacher."""
    x = [-1, 1, -1, 1]
    panel = make_panel(
        [make_member("teacher/0", x)],
        [make_member("mlp/0", x)],
        baselines=[make_member("mlp/0", x), make_member("tfidf/0", x)],
    )
    names = [(c.name, c.student) for c in pair(panel).contrasts]
    assert names == [
        ("student-teacher", "mlp"),
        ("student-baseline", "mlp"),
        ("baseline-teacher", "mlp"),
        ("baseline-teacher", "tfidf"),
    ]


def test_student_and_baseline_pair_by_seed(make_member, make_panel):
    """Seeds 0, 1, 2 against 2, 0: the shared ones, in the student's order, and it is said."""
    x = [-1, 1, -1, 1]
    students = [make_member(f"mlp/{s}", x, seed=s) for s in (0, 1, 2)]
    baselines = [make_member(f"mlp/b{s}", x, seed=s) for s in (2, 0)]
    pairing = pair(make_panel([make_member("teacher/0", x)], students, baselines=baselines))
    (contrast,) = pairing.named("student-baseline")
    assert [(left.name, right.name) for left, right in contrast.pairs] == [("mlp/0", "mlp/b0"), ("mlp/2", "mlp/b2")]
    assert any("2 seeds that both have" in remark for remark in pairing.remarks)


def test_without_a_shared_seed_several_members_are_not_paired(make_member, make_panel):
    """Pairs are never guessed."""
    x = [-1, 1, -1, 1]
    students = [make_member(f"mlp/{s}", x, seed=s) for s in (0, 1)]
    pairing = pair(make_panel([make_member("t/0", x)], students, baselines=[make_member("mlp/9", x, seed=9)]))
    assert pairing.named("student-baseline") == ()
    assert "none of its 2 members shares a seed" in pairing.remarks[0]


def test_students_of_several_teachers_pair_with_their_parent(make_member, make_panel):
    """By fingerprint where declared, else with the first teacher, and it is said."""
    x = [-1, 1, -1, 1]
    teachers = [make_member(f"t/{s}", x, fingerprint=f"f{s}") for s in (0, 1)]
    declared = [make_member(f"mlp/{s}", x, seed=s, parent_fingerprint=f"f{1 - s}") for s in (0, 1)]
    panel = make_panel(teachers, [*declared, make_member("cnn/0", x)])
    mlp, cnn = pair(panel).contrasts
    assert [right.name for _, right in mlp.pairs] == ["t/1", "t/0"]
    assert [right.name for _, right in cnn.pairs] == ["t/0"]
    assert "student cnn does not declare" in pair(panel).warnings[0]
    assert [(a.name, b.name) for a, b in teacher_pairs(panel)] == [("t/0", "t/1")]


def test_equal_scores_are_identical_and_equal_decisions_are_not(make_member, make_panel):
    """Decisions of different models may agree on every item of a small set."""
    x = [-1.0, 1, -2, 2]
    hard = np.eye(2)[TRUTH]
    same = make_panel([make_member("t/0", x)], [make_member("s/0", x)])
    decided = make_panel(
        [make_member("t/0", hard, outputs="decisions")], [make_member("s/0", hard, outputs="decisions")]
    )
    one_model = make_panel(
        [make_member("t/0", hard, outputs="decisions", fingerprint="f")],
        [make_member("s/0", hard, outputs="decisions", fingerprint="f")],
    )
    assert [pair(p).contrasts[0].identical for p in (same, decided, one_model)] == [True, False, True]
    # scores of two values say no more than decisions
    two = make_panel([make_member("t/0", [-1, 1, -1, 1])], [make_member("s/0", [-1, 1, -1, 1])])
    assert not pair(two).contrasts[0].identical


def test_members_that_decide_nothing_or_do_not_rank_are_named(make_member, make_panel):
    """Scores without a threshold decide nothing; hard decisions rank nothing; logits do both."""
    hard, scores = [[1, 0], [0, 1], [1, 0], [0, 1]], np.linspace(-1, 1, len(TRUTH))
    for outputs, values, why in (
        ("score", scores, (True, False)),
        ("decisions", hard, (False, True)),
        ("logits", scores, (False, False)),
    ):
        teacher, student = (make_member(name, values, outputs=outputs) for name in ("teacher/0", "mlp/0"))
        (contrast,) = pair(make_panel([teacher], [student])).contrasts
        reasons = (undecided(contrast), unranked(contrast))
        assert tuple(reason is not None for reason in reasons) == why
        assert all("(mlp/0, teacher/0)" in reason for reason in reasons if reason is not None)
