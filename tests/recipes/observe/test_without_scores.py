"""Tests of members that score no classes: they are opened where no audit needs scores."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from angelshare.audits.frame.registry import Choice
from angelshare.core.errors import InputError, ModelError
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings, Likelihoods
from angelshare.core.protocols import Silent
from angelshare.core.text import TextBatch
from angelshare.data.predictions.observation_files import write_observations
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side
from angelshare.recipes.rebuild import differing_rows, rebuild

TEXTS = TextBatch(("my aunt", "my cook", "a clerk", "a porter", "is kind", "was useless"))


def audited(folder, sides, *audits, **more):
    """Return the statement of a comparison."""
    given = tuple(parse_side(role, str(source)) for role, source in sides)
    now = datetime(2026, 1, 2, tzinfo=UTC)
    return audit_models(AuditRequest(given, folder / "out", now, audits=audits, **more), progress=Silent())


@pytest.fixture
def likelihoods(tmp_path):
    """Files of a teacher and of two seeds of a student, with clusters and a slice."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(5, 50, 120)
    items = Items(
        "books",
        np.array([f"i{i:03}" for i in range(120)]),
        clusters=np.arange(120) // 4,
        slices={"old": np.arange(120) < 40},
    )
    paths = {}
    for name, more in (("teacher", 0.0), ("s0", 0.2), ("s1", 0.25)):
        nats = tokens * (3 + more + rng.normal(0, 0.05, 120))
        paths[name] = tmp_path / f"{name}.parquet"
        write_observations(items, Likelihoods(name, nats, tokens, 4 * tokens), paths[name])
    return paths


def test_files_of_likelihoods_are_compared_and_rebuilt(likelihoods, tmp_path):
    """Each file is a seed; the rows are of all texts and of the slice."""
    sides = [("teacher", likelihoods["teacher"]), *(("student", f"small={likelihoods[s]}") for s in ("s0", "s1"))]
    statement = audited(tmp_path, sides, Choice("perplexity"))
    (audit,) = statement.audits
    whole = next(row for row in audit.differences if row.slice is None and row.metric == "perplexity")
    assert whole.left == ("small/0", "small/1")
    assert whole.values_by_seed == pytest.approx((0.2, 0.25), abs=0.03)
    assert {row.slice for row in audit.differences} == {None, "old"}
    assert (statement.models[0].name, statement.models[0].kind) == ("teacher", "file of likelihoods")
    assert differing_rows(statement, rebuild(tmp_path / "out")) == []


def test_files_of_embeddings_are_compared_on_the_tests_whose_texts_they_hold(tmp_path):
    """As many bytes as vectors."""
    rng = np.random.default_rng(1)
    for name in ("big", "small"):
        vectors = Embeddings(name, rng.normal(size=(6, 4)), "cls")
        write_observations(
            Items(name, np.array(list("abcdef")), TEXTS), vectors, tmp_path / f"{name}.parquet", with_texts=True
        )
    (tmp_path / "tests.json").write_text(
        json.dumps({
            "kin": {
                part: {"category": part, "examples": list(texts)}
                for part, texts in zip(
                    ("targ1", "targ2", "attr1", "attr2"),
                    (TEXTS.texts[:2], TEXTS.texts[2:4], TEXTS.texts[4:5], TEXTS.texts[5:]),
                    strict=True,
                )
            }
        })
    )  # fmt: skip
    sides = [("teacher", tmp_path / "big.parquet"), ("student", tmp_path / "small.parquet")]
    seat = Choice("seat", {"tests": tmp_path / "tests.json", "names": "kin"})
    statement = audited(tmp_path, sides, seat)
    assert {estimate.metric for estimate in statement.audits[0].estimates} >= {"seat_d", "seat_further_from_0"}
    assert "Sentence vectors are pooled by cls." in statement.audits[0].remarks
    assert differing_rows(statement, rebuild(tmp_path / "out")) == []


def test_language_models_read_labelled_texts_without_their_labels(writer, tiny, tmp_path):
    """One against itself: nothing is lost, exactly."""
    sides = [("teacher", writer), ("student", f"same={writer}")]
    statement = audited(
        tmp_path, sides, Choice("perplexity"), data=str(tiny / "data.csv"), reading=Reading(task="binary")
    )
    rows = {row.metric: row for row in statement.audits[0].differences}
    assert (rows["perplexity"].delta, rows["perplexity"].verdict) == (0, "preserved")
    assert statement.models[0].kind == "gpt2"


def test_language_models_read_texts_without_labels(writer, tiny, tmp_path):
    """Also where a task is declared; what is labelled counts as it does with its labels."""
    sides = [("teacher", writer), ("student", f"same={writer}")]
    (tmp_path / "plain.csv").write_text("id,text,slice:old\n1,the tea was cold,1\n2,a clean room,0\n")
    for source in (str(tmp_path / "plain.csv"), str(tiny / "data.csv")):
        for task in (None, "binary"):
            statement = audited(tmp_path, sides, Choice("perplexity"), data=source, reading=Reading(task=task))
            assert statement.audits[0].differences[0].delta == 0
    with pytest.raises(InputError, match="The task of plain is not declared"):
        audited(tmp_path, sides, Choice("quality"), data=str(tmp_path / "plain.csv"))


def test_what_does_not_fit_is_refused(likelihoods, writer, tiny, tmp_path):
    """A classifier as a language model, and the reverse; texts that are missing or too many; several kinds."""
    labelled = {"data": str(tiny / "data.csv"), "reading": Reading(task="binary")}
    classifier = [("teacher", tiny / "teacher"), ("student", f"small={tiny / 'teacher'}")]
    files = [("teacher", likelihoods["teacher"]), ("student", likelihoods["s0"])]
    writers = [("teacher", writer), ("student", f"same={writer}")]
    with pytest.raises(ModelError, match="is not a causal language model"):
        audited(tmp_path, classifier, Choice("perplexity"), **labelled)
    too_long = {**labelled, "reading": Reading(task="binary", max_length=1000)}
    with pytest.raises(ModelError, match="a maximum length of 1000 tokens is too long for it"):
        audited(tmp_path, writers, Choice("perplexity"), **too_long)
    with pytest.raises(ModelError, match="is not a sequence classifier"):
        audited(tmp_path, writers, Choice("quality"), Choice("perplexity"), **labelled)
    with pytest.raises(InputError, match="there are no texts for it to read"):
        audited(tmp_path, writers, Choice("perplexity"))
    with pytest.raises(InputError, match="brings its own items: leave --data out"):
        audited(tmp_path, files, Choice("perplexity"), **labelled)
    with pytest.raises(InputError, match="need likelihoods and embeddings, but a file holds only one of them"):
        audited(tmp_path, files, Choice("perplexity"), Choice("seat"))
    with pytest.raises(InputError, match="says that it holds likelihoods, not embeddings"):
        audited(tmp_path, files, Choice("seat"))
    assert not (tmp_path / "out" / "statement.json").exists()
