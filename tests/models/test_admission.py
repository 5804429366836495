"""Tests of what is refused before anything of a model folder is loaded."""

import builtins
import sys

import pytest
import torch
from folder_edits import edit_config, edit_fields, edit_tokenizer, shard
from safetensors.torch import load_file, save_file
from transformers import CanineConfig, CanineForSequenceClassification, CanineTokenizer

from angelshare.core.errors import ModelError
from angelshare.core.text import TextBatch
from angelshare.models.causal import load_causal
from angelshare.models.checkpoint import load_backbone, load_model, load_scorer, mask_token
from angelshare.models.embedder import load_embedder
from angelshare.models.folders import fingerprint
from angelshare.models.memory import Loading, peak_memories

LOADERS = {
    "scorer": load_scorer,
    "model": load_model,
    "backbone": lambda folder: load_backbone(folder, labels=("a", "b"), task="binary", seed=0),
    "mask": mask_token,
    "embedder": lambda folder: load_embedder(folder, "mean"),
    "causal": load_causal,
}
every_loader = pytest.mark.parametrize("load", LOADERS.values(), ids=LOADERS)
every_network_loader = pytest.mark.parametrize(
    "load", [load for name, load in LOADERS.items() if name != "mask"], ids=[name for name in LOADERS if name != "mask"]
)


@pytest.fixture
def nobody_asked(monkeypatch):
    """Fail where the user would be asked."""

    def ask(*_):
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(builtins, "input", ask)


@pytest.fixture
def with_code(bert_folder):
    """A model whose code leaves a file behind when it is run."""
    code = f"open({str(bert_folder / 'ran')!r}, 'w')\nConfig = Network = Words = None\n"
    (bert_folder / "brought.py").write_text(code)
    return bert_folder


@every_loader
def test_code_of_a_tokenizer_is_not_run_and_nobody_is_asked(with_code, nobody_asked, load):
    """One sentence says so; also for a teacher, a backbone and a mask token, where no flag is taken."""
    edit_tokenizer(with_code, tokenizer_class="Words", auto_map={"AutoTokenizer": ["brought.Words", None]})
    with pytest.raises(ModelError, match=r"(needs code that comes with it \(auto_map\).*`|causal language model.*)\.$"):
        load(with_code)
    assert not (with_code / "ran").exists()


@every_network_loader
def test_code_of_a_network_is_not_run_and_nobody_is_asked(with_code, nobody_asked, load):
    """The configuration and the network are both code."""
    loaders = ("AutoModel", "AutoModelForSequenceClassification", "AutoModelForCausalLM")
    auto_map = {"AutoConfig": "brought.Config"} | dict.fromkeys(loaders, "brought.Network")
    edit_config(with_code, model_type="homemade", auto_map=auto_map)
    with pytest.raises(ModelError, match=r"needs code that comes with it \(auto_map\)[^.]*\.$"):
        load(with_code)
    assert not (with_code / "ran").exists()


def test_the_mask_token_of_a_network_with_code_is_read_without_it(with_code, nobody_asked):
    """Its tokenizer needs none."""
    edit_config(with_code, model_type="homemade", auto_map={"AutoConfig": "brought.Config"})
    assert mask_token(with_code) == "[MASK]"
    assert not (with_code / "ran").exists()


def test_where_transformers_has_the_class_the_code_that_comes_along_is_not_run(with_code, nobody_asked):
    """Many models brought code before transformers knew their type."""
    edit_config(with_code, auto_map={"AutoConfig": "brought.Config", "AutoModel": "brought.Network"})
    assert load_scorer(with_code).card.labels == ("bad", "good")
    assert not (with_code / "ran").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak memory of a process")
def test_the_process_that_measures_memory_runs_no_code(with_code):
    """It says why it measured nothing."""
    edit_config(with_code, model_type="homemade", auto_map={"AutoConfig": "brought.Config"})
    (peak,) = peak_memories([Loading(str(with_code))], TextBatch(("soup",)))
    assert "auto_map" in peak.problem
    assert not (with_code / "ran").exists()


