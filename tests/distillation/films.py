"""A task of a few words: texts about films whose label is the one adjective in them."""

from dataclasses import dataclass, field

import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification

from angelshare.core.student_spec import MlpSpec
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import TextSet
from angelshare.models.declared_task import set_labels
from angelshare.models.students import build_student
from angelshare.models.vocabulary import build_word_tokenizer
from angelshare.transfer.label import TransferSet

LABELS = ("bad", "good")
ADJECTIVES = (("dull", "weak", "stale"), ("lively", "warm", "witty"))
NOUNS = ("plot", "cast", "score", "ending", "camera work", "second act of the film")


def film_texts(n: int, seed: int = 0) -> tuple[tuple[str, ...], np.ndarray]:
    """Return n texts of 3 to 10 words, and whether each is good."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n)
    texts = [
        f"the {rng.choice(NOUNS)} is {rng.choice(ADJECTIVES[label])} {'indeed ' * rng.integers(0, 3)}"
        for label in truth
    ]
    return tuple(text.strip() for text in texts), truth


def film_set(n: int, seed: int = 0, *, labelled: bool = True) -> TextSet:
    """Return n texts as a set."""
    texts, truth = film_texts(n, seed)
    ids = tuple(f"{seed}-{i}" for i in range(n))
    return TextSet("films", "binary", LABELS, ids, TextBatch(texts), truth if labelled else None)


def film_transfer(n: int, seed: int = 0, *, labelled: bool = False) -> TransferSet:
    """Return n texts with the logits of a teacher that is mostly sure."""
    texts, truth = film_texts(n, seed)
    margin = np.where(truth == 1, 3.0, -3.0) + np.random.default_rng(seed).normal(size=n)
    logits = np.stack([-margin / 2, margin / 2], axis=1).astype(np.float32)
    return TransferSet(
        "binary", LABELS, TextBatch(texts), logits, ("films",) * n, truth if labelled else None, "f" * 64, {}
    )


def small_student(seed: int = 0, **settings):
    """Return an untrained bag of words and its tokenizer."""
    spec = MlpSpec(name="mlp", kind="mlp", vocabulary=40, embedding_width=4, hidden_width=8, max_length=16, **settings)
    texts, _ = film_texts(200)
    words = build_word_tokenizer(texts, spec.vocabulary, max_length=spec.max_length)
    return build_student(spec, labels=LABELS, task="binary", seed=seed, tokenizer=words)


def small_transformer(seed: int = 0, *, n_layers: int = 1):
    """Return random layers, 8 wide, and a tokenizer."""
    _, tokenizer = small_student()
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=40,
        hidden_size=8,
        num_hidden_layers=n_layers,
        num_attention_heads=2,
        intermediate_size=16,
        pad_token_id=0,
    )
    set_labels(config, labels=LABELS, task="binary")
    return BertForSequenceClassification(config), tokenizer


@dataclass
class Heard:
    """Progress that remembers what it was told."""

    started: list[tuple[str, int]] = field(default_factory=list)
    done: int = 0
    finished: int = 0

    def start(self, what: str, total: int) -> None:
        """Remember the start."""
        self.started.append((what, total))

    def advance(self, n: int) -> None:
        """Count."""
        self.done += n

    def finish(self) -> None:
        """Count."""
        self.finished += 1
