"""Tests of what models can do besides scoring."""

import numpy as np
import pytest
from pydantic import ValidationError

from angelshare.core.abilities import Embedder, Generation, Generator, LanguageModel
from angelshare.core.errors import InputError
from angelshare.core.protocols import ModelCard

CARD = ModelCard("echo", None, (), "f" * 64)


class Echo:
    """A model of five lines that embeds and generates."""

    card, pooling, width = CARD, "mean", 1

    def embed(self, batch):
        return np.array([[len(text)] for text in batch.texts])

    def generate(self, prompts, settings):
        return [[prompt] * settings.n for prompt in prompts]


def test_what_a_model_can_do_is_told_by_its_methods():
    """No base class is needed."""
    assert isinstance(Echo(), Embedder)
    assert isinstance(Echo(), Generator)
    assert not isinstance(Echo(), LanguageModel)


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"top_p": 0}, {"top_p": 1.5}, {"temperature": 0}, {"seed": -1}, {"tokens": 9}]
)
def test_settings_of_generation_that_mean_nothing_are_refused(wrong):
    """Also misspelt ones."""
    with pytest.raises(ValidationError):
        Generation(**wrong)


def test_a_model_without_classes_has_no_task_to_score():
    """The message names the model."""
    assert ModelCard("mlp", "binary", ("no", "yes"), "").scored_task == "binary"
    with pytest.raises(InputError, match="echo has no classes to score"):
        _ = CARD.scored_task
