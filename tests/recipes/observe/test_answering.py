"""Tests of how a model that runs here gives each kind of answer."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from angelshare.audits.frame.registry import Choice
from angelshare.core.abilities import Embedding, Generation
from angelshare.core.items import Items
from angelshare.core.protocols import ModelCard, Silent
from angelshare.core.requests import NotObserved, Request
from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import load_scorer
from angelshare.models.memory import Loading
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.answering import ANSWERS, Call
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.observe.sides import parse_side
from angelshare.recipes.rebuild import differing_rows, rebuild

TEXTS = TextBatch(("the tea was cold", "a clean room", "a rude porter"))
ITEMS = Items("rooms", np.array(["a", "b", "c"]), TEXTS)


def opened(folder=None, *, scorer=None):
    """Return a student with seed 3."""
    seat = Seat("student", "small", 3)
    card = ModelCard(seat.member, None, (), "f" * 64, parent_fingerprint="p") if scorer is None else scorer.card
    return Opened(seat, card, str(folder), scorer, None if folder is None else Loading(str(folder)))


def answered(kind, member, root, settings=None):
    """Return what a model answers to one request."""
    return ANSWERS[kind](Call(member, Request("own", kind, ITEMS, settings), root, Silent()))


def test_a_language_model_gives_likelihoods_and_continuations(writer, tmp_path):
    """Under the member's name, seed and fingerprints."""
    read = answered("likelihoods", opened(writer), tmp_path)
    assert (read.name, read.seed, read.fingerprint, read.parent_fingerprint) == ("small/3", 3, "f" * 64, "p")
    assert read.n_tokens.tolist() == [4, 3, 3]
    assert read.n_bytes.tolist() == [16, 12, 13]
    assert (read.nats > 0).all()
    written = answered("continuations", opened(writer), tmp_path, Generation(n=2, max_tokens=4))
    assert [len(texts) for texts in written.texts] == [2, 2, 2]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("kind", ["likelihoods", "embeddings"])
def test_a_maximum_length_counts_for_every_kind_of_answer(kind, writer, tiny, tmp_path):
    """Of texts that are longer; more than the model can take is refused."""
    folder = writer if kind == "likelihoods" else tiny / "teacher"
    short, whole, long = (
        replace(opened(folder), loading=Loading(str(folder), max_length=n)) for n in (3, None, 1_000_000)
    )
    numbers = [
        read.nats if kind == "likelihoods" else read.vectors
        for read in (answered(kind, member, tmp_path) for member in (short, whole))
    ]
    assert not np.allclose(*numbers)
    with pytest.raises(NotObserved, match="a maximum length of 1000000 tokens is too long for it"):
        answered(kind, long, tmp_path)


def test_a_classifier_gives_scores_and_the_vectors_below_its_head(tiny, tmp_path):
    """By the pooling that the request names."""
    scorer = load_scorer(tiny / "teacher", name="small/3")
    member = opened(tiny / "teacher", scorer=scorer)
    assert answered("scores", member, tmp_path).values.shape == (3, 2)
    by_first, by_mean = (answered("embeddings", member, tmp_path, Embedding(pooling=p)) for p in ("cls", "mean"))
    assert (by_first.pooling, by_mean.pooling) == ("cls", "mean")
    assert by_first.vectors.shape == by_mean.vectors.shape
    assert not np.allclose(by_first.vectors, by_mean.vectors)
    with pytest.raises(NotObserved, match=r"small/3 gives no likelihoods: .* it was saved as "):
        answered("likelihoods", member, tmp_path)


def test_what_a_model_cannot_give_is_not_observed_with_the_reason(writer, tmp_path):
    """A language model has no classes; what lies nowhere cannot be loaded again."""
    with pytest.raises(NotObserved, match=r"small/3 scores no classes"):
        answered("scores", opened(writer), tmp_path)
    with pytest.raises(NotObserved, match=r"small/3 gives no embeddings: it was not loaded from a folder"):
        answered("embeddings", opened(), tmp_path)


def test_one_audit_may_ask_for_scores_another_for_vectors_and_a_third_in_vain(tiny, tmp_path):
    """Of the same two classifiers: rows of quality, effect sizes, and no perplexity."""

    def group(*texts):
        return {"category": texts[0], "examples": texts}

    test = {"targ1": group("my aunt", "my cook"), "targ2": group("a clerk", "a porter")}
    tests = tmp_path / "tests.json"
    tests.write_text(json.dumps({"kin": test | {"attr1": group("is kind"), "attr2": group("was useless")}}))
    request = AuditRequest(
        sides=(parse_side("teacher", str(tiny / "teacher")), parse_side("student", f"small={tiny / 'teacher'}")),
        out=tmp_path / "out",
        now=datetime(2026, 1, 2, tzinfo=UTC),
        audits=(Choice("quality"), Choice("seat", {"tests": str(tests), "names": ["kin"]}), Choice("perplexity")),
        data=str(tiny / "data.csv"),
        reading=Reading(task="binary"),
    )
    statement = audit_models(request, progress=Silent())
    quality, seat, perplexity = statement.audits
    assert quality.differences
    assert [e.value for e in seat.estimates if e.metric == "seat_further_from_0"] == [0.0]
    assert "gives no likelihoods: " in perplexity.not_applicable
    assert differing_rows(statement, rebuild(tmp_path / "out")) == []
