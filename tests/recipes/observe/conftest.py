"""Members of a comparison that answer at once."""

import copy

import numpy as np
import pytest

from angelshare.core.alignment import Observed
from angelshare.core.items import Items
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import TextSet
from angelshare.recipes.observe.seats import Opened, Seat

LABELS = ("fine", "rude")
N = 40
WORDS = ("the tea was cold", "a clean room", "a rude porter")


class Counter:
    """A scorer by the length of a text, which keeps what it was asked."""

    def __init__(self, name, labels=LABELS):
        self.card = ModelCard(name, "binary", labels, f"weights of {name}")
        self.asked = []

    def score(self, batch):
        """Return (0, length of the text less 25)."""
        self.asked += batch.texts
        return np.array([[0.0, len(text) - 25.0] for text in batch.texts])


@pytest.fixture
def live():
    """Build a member that is a model."""

    def build(role, population, seed=None, labels=LABELS):
        seat = Seat(role, population, seed)
        scorer = Counter(seat.member, labels)
        return Opened(seat, scorer.card, scorer=scorer)

    return build


@pytest.fixture
def held():
    """Build a member that is a file, with so many of its answers wrong."""

    def build(role, population, n_wrong=0, seed=None, **items):
        seat, truth = Seat(role, population, seed), np.arange(N) % 2
        margin = np.where(np.arange(N) < n_wrong, -1.0, 1.0) * (2 * truth - 1)
        answers = Predictions(
            seat.member, "binary", LABELS, "logits", np.column_stack([np.zeros(N), margin]), seed=seed
        )
        known = Items(seat.member, np.array([f"i{i:02}" for i in range(N)]), truth=truth, **items)
        card = ModelCard(seat.member, "binary", LABELS, f"file of {seat.key}", kind="file of predictions")
        return Opened(seat, card, f"{population}.csv", held={"scores": Observed(known, answers)})

    return build


@pytest.fixture
def remarks():
    """Return labelled texts of two lengths; the first two are alike."""
    texts = ["a remark", "a remark", *(f"remark number {i}, which is a long one" for i in range(2, N))]
    ids = tuple(f"i{i:02}" for i in range(N))
    return TextSet("remarks", "binary", LABELS, ids, TextBatch(tuple(texts)), np.arange(N) % 2)


@pytest.fixture(scope="session")
def writer(tmp_path_factory):
    """The folder of a language model of random weights over words."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    from angelshare.models.vocabulary import build_word_tokenizer

    tokenizer = copy.deepcopy(build_word_tokenizer(WORDS, 20, max_length=16))
    tokenizer.bos_token = tokenizer.eos_token = "[SEP]"
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(tokenizer), n_positions=16, n_embd=8, n_layer=1, n_head=1, initializer_range=0.5)
    folder = tmp_path_factory.mktemp("models") / "writer"
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
