"""Partners of items: what flips though the label stays, what stays though the label turns, and one changed word."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.audits.robustness import CHANGED, MAX_TEXTS, Robustness, changes_of
from angelshare.core.audit import AuditSettings
from angelshare.core.items import Items
from angelshare.core.requests import TEST, Observations
from angelshare.core.text import TextBatch
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.recipes.observe.seats import Seat, assemble


def names(values):
    """Return a column of texts."""
    return np.array(values, dtype=object)


def paired(n, *variants):
    """Return the columns of n pairs of an original and these variants."""
    width = 1 + len(variants)
    return {
        "pair": names([f"p{i:03d}" for i in range(n) for _ in range(width)]),
        "variant": names(["original", *variants] * n),
    }


@pytest.fixture
def panel(make_member, make_panel):
    """Build a panel of members that decide as told, on items with these columns."""

    def build(decisions, columns, **more):
        members = [
            make_member(name, 2.0 * np.asarray(said).ravel() - 1, columns=columns, **more)
            for name, said in decisions.items()
        ]
        return make_panel(members[:1], members[1:])

    return build


def measured(panel, changed=None):
    """Return what the audit finds."""
    panels = {(TEST, "scores"): panel} | ({} if changed is None else {(CHANGED, "scores"): changed})
    return Robustness().measure(Observations(panels), AuditSettings())


def row(result, metric, where=None):
    """Return the student's row against its teacher."""
    return next(d for d in result.differences if (d.metric, d.slice, d.contrast) == (metric, where, "student-teacher"))


def test_flips_missed_changes_and_pairs_are_those_counted_by_hand(panel):
    """20 pairs with a partner that keeps the label 1 and one that turns it to 0.

    The teacher is always right. The student answers 1, 0, 0 in 5 pairs (a flip) and 1, 1, 1 in 4 (a missed change): it
    flips 5 / 20, misses 4 / 20, and has both right in 15 + 16 of 40 partners.
    """
    truth = np.tile([1, 1, 0], (20, 1))
    student = truth.copy()
    student[:5] = [1, 0, 0]
    student[5:9] = [1, 1, 1]
    result = measured(panel({"teacher": truth, "student": student}, paired(20, "typos", "turned"), truth=truth.ravel()))
    flips, missed, both = (row(result, name) for name in ("flip_rate", "missed_changes", "pair_accuracy"))
    assert (flips.left_value, flips.right_value, flips.direction) == (5 / 20, 0, "lower")
    assert (missed.left_value, missed.right_value, missed.direction) == (4 / 20, 0, "lower")
    assert (both.left_value, both.right_value, both.direction) == (31 / 40, 1, "higher")
    assert (both.inference.n, both.inference.n_clusters) == (40, 20)
    assert row(result, "variant_accuracy", "variant=typos").left_value == 15 / 20
    assert row(result, "variant_accuracy").inference.n_clusters == 20


def test_clusters_of_the_data_that_hold_several_pairs_stay(panel):
    """Authors of four pairs each: partners, variants and changed texts all count authors, not pairs."""
    truth = np.tile([1, 1], (60, 1))
    student = truth.copy()
    student[::5, 1] = 0
    decisions, authors = {"teacher": truth, "student": student}, np.repeat(np.arange(15), 8)
    given = panel(decisions, paired(60, "typos"), truth=truth.ravel(), clusters=authors)
    result = measured(given, given)
    metrics = ("flip_rate", "pair_accuracy", "variant_accuracy", "one_word_flip_rate")
    assert {row(result, metric).inference.n_clusters for metric in metrics} == {15}
    bare = panel(decisions, paired(60, "typos"), truth=truth.ravel())
    assert row(measured(bare, bare), "one_word_flip_rate").inference.n_clusters == 60


def test_flips_stand_by_variant_where_there_are_several(panel):
    """All partners keep the label: one variant flips every second decision, the other none."""
    truth = np.ones((30, 3), dtype=int)
    student = truth.copy()
    student[::2, 1] = 0
    result = measured(panel({"teacher": truth, "student": student}, paired(30, "typos", "verse"), truth=truth.ravel()))
    assert row(result, "flip_rate", "variant=typos").left_value == 0.5
    assert row(result, "flip_rate", "variant=verse").left_value == 0.0
    assert row(result, "flip_rate").left_value == 0.25
    assert "missed_changes" in {gap.metric for gap in result.gaps}


def test_no_pair_at_all_leaves_no_partner(panel):
    """Nothing but originals: the rows are gaps with their counts, never 0."""
    columns = {"pair": names([f"p{i}" for i in range(40)]), "variant": names(["original"] * 40)}
    truth = np.tile([0, 1], 20)
    result = measured(panel({"teacher": truth, "student": 1 - truth}, columns, truth=truth))
    whys = {gap.metric: gap.why for gap in result.gaps}
    assert whys["flip_rate"] == "0 partners that keep the label, at least 2 are needed"
    assert {"flip_rate", "missed_changes", "pair_accuracy", "one_word_flip_rate"} <= set(whys)
    assert "40 of 40 pairs have a single item and are left out." in result.remarks


def test_unlabelled_partners_are_told(panel):
    """Without any label every partner is taken to keep it; with some, the others are left out."""
    decisions = {"teacher": np.ones((20, 2)), "student": np.tile([1, 0], (20, 1))}
    bare = measured(panel(decisions, paired(20, "typos")))
    assert row(bare, "flip_rate").left_value == 1.0
    assert any(remark.startswith("No item carries a human label") for remark in bare.remarks)
    truth = np.tile([1, 1], (20, 1))
    truth[:4, 1] = -1
    some = measured(panel(decisions, paired(20, "typos"), truth=truth.ravel()))
    assert row(some, "flip_rate").inference.n == 16
    assert any(remark.startswith("4 partners are left out") for remark in some.remarks)


