"""Tests of peak memory, measured in real processes."""

import sys

import pytest
from transformers import BertConfig, BertForSequenceClassification

from angelshare.core.text import TextBatch
from angelshare.models import memory
from angelshare.models.checkpoint import save_model
from angelshare.models.memory import Loading, PeakMemory, peak_memories

TEXTS = TextBatch(("the soup was warm and good", "nobody liked the cold soup"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak memory of a process")
def test_a_model_takes_at_least_its_weights_and_one_that_is_not_there_says_so(word_tokenizer, tmp_path):
    """2 x 500 x 15,000 weights of four bytes, all of them needed for every text, are 60 MB."""
    config = BertConfig(
        vocab_size=len(word_tokenizer), hidden_size=500, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=15_000, max_position_embeddings=32,
    )  # fmt: skip
    save_model(
        BertForSequenceClassification(config), word_tokenizer, tmp_path / "wide",
        task="binary", labels=("bad", "good"), kind="transformer",
    )  # fmt: skip
    folders = (tmp_path / "wide", tmp_path / "nowhere")
    wide, missing = peak_memories([Loading(str(folder), precision="fp32") for folder in folders], TEXTS)
    assert wide.problem is None
    # weights may be held twice while they load, and libraries that are touched for the first time count
    assert 60e6 < wide.n_bytes < 400e6
    assert missing.n_bytes is None
    assert "nowhere" in missing.problem


def test_systems_that_do_not_tell_are_named(monkeypatch, tmp_path):
    """No process is started for nothing."""
    monkeypatch.setattr(memory, "_RESET", tmp_path / "clear_refs")
    assert (
        peak_memories([Loading("a"), Loading("b")], TEXTS)
        == [PeakMemory(None, "Only Linux tells the peak memory of a process.")] * 2
    )


def test_a_process_that_fails_says_its_last_word(monkeypatch, tmp_path):
    """Its figure is missing, the reason is not."""
    (tmp_path / "clear_refs").touch()
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho first >&2\necho no room >&2\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setattr(memory, "_RESET", tmp_path / "clear_refs")
    monkeypatch.setattr(memory.sys, "executable", str(broken))
    assert peak_memories([Loading("a")], TEXTS) == [PeakMemory(None, "The process that measures ended with 7: no room")]
