"""Tests of rows and of verdicts that items cannot carry."""

import numpy as np

from angelshare.audits.answers.quality_metrics import AUC
from angelshare.audits.frame.contrasts import Contrast
from angelshare.audits.frame.difference_rows import all_of, difference_row, few_clusters
from angelshare.stats.inference import StudentT


def test_fewer_than_ten_clusters_carry_no_verdict_but_of_shares_preserved():
    """Nine are few, ten are not, and independent items have none to count."""
    assert few_clusters(9) == {"fewer than 10 clusters": ("lost", "preserved", "gained")}
    assert few_clusters(9, is_share=True) == {"fewer than 10 clusters": ("lost", "gained")}
    assert few_clusters(10) == few_clusters(None) == {}


def test_a_verdict_that_is_withheld_twice_is_named_once():
    """Two reasons, three verdicts, in order."""
    assert all_of({"a": ("preserved",), "b": ("lost", "preserved", "gained")}) == ("preserved", "lost", "gained")


def test_a_row_has_the_means_of_its_sides_and_the_differences_of_its_pairs(make_member):
    """Two seeds against one teacher: .9 and .8 against .7."""
    observed = [make_member(name, [0.0, 1.0], truth=[0, 1]) for name in ("mlp/0", "mlp/1", "teacher/0")]
    *students, teacher = (each.member for each in observed)
    contrast = Contrast(observed[0].items, "student-teacher", "mlp", tuple(students), (teacher,), identical=False)
    row = difference_row(
        contrast,
        (np.array([0.9, 0.8]), np.array([0.7])),
        StudentT(0.15, 0.1, 3, 2),
        facts=AUC,
        data="toy",
        slice_name="short",
        withheld={"too little": ("lost",)},
        hidden=0.25,
        name="slice-rest",
    )
    assert (row.left_value, row.right_value) == (np.mean([0.9, 0.8]), 0.7)
    np.testing.assert_allclose(row.values_by_seed, [0.2, 0.1])
    assert (row.left, row.right, row.kind) == (("mlp/0", "mlp/1"), ("teacher/0",), "recipe")
    assert (row.contrast, row.slice, row.withheld, row.remarks) == ("slice-rest", "short", ("lost",), ("too little",))
    assert (row.least_margin, row.target, row.direction) == (0.25, None, "higher")
