"""Tests of word-level tokenizers."""

from transformers import AutoTokenizer

from angelshare.models.vocabulary import build_word_tokenizer


def test_words_are_ranked_by_frequency_and_then_by_alphabet():
    """Of four words, b comes three times, a and c twice, d once: with six places, d has none."""
    tokenizer = build_word_tokenizer(["b c a b", "c b A d"], 7, max_length=8)
    expected = {"[PAD]": 0, "[UNK]": 1, "[MASK]": 2, "[SEP]": 3, "b": 4, "a": 5, "c": 6}
    assert tokenizer.get_vocab() == expected


def test_text_is_lower_cased_and_split_at_punctuation():
    """A comma is a word of its own, and a word that is not known has the number 1."""
    tokenizer = build_word_tokenizer(["soup , bread"], 20, max_length=8)
    vocabulary = tokenizer.get_vocab()
    assert tokenizer("Soup,tea")["input_ids"] == [vocabulary["soup"], vocabulary[","], 1]


def test_a_mask_in_a_text_is_one_token_and_counts_for_nothing_in_the_vocabulary():
    """Texts of mask-and-sample hold [MASK]; its letters and brackets do not become words."""
    tokenizer = build_word_tokenizer(["good [MASK] soup"], 20, max_length=8)
    assert set(tokenizer.get_vocab()) == {"[PAD]", "[UNK]", "[MASK]", "[SEP]", "good", "soup"}
    assert tokenizer("[MASK] soup")["input_ids"][0] == 2


def test_a_pair_is_separated_and_an_empty_text_has_no_tokens():
    """Only pairs get a special token."""
    tokenizer = build_word_tokenizer(["a b"], 20, max_length=8)
    assert tokenizer("a", "b")["input_ids"] == [4, 3, 5]
    assert tokenizer("")["input_ids"] == []


def test_saving_and_loading_keeps_every_number(tmp_path):
    """The folder holds an ordinary fast tokenizer."""
    tokenizer = build_word_tokenizer(["warm soup", "warm bread"], 20, max_length=8)
    tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert loaded("warm bread, tea") == tokenizer("warm bread, tea")
    assert loaded.model_max_length == 8


def test_no_text_gives_the_special_tokens_only():
    """Whatever comes is unknown then."""
    tokenizer = build_word_tokenizer([], 20, max_length=8)
    assert len(tokenizer) == 4
    assert tokenizer("soup")["input_ids"] == [1]
