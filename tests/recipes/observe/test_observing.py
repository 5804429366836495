"""Tests of what members answer to the audits' requests."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.audits.frame.registry import choices, load_audits, run_audits
from angelshare.audits.quality import Quality
from angelshare.core.abilities import Embedding
from angelshare.core.audit import Audit, AuditResult, AuditSettings, NoOptions
from angelshare.core.errors import LabelError
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings
from angelshare.core.protocols import Silent
from angelshare.core.requests import TEST, Request
from angelshare.core.text import TextBatch
from angelshare.data.slices.specs import parse_slice
from angelshare.recipes.observe import observing
from angelshare.recipes.observe.observing import Desk, observe_files, observe_texts

SHOUTED = "shouted"
LONG = parse_slice("length=4")
VECTORS = Embeddings("vectors", np.eye(40), "mean")


class Shouting(Audit[NoOptions]):
    """An audit that has texts of its own: those of the test split, in capitals."""

    name = "shouting"
    question = "Does it help to shout?"
    Options = NoOptions

    def requests(self, test):
        """Return the test split, and its texts in capitals."""
        texts = TextBatch(tuple(text.upper() for text in test.texts.texts))
        return [*super().requests(test), Request(SHOUTED, "scores", Items(SHOUTED, test.ids, texts))]

    def measure(self, observations, settings):
        """Return nothing."""
        return AuditResult(self.name, self.question)


class Wordy(Shouting):
    """An audit that needs likelihoods."""

    name = "wordy"
    kinds = ("likelihoods",)

    def requests(self, test):
        """Return what all audits ask of the test split."""
        return Audit.requests(self, test)

    def measure(self, observations, settings):
        """Return how likely the texts are."""
        return AuditResult(self.name, str(observations.likelihoods().teacher.first.nats))


class Pooling(Shouting):
    """An audit that wants vectors of its own making."""

    name = "pooling"
    kinds = ("embeddings",)

    def requests(self, test):
        """Return the mean of the tokens of every text."""
        return [Request(TEST, "embeddings", test, Embedding(pooling="mean"))]


@pytest.fixture
def desk(tmp_path):
    """Return where answers are kept."""
    return Desk(tmp_path, Silent())


def test_every_model_reads_every_text_once(live, remarks, desk):
    """Whatever asks for it, and however often; the audit's own texts come back under their name."""
    members = [live("teacher", "big"), live("student", "mlp", 0)]
    for _ in range(2):
        seen = observe_texts(members, (Quality(), Shouting()), remarks, desk)
    for member in members:
        assert sorted(member.scorer.asked) == sorted({*remarks.batch.texts, *(t.upper() for t in remarks.batch.texts)})
    test, shouted = seen.scores(), seen.scores(SHOUTED)
    assert (test.data, test.items.truth.tolist()) == ("remarks", remarks.truth.tolist())
    assert test.students[0].first.values[:, 1].tolist() == [len(text) - 25 for text in remarks.batch.texts]
    assert (shouted.truth, shouted.items.texts.texts[0]) == (None, "A REMARK")
    assert set(seen.cards) == {("teacher", "big"), ("student", "mlp/0")}


def test_an_audit_that_needs_a_kind_that_a_model_cannot_give_is_not_applicable(live, remarks, desk):
    """With the reason; the others are measured."""
    audits = (Quality(), Wordy())
    seen = observe_texts([live("teacher", "big"), live("student", "mlp")], audits, remarks, desk)
    quality, wordy = run_audits(audits, seen, AuditSettings())
    assert wordy.not_applicable == "big gives no likelihoods: it was not loaded from a folder."
    assert quality.differences


def test_files_answer_what_they_hold(held, desk):
    """Their items are theirs; of anything else the file is named."""
    members = [held("teacher", "big"), held("student", "mlp", 3)]
    audits = (Quality(), Wordy(), *load_audits(choices("speed")))
    seen = observe_files(members, audits, "predictions", desk)
    assert seen.scores().data == "predictions"
    quality, wordy, speed = run_audits(audits, seen, AuditSettings())
    assert quality.differences
    assert wordy.not_applicable == "big.csv holds no likelihoods."
    assert speed.not_applicable.startswith("Speed is not measured, because files of predictions hold no live models.")


def test_a_statement_has_scores_whichever_audits_it_names(held, desk):
    """They are kept beside it, and tell which models learnt nothing."""
    seen = observe_files([held("teacher", "big"), held("student", "mlp")], load_audits(choices("speed")), "toy", desk)
    assert seen.has(TEST)
    assert not seen.has(TEST, "timing")


def test_where_a_member_is_a_file_the_audits_own_texts_are_not_asked_for(live, held, remarks, desk):
    """Nobody could pair them."""
    seen = observe_texts([held("teacher", "big"), live("student", "mlp")], (Shouting(),), remarks, desk)
    assert seen.has(TEST)
    assert not seen.has(SHOUTED)


def test_where_a_member_is_a_file_the_others_are_asked_as_the_audit_wishes(live, held, remarks, desk, monkeypatch):
    """With its settings; but not at all, if the file does not hold this kind."""
    asked = []
    monkeypatch.setitem(observing.ANSWERS, "embeddings", lambda call: asked.append(call.request) or VECTORS)
    scored, model = held("student", "mlp"), live("teacher", "big")
    seen = observe_texts([model, scored], (Pooling(),), remarks, desk)
    assert (asked, seen.missing[TEST, "embeddings"]) == ([], "mlp.csv holds no embeddings.")
    both = replace(scored, held={**scored.held, "embeddings": replace(scored.held["scores"], member=VECTORS)})
    seen = observe_texts([model, both], (Pooling(),), remarks, desk)
    assert [request.settings for request in asked] == [Embedding(pooling="mean")]
    assert seen.embeddings().teacher.first.pooling == "mean"


def test_slices_are_cut_from_the_test_split_alone(live, remarks, desk):
    """The audits' own texts have what the audits give them."""
    members = [live("teacher", "big"), live("student", "mlp")]
    seen = observe_texts(members, (Shouting(),), remarks, desk, slices=[LONG])
    (name,) = {name for name, mask in seen.scores().items.slices.items() if mask.sum() == 2}
    assert np.flatnonzero(seen.scores().items.slices[name]).tolist() == [0, 1]
    assert not seen.scores(SHOUTED).items.slices


def test_a_model_of_other_labels_reads_nothing(live, remarks, desk):
    """Its outputs would be taken for others."""
    members = [live("teacher", "big"), live("student", "mlp", labels=("rude", "fine"))]
    with pytest.raises(LabelError, match="the same labels in another order"):
        observe_texts(members, (Quality(),), remarks, desk)
    assert members[0].scorer.asked == []
