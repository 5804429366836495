"""Tests of networks as scorers."""

import numpy as np
import pytest
import torch

from angelshare.core.text import TextBatch
from angelshare.models import encoder
from angelshare.models.bag import MlpConfig, MlpForSequenceClassification
from angelshare.models.checkpoint import load_backbone, load_scorer, save_model
from angelshare.models.encoder import has_bf16, in_bf16, resolve_precision
from angelshare.models.encoding import encode_batch, padded

BATCH = TextBatch(("warm soup", "the bread was stale", ""))


def test_scores_are_what_the_network_gives_for_each_text(bert, bert_folder, word_tokenizer):
    """Padded together or alone."""
    scores = load_scorer(bert_folder, precision="fp32").score(BATCH)
    for text, row in zip(BATCH.texts[:2], scores, strict=False):
        ids = torch.tensor([word_tokenizer(text)["input_ids"]])
        assert np.allclose(bert(ids).logits[0].detach(), row, atol=1e-5)


def test_an_encoding_is_as_long_as_its_tokens_and_is_cut(word_tokenizer):
    """Also for pairs, which are cut as a whole."""
    lengths = [len(e) for e in encode_batch(word_tokenizer, TextBatch(("warm soup", "", "soup " * 50)), 8)]
    assert lengths == [2, 0, 8]
    assert len(encode_batch(word_tokenizer, TextBatch(("soup " * 9,), ("bread " * 9,)), 8)[0]) == 8


def test_segments_are_kept_where_the_tokenizer_gives_them(word_tokenizer):
    """A padded batch has the tokenizer's own columns."""
    names = word_tokenizer.model_input_names
    try:
        word_tokenizer.model_input_names = [*names, "token_type_ids"]
        inputs = padded(encode_batch(word_tokenizer, TextBatch(("soup",), ("bread tea",)), 8), word_tokenizer)
        assert set(inputs) == {"input_ids", "token_type_ids", "attention_mask"}
    finally:
        word_tokenizer.model_input_names = names


def test_padding_goes_to_the_side_of_the_tokenizer(word_tokenizer):
    """Left or right."""
    encodings = [np.array([[7]], dtype=np.int32), np.array([[8], [9]], dtype=np.int32)]
    assert padded(encodings, word_tokenizer)["input_ids"].tolist() == [[7, 0], [8, 9]]
    word_tokenizer.padding_side = "left"
    try:
        inputs = padded(encodings, word_tokenizer)
    finally:
        word_tokenizer.padding_side = "right"
    assert inputs["input_ids"].tolist() == [[0, 7], [8, 9]]
    assert inputs["attention_mask"].tolist() == [[0, 1], [1, 1]]


def test_bf16_keeps_layer_norms_and_head_in_float32(bert):
    """And leaves the model it was given alone."""
    mixed = in_bf16(bert)
    assert mixed.classifier.weight.dtype == torch.float32
    assert mixed.bert.embeddings.LayerNorm.weight.dtype == torch.float32
    assert mixed.bert.encoder.layer[0].attention.self.query.weight.dtype == torch.bfloat16
    assert bert.bert.encoder.layer[0].attention.self.query.weight.dtype == torch.float32
    logits = mixed(torch.tensor([[5, 6, 7]])).logits
    assert logits.dtype == torch.float32
    assert torch.allclose(logits, bert(torch.tensor([[5, 6, 7]])).logits, atol=0.2)


def test_auto_is_bf16_only_for_transformers_on_processors_that_have_it(bert, monkeypatch):
    """Word networks stay in fp32."""
    word_network = MlpForSequenceClassification(MlpConfig(vocab_size=10))
    for there in (True, False):
        monkeypatch.setattr(encoder, "has_bf16", lambda there=there: there)
        assert resolve_precision("auto", bert) == ("bf16" if there else "fp32")
        assert resolve_precision("auto", word_network) == "fp32"
        assert resolve_precision("fp32", bert) == "fp32"


def test_an_empty_batch_has_no_rows(bert_folder):
    """But its columns."""
    assert load_scorer(bert_folder).score(TextBatch(())).shape == (0, 2)


@pytest.mark.real_weights
@pytest.mark.skipif(not has_bf16(), reason="this processor has no bf16")
def test_bf16_gives_the_labels_of_fp32_on_the_real_weights(tmp_path):
    """A random head on MiniLM, moved to the median so that both labels occur; near ties may differ."""
    model, tokenizer = load_backbone("minilm", labels=("bad", "good"), task="binary", seed=0)
    save_model(
        model, tokenizer, tmp_path / "m", task="binary", labels=("bad", "good"), kind="transformer", max_length=64
    )
    subjects, verbs, objects = (
        ("the cook", "a guest", "nobody", "my aunt"),
        ("liked", "threw", "praised"),
        ("soup", "tea", "a chair"),
    )
    batch = TextBatch(tuple(f"{s} {v} {o}" for s in subjects for v in verbs for o in objects))
    exact, quick = (load_scorer(tmp_path / "m", precision=p).score(batch) for p in ("fp32", "bf16"))
    margins = [scores[:, 1] - scores[:, 0] for scores in (exact, quick)]
    cut = np.median(margins[0])
    assert np.abs(exact - quick).max() < 0.05
    assert ((margins[0] >= cut) == (margins[1] >= cut)).mean() > 0.85
