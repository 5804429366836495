"""Tests of WEAT's and SEAT's effect size."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from angelshare.audit.answers.associations import Places, associations, effect_size

PLACES = Places(np.array([0, 1]), np.array([2, 3]), np.array([4]), np.array([5]))
VECTORS = arrays(np.float64, (9, 3), elements=st.floats(-1, 1).map(lambda value: round(value, 3)))


def test_a_hand_worked_effect_size():
    """A = (1, 0), B = (0, 1), so that s is a text's cosine with A less that with B."""
    vectors = np.array([[1, 0], [3, 4], [0, 2], [-4, 3], [1, 0], [0, 1]])
    # x: 1 - 0 = 1 and 0.6 - 0.8 = -0.2; y: 0 - 1 = -1 and -0.8 - 0.6 = -1.4
    s = [1, -0.2, -1, -1.4]
    assert associations(vectors, np.arange(4), PLACES.a, PLACES.b) == pytest.approx(s)
    # means 0.4 and -1.2; deviations from -0.4: 1.4, 0.2, -0.6, -1, whose squares sum to 3.36
    assert effect_size(vectors, PLACES) == pytest.approx(1.6 / math.sqrt(3.36 / 3))


def oracle(vectors, places):
    """Return the effect size by the definition, one cosine at a time."""

    def cosine(v, w):
        return sum(v * w) / math.sqrt(sum(v * v) * sum(w * w))

    def s(w):
        to_a, to_b = ([cosine(vectors[w], vectors[i]) for i in side] for side in (places.a, places.b))
        return sum(to_a) / len(to_a) - sum(to_b) / len(to_b)

    x, y = ([s(w) for w in side] for side in (places.x, places.y))
    both = x + y
    mean = sum(both) / len(both)
    spread = math.sqrt(sum((value - mean) ** 2 for value in both) / (len(both) - 1))
    return (sum(x) / len(x) - sum(y) / len(y)) / spread


@given(VECTORS)
def test_it_is_what_its_definition_says(vectors):
    """Sets of different sizes, too; turning targets or attributes round turns the sign; lengths do not matter."""
    places = Places(np.array([0, 1]), np.array([2, 3, 4]), np.array([5]), np.array([6, 7, 8]))
    found = effect_size(vectors, places)
    assume(found is not None)
    s = associations(vectors, np.arange(5), places.a, places.b)
    assume(np.std(s) > 1e-6)
    assert found == pytest.approx(oracle(vectors, places), abs=1e-6)
    assert effect_size(vectors, Places(places.y, places.x, places.a, places.b)) == pytest.approx(-found)
    assert effect_size(vectors, Places(places.x, places.y, places.b, places.a)) == pytest.approx(-found)
    lengths = np.linspace(0.5, 3, len(vectors))[:, None]
    assert effect_size(vectors * lengths, places) == pytest.approx(found)


def test_it_reaches_its_limit_where_x_and_y_lie_apart():
    """With two texts on either side 2 sqrt(3 / 4)."""
    vectors = np.array([[1.0, 0], [2, 0], [0, 1], [0, 3], [1, 0], [0, 1]])
    assert effect_size(vectors, PLACES) == pytest.approx(math.sqrt(3))


def test_vectors_without_an_angle_and_targets_that_lie_alike_have_no_effect_size():
    """A vector of zeros anywhere in the test, but not elsewhere."""
    vectors = np.array([[1, 0], [3, 4], [0, 2], [-4, 3], [1, 0], [0, 1], [0, 0]])
    assert effect_size(vectors, PLACES) is not None
    assert effect_size(vectors, Places(PLACES.x, PLACES.y, PLACES.a, np.array([6]))) is None
    alike = np.array([[0.1, 0.2], [0.3, 0.6], [0.7, 1.4], [0.9, 1.8], [1, 0], [0, 1]])
    assert effect_size(alike, PLACES) is None


@pytest.mark.real_data
@pytest.mark.parametrize(("test", "published"), [("sent-weat6", 0.477), ("sent-weat7", 0.253), ("sent-weat8", 0.399)])
def test_published_bert_embeddings_have_their_published_effect_sizes(public_sets, test, published):
    """BERT-base's sentence vectors of tests 6, 7 and 8, as another toolkit extracted them."""
    frame = pd.read_parquet(public_sets / "seat_bert_embeddings" / "seat_bert_embeddings.parquet")
    frame = frame[frame["test"] == test].reset_index(drop=True)
    places = Places(*(np.flatnonzero(frame["set"] == part) for part in ("targ1", "targ2", "attr1", "attr2")))
    assert round(effect_size(np.stack(frame["embedding"]), places), 3) == published
