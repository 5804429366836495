"""Tests of families: shapes from configurations alone, and heads sliced out."""

import pytest
import torch
from encoders import SMALL_ENCODERS, small_encoder
from transformers import AutoModel, BertConfig, RobertaConfig

from angelshare.core.errors import ModelError
from angelshare.models.checkpoint import load_backbone
from angelshare.models.families import FAMILIES, family_of

IDS = torch.tensor([[2, 5, 6, 7, 3], [2, 9, 3, 1, 1]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
ROBERTA_BASE = RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1)


def unfilled(config):
    """Return a backbone whose weights take no memory."""
    with torch.device("meta"):
        return AutoModel.from_config(config)


def n_layer_weights(width, feed_forward):
    """Count a layer: four projections, the feed-forward part, two norms."""
    return 4 * (width**2 + width) + 2 * width * feed_forward + feed_forward + width + 4 * width


def n_other_weights(config):
    """Count embeddings, a projection of them where they are narrower, and the pooler where there is one."""
    width, kind = config.hidden_size, config.model_type
    embedding = getattr(config, "embedding_size", width)
    n_rows = config.vocab_size + config.max_position_embeddings + getattr(config, "type_vocab_size", 0)
    projection = embedding * width + width if embedding != width else 0
    pooler = width**2 + width if kind in ("bert", "roberta") else 0
    return n_rows * embedding + 2 * embedding + projection + pooler


@pytest.mark.parametrize("name", SMALL_ENCODERS)
@pytest.mark.parametrize(
    "cut", [{}, {"layers": 1}, {"heads": 4}, {"width": 12}, {"width": 8, "feed_forward": 64}, {"feed_forward": 20}]
)
def test_a_shape_has_as_many_weights_as_the_formula_says(name, cut):
    """All of them are counted from the configuration; heads split anew take as many."""
    config = SMALL_ENCODERS[name]
    width = cut.get("width", 16)
    feed_forward = cut.get("feed_forward", 4 * width)
    small = family_of(config).shape(config, **cut)
    expected = cut.get("layers", 4) * n_layer_weights(width, feed_forward) + n_other_weights(small)
    assert unfilled(small).num_parameters() == expected
    assert config.num_hidden_layers == 4


@pytest.mark.parametrize(
    ("cut", "millions"),
    [
        ({}, 124.6),
        ({"layers": 9}, 103.4),
        ({"layers": 6}, 82.1),
        ({"layers": 3}, 60.9),
        ({"heads": 8}, 124.6),
        ({"heads": 4}, 124.6),
        ({"width": 516}, 64.9),
        ({"width": 384}, 40.9),
        ({"layers": 6, "width": 384}, 30.3),
        ({"width": 516, "feed_forward": 3072}, 77.4),
    ],
)
def test_the_students_of_mohanty_et_al_have_the_size_of_their_table_4(cut, millions):
    """Cut from RoBERTa base; the last one keeps the feed-forward width."""
    config = FAMILIES["roberta"].shape(ROBERTA_BASE, **cut)
    assert unfilled(config).num_parameters() / 1e6 == pytest.approx(millions, abs=0.05)


def test_removed_heads_take_their_weights_along():
    """8 of 12 heads of RoBERTa base are 115.2 million weights: 48 heads less, each 64 * (4 * 768 + 3)."""
    model = unfilled(ROBERTA_BASE)
    before = model.num_parameters()
    FAMILIES["roberta"].remove_heads(model, {layer: range(9, 13) for layer in range(1, 13)})
    assert before - model.num_parameters() == 48 * 64 * (4 * 768 + 3)
    assert model.num_parameters() / 1e6 == pytest.approx(115.2, abs=0.05)


def silenced(model, heads, head_width):
    """Let heads (layer -> heads, from 1) give zeros, and return the model."""
    family = family_of(model.config)
    for number, numbers in heads.items():
        silent = torch.cat([torch.arange(head_width) + (head - 1) * head_width for head in numbers])

        def zero(_module, inputs, silent=silent):
            return (inputs[0].index_fill(-1, silent, 0.0),)

        layer = model.base_model.get_submodule(family.layers)[number - 1]
        layer.get_submodule(family.from_heads).register_forward_pre_hook(zero)
    return model


@pytest.mark.parametrize("name", SMALL_ENCODERS)
def test_a_removed_head_is_one_that_gives_zeros(name):
    """In two layers, with padding."""
    model, smaller, heads = small_encoder(name), small_encoder(name), {1: [2], 3: [1]}
    family_of(smaller.config).remove_heads(smaller, heads)
    with torch.inference_mode():
        whole = model(IDS, attention_mask=MASK).logits
        expected = silenced(model, heads, 8)(IDS, attention_mask=MASK).logits
        torch.testing.assert_close(smaller(IDS, attention_mask=MASK).logits, expected)
    assert not torch.allclose(whole, expected, atol=1e-3)


def test_heads_are_counted_as_they_are_now():
    """Twice the first of a layer: those that were the first and the second."""
    config = BertConfig(hidden_size=16, num_attention_heads=4, num_hidden_layers=1)
    pruned, other = unfilled(config), unfilled(config)
    FAMILIES["bert"].remove_heads(pruned, {1: [1]})
    FAMILIES["bert"].remove_heads(pruned, {1: [1]})
    FAMILIES["bert"].remove_heads(other, {1: [1, 2]})
    assert pruned.num_parameters() == other.num_parameters()


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        ({"width": 10, "heads": 4}, "width of 10 cannot be split into 4 equal heads"),
        ({"heads": 0}, "16 cannot be split into 0 equal heads"),
        ({"heads": 3}, "16 cannot be split into 3 equal heads"),
        ({"width": 32}, "is 16 wide, so it cannot be cut to a width of 32"),
        ({"width": 0}, "cut to a width of 0"),
        ({"feed_forward": 0}, "64 wide in its feed-forward part, so it cannot be cut to a width of 0"),
    ],
)
@pytest.mark.parametrize("name", SMALL_ENCODERS)
def test_a_shape_that_no_model_has_is_refused(name, cut, says):
    """With the numbers."""
    config = SMALL_ENCODERS[name]
    with pytest.raises(ModelError, match=says):
        family_of(config).shape(config, **cut)


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        ({5: [1]}, "layers 1 to 4, so layer 5"),
        ({0: [1]}, "layers 1 to 4, so layer 0"),
        ({1: [3]}, r"heads 1 to 2 and keeps at least one, so the heads \[3\]"),
        ({2: [1, 2]}, "Layer 2 has heads 1 to 2"),
    ],
)
def test_heads_that_there_are_not_and_all_of_a_layer_are_refused(heads, says):
    """With what there is."""
    model = unfilled(SMALL_ENCODERS["bert"])
    with pytest.raises(ModelError, match=says):
        FAMILIES["bert"].remove_heads(model, heads)


@pytest.mark.real_weights
def test_heads_removed_from_the_real_weights_are_heads_that_give_zeros():
    """MiniLM-L6 without some of its 72 heads of width 32, on two texts of unequal length."""
    heads = {1: [1, 12], 4: [2, 3, 5, 7, 11], 6: range(2, 13)}
    model, tokenizer = load_backbone("minilm", labels=("bad", "good"), task="binary", seed=0)
    smaller, _ = load_backbone("minilm", labels=("bad", "good"), task="binary", seed=0)
    inputs = tokenizer(["the soup was warm", "nobody came"], padding=True, return_tensors="pt")
    before = smaller.num_parameters()
    FAMILIES["bert"].remove_heads(smaller, heads)
    with torch.inference_mode():
        whole = model.eval()(**inputs, output_hidden_states=True).hidden_states[-1]
        expected = silenced(model, heads, 32)(**inputs, output_hidden_states=True).hidden_states[-1]
        states = smaller.eval()(**inputs, output_hidden_states=True).hidden_states[-1]
    torch.testing.assert_close(states, expected, atol=1e-4, rtol=1e-4)
    assert (whole - expected).abs().max() > 0.1
    assert before - smaller.num_parameters() == 18 * 32 * (4 * 384 + 3)
