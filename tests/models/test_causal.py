"""Tests of causal language models."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, AutoTokenizer, BertConfig, BertLMHeadModel

from angelshare.core.abilities import Generation, Generator, LanguageModel
from angelshare.core.errors import InputError, ModelError
from angelshare.core.text import TextBatch
from angelshare.models import questions
from angelshare.models.causal import load_causal, windows
from angelshare.models.folders import fingerprint
from angelshare.models.observe import ask

SHORT = ("the soup was warm", "", "good bread , warm soup", "the")
LONG = " ".join(["the soup was warm and good", "nobody liked the cold soup", "a table by the window"] * 4)


@pytest.fixture(scope="module")
def gpt(gpt_folder):
    """The small GPT-2, loaded."""
    return load_causal(gpt_folder)


def directly(folder, text, first=1):
    """Return the log-probabilities of a text's tokens from `first` on, from the network itself, one text at a time."""
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    tokens = [tokenizer.bos_token_id, *tokenizer(text, add_special_tokens=False)["input_ids"]]
    with torch.no_grad():
        log_probs = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
    return np.array([log_probs[place - 1, tokens[place]].item() for place in range(first, len(tokens))])


def test_the_card_says_what_is_known_of_the_model(gpt, gpt_folder):
    """It has no task and no labels."""
    card = gpt.card
    assert (card.name, card.task, card.labels, card.max_length, card.kind) == ("gpt", None, (), 16, "gpt2")
    assert card.fingerprint == fingerprint(gpt_folder)
    assert isinstance(gpt, LanguageModel)
    assert isinstance(gpt, Generator)
    assert gpt.style == "causal"


def test_log_probs_are_those_that_the_network_gives(gpt, gpt_folder):
    """Each token from all before it, the first from the token that begins texts; texts share a batch."""
    given_directly = [directly(gpt_folder, text) for text in SHORT]
    for ours, theirs in zip(gpt.token_log_probs([""] * len(SHORT), SHORT), given_directly, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)


def test_the_first_token_of_an_untrained_text_follows_the_beginning(gpt):
    """An empty text has no tokens, and one word has one."""
    assert [len(of_text) for of_text in gpt.token_log_probs([""] * len(SHORT), SHORT)] == [4, 0, 5, 1]


def test_a_continuation_has_the_log_probs_it_has_within_the_whole_text(gpt, gpt_folder):
    """The context is given, not counted."""
    (ours,) = gpt.token_log_probs(["the soup was"], [" warm and good"])
    assert ours == pytest.approx(directly(gpt_folder, "the soup was warm and good", first=4), abs=1e-5)


def test_the_end_of_a_context_that_is_too_long_counts(gpt, gpt_folder):
    """16 tokens are given at once: of 64 the last predict the next."""
    words = LONG.split()
    (ours,) = gpt.token_log_probs([" ".join(words[:-1])], [words[-1]])
    tokenizer, model = AutoTokenizer.from_pretrained(gpt_folder), AutoModelForCausalLM.from_pretrained(gpt_folder)
    tokens = tokenizer(LONG)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([tokens[-17:-1]])).logits
    assert ours == pytest.approx([logits[0, -1].log_softmax(-1)[tokens[-1]].item()], abs=1e-5)


def test_a_long_text_is_read_in_windows_that_move_on_by_half(gpt, gpt_folder):
    """64 tokens: 16 are predicted from the beginning; then 8 at a time, the first of them from the 9 before it."""
    tokenizer, model = AutoTokenizer.from_pretrained(gpt_folder), AutoModelForCausalLM.from_pretrained(gpt_folder)
    tokens = [tokenizer.bos_token_id, *tokenizer(LONG)["input_ids"]]
    expected = []
    for first in (1, 17, 25, 33, 41, 49, 57):
        end = 17 if first == 1 else min(first + 8, len(tokens))
        seen = tokens[end - 17 : end - 1]
        with torch.no_grad():
            log_probs = model(torch.tensor([seen])).logits[0].log_softmax(-1)
        expected += [log_probs[place - (end - 17) - 1, tokens[place]].item() for place in range(first, end)]
    (ours,) = gpt.token_log_probs([""], [LONG])
    assert len(ours) == len(tokens) - 1 == 64
    assert ours == pytest.approx(expected, abs=1e-5)


@given(st.integers(1, 60), st.integers(0, 100), st.integers(1, 40))
def test_windows_predict_every_token_once_from_all_before_it_or_more_than_half_a_width(first, more, width):
    """Whatever the context, the text and the model."""
    taken = list(windows(first, first + more, width))
    assert [place for window in taken for place in range(window.first, window.end)] == list(range(first, first + more))
    for window in taken:
        assert window.end - 1 - window.start <= width
        assert window.start == 0 or window.first - window.start > width / 2