@every_loader
def test_a_folder_without_a_vocabulary_is_refused(bert_folder, load):
    """Transformers would make up one of five tokens."""
    (bert_folder / "tokenizer.json").unlink()
    (bert_folder / "tokenizer_config.json").unlink()
    with pytest.raises(ModelError, match=r"has no tokenizer|not a causal language model"):
        load(bert_folder)


def test_an_empty_vocabulary_is_refused(bert_folder):
    """It knows the special tokens and no word."""
    (bert_folder / "tokenizer.json").unlink()
    (bert_folder / "tokenizer_config.json").unlink()
    (bert_folder / "vocab.txt").write_text("")
    with pytest.raises(ModelError, match=r"tokenizer in .* knows no words"):
        load_scorer(bert_folder)


def test_a_model_of_characters_needs_no_vocabulary(tmp_path):
    """Its tokenizer has no file of words."""
    config = CanineConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, num_hash_buckets=16,
        local_transformer_stride=16, max_position_embeddings=64,
    )  # fmt: skip
    CanineForSequenceClassification(config).save_pretrained(tmp_path)
    CanineTokenizer(model_max_length=64).save_pretrained(tmp_path)
    assert load_scorer(tmp_path).card.max_length == 64


@every_loader
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, r"is quantised \(bitsandbytes\)"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, r"is quantised \(gptq\)"),
        ({"quantization_config": 8}, "is quantised"),
        ({"model_type": "t5"}, "is a t5 model; the T5 family is not supported"),
        ({"model_type": "mt5"}, "is a mt5 model"),
        ({"attn_implementation": "some-body/kernel"}, "some-body/kernel, which is code from elsewhere"),
        ({"text_config": {"_attn_implementation": "flash_attention_2"}}, "code from elsewhere"),
        ({"attn_implementation": {"": "sdpa", "text_config": "some-body/kernel"}}, "code from elsewhere"),
        ({"architectures": [3]}, r"its architectures are \[3\]"),
        ({"transformers_weights": "sub/other.safetensors"}, r"names other weights in its config\.json"),
    ],
)
def test_what_is_not_supported_is_named(bert_folder, fields, words, load):
    """Before a library that is not installed is missed, or anything is fetched."""
    edit_config(bert_folder, **fields)
    with pytest.raises(ModelError, match=words):
        load(bert_folder)


@every_loader
@pytest.mark.parametrize(
    ("file", "fields"),
    [
        ("config.json", {"configuration_files": ["config.4.0.0.json"]}),
        ("tokenizer_config.json", {"fast_tokenizer_files": ["../tokenizer.4.0.0.json"]}),
    ],
)
def test_files_that_would_be_read_in_the_place_of_others_are_refused(bert_folder, file, fields, load):
    """They would be neither checked nor in the fingerprint: code from elsewhere, and another vocabulary in silence."""
    edit_fields(bert_folder / file, **fields)
    with pytest.raises(ModelError, match=rf"{file} names files to read in its place \({next(iter(fields))}\)"):
        load(bert_folder)


def test_an_adapter_is_refused(bert_folder):
    """Its other half lies where no fingerprint looks."""
    edit_fields(bert_folder / "adapter_config.json", base_model_name_or_path="elsewhere")
    with pytest.raises(ModelError, match="holds an adapter"):
        load_scorer(bert_folder)


def test_an_implementation_of_torch_itself_may_be_asked_for(bert_folder):
    """It is no code from elsewhere."""
    edit_config(bert_folder, attn_implementation="eager")
    assert load_scorer(bert_folder).card.labels == ("bad", "good")


def test_shards_are_read_and_the_fingerprint_covers_them_and_their_index(bert_folder):
    """A changed weight or index gives another."""
    whole = fingerprint(bert_folder)
    shard(bert_folder, "model-1.safetensors")
    assert load_scorer(bert_folder).card.fingerprint not in ("", whole)
    sharded = fingerprint(bert_folder)
    edit_fields(bert_folder / "model.safetensors.index.json", metadata={"total_size": 1})
    assert fingerprint(bert_folder) != sharded


