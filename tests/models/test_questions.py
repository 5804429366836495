"""Tests of what models are asked, and where their answers are kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from angelshare.core.abilities import Generation
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.models import questions
from angelshare.models.observe import ask

CARD = ModelCard("echo", None, (), "f" * 64)
ROOT = Path("root")


class Echo:
    """A model that does everything but score, and remembers what it was asked."""

    card, width, style = CARD, 2, "causal"

    def __init__(self, pooling="cls"):
        self.pooling = pooling
        self.asked = []

    def embed(self, batch):
        return np.array([[len(text), 1] for text in batch.texts])

    def token_log_probs(self, contexts, continuations):
        self.asked += zip(contexts, continuations, strict=True)
        return [np.full(len(text.split()), -0.5) for text in continuations]

    def generate(self, prompts, settings):
        return [[f"{prompt}!"] * settings.n for prompt in prompts]


def test_logits_that_were_kept_before_there_were_other_kinds_are_still_read(keyword_scorer):
    """The name of their folder has not changed: f * 64, binary, bad, good, no maximum length, fp32."""
    assert questions.scores(keyword_scorer).folder(ROOT) == ROOT / "583c022fe8f02eb787c3c47ae55cf68c"


def test_a_folder_is_named_by_all_that_the_answers_depend_on(keyword_scorer):
    """Fingerprint, length, precision, kind, pooling, settings of generation; the name of the model does not matter."""
    card = keyword_scorer.card
    asked = []
    for changed in ({}, {"fingerprint": "0" * 64}, {"max_length": 64}, {"precision": "bf16"}):
        keyword_scorer.card = replace(card, **changed)
        asked.append(questions.scores(keyword_scorer))
    asked += [questions.embeddings(Echo()), questions.embeddings(Echo("mean")), questions.likelihoods(Echo())]
    asked += [questions.continuations(Echo(), Generation(seed=seed)) for seed in (0, 1)]
    assert len({question.folder(ROOT) for question in asked}) == len(asked)
    keyword_scorer.card = replace(card, name="other")
    assert questions.scores(keyword_scorer).folder(ROOT) == asked[0].folder(ROOT)


def test_embeddings_are_rows_as_wide_as_the_model_says(keyword_scorer):
    """Also of no texts."""
    assert ask(questions.embeddings(Echo()), TextBatch(("ab", ""))).tolist() == [[2, 1], [0, 1]]
    assert ask(questions.embeddings(Echo()), TextBatch(())).shape == (0, 2)


def test_likelihoods_are_nats_and_tokens_of_texts_or_of_the_second_after_the_first():
    """Three tokens of log-probability -0.5 are 1.5 nats; a whole text follows the empty context."""
    echo = Echo()
    assert ask(questions.likelihoods(echo), TextBatch(("a b c",))).tolist() == [[1.5, 3.0]]
    assert ask(questions.likelihoods(echo), TextBatch(("a b c",), ("d",))).tolist() == [[0.5, 1.0]]
    assert echo.asked == [("", "a b c"), ("a b c", "d")]


@pytest.mark.parametrize(("n", "max_tokens"), [(1, 10), (3, 10), (1, 30)])
def test_a_prompt_takes_the_room_of_all_that_is_written_after_it(n, max_tokens):
    """A prompt of 8 characters is taken for 1 + 2 tokens, and each continuation adds its own."""
    question = questions.continuations(Echo(), Generation(n=n, max_tokens=max_tokens))
    assert [len(encoding) for encoding in question.encode(TextBatch(("12345678",)))] == [n * (3 + max_tokens)]
