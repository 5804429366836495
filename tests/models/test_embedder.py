"""Tests of encoders as embedders."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from angelshare.core.abilities import EncodingEmbedder
from angelshare.core.errors import ModelError
from angelshare.core.text import TextBatch
from angelshare.models import questions
from angelshare.models.embedder import load_embedder, pooled
from angelshare.models.folders import fingerprint
from angelshare.models.observe import ask

TEXTS = ("the soup was warm and good", "stale bread")


def test_each_pooling_gives_what_the_encoder_says(bert_folder):
    """One text at a time from the encoder itself; here texts of different lengths share a batch."""
    model, tokenizer = AutoModel.from_pretrained(bert_folder).eval(), AutoTokenizer.from_pretrained(bert_folder)
    for text in TEXTS:
        with torch.no_grad():
            outputs = model(**tokenizer(text, return_tensors="pt"))
        states = outputs.last_hidden_state[0]
        expected = {"cls": states[0], "mean": states.mean(0), "pooler": outputs.pooler_output[0]}
        for pooling, vector in expected.items():
            embedder = load_embedder(bert_folder, pooling)
            ours = ask(questions.embeddings(embedder), TextBatch(TEXTS))[TEXTS.index(text)]
            assert ours == pytest.approx(vector.numpy(), abs=1e-5)


def test_a_classifier_is_embedded_without_its_head(bert_folder):
    """The card says which model it is; the width is that of its layers."""
    embedder = load_embedder(bert_folder, "mean", name="teacher/0")
    assert isinstance(embedder, EncodingEmbedder)
    assert (embedder.card.name, embedder.card.task, embedder.width) == ("teacher/0", None, 16)
    assert embedder.card.fingerprint == fingerprint(bert_folder)
    assert embedder.embed(TextBatch(())).shape == (0, 16)
    assert np.isfinite(embedder.embed(TextBatch(TEXTS))).all()


def test_padding_does_not_count_on_either_side():
    """Tokens 1 and 2 of the first text, token 0 of the second."""
    states = torch.tensor([[[9.0], [1.0], [3.0]], [[5.0], [9.0], [9.0]]])
    mask = torch.tensor([[0, 1, 1], [1, 0, 0]])
    assert pooled(states, mask, "cls").tolist() == [[1.0], [5.0]]
    assert pooled(states, mask, "mean").tolist() == [[2.0], [5.0]]


def test_a_pooler_that_is_not_in_the_folder_is_refused(bert_folder):
    """It would be random numbers; other poolings do without it."""
    path = bert_folder / "model.safetensors"
    weights = {name: weight for name, weight in load_file(path).items() if "pooler" not in name}
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 2 weights of an embedder that pools by pooler \(pooler\.dense"):
        load_embedder(bert_folder, "pooler")
    assert load_embedder(bert_folder, "cls").pooling == "cls"


def test_a_model_without_a_pooler_is_refused_where_it_is_asked_for(gpt_folder):
    """As GPT-2; the mean of its tokens serves."""
    with pytest.raises(ModelError, match="has no pooler"):
        load_embedder(gpt_folder, "pooler")
    assert load_embedder(gpt_folder, "mean").width == 16


@pytest.mark.real_weights
def test_minilm_finds_like_sentences_alike():
    """By the pooling it was trained with, the mean."""
    texts = TextBatch(("A man is playing a guitar.", "Someone plays an instrument.", "The stock market fell today."))
    vectors = ask(questions.embeddings(load_embedder("minilm", "mean")), texts)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    close, far = unit[0] @ unit[1], unit[0] @ unit[2]
    assert vectors.shape == (3, 384)
    assert close > far + 0.4
