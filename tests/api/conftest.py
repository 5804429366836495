"""Two invented models in memory."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Answers:
    """Human labels (n,) of 0 and 1, and two models' probabilities of 1."""

    truth: np.ndarray
    teacher: np.ndarray
    student: np.ndarray


@pytest.fixture(scope="session")
def answers():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=120)
    teacher = np.clip(0.5 + (truth - 0.5) * 0.6 + rng.normal(0, 0.2, 120), 0.01, 0.99)
    student = np.clip(teacher + rng.normal(0, 0.2, 120), 0.02, 0.98)
    return Answers(truth, teacher, student)


TEXTS = tuple(
    f"the {dish} was {quality}" for dish in ("soup", "bread", "cask", "table", "tea") for quality in ("good", "bad")
)


@pytest.fixture(scope="session")
def network():
    """A tiny classifier with random weights, and its tokenizer."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    from angelshare.models.vocabulary import build_word_tokenizer

    tokenizer = build_word_tokenizer(TEXTS, 40, max_length=16)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        id2label={0: "bad", 1: "good"},
        label2id={"bad": 0, "good": 1},
        initializer_range=0.5,
    )
    return BertForSequenceClassification(config), tokenizer


@pytest.fixture(scope="session")
def texts():
    """Forty labelled texts, some of them equal."""
    import pandas as pd

    several = [f"{text} today" for text in TEXTS] + list(TEXTS) * 3
    return pd.DataFrame({"text": several, "label": ["good" if "good" in text else "bad" for text in several]})
