"""Tests of the audit of perplexity."""

import math

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.perplexity import Perplexity
from angelshare.core.alignment import Observed, aligned
from angelshare.core.audit import AuditSettings
from angelshare.core.items import Items
from angelshare.core.observations import Likelihoods
from angelshare.core.panel import Population
from angelshare.core.requests import TEST, NotObserved, Observations
from angelshare.data.predictions.observation_files import read_likelihoods, write_observations


def observed(name, nats, tokens, n_bytes, **known):
    """Return a member and its items."""
    items = Items(name, np.array([f"i{i:04}" for i in range(len(nats))]), **known)
    return Observed(
        items, Likelihoods(name, np.asarray(nats, dtype=float), np.asarray(tokens), np.asarray(n_bytes), seed=0)
    )


def observations(teacher, student):
    """Return what both answered on the test split."""
    panel = aligned("books", Population("teacher", "t", (teacher,)), [Population("student", "s", (student,))])
    return Observations({(TEST, "likelihoods"): panel})


@pytest.fixture
def two(tmp_path):
    """A teacher and a student on 400 texts from 40 books, read from their files."""
    rng = np.random.default_rng(0)
    books, tokens = np.repeat(np.arange(40), 10), rng.integers(5, 80, 400)
    level = 3 + rng.normal(0, 0.3, 400)
    known = {"clusters": books, "slices": {"old": books < 15}}
    members = {
        "teacher": observed("teacher", tokens * level, tokens, tokens * 4, **known),
        "student": observed("student", tokens * (level + 0.3 + rng.normal(0, 0.1, 400)), tokens, tokens * 4, **known),
    }
    for name, member in members.items():
        write_observations(member.items, member.member, tmp_path / f"{name}.parquet")
    return [read_likelihoods(tmp_path / f"{name}.parquet", name=name) for name in members]


def test_files_of_likelihoods_give_rows_on_all_texts_and_in_slices(two):
    """Clusters are books; a third more nats for each token are a third more on the log-ratio scale."""
    result = Perplexity().measure(observations(*two), AuditSettings(level=0.9))
    rows = {(row.metric, row.slice, row.contrast): row for row in result.differences}
    whole = rows["perplexity", None, "student-teacher"]
    assert whole.inference.value == pytest.approx(0.3, abs=0.03)
    assert whole.left_value / whole.right_value == pytest.approx(math.exp(whole.inference.value))
    assert whole.inference.n_clusters == 40
    assert {row.slice for row in result.differences} == {None, "old"}
    assert {metric for metric, _, _ in rows} == {"perplexity", "bits_per_byte"}
    assert {e.interval.level for e in result.estimates} == {0.9}
    assert result.not_applicable is None


def test_a_model_that_gives_no_likelihoods_makes_it_not_applicable():
    """The reason is the observer's."""
    nothing = Observations({}, {(TEST, "likelihoods"): "bert/0 is not a causal language model."})
    with pytest.raises(NotObserved, match="bert/0 is not a causal language model"):
        Perplexity().measure(nothing, AuditSettings())


@pytest.mark.real_data
def test_a_trained_model_against_itself_with_half_its_layers(gpt_mini, public_sets, tmp_path):
    """On real paragraphs: all of one model, and what is left when every other layer is taken out."""
    torch = pytest.importorskip("torch")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from angelshare.core.text import TextBatch, n_bytes
    from angelshare.models import questions
    from angelshare.models.causal import load_causal
    from angelshare.models.observe import ask

    network = AutoModelForCausalLM.from_pretrained(gpt_mini)
    network.transformer.h = torch.nn.ModuleList(list(network.transformer.h)[::2])
    network.config.n_layer = len(network.transformer.h)
    network.save_pretrained(tmp_path / "half")
    AutoTokenizer.from_pretrained(gpt_mini).save_pretrained(tmp_path / "half")
    books = pd.read_parquet(public_sets / "books" / "books.parquet")
    books = books[(books["split"] == "test") & books["text"].str.len().between(50, 300)].iloc[::30][:40]
    texts = TextBatch(tuple(books["text"]))

    def read(name, folder):
        model = load_causal(folder, name=name)
        nats, n_tokens = ask(questions.likelihoods(model), texts).T
        return observed(name, nats, n_tokens.astype(np.int64), [n_bytes(text) for text in texts.texts])

    result = Perplexity().measure(
        observations(read("whole", gpt_mini), read("half", tmp_path / "half")), AuditSettings()
    )
    rows = {row.metric: row for row in result.differences}
    assert 60 < rows["perplexity"].right_value < 200
    assert rows["perplexity"].inference.interval().low > 0.1
    # English has between one and three bits a byte with models of this size
    assert 1 < rows["bits_per_byte"].right_value < 3
