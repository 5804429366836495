"""Batches: every text once per epoch, padded as a tokenizer pads, grouped by length, the same for the same seed."""

import numpy as np
import pytest
import torch
from films import film_texts, small_student
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.text import TextBatch
from angelshare.distillation.batches import Batches, encode_texts
from angelshare.models.encoding import EncodedTexts


def made_of(lengths, *, batch_size=4, seed=0, **targets):
    """Return batches of texts of these lengths, whose tokens are all their text's number."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    tokens = np.repeat(np.arange(len(lengths)), lengths)[None].astype(np.int32)
    return Batches(EncodedTexts(tokens, offsets, (99,)), batch_size=batch_size, seed=seed, **targets)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 8), st.integers(0, 3))
def test_every_text_is_in_one_batch_of_every_epoch(lengths, batch_size, epoch):
    """An epoch is a partition of the texts into batches, all full but one."""
    batches = made_of(lengths, batch_size=batch_size)
    batches.set_epoch(epoch)
    assert sorted(np.concatenate(batches.plan).tolist()) == list(range(len(lengths)))
    sizes = sorted(len(part) for part in batches.plan)
    assert len(batches) == len(sizes) == -(-len(lengths) // batch_size)
    assert all(size == batch_size for size in sizes[1:])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.booleans())
def test_a_batch_holds_the_texts_tokens_and_padding(lengths, pad_left):
    """Where the mask is 1 the text's tokens stand, elsewhere the padding; padding stands on one side."""
    batches = made_of(lengths)
    texts = EncodedTexts(batches.texts.tokens, batches.texts.offsets, (99,), pad_left=pad_left)
    index = np.arange(len(lengths))
    batch = texts.padded(index)
    ids, mask = batch["input_ids"].numpy(), batch["attention_mask"].numpy()
    assert ids.shape == (len(lengths), max(*lengths, 1))
    assert (mask.sum(axis=1) == lengths).all()
    assert (ids[mask == 0] == 99).all()
    assert (ids == np.where(mask == 1, index[:, None], 99)).all()
    assert (np.diff(mask if pad_left else mask[:, ::-1], axis=1) >= 0).all()


def test_batches_agree_with_the_tokenizers_own_padding():
    """Tokens and mask are those that the tokenizer gives for the same texts."""
    _, tokenizer = small_student()
    texts, _ = film_texts(20)
    batch = encode_texts(tokenizer, TextBatch(texts), 16).padded(np.arange(20))
    expected = tokenizer(list(texts), padding=True, truncation=True, max_length=16, return_tensors="pt")
    assert torch.equal(batch["input_ids"], expected["input_ids"])
    assert torch.equal(batch["attention_mask"], expected["attention_mask"])


def test_targets_follow_their_texts():
    """Row i of the targets belongs to text i wherever it is fetched."""
    logits = np.arange(20, dtype=np.float64).reshape(10, 2)
    batches = made_of([3] * 10, teacher_logits=logits, labels=np.arange(10))
    for i in range(len(batches)):
        batch = batches[i]
        assert torch.equal(batch["input_ids"][:, 0], batch["labels"])
        assert torch.equal(batch["teacher_logits"][:, 0], 2.0 * batch["labels"])
        assert batch["teacher_logits"].dtype == torch.float32


def test_an_epochs_plan_depends_on_seed_and_epoch_alone():
    """Whatever was drawn before, epoch 3 of seed 7 is the same; other epochs and seeds differ."""
    lengths = np.random.default_rng(0).integers(1, 9, 50)
    first, other = made_of(lengths, seed=7), made_of(lengths, seed=7)
    for epoch in (1, 2, 3):
        first.set_epoch(epoch)
    other.set_epoch(3)
    assert all(np.array_equal(a, b) for a, b in zip(first.plan, other.plan, strict=True))
    other.set_epoch(2)
    assert not all(np.array_equal(a, b) for a, b in zip(first.plan, other.plan, strict=True))
    assert made_of(lengths, seed=8).digest() != made_of(lengths, seed=7).digest()


def test_texts_of_a_batch_have_like_lengths():
    """Grouping by length leaves little padding: here batches of 4 from lengths 1 to 100."""
    lengths = np.random.default_rng(0).permutation(np.repeat(np.arange(1, 101), 2))
    batches = made_of(lengths)
    widths = [batches[i]["input_ids"].shape[1] for i in range(len(batches))]
    assert 4 * sum(widths) < 1.1 * lengths.sum()
    assert widths != sorted(widths)


def test_without_a_seed_the_plan_is_fixed():
    """Validation is read in the same batches always."""
    batches = made_of([5, 1, 3], batch_size=2, seed=None)
    batches.set_epoch(4)
    assert [part.tolist() for part in batches.plan] == [[1, 2], [0]]


@pytest.mark.parametrize("change", ["tokens", "labels", "batch_size"])
def test_the_digest_tells_batches_apart(change):
    """Another text, target or batch size is another training."""
    base = made_of([2, 3], labels=np.array([0, 1]))
    other = made_of(
        [3, 2] if change == "tokens" else [2, 3],
        labels=np.array([0, 0 if change == "labels" else 1]),
        batch_size=3 if change == "batch_size" else 4,
    )
    assert base.digest() != other.digest()
    assert base.digest() == made_of([2, 3], labels=np.array([0, 1])).digest()