def test_likelihoods_do_not_depend_on_the_company_of_a_text(gpt):
    """Alone, in a batch, or in windows of long ones: nats and tokens."""
    texts = ("the soup was warm", LONG, "good bread", "the bread was stale")
    together = ask(questions.likelihoods(gpt), TextBatch(texts))
    alone = [ask(questions.likelihoods(gpt), TextBatch((text,)))[0] for text in texts]
    assert together == pytest.approx(np.array(alone), abs=1e-3)
    assert together[:, 1].tolist() == [4, 64, 2, 4]


def test_the_likeliest_tokens_are_written_where_only_they_are_drawn_from(gpt, gpt_folder):
    """top_k 1 is greedy, as transformers itself writes; prompts of different lengths share a batch."""
    tokenizer, model = AutoTokenizer.from_pretrained(gpt_folder), AutoModelForCausalLM.from_pretrained(gpt_folder)
    prompts = ["the soup was", "good", ""]
    written = gpt.generate(prompts, Generation(n=1, top_k=1, max_tokens=6))
    for prompt, (text,) in zip(prompts, written, strict=True):
        tokens = torch.tensor([[tokenizer.bos_token_id, *tokenizer(prompt)["input_ids"]]])
        whole = model.generate(tokens, max_new_tokens=6, do_sample=False, pad_token_id=0)
        assert text == tokenizer.decode(whole[0, tokens.shape[1] :], skip_special_tokens=True)


def test_what_is_written_depends_on_the_prompt_and_the_seed_alone(gpt):
    """Not on other prompts, and the first of three continuations is the only one of one."""
    settings = Generation(n=3, max_tokens=5, seed=4)
    together = gpt.generate(["the soup", "good bread", "a"], settings)
    assert gpt.generate(["good bread"], settings) == [together[1]]
    assert gpt.generate(["good bread"], Generation(n=1, max_tokens=5, seed=4)) == [together[1][:1]]
    assert gpt.generate(["good bread"], Generation(n=3, max_tokens=5, seed=5)) != [together[1]]
    assert len(set(together[1])) > 1
    assert gpt.generate([], settings) == []


def test_of_a_prompt_that_is_too_long_the_end_counts(gpt):
    """16 tokens in all: 10 of the prompt and 6 more."""
    settings = Generation(n=2, max_tokens=6, top_k=1)
    (whole,), (end,) = gpt.generate([LONG], settings), gpt.generate([" ".join(LONG.split()[-10:])], settings)
    assert whole == end
    with pytest.raises(InputError, match="gpt takes 16 tokens, prompt included: 16 tokens of continuation"):
        gpt.generate(["the"], Generation(max_tokens=16))


def copied(folder, tmp_path, **changes):
    """Return a copy of a model folder with other fields in its configuration."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return copy


def test_networks_that_do_not_predict_the_next_token_are_refused(bert_folder, gpt_folder, word_tokenizer, tmp_path):
    """A classifier; a network that sees what follows; one whose head is not there."""
    with pytest.raises(
        ModelError, match="is not a causal language model: it was saved as BertForSequenceClassification"
    ):
        load_causal(bert_folder)
    two_way = BertLMHeadModel(BertConfig(vocab_size=40, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    two_way.save_pretrained(tmp_path / "bert")
    word_tokenizer.save_pretrained(tmp_path / "bert")
    with pytest.raises(ModelError, match="a bert network sees the words after a word too"):
        load_causal(tmp_path / "bert")
    with pytest.raises(ModelError, match=r"weights are not in it \(transformer\.h\.2\.attn.*would be random numbers"):
        load_causal(copied(gpt_folder, tmp_path, n_layer=3))


def test_a_tokenizer_without_a_beginning_or_an_end_is_refused(gpt_folder, word_tokenizer, tmp_path):
    """Nothing would predict the first token."""
    folder = copied(gpt_folder, tmp_path)
    word_tokenizer.save_pretrained(folder)
    with pytest.raises(ModelError, match="no token that begins or ends texts"):
        load_causal(folder)


@pytest.mark.real_data
def test_a_trained_model_finds_real_texts_as_likely_as_its_makers_say(gpt_mini, public_sets):
    """A perplexity of about 115 on texts that it has not seen; shuffled words are far less likely."""
    books = pd.read_parquet(public_sets / "books" / "books.parquet")
    texts = [text for text in books[books["split"] == "test"]["text"] if 200 < len(text) < 600][:25]
    rng = np.random.default_rng(0)
    shuffled = [" ".join(rng.permutation(text.split())) for text in texts]
    gpt = load_causal(gpt_mini)
    asked = ask(questions.likelihoods(gpt), TextBatch((*texts, *shuffled))).astype(np.float64)
    nats, n_tokens = asked[: len(texts)].sum(axis=0)
    assert 80 < np.exp(nats / n_tokens) < 150
    assert (asked[len(texts) :, 0] > asked[: len(texts), 0] * 1.2).all()


@pytest.mark.real_data
def test_a_trained_model_writes_words(gpt_mini):
    """With a space before the first, as its tokenizer has it."""
    settings = Generation(n=2, max_tokens=8, top_k=10)
    (written,) = load_causal(gpt_mini).generate(["The old man looked at"], settings)
    assert len(written) == 2
    assert all(text.startswith(" ") and text.strip() for text in written)
