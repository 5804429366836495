"""Networks of Hugging Face in memory."""

from types import SimpleNamespace

import pytest

import angelshare as ash
from angelshare.core.errors import InputError
from angelshare.recipes.rebuild import differing_rows


def saved(network, folder):
    """Return the folder of a network."""
    for part in network:
        part.save_pretrained(folder)
    return folder


def test_a_network_in_memory_is_the_one_in_its_folder(network, texts, tmp_path):
    """To the last digit, under the same fingerprint; as a pipeline too, and it stays in the mode that it was in."""
    model, tokenizer = network
    model.train()
    folder = saved(network, tmp_path / "folder")
    given = {"data": texts, "task": "binary", "audits": ["quality", "agreement"]}
    in_memory = ash.audit(network, {"same": SimpleNamespace(model=model, tokenizer=tokenizer)}, **given)
    on_disk = ash.audit(folder, {"same": folder}, **given)
    assert differing_rows(in_memory.content, on_disk.content) == []
    assert {each.fingerprint for each in in_memory.content.models} == {
        each.fingerprint for each in on_disk.content.models
    }
    assert model.training


def test_networks_and_answers_are_compared(network, texts):
    """The answers are those to the texts, row by row."""
    statement = ash.audit(
        network,
        {"rule": texts.text.str.contains("good").to_numpy()},
        data=texts,
        task="binary",
        labels=["bad", "good"],
        audits="quality",
    )
    (accuracy,) = [row for row in statement.content.audits[0].differences if row.metric == "accuracy"]
    assert accuracy.left_value == 1


def test_a_network_needs_its_tokenizer_and_texts(network, texts):
    """Both are said."""
    model, tokenizer = network
    with pytest.raises(
        InputError, match=r"^student is a network without its tokenizer\. Give both: \(model, tokenizer\)"
    ):
        ash.audit(network, model, data=texts, task="binary")
    with pytest.raises(InputError, match=r"is a model, and there are no texts for it to read\. Give `data`\.$"):
        ash.audit(network, (model, tokenizer), task="binary")
