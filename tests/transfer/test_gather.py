"""Gathering: what is read is either kept or counted under the reason why not, and the same recipe gives the same texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from angelshare.core.errors import InputError
from angelshare.core.protocols import DataCard
from angelshare.core.text import TextBatch
from angelshare.data.texts.loading import TextPool
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.transfer.gather import gather_texts
from angelshare.transfer.spec import MaskAndSample, TextSource, TransferSpec

TRAIN = ("a warm film", "a dull film", "nothing here works at all", "a warm film")
TEST = ("the best thing about it is the quiet ending that nobody saw coming", "Hopeless!")
CARD = DataCard("films", "made up")


def text_set(name, texts, truth=None, *, task="binary", pairs=None):
    """Return texts as a set."""
    labels = {"binary": ("bad", "good"), "regression": ("value",)}[task]
    ids = tuple(f"{name}-{i}" for i in range(len(texts)))
    return TextSet(name, task, labels, ids, TextBatch(tuple(texts), pairs), truth)


def film_splits(**settings):
    """Return a training and a test split."""
    train = text_set("train", TRAIN, np.array([1, 0, 0, 1]))
    return Splits(CARD, {"train": train, "test": text_set("test", TEST)}, **settings)


def pools(**sources):
    """Return a loader of texts by name, which remembers which split was asked for."""

    def load(source, *, split=None):
        texts = sources[source]
        return TextPool(CARD, tuple(map(str, range(len(texts)))), TextBatch(tuple(texts)))

    return load


def test_the_training_split_brings_its_labels_and_other_sources_none():
    """A repeated text counts once; what leaks, in other spelling or by a run of eight words, is dropped."""
    web = ("HOPELESS ...", "fine by me", "a dull film", "I say the best thing about it is the quiet ending, really")
    texts = gather_texts(TransferSpec(sources=("train", "web")), film_splits(), pools(web=web))
    assert texts.batch.texts == ("a warm film", "a dull film", "nothing here works at all", "fine by me")
    assert texts.sources == ("train", "train", "train", "web")
    assert texts.truth.tolist() == [1, 0, 0, -1]
    assert texts.counts == {
        "train": {"read": 4, "duplicate": 1, "kept": 3},
        "web": {"read": 4, "leaked": 2, "duplicate": 1, "kept": 1},
    }


def test_template_sets_share_runs_of_words_by_design():
    """Only a text that says the very same leaks there."""
    web = ("hopeless", "the best thing about it is the quiet ending of every one of these")
    texts = gather_texts(TransferSpec(sources=("web",)), film_splits(from_templates=True), pools(web=web))
    assert texts.batch.texts == web[1:]
    assert texts.counts["web"]["leaked"] == 1


def test_long_texts_are_cut_into_sentences_and_to_length():
    """Sentences come lower-cased, with punctuation set apart."""
    source = TextSource(source="web", sentences=True, min_words=3, max_words=5)
    web = ("It rained. Nobody cared very much about that, or about us. We left early.",)
    texts = gather_texts(TransferSpec(sources=(source,)), film_splits(), pools(web=web))
    assert texts.batch.texts == ("it rained .", "we left early .")
    assert texts.truth is None
    assert texts.counts["web"] == {"read": 3, "length": 1, "kept": 2}


@given(st.permutations(range(12)), st.integers(1, 12))
def test_a_limit_draws_the_same_texts_whatever_their_order(order, limit):
    """The draw is by content."""
    web = [f"text number {i}" for i in range(12)]
    spec = TransferSpec(sources=(TextSource(source="web", limit=limit),))
    first = gather_texts(spec, film_splits(), pools(web=web))
    other = gather_texts(spec, film_splits(), pools(web=[web[i] for i in order]))
    assert set(first.batch.texts) == set(other.batch.texts)
    assert len(first) == limit


def test_copies_come_last_and_are_cut_first():
    """Where there is room for some of them, the sources are kept whole."""
    augment = (MaskAndSample(copies=30, p_mask=0.4),)
    whole = gather_texts(TransferSpec(augment=augment), film_splits())
    cut = gather_texts(TransferSpec(augment=augment, max_examples=10), film_splits())
    assert whole.sources[:3] == ("train",) * 3
    assert set(whole.sources[3:]) == {"mask_and_sample"}
    assert whole.truth.tolist() == [1, 0, 0] + [-1] * (len(whole) - 3)
    assert len(cut) == 10
    assert cut.batch.texts[:3] == whole.batch.texts[:3]
    assert set(cut.batch.texts) <= set(whole.batch.texts)
    assert cut.counts["mask_and_sample"]["max_examples"] == len(whole) - 10


def test_no_copy_says_what_a_test_text_says():
    """An n-gram may happen to be a short test text."""
    splits = Splits(
        CARD, {"train": text_set("train", ("so hopeless indeed",)), "test": text_set("test", ("Hopeless!",))}
    )
    augment = (MaskAndSample(copies=60, p_mask=0, p_pos=0, p_ngram=1),)
    texts = gather_texts(TransferSpec(augment=augment), splits)
    assert "so" in texts.batch.texts
    assert "hopeless" not in texts.batch.texts
    assert texts.counts["mask_and_sample"]["leaked"] == 1


def test_only_the_named_sources_are_augmented():
    """A source that is not among the recipe's is refused, with the nearest name."""
    web = ("every word of this is from elsewhere",)
    spec = TransferSpec(sources=("train", "web"), augment=(MaskAndSample(copies=9, p_pos=0, sources=("web",)),))
    texts = gather_texts(spec, film_splits(), pools(web=web))
    copied = " ".join(t for t, s in zip(texts.batch.texts, texts.sources, strict=True) if s == "mask_and_sample")
    assert set(copied.split()) <= {*web[0].split(), "[MASK]"}
    wrong = TransferSpec(sources=("train",), augment=(MaskAndSample(sources=("trian",)),))
    with pytest.raises(InputError, match="Did you mean 'train'"):
        gather_texts(wrong, film_splits())