@every_loader
@pytest.mark.parametrize("allow_pickle", [False, True])
def test_an_index_that_names_a_pickle_is_refused(bert_folder, load, allow_pickle):
    """The pickle would be read without --allow-pickle, and with it unseen by the fingerprint."""
    weights = load_file(bert_folder / "model.safetensors")
    shard(bert_folder, "weights.bin", "decoy.safetensors")
    torch.save(weights, bert_folder / "weights.bin")
    with pytest.raises(ModelError, match=r"names weights\.bin, which is not among the safetensors files"):
        load_scorer(bert_folder, allow_pickle=True) if allow_pickle else load(bert_folder)


@every_loader
@pytest.mark.parametrize("place", ["absolute", "above", "linked", "below", "missing"])
def test_an_index_that_names_a_file_elsewhere_is_refused(bert_folder, tmp_path, load, place):
    """No fingerprint sees it, so that weights could be swapped in silence."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (bert_folder / "sub").mkdir()
    (bert_folder / "link").symlink_to(outside)
    save_file(load_file(bert_folder / "model.safetensors"), outside / "w.safetensors", metadata={"format": "pt"})
    save_file(load_file(outside / "w.safetensors"), bert_folder / "sub" / "w.safetensors", metadata={"format": "pt"})
    named = {
        "absolute": str(outside / "w.safetensors"),
        "above": "../outside/w.safetensors",
        "linked": "link/w.safetensors",
        "below": "sub/w.safetensors",
        "missing": "w.safetensors",
    }[place]
    shard(bert_folder, named, "decoy.safetensors")
    with pytest.raises(ModelError, match=r"w\.safetensors, which is not among the safetensors files beside it"):
        load(bert_folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"weight_map": []}', '{"weight_map": {"a": 3}}'])
def test_a_damaged_index_is_refused(bert_folder, content):
    """By name."""
    shard(bert_folder, "model-1.safetensors")
    (bert_folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(ModelError, match=r"model\.safetensors\.index\.json"):
        load_scorer(bert_folder)


def test_weights_behind_a_link_count_for_the_fingerprint(bert_folder, tmp_path):
    """As in a cache of the hub, whose folders are links; swapped weights give another fingerprint."""
    kept, path = tmp_path / "blob", bert_folder / "model.safetensors"
    path.rename(kept)
    path.symlink_to(kept)
    first = load_scorer(bert_folder).card.fingerprint
    weights = load_file(kept)
    save_file(weights | {"classifier.bias": weights["classifier.bias"] + 1}, kept, metadata={"format": "pt"})
    assert load_scorer(bert_folder).card.fingerprint != first


def test_the_ends_of_generated_texts_count_for_the_fingerprint_where_they_are_others(gpt_folder):
    """Continuations depend on them."""
    path = gpt_folder / "generation_config.json"
    content = path.read_bytes()
    first = fingerprint(gpt_folder)
    edit_fields(path, eos_token_id=[3, 7])
    other = fingerprint(gpt_folder)
    path.unlink()
    without = fingerprint(gpt_folder)
    path.write_bytes(content)
    assert without == first
    assert other != first


def test_a_vocabulary_counts_for_the_fingerprint_where_it_is_what_is_read(bert_folder):
    """Beside a tokenizer.json it is not."""
    first = fingerprint(bert_folder)
    (bert_folder / "spm.model").write_bytes(b"words")
    assert fingerprint(bert_folder) == first
    (bert_folder / "tokenizer.json").unlink()
    with_words = fingerprint(bert_folder)
    (bert_folder / "spm.model").write_bytes(b"other words")
    assert fingerprint(bert_folder) != with_words


@every_loader
@pytest.mark.parametrize("change", [{"num_hidden_layers": 10**9}, {"num_labels": 10**9}], ids=str)
def test_a_network_without_end_is_not_begun(bert_folder, load, change):
    """Layer by layer, or name by name, it would take for ever."""
    edit_config(bert_folder, **change)
    (name,) = change
    with pytest.raises(ModelError, match=rf"has a config\.json with {name} 1,000,000,000, and no model has as many\."):
        load(bert_folder)


def test_a_backbone_larger_than_its_weights_takes_no_memory(bert_folder):
    """Its random numbers would."""
    edit_config(bert_folder, vocab_size=10**12)
    with pytest.raises(ModelError, match=r"config\.json of [\d,]{17,} parameters, and weights of [\d,]+ bytes\."):
        load_backbone(bert_folder, labels=("a", "b"), task="binary", seed=0)
