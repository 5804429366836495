"""Steps: networks are run for what an objective looks at, and for no more."""

import pytest
import torch
from films import small_student, small_transformer

from angelshare.core.errors import InputError
from angelshare.distillation.step import output_of

INPUTS = {"input_ids": torch.tensor([[5, 6, 7], [8, 9, 0]]), "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]])}


def test_a_network_that_nothing_else_is_needed_of_gives_logits_alone():
    """They are what the network gives by itself."""
    network = small_transformer()[0].eval()
    output = output_of(network, INPUTS, frozenset({"teacher", "labels"}))
    assert torch.equal(output.logits, network(**INPUTS).logits)
    assert output.hidden_states is None
    assert output.attentions is None


def test_hidden_states_are_the_embeddings_and_those_of_every_layer():
    """Two layers, 8 wide: three tensors, and no attentions."""
    network = small_transformer(n_layers=2)[0].eval()
    output = output_of(network, INPUTS, frozenset({"hidden_states"}))
    assert [tuple(state.shape) for state in output.hidden_states] == [(2, 3, 8)] * 3
    assert torch.equal(output.hidden_states[0], network.bert.embeddings(INPUTS["input_ids"]))
    assert output.attentions is None


def test_attentions_are_shares_of_the_tokens_in_every_layer_and_head():
    """Padding gets none."""
    output = output_of(small_transformer(n_layers=2)[0].eval(), INPUTS, frozenset({"attentions"}))
    assert [tuple(layer.shape) for layer in output.attentions] == [(2, 2, 3, 3)] * 2
    for layer in output.attentions:
        torch.testing.assert_close(layer.sum(dim=-1), torch.ones(2, 2, 3))
        assert torch.equal(layer[1, :, :, 2], torch.zeros(2, 3))


@pytest.mark.parametrize("need", ["hidden_states", "attentions"])
def test_a_bag_of_words_has_nothing_inside_to_look_at(need):
    """The sentence says what is needed and of which network."""
    with pytest.raises(InputError, match=f"needs {need.replace('_', ' ')}, and a MlpFor.* has none"):
        output_of(small_student()[0], INPUTS, frozenset({need}))