def test_words_are_left_out_in_the_teachers_own_way():
    """Its tokenizer would read another's mask as a word."""
    spec = TransferSpec(augment=(MaskAndSample(copies=9, p_mask=0.5, p_pos=0),))
    texts = gather_texts(spec, film_splits(), mask_token="<mask>")
    assert any("<mask>" in text for text in texts.batch.texts)
    assert not any("[MASK]" in text for text in texts.batch.texts)


def test_a_word_has_one_fate():
    """Shares that sum to more than 1 are refused where the recipe is read."""
    assert MaskAndSample(p_mask=0.9, p_pos=0.1).p_pos == 0.1
    with pytest.raises(ValidationError, match=r"p_mask 0\.7 and p_pos 0\.4 sum to more than 1\. Lower one"):
        MaskAndSample(p_mask=0.7, p_pos=0.4)


def test_every_source_brings_its_card_and_copies_none():
    """So that a statement can say under which licence and with which hazards each text was had."""
    web = DataCard("web", "elsewhere", licence="CC0", hazards="rude words")

    def load(source, *, split=None):
        return TextPool(web, ("0", "1"), TextBatch(("a text from elsewhere", "fine by me")))

    spec = TransferSpec(sources=("train", "web", TextSource(source="web", limit=1)), augment=(MaskAndSample(copies=2),))
    assert gather_texts(spec, film_splits(), load).cards == {"train": CARD, "web": web, "web (2)": web}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.integers(1, 40))
def test_what_was_read_is_kept_or_counted(seed, max_examples):
    """For every source, and twice the same recipe gives twice the same texts."""
    spec = TransferSpec(
        sources=("train", TextSource(source="web", min_words=2), TextSource(source="web", limit=2)),
        augment=(MaskAndSample(copies=5),),
        max_examples=max_examples,
        seed=seed,
    )
    web = ("one", "two words", "three words here", "hopeless", "and four words here")
    texts = gather_texts(spec, film_splits(), pools(web=web))
    assert texts.batch == gather_texts(spec, film_splits(), pools(web=web)).batch
    assert list(texts.counts) == ["train", "web", "web (2)", "mask_and_sample"]
    for counts in texts.counts.values():
        assert sum(counts.values()) == 2 * counts["read"]
    assert sum(counts["kept"] for counts in texts.counts.values()) == len(texts) <= max_examples
    assert len(set(texts.batch.keys())) == len(texts)


def test_an_unlabelled_task_has_no_truth():
    """No label column is needed."""
    splits = Splits(CARD, {"train": text_set("train", TRAIN)})
    assert gather_texts(TransferSpec(), splits).truth is None


def test_unlabelled_items_of_a_regression_are_nan():
    """Beside the training texts' values."""
    splits = Splits(CARD, {"train": text_set("train", TRAIN[:2], np.array([0.5, 2.0]), task="regression")})
    texts = gather_texts(TransferSpec(sources=("train", "web")), splits, pools(web=("more",)))
    np.testing.assert_array_equal(texts.truth, [0.5, 2.0, np.nan])


def test_pairs_stay_pairs():
    """They are deduplicated as pairs, and cannot be mixed with single texts, cut or augmented."""
    pairs = text_set("train", ("one", "one", "one"), pairs=("left", "right", "left"))
    splits = Splits(CARD, {"train": pairs})
    texts = gather_texts(TransferSpec(), splits)
    assert texts.batch == TextBatch(("one", "one"), ("left", "right"))
    with pytest.raises(InputError, match="holds one or the other"):
        gather_texts(TransferSpec(sources=("train", "web")), splits, pools(web=("single",)))
    with pytest.raises(InputError, match="cannot be cut into sentences"):
        gather_texts(TransferSpec(sources=(TextSource(source="train", sentences=True),)), splits)
    with pytest.raises(InputError, match="alters single texts"):
        gather_texts(TransferSpec(augment=(MaskAndSample(),)), splits)


def test_nothing_left_is_an_error():
    """With the counts that say why."""
    with pytest.raises(InputError, match="'leaked': 1"):
        gather_texts(TransferSpec(sources=("web",)), film_splits(), pools(web=("hopeless",)))


def test_counterfactual_copies_are_about_other_groups():
    """One copy of each text that mentions an identity; texts without one have none, and test texts are no copies."""
    web = ("A Muslim sings here", "Nobody sings here", "I met a deaf person")
    spec = TransferSpec.model_validate(
        {"sources": ["web"], "augment": [{"kind": "counterfactual", "copies": 2}], "seed": 3}
    )
    texts = gather_texts(spec, film_splits(), pools(web=web))
    copies = texts.batch.texts[3:]
    assert texts.sources == ("web",) * 3 + ("counterfactual",) * 4
    assert sum("sings here" in copy for copy in copies) == 2
    assert not set(copies) & set(web)
    assert texts.batch == gather_texts(spec, film_splits(), pools(web=web)).batch
    whole = gather_texts(
        spec.model_copy(update={"augment": (spec.augment[0].model_copy(update={"copies": 99}),)}),
        film_splits(),
        pools(web=web),
    )
    assert set(copies) < set(whole.batch.texts)


def test_texts_without_identities_have_no_counterfactual_copies():
    """That is said, rather than trained without them."""
    spec = TransferSpec.model_validate({"augment": [{"kind": "counterfactual"}]})
    with pytest.raises(InputError, match="None of the 3 texts to augment mentions an identity"):
        gather_texts(spec, film_splits())
