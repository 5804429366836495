"""Small networks with random weights, and a scorer of five lines."""

import copy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from angelshare.core.protocols import ModelCard
from angelshare.core.text import TextBatch
from angelshare.models.checkpoint import save_model
from angelshare.models.vocabulary import build_word_tokenizer

# pytest imports tests from their files, so what they share must be found beside them
sys.path.append(str(Path(__file__).parent))

TEXTS = (
    "the soup was warm and good",
    "the bread was stale",
    "good bread , warm soup",
    "nobody liked the cold soup",
    "a table by the window",
)


@pytest.fixture(scope="session")
def word_tokenizer() -> PreTrainedTokenizerBase:
    """A tokenizer over the words of TEXTS."""
    return build_word_tokenizer(TEXTS, 40, max_length=16)


@pytest.fixture
def bert(word_tokenizer) -> PreTrainedModel:
    """A BERT of four narrow layers."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(word_tokenizer),
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        id2label={0: "bad", 1: "good"},
        label2id={"bad": 0, "good": 1},
        initializer_range=0.5,
    )
    return BertForSequenceClassification(config).eval()


@pytest.fixture
def bert_folder(bert, word_tokenizer, tmp_path) -> Path:
    """The BERT, saved."""
    folder = tmp_path / "teacher"
    save_model(bert, word_tokenizer, folder, task="binary", labels=("bad", "good"), kind="transformer", seed=3)
    return folder


@pytest.fixture(scope="session")
def gpt_folder(word_tokenizer, tmp_path_factory) -> Path:
    """A GPT-2 of two narrow layers that takes 16 tokens; [SEP] begins and ends texts."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(word_tokenizer),
        n_positions=16,
        n_embd=16,
        n_layer=2,
        n_head=2,
        initializer_range=0.5,
        bos_token_id=word_tokenizer.sep_token_id,
        eos_token_id=word_tokenizer.sep_token_id,
    )
    folder = tmp_path_factory.mktemp("gpt") / "gpt"
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer = copy.deepcopy(word_tokenizer)
    tokenizer.bos_token = tokenizer.eos_token = "[SEP]"
    tokenizer.save_pretrained(folder)
    return folder


class KeywordScorer:
    """A scorer that counts words, and remembers which texts it was asked for."""

    def __init__(self, words: dict[str, float]) -> None:
        """Keep the weights of the words."""
        self.words = words
        self.asked: list[str] = []
        self.card = ModelCard(name="keywords", task="binary", labels=("bad", "good"), fingerprint="f" * 64)

    def score(self, batch: TextBatch):
        """Return (0, sum of weights) for every text."""
        self.asked += batch.texts
        sums = [sum(self.words.get(word, 0.0) for word in text.split()) for text in batch.texts]
        return np.stack([np.zeros(len(sums)), np.array(sums)], axis=1)


@pytest.fixture(scope="session")
def make_scorer() -> type[KeywordScorer]:
    """The class itself, for tests that need several."""
    return KeywordScorer


@pytest.fixture
def keyword_scorer() -> KeywordScorer:
    """A scorer that likes warm soup."""
    return KeywordScorer({"warm": 1.5, "soup": 1.0, "stale": -2.0})