def test_what_has_no_partners_says_what_to_give(panel, make_member, make_panel):
    """No columns; `pair` alone; a task without one decision; scores that decide nothing."""
    truth = np.tile([0, 1], 20)
    plain = panel({"teacher": truth, "student": truth[::-1]}, {}, truth=truth)
    assert measured(plain).not_applicable.startswith("toy has neither of the columns `pair` and `variant`")
    columns = {"pair": paired(20, "x")["pair"]}
    alone = panel({"teacher": truth, "student": truth[::-1]}, columns, truth=truth)
    assert measured(alone).not_applicable.startswith("toy has no column `variant`")
    many = [
        make_member(n, np.ones((4, 2)), task="multi_label", outputs="probabilities") for n in ("teacher", "student")
    ]
    assert "multi_label" in measured(make_panel(many[:1], many[1:])).not_applicable
    ranks = [
        make_member(n, np.linspace(0, 1, 40), outputs="score", columns=paired(20, "x")) for n in ("teacher", "student")
    ]
    assert "--threshold" in measured(make_panel(ranks[:1], ranks[1:])).not_applicable


def test_variants_without_pairs_have_their_accuracy_only(panel):
    """As of sets of attacks whose originals are elsewhere."""
    truth = np.tile([0, 1], 40)
    variants = {"variant": names(["typos"] * 40 + ["verse"] * 40)}
    result = measured(panel({"teacher": truth, "student": np.r_[truth[:40], 1 - truth[40:]]}, variants, truth=truth))
    assert row(result, "variant_accuracy", "variant=verse").left_value == 0
    assert "Partners are not measured: toy has no column 'pair'." in result.remarks


def test_files_of_predictions_are_enough(panel, tmp_path):
    """Pairs and variants come out of Parquet as they went in; one-word changes are a gap with its reason."""
    rng = np.random.default_rng(0)
    truth = np.tile([1, 0], (40, 1))
    given = panel(
        {"teacher": truth, "student": (rng.random((40, 2)) < 0.5)}, paired(40, "revised"), truth=truth.ravel()
    )
    seated = []
    for role, member in (("teacher", given.teacher.first), ("student", given.students[0].first)):
        write_predictions(given.items, member, tmp_path / f"{role}.parquet")
        read = read_predictions(tmp_path / f"{role}.parquet", name=member.name)
        seated.append((Seat(role, member.name), read))
    result = measured(assemble(seated, data="toy"))
    expected = [(d.metric, d.slice, d.contrast, d.inference.value) for d in measured(given).differences]
    assert [(d.metric, d.slice, d.contrast, d.inference.value) for d in result.differences] == expected
    (gap,) = [gap for gap in result.gaps if gap.metric == "one_word_flip_rate"]
    assert "need models that run here" in gap.why


TEXTS = tuple(
    f"The {word} kettle number {i} whistles at {noon}." for i in range(20) for word, noon in (("old", "noon"),)
)


def items(texts=TEXTS):
    """Return the items of a test split."""
    ids = np.array([f"i{i:04d}" for i in range(len(texts))])
    return Items("toy", ids, texts=TextBatch(tuple(texts)))


def test_copies_with_one_word_changed_are_asked_for():
    """Each under its item's id; texts of one word are left out, and of pairs the first text is changed."""
    test, changed = Robustness().requests(items((*TEXTS, "Hello!")))
    assert (test.name, changed.name) == (TEST, CHANGED)
    assert (test.kind, changed.kind) == ("scores", "scores")
    assert set(changed.items.ids) == {f"i{i:04d}" for i in range(20)}
    originals = dict(zip(test.items.ids, test.items.texts.texts, strict=True))
    for item, text in zip(changed.items.ids, changed.items.texts.texts, strict=True):
        assert sum(a != b for a, b in zip(originals[item].split(), text.split(), strict=True)) == 1
    pairs = replace(items(), texts=TextBatch(TEXTS, TEXTS[::-1]))
    assert set(changes_of(pairs).texts.pairs) == set(TEXTS)
    assert changes_of(items(("Hello!",))) is None


def test_no_more_texts_are_changed_than_is_said():
    """Which ones depends on their content."""
    texts = tuple(f"Kettle number {i} whistles at noon." for i in range(MAX_TEXTS + 5))
    forwards, backwards = changes_of(items(texts)), changes_of(items(texts[::-1]))
    assert len(forwards.ids) <= MAX_TEXTS
    assert set(forwards.texts.texts) == set(backwards.texts.texts)


def test_one_changed_word_flips_what_it_flips(panel, make_member, make_panel):
    """Of 30 texts 25 could be changed; of those the student decides otherwise for 10, the teacher for none."""
    truth = np.tile([0, 1], 15)
    test = panel({"teacher": truth, "student": truth}, {}, truth=truth)
    kept = np.arange(25)
    said = np.where(kept < 10, 1 - truth[:25], truth[:25])
    copies = [make_member(n, 2.0 * d - 1) for n, d in (("teacher", truth[:25]), ("student", said))]
    result = measured(test, make_panel(copies[:1], copies[1:]))
    flips = row(result, "one_word_flip_rate")
    assert (flips.left_value, flips.right_value, flips.inference.n) == (0.4, 0.0, 25)
    assert any("One word was changed, replaced or misspelt, in 25 of 30 texts." in r for r in result.remarks)


def test_weights_that_do_not_count_are_told(panel):
    """Rows over partners count each alike."""
    truth = np.tile([1, 1], (20, 1))
    given = panel({"teacher": truth, "student": truth}, paired(20, "x"), truth=truth.ravel(), weights=np.arange(40.0))
    assert "In rows over partners and changed texts the items' weights do not count." in measured(given).remarks
