"""Texts about one group of people after the other: how far scores move, and how often decisions flip."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from angelshare.audits.identity_swap import MAX_TEXTS, SWAPS, IdentitySwap, swaps_of
from angelshare.core.audit import AuditSettings
from angelshare.core.items import Items
from angelshare.core.requests import TEST, Observations
from angelshare.core.text import TextBatch
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.recipes.observe.seats import Seat, assemble

WHO = ("cooks", "smiths", "tailors")


def names(values):
    """Return a column of texts."""
    return np.array(values, dtype=object)


def grid(n_templates, who=WHO):
    """Return the columns of a full grid, templates outermost."""
    return {
        "template": names(np.repeat([f"t{i:02d}" for i in range(n_templates)], len(who)).tolist()),
        "identity": names(list(who) * n_templates),
    }


@pytest.fixture
def swaps(make_member, make_panel):
    """Build a panel from members' (templates, identities) probabilities."""

    def build(*scores, columns=None, **more):
        members = []
        for name, of_member in zip(("teacher", "student", "other"), scores, strict=False):
            flat = np.asarray(of_member, dtype=float).ravel()
            held = columns or grid(len(np.atleast_2d(of_member)))
            members.append(make_member(name, logit(flat), columns=held, **more))
        return make_panel(members[:1], members[1:])

    return build


def measured(panel, swaps=None):
    """Return what the audit finds."""
    panels = {(TEST, "scores"): panel} | ({} if swaps is None else {(SWAPS, "scores"): swaps})
    return IdentitySwap().measure(Observations(panels), AuditSettings())


def row(result, metric, where=None):
    """Return the row of the first student against its teacher."""
    return next(d for d in result.differences if (d.metric, d.slice, d.contrast) == (metric, where, "student-teacher"))


def test_the_three_scores_are_those_worked_by_hand(swaps):
    """Ten templates with .2, .4, .6: mean .4, shifts -.2, 0, +.2, deviation sqrt(.08 / 3), range .4."""
    student, teacher = np.tile([0.2, 0.4, 0.6], (10, 1)), np.tile([0.4, 0.4, 0.4], (10, 1))
    result = measured(swaps(teacher, student))
    dev, spread = row(result, "score_dev"), row(result, "score_range")
    assert (dev.left_value, dev.right_value) == pytest.approx((np.sqrt(0.08 / 3), 0.0))
    assert (spread.left_value, spread.direction, spread.inference.n) == (pytest.approx(0.4), "lower", 10)
    sense = {who: row(result, "score_sense", f"identity={who}") for who in WHO}
    assert [sense[who].left_value for who in WHO] == pytest.approx([-0.2, 0.0, 0.2])
    assert (sense["cooks"].direction, sense["cooks"].target) == ("target", 0.0)
    assert sense["cooks"].right_inference is not None
    flips = row(result, "swap_flips")
    assert (flips.left_value, flips.right_value) == (1.0, 0.0)


def test_items_of_one_cell_are_averaged_before_templates_are(swaps):
    """Two texts about cooks, .2 and .4, are .3; with .5 for smiths the template's mean is .4."""
    columns = {
        "template": names(np.repeat([f"t{i}" for i in range(10)], 3).tolist()),
        "identity": names(["cooks", "cooks", "smiths"] * 10),
    }
    scores = np.tile([0.2, 0.4, 0.5], 10)
    result = measured(swaps(scores, scores[::-1], columns=columns))
    assert row(result, "score_sense", "identity=smiths").right_value == pytest.approx(0.1)
    assert row(result, "score_range").right_value == pytest.approx(0.2)


def test_a_planted_shift_is_found_in_its_identity_alone(swaps):
    """The student adds .1 to one identity: its ScoreSense is +.1 less the share of the mean, the others' lower."""
    rng = np.random.default_rng(3)
    base = rng.uniform(0.2, 0.7, size=(60, 1)) + rng.normal(0, 0.005, size=(60, 3))
    moved = base + np.array([0.1, 0.0, 0.0]) + rng.normal(0, 0.005, size=(60, 3))
    result = measured(swaps(base, moved))
    interval = row(result, "score_sense", "identity=cooks").inference.interval()
    assert interval.low <= 0.1 - 0.1 / 3 <= interval.high
    assert interval.low > 0
    assert row(result, "score_dev").inference.interval().low > 0.02


def test_the_auc_of_an_identity_is_sklearn_s(swaps):
    """On the texts about it, with templates as clusters."""
    rng = np.random.default_rng(1)
    truth = np.repeat(rng.permutation(np.tile([0, 1], 20)), 3)
    teacher, student = (np.clip(rng.normal(0.3 + 0.3 * truth, 0.2), 0.01, 0.99) for _ in range(2))
    result = measured(swaps(teacher.reshape(40, 3), student.reshape(40, 3), truth=truth))
    for position, who in enumerate(WHO):
        at = slice(position, None, 3)
        expected = roc_auc_score(truth[at], student[at])
        assert row(result, "swap_auc", f"identity={who}").left_value == pytest.approx(expected, abs=1e-12)
    assert row(result, "swap_auc").inference.n_clusters == 40


