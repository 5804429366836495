"""Tests of students cut from a teacher: its layers, its heads, its widths."""

import pytest
import torch
from encoders import SMALL_ENCODERS, small_encoder
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForSequenceClassification, GPT2Config

from angelshare.core.errors import ModelError
from angelshare.models.checkpoint import load_backbone
from angelshare.models.shrink import chosen_layers, cut, remove_heads

IDS = torch.tensor([[2, 5, 6, 7, 3]])


@pytest.mark.parametrize(
    ("n_layers", "layers", "expected"),
    [(6, 3, (2, 4, 6)), (12, 6, (2, 4, 6, 8, 10, 12)), (12, 5, (3, 5, 8, 10, 12)), (6, 1, (6,)), (6, (1, 4), (1, 4))],
)
def test_layers_are_spread_evenly_with_the_last_among_them(n_layers, layers, expected):
    """Layer ceil(i n / k): for 5 of 12, ceil(2.4, 4.8, 7.2, 9.6, 12)."""
    assert chosen_layers(n_layers, layers) == expected


@given(st.integers(1, 48), st.data())
def test_any_number_of_layers_is_distinct_and_ends_with_the_last(n_layers, data):
    """In rising order, too."""
    k = data.draw(st.integers(1, n_layers))
    chosen = chosen_layers(n_layers, k)
    assert len(chosen) == k
    assert list(chosen) == sorted(set(chosen))
    assert chosen[-1] == n_layers
    assert chosen[0] >= 1


@pytest.mark.parametrize("layers", [7, 0, (0, 1), (7,), ()])
def test_layers_that_the_teacher_does_not_have_are_refused(layers):
    """The message says which it has."""
    with pytest.raises(ModelError, match="layers 1 to 6"):
        chosen_layers(6, layers)


@pytest.mark.parametrize("family", SMALL_ENCODERS)
def test_all_layers_give_the_teacher_again(family):
    """Head and embeddings come along."""
    teacher = small_encoder(family)
    student = cut(teacher, layers=4).eval()
    assert torch.equal(student(IDS).logits, teacher(IDS).logits)


@pytest.mark.parametrize("family", SMALL_ENCODERS)
def test_the_first_layers_give_the_teachers_hidden_states(family):
    """Layers 1 and 2 alone reproduce what the teacher has after two layers."""
    teacher = small_encoder(family)
    student = cut(teacher, layers=(1, 2)).eval()
    expected = teacher(IDS, output_hidden_states=True).hidden_states[:3]
    states = student(IDS, output_hidden_states=True).hidden_states
    assert all(torch.equal(a, b) for a, b in zip(states, expected, strict=True))
    assert teacher.config.num_hidden_layers == 4


@pytest.mark.parametrize("family", SMALL_ENCODERS)
def test_heads_split_anew_have_the_teachers_weights(family):
    """Four heads of width 4 from two of width 8: not a weight differs, and the attention does."""
    teacher = small_encoder(family)
    student = cut(teacher, heads=4).eval()
    expected = teacher.state_dict()
    assert all(torch.equal(weight, expected[name]) for name, weight in student.state_dict().items())
    student.set_attn_implementation("eager")
    attentions = student(IDS, output_attentions=True).attentions
    assert [tuple(layer.shape) for layer in attentions] == [(1, 4, 5, 5)] * 4
    assert not torch.allclose(student(IDS).logits, teacher(IDS).logits)


@pytest.mark.parametrize("family", SMALL_ENCODERS)
def test_layers_heads_and_width_are_cut_together(family):
    """Two layers, 8 wide, of four heads, with random weights: it runs."""
    teacher = AutoModelForSequenceClassification.from_config(SMALL_ENCODERS[family])
    student = cut(teacher, layers=2, heads=4, width=8, init="random").eval()
    states = student(IDS, output_hidden_states=True).hidden_states
    assert [tuple(state.shape) for state in states] == [(1, 5, 8)] * 3
    assert student(IDS).logits.shape == (1, 2)


@pytest.mark.parametrize("widths", [{"width": 8}, {"feed_forward": 16}])
def test_a_narrower_student_does_not_take_weights_as_they_are(bert, widths):
    """The sentence says what to write."""
    with pytest.raises(ModelError, match=r"other widths\. Write init: random"):
        cut(bert, **widths)


def test_heads_are_removed_from_a_copy(bert):
    """The teacher keeps its own."""
    before = bert.num_parameters()
    student = remove_heads(bert, {1: [2]})
    assert student.num_parameters() < before == bert.num_parameters()


def test_a_random_student_has_the_shape_only(bert):
    """The same seed gives the same weights, none of them the teacher's."""
    first, same, other = (cut(bert, layers=2, init="random", seed=seed) for seed in (0, 0, 1))
    weight = "bert.encoder.layer.0.attention.self.query.weight"
    assert torch.equal(first.state_dict()[weight], same.state_dict()[weight])
    assert not torch.equal(first.state_dict()[weight], other.state_dict()[weight])
    assert not torch.equal(first.state_dict()[weight], bert.state_dict()[weight])


def test_the_student_is_a_copy(bert):
    """Training it leaves the teacher alone."""
    student = cut(bert, layers=2)
    before = bert.classifier.bias.clone()
    with torch.no_grad():
        student.classifier.bias += 1
    assert torch.equal(bert.classifier.bias, before)


def test_other_families_are_refused_with_those_that_are_supported():
    """A GPT-2 classifier."""
    config = GPT2Config(n_embd=8, n_layer=2, n_head=2, vocab_size=20, n_positions=8, bos_token_id=0, eos_token_id=0)
    with pytest.raises(ModelError, match=r"'gpt2' model cannot be cut.*Supported are bert"):
        cut(AutoModelForSequenceClassification.from_config(config), layers=1)


@pytest.mark.real_weights
def test_layers_of_the_real_weights_reproduce_the_teachers_layers():
    """The first three layers of MiniLM-L6 give its third hidden state."""
    teacher, tokenizer = load_backbone("minilm", labels=("bad", "good"), task="binary", seed=0)
    teacher.eval()
    inputs = tokenizer(["the soup was warm", "nobody came"], padding=True, return_tensors="pt")
    student = cut(teacher, layers=(1, 2, 3)).eval()
    with torch.inference_mode():
        expected = teacher(**inputs, output_hidden_states=True).hidden_states[3]
        states = student(**inputs, output_hidden_states=True).hidden_states[3]
    assert torch.equal(states, expected)
