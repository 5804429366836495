"""Tests of compression-identified exemplars."""

import numpy as np
import pytest

from angelshare.audits.answers.exemplars import coded, exemplars, label_counts
from angelshare.stats.proportions import wilson

MORE = {"task": "single_label", "labels": ("joy", "fear", "anger")}


def says(make_member, name, classes):
    """Return a member that answers these classes."""
    return make_member(name, np.eye(3)[list(classes)], **MORE)


def test_exemplars_worked_by_hand(make_member, make_panel):
    """Text 1: joy joy / fear fear, an exemplar. 2: the same. 3: the teachers are tied. 4: joy joy / joy fear, a tie."""
    teachers = [says(make_member, "t/0", (0, 1, 0, 0)), says(make_member, "t/1", (0, 1, 1, 0))]
    students = [says(make_member, "s/0", (1, 1, 0, 0)), says(make_member, "s/1", (1, 1, 0, 1))]
    panel = make_panel(teachers, students)
    figures = exemplars(panel, panel.students[0], 0.95)
    assert (figures["cie"].value, figures["cie_ties"].value) == (0.25, 0.5)
    assert figures["cie"].interval == wilson(1, 4)
    # L1 distances 2, 0, 1, 1
    assert figures["taxicab"].value == 1.0


def test_three_against_two_of_three_is_no_tie(make_member, make_panel):
    """The mode of joy, joy, fear is joy; populations may differ in size."""
    teachers = [says(make_member, f"t/{i}", (0, 2)) for i in range(2)]
    students = [says(make_member, f"s/{i}", (first, 2)) for i, first in enumerate((0, 0, 1))]
    panel = make_panel(teachers, students)
    figures = exemplars(panel, panel.students[0], 0.95)
    assert (figures["cie"].value, figures["cie_ties"].value) == (0, 0)
    # 2/3 joy and 1/3 fear against all joy: 1/3 + 1/3
    assert figures["taxicab"].value == pytest.approx(1 / 3)


def test_sets_of_labels_are_answers_with_codes_of_their_own(make_member):
    """Four members' answers to two texts: three different sets."""
    more = {"task": "multi_label", "labels": tuple("abcdefghij")}
    none, first, last = -np.ones(10), np.where(np.arange(10) == 0, 1, -1), np.where(np.arange(10) == 9, 1, -1)
    members = [make_member(f"m/{i}", rows, **more) for i, rows in enumerate(([none, first], [none, last]))]
    codes, n_codes = coded([observed.member for observed in members])
    assert n_codes == 3
    assert codes[0, 0] == codes[1, 0]
    assert len({codes[0, 0], codes[0, 1], codes[1, 1]}) == 3
    assert label_counts(codes, n_codes).sum(axis=1).tolist() == [2, 2]
    assert label_counts(codes, n_codes)[0, codes[0, 0]] == 2