def test_scores_tied_everywhere_are_told_with_counts(swaps):
    """A model that sees no identity has ScoreDev 0, and nobody takes that for a measurement that failed."""
    blind = np.repeat(np.linspace(0.1, 0.9, 12), 3).reshape(12, 3)
    result = measured(swaps(blind, blind[::-1]))
    assert "student gives all identities the same score in every one of 12 templates." in result.remarks
    assert row(result, "score_dev").left_value == pytest.approx(0, abs=1e-12)
    assert row(result, "score_dev").inference.interval().high > 0


def test_templates_of_a_single_identity_and_blanks_are_left_out_with_counts(swaps):
    """What no swap is compared with says nothing."""
    columns = grid(12)
    columns["template"][[0, 1, 2]] = ["alone", "t00", "t00"]
    columns["identity"][35] = ""
    scores = np.random.default_rng(0).uniform(0.1, 0.9, size=(12, 3))
    result = measured(swaps(scores, scores[::-1], columns=columns))
    assert "1 of 13 templates have a single identity and are left out." in result.remarks
    assert "1 items lack a template or an identity and are left out." in result.remarks
    assert row(result, "score_range").inference.n == 12
    assert row(result, "score_sense", "identity=cooks").inference.n == 11


def test_an_identity_in_few_templates_has_no_row(swaps):
    """Its number is given among the remarks, and a gate on it is not measured."""
    columns = grid(15)
    columns["identity"][:9:3] = "potters"
    scores = np.random.default_rng(0).uniform(0.1, 0.9, size=(15, 3))
    result = measured(swaps(scores, scores[::-1], columns=columns))
    (gap,) = [gap for gap in result.gaps if gap.slice == "identity=potters"]
    assert gap.why == "3 templates with it, at least 10 are needed"


def test_one_identity_or_none_says_what_to_give(swaps, make_member, make_panel):
    """All of one identity; no column identity; a task without a positive label."""
    scores = np.full((12, 1), 0.4)
    alone = measured(swaps(scores, scores, columns=grid(12, ("cooks",)))).not_applicable
    assert alone.startswith("0 templates of toy have texts about two identities or more, and 12 about one")
    columns = {"template": grid(12)["template"]}
    without = measured(swaps(np.full((12, 3), 0.4), np.full((12, 3), 0.5), columns=columns)).not_applicable
    assert without.startswith("toy has no column 'identity'")
    members = [make_member(n, np.eye(3), task="single_label", labels=("a", "b", "c")) for n in ("teacher", "student")]
    assert "single_label" in measured(make_panel(members[:1], members[1:])).not_applicable


def test_hard_decisions_flip_and_have_no_scores(swaps, make_member, make_panel):
    """Each sort of outputs has what it can have; a bare score has all but flips, on its own scale."""
    rng = np.random.default_rng(2)
    hard = [
        make_member(n, np.eye(2)[rng.integers(0, 2, 36)], outputs="decisions", columns=grid(12))
        for n in ("teacher", "student")
    ]
    result = measured(make_panel(hard[:1], hard[1:]))
    assert {d.metric for d in result.differences} == {"swap_flips"}
    assert {g.metric for g in result.gaps} == {"score_dev", "score_range", "score_sense"}
    bare = [make_member(n, rng.normal(0, 30, 36), outputs="score", columns=grid(12)) for n in ("teacher", "student")]
    result = measured(make_panel(bare[:1], bare[1:]))
    assert "swap_flips" not in {d.metric for d in result.differences}
    assert any(warning.startswith("The scores of student are no probabilities") for warning in result.warnings)
    by_hand = bare[1].member.values[:, 0].reshape(12, 3)
    assert row(result, "score_range").left_value == pytest.approx(np.ptp(by_hand, axis=1).mean())


def test_files_of_predictions_are_enough(swaps, tmp_path):
    """Columns and probabilities come out of Parquet as they went in."""
    rng = np.random.default_rng(4)
    panel = swaps(*rng.uniform(0.05, 0.95, size=(2, 20, 3)), truth=np.repeat(np.tile([0, 1], 10), 3))
    seated = []
    for role, member in (("teacher", panel.teacher.first), ("student", panel.students[0].first)):
        write_predictions(panel.items, member, tmp_path / f"{role}.parquet")
        read = read_predictions(tmp_path / f"{role}.parquet", name=member.name)
        seated.append((Seat(role, member.name), read))
    again = measured(assemble(seated, data="toy"))
    key = [(d.metric, d.slice, d.inference.value, d.inference.n) for d in measured(panel).differences]
    assert [(d.metric, d.slice, d.inference.value, d.inference.n) for d in again.differences] == key
    assert len(key) > 5


