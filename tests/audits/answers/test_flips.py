"""Tests of the tables of flips."""

import math

import numpy as np
import pytest

from angelshare.audits.agreement import Agreement, AgreementOptions
from angelshare.core.audit import AuditSettings
from angelshare.core.requests import TEST, Observations
from angelshare.core.text import TextBatch
from angelshare.stats.proportions import wilson

TRUTH = [0, 1, 0, 1, -1]
TEACHER = [-3.0, 2.0, 1.0, -1.0, 1.0]
STUDENT = [2.0, 1.0, -1.0, -2.0, -1.0]
# teacher: no yes yes no yes; student: yes yes no no no; truth: no yes no yes ?


def measure(panel, n_examples=200):
    """Return what the audit finds."""
    audit = Agreement(AgreementOptions(n_examples=n_examples))
    return audit.measure(Observations({(TEST, "scores"): panel}), AuditSettings())


@pytest.fixture
def toy(make_member, make_panel):
    """One student that disagrees with its teacher on three of five texts."""
    return make_panel(
        [make_member("teacher/0", TEACHER, truth=TRUTH)],
        [make_member("mlp/0", STUDENT, truth=TRUTH)],
        texts=("one", "two", "three", "four", "<b>five</b>"),
    )


def test_the_table_of_flips_says_who_is_right_and_sorts_by_strength(toy):
    """Items one, five and three, by the distance of the probabilities."""
    flips = next(table for table in measure(toy).tables if table.name == "flips")
    cells = [dict(zip(flips.columns, row, strict=True)) for row in flips.rows]
    assert [(c["text"], c["group"]) for c in cells] == [
        ("one", "only the teacher is right"),
        ("three", "only the student is right"),
        ("<b>five</b>", "unlabelled"),
    ]
    assert cells[0]["teacher confidence"] == pytest.approx(1 / (1 + math.exp(-3)))
    assert (cells[0]["truth"], cells[0]["teacher label"], cells[0]["student label"]) == ("no", "no", "yes")
    assert (cells[2]["truth"], cells[0]["student"]) == (None, "mlp")
    assert flips.text_columns == ("text",)


def test_the_table_is_cut_and_says_so(toy):
    """The strongest two of three."""
    flips = next(table for table in measure(toy, n_examples=2).tables if table.name == "flips")
    assert len(flips.rows) == 2
    assert flips.title.endswith("(the first 2 of mlp)")


def test_long_texts_are_cut_and_pairs_are_shown_whole(make_member, make_panel):
    """A statement stays small, and a row shows what the models read."""
    pairs = TextBatch(("word " * 10_000, "b"), ("its second text", "d"))
    panel = make_panel([make_member("t/0", [-1, 1], texts=pairs)], [make_member("s/0", [1, 1])])
    (row,) = measure(panel).tables[0].rows
    assert len(row[1]) <= 2_000
    assert row[1].endswith("⟨second text⟩ its second text")


def test_flips_are_counted_by_true_label(toy):
    """One of each here."""
    counts = next(table for table in measure(toy).tables if table.name == "flip_counts")
    assert set(counts.rows) == {
        ("mlp", "no", "no", "yes", 1),
        ("mlp", "no", "yes", "no", 1),
        ("mlp", None, "yes", "no", 1),
    }


def test_neither_is_right_where_both_miss_in_different_ways(make_member, make_panel):
    """Three classes."""
    more = {"task": "single_label", "labels": ("joy", "fear", "anger"), "truth": [2, 0]}
    panel = make_panel(
        [make_member("t/0", [[1, 0, 0], [1, 0, 0]], **more)], [make_member("s/0", [[0, 1, 0], [1, 0, 0]], **more)]
    )
    flips = measure(panel).tables[0]
    assert flips.rows[0][flips.columns.index("group")] == "neither is right"


def test_hard_decisions_have_no_confidence_and_keep_the_order_of_the_ids(make_member, make_panel):
    """No flip is stronger than another."""
    teacher = make_member("t/0", [[1, 0], [0, 1]], outputs="decisions")
    student = make_member("s/0", [[0, 1], [1, 0]], outputs="decisions")
    flips = measure(make_panel([teacher], [student])).tables[0]
    assert [row[0] for row in flips.rows] == ["i0000", "i0001"]
    assert flips.rows[0][flips.columns.index("teacher confidence")] is None


def test_several_labels_are_named_together(make_member, make_panel):
    """A set of labels is one answer."""
    more = {"task": "multi_label", "labels": ("rude", "threat"), "truth": [[1, 0], [0, 0]]}
    panel = make_panel(
        [make_member("t/0", [[1, -1], [-1, -1]], **more)], [make_member("s/0", [[1, 1], [1, -1]], **more)]
    )
    flips = measure(panel).tables[0]
    cells = [dict(zip(flips.columns, row, strict=True)) for row in flips.rows]
    assert [(c["truth"], c["teacher label"], c["student label"]) for c in cells] == [
        ("rude", "rude", "rude, threat"),
        ("no label", "no label", "rude"),
    ]
    assert cells[0]["student confidence"] is None


def by_slice(panel):
    """Return the rows of the table by slice."""
    (table,) = [table for table in measure(panel).tables if table.name == "flips_by_slice"]
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_flips_by_slice_worked_by_hand(make_member, make_panel):
    """40 labelled items, the first 20 in the slice: there 3 new errors and 1 new hit; elsewhere one new error."""
    teacher = np.where(np.arange(41) == 3, -1.0, 1.0)
    student = np.where(np.isin(np.arange(41), (0, 1, 2, 30)), -1.0, 1.0)
    truth = [*np.ones(40, dtype=int), -1]
    slices = {"first": np.arange(41) < 20, "few": np.arange(41) < 19, "unlabelled": np.arange(41) >= 21}
    more = {"truth": truth, "slices": slices}
    rows = by_slice(make_panel([make_member("t/0", teacher, **more)], [make_member("s/0", student, **more)]))
    assert [(r["student"], r["slice"], r["n"]) for r in rows] == [("s", None, 40), ("s", "first", 20)]
    assert (rows[0]["negative_flips"], rows[0]["positive_flips"]) == (0.1, 0.025)
    assert (rows[1]["negative_flips"], rows[1]["positive_flips"]) == (0.15, 0.05)
    assert (rows[1]["negative_low"], rows[1]["negative_high"]) == (wilson(3, 20).low, wilson(3, 20).high)


def test_without_slices_or_labels_there_is_no_table_by_slice(toy, make_member, make_panel):
    """Nothing to say that the shares do not."""
    assert not any(table.name == "flips_by_slice" for table in measure(toy).tables)
    more = {"slices": {"half": np.arange(40) < 20}}
    panel = make_panel([make_member("t/0", np.ones(40), **more)], [make_member("s/0", np.ones(40), **more)])
    assert not any(table.name == "flips_by_slice" for table in measure(panel).tables)
