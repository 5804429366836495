"""Tests of the answers that are no scores of classes."""

from dataclasses import replace

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.observations import Continuations, Embeddings, Likelihoods

EMBEDDINGS = Embeddings("bert/0", np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]]), "cls", seed=0, fingerprint="f")
LIKELIHOODS = Likelihoods("gpt/0", np.array([3.0, 0.0, 7.5]), np.array([2, 1, 5]), np.array([8, 3, 20]), seed=1)
CONTINUATIONS = Continuations("gpt/0", (("and then", ""), ("the end",), ("so", "it", "goes")), parent_fingerprint="p")


@pytest.mark.parametrize("member", [EMBEDDINGS, LIKELIHOODS, CONTINUATIONS])
@pytest.mark.parametrize("index", [np.array([2, 0]), np.array([True, False, True])], ids=["positions", "mask"])
def test_every_kind_takes_items_and_keeps_what_is_known_of_the_member(member, index):
    """Positions in their order, or a mask."""
    taken = member.take(index)
    assert (len(member), len(taken)) == (3, 2)
    known = ("name", "seed", "fingerprint", "parent_fingerprint")
    assert [getattr(taken, part) for part in known] == [getattr(member, part) for part in known]


def test_items_come_in_the_order_of_their_positions():
    """Of each kind the arrays that belong to the items."""
    backwards = np.array([2, 0])
    assert EMBEDDINGS.take(backwards).vectors.tolist() == [[3.0, 4.0], [1.0, 0.0]]
    assert CONTINUATIONS.take(backwards).texts == (("so", "it", "goes"), ("and then", ""))
    taken = LIKELIHOODS.take(backwards)
    assert (taken.nats.tolist(), taken.n_tokens.tolist(), taken.n_bytes.tolist()) == ([7.5, 3.0], [5, 2], [20, 8])


def test_models_are_the_same_where_their_answers_to_all_items_are():
    """Whatever they are called; a single other number makes them two."""
    others = [
        replace(EMBEDDINGS, vectors=np.nextafter(EMBEDDINGS.vectors, 9)),
        replace(LIKELIHOODS, n_tokens=np.array([2, 1, 6])),
        replace(CONTINUATIONS, texts=(*CONTINUATIONS.texts[:2], ("so", "it", "went"))),
    ]
    for member, other in zip((EMBEDDINGS, LIKELIHOODS, CONTINUATIONS), others, strict=True):
        assert member.same_answers(replace(member, name="another", seed=9))
        assert not member.same_answers(other)


def test_no_items_are_refused():
    """Of any kind."""
    nothing = np.array([], dtype=np.int64)
    for member in (EMBEDDINGS, LIKELIHOODS, CONTINUATIONS):
        with pytest.raises(InputError, match="has no items"):
            member.take(nothing)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_embeddings_that_are_not_finite_are_refused_with_their_place(bad):
    """The first one is named, and how many there are."""
    vectors = EMBEDDINGS.vectors.copy()
    vectors[1:, 0] = bad
    with pytest.raises(InputError, match=r"bert/0: 2 items hold NaN or an infinite number, the first is item 2 of 3"):
        replace(EMBEDDINGS, vectors=vectors)


@pytest.mark.parametrize("shape", [(3,), (3, 0), (3, 2, 2)])
def test_embeddings_are_one_vector_for_every_item(shape):
    """Not a number, nothing, or one for every token."""
    with pytest.raises(InputError, match="one vector for every item, all of one width"):
        replace(EMBEDDINGS, vectors=np.ones(shape))


@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
def test_nats_that_are_negative_or_not_finite_are_refused(bad):
    """Log-likelihoods have the other sign."""
    with pytest.raises(InputError, match=r"gpt/0: 1 items have nats .* item 2 of 3\. .* needs its sign turned"):
        replace(LIKELIHOODS, nats=np.array([1.0, bad, 2.0]))


@pytest.mark.parametrize("part", ["n_tokens", "n_bytes"])
@pytest.mark.parametrize("counts", [[2, 0, 5], [2.0, 1.0, 5.0]])
def test_counts_are_positive_whole_numbers(part, counts):
    """An empty text has no likelihood."""
    with pytest.raises(InputError, match="have no positive whole number of"):
        replace(LIKELIHOODS, **{part: np.array(counts)})


def test_arrays_of_different_lengths_are_refused_with_their_shapes():
    """All three belong to the items."""
    with pytest.raises(InputError, match=r"nats of shape \(3,\), n_tokens of shape \(2,\)"):
        replace(LIKELIHOODS, n_tokens=np.array([2, 1]))


def test_an_item_without_a_continuation_is_refused():
    """An empty continuation is one."""
    with pytest.raises(InputError, match="1 items have no continuation, the first is item 2 of 2"):
        Continuations("gpt/0", (("",), ()))