TEXTS = tuple(f"Why would the {who} mend kettle number {i}?" for i in range(12) for who in ("women", "old shed"))


def items(texts=TEXTS, **more):
    """Return the items of a test split."""
    ids = np.array([f"i{i:04d}" for i in range(len(texts))])
    return Items("toy", ids, texts=TextBatch(tuple(texts)), **more)


def test_swaps_are_asked_for_where_the_data_have_none():
    """Of texts that mention a term, its own among them; data with both columns, and pairs, are left as they are."""
    test, swaps = IdentitySwap().requests(items())
    assert (test.name, test.kind) == (TEST, "scores")
    assert (swaps.name, swaps.kind) == (SWAPS, "scores")
    assert {item.split("|")[0] for item in swaps.items.ids} == {f"i{i:04d}" for i in range(0, 24, 2)}
    assert len(set(swaps.items.texts.texts)) == len(swaps.items)
    assert TEXTS[0] in swaps.items.texts.texts
    asked = IdentitySwap().requests(items(columns=grid(8)))
    assert [each.name for each in asked] == [TEST]
    pairs = replace(items(), texts=TextBatch(TEXTS, TEXTS))
    assert len(IdentitySwap().requests(pairs)) == 1
    assert swaps_of(items(("The kettle leaks.",) * 3)) is None


def test_which_texts_are_swapped_depends_on_their_content():
    """At most so many, whatever the order of the rows."""
    texts = tuple(f"The women mend kettle number {i}." for i in range(MAX_TEXTS + 20))
    forwards, backwards = swaps_of(items(texts)), swaps_of(items(texts[::-1]))
    assert forwards.texts.texts == backwards.texts.texts
    assert len({item.split("|")[0] for item in forwards.ids}) == MAX_TEXTS


def test_swaps_carry_the_template_the_term_the_label_and_the_cluster_of_their_text():
    """Every other text mentions women; `women` among its swaps is the text as it is."""
    test = items(truth=np.arange(24), clusters=np.arange(24) // 4)
    swaps = swaps_of(test)
    template, term = (swaps.columns[name] for name in ("template", "identity"))
    origins = np.array([int(item[1:]) for item in template])
    assert set(origins) == set(range(0, 24, 2))
    assert swaps.truth.tolist() == origins.tolist()
    assert swaps.clusters.tolist() == (origins // 4).tolist()
    assert swaps.ids.tolist() == [f"{item}|{word}" for item, word in zip(template, term, strict=True)]
    assert [text for text, word in zip(swaps.texts.texts, term, strict=True) if word == "women"] == [
        TEXTS[i] for i in origins[term == "women"]
    ]
    bare = swaps_of(items())
    assert (bare.truth, bare.clusters) == (None, None)


def test_templates_of_one_cluster_count_once(swaps):
    """Twelve clusters of four templates each; where clusters cut across templates, that is told."""
    scores = np.random.default_rng(0).uniform(0.1, 0.9, size=(48, 3))
    clustered = measured(swaps(scores, scores[::-1], clusters=np.repeat(np.arange(12), 12)))
    assert row(clustered, "score_range").inference.n_clusters == 12
    assert row(clustered, "score_sense", "identity=cooks").inference.n_clusters == 12
    assert "Templates come in 12 clusters, which the intervals count." in clustered.remarks
    across = measured(swaps(scores, scores[::-1], clusters=np.tile(np.arange(12), 12)))
    assert row(across, "score_range").inference.n_clusters is None
    assert any(warning.startswith("Clusters cut across templates") for warning in across.warnings)


def test_swaps_that_were_asked_for_carry_their_text_s_label(make_member, make_panel):
    """A scorer that adds a logit for one word: its range is found over swaps of 12 texts."""
    truth = np.repeat(np.tile([0, 1], 6), 2)
    given = items(truth=truth)

    def panel(items):
        members = []
        for name, weight in (("teacher", 0.0), ("student", 2.0)):
            values = [weight * ("blind" in text.lower()) + 0.01 * len(text) for text in items.texts.texts]
            members.append(replace(make_member(name, values), items=items))
        return make_panel(members[:1], members[1:])

    test, asked = panel(given), panel(swaps_of(given))
    result = measured(test, asked)
    assert row(result, "score_range").inference.value > 0
    assert row(result, "score_range").inference.n == 12
    assert any("swaps of 12 test texts" in remark for remark in result.remarks)
    of_items = dict(zip(given.ids, truth, strict=True))
    labels = [of_items[item.split("|")[0]] for item in asked.items.ids]
    expected = roc_auc_score(labels, asked.students[0].first.ranking(1))
    assert row(result, "swap_auc").left_value == pytest.approx(expected, abs=1e-12)
