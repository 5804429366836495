"""Tests of WEAT's and SEAT's effect size."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from angelshare.audits.answers.associations import Effects, Places, associations, effect_size
from angelshare.core.items import Items
from angelshare.core.observations import Embeddings
from angelshare.core.panel import Panel, Population
from angelshare.core.text import TextBatch
from angelshare.data.texts.association_tests import AssociationTest, TextGroup

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
    size = effect_size(vectors, places)
    assume(size is not None)
    s = associations(vectors, np.arange(5), places.a, places.b)
    assume(np.std(s) > 1e-6)
    assert size == pytest.approx(oracle(vectors, places), abs=1e-6)
    assert effect_size(vectors, Places(places.y, places.x, places.a, places.b)) == pytest.approx(-size)
    assert effect_size(vectors, Places(places.x, places.y, places.b, places.a)) == pytest.approx(-size)
    lengths = np.linspace(0.5, 3, len(vectors))[:, None]
    assert effect_size(vectors * lengths, places) == pytest.approx(size)


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


def embeddings(name, *vectors):
    """Return a member."""
    return Embeddings(name, np.array(vectors, dtype=np.float64), "mean")


def test_effects_of_all_members_are_told_with_their_means_and_against_the_teacher():
    """The hand-worked test, and the same one turned round; one student turns it, another lies as the teacher does."""
    d = 1.6 / math.sqrt(3.36 / 3)
    x, y, a, b = (
        TextGroup(name, texts) for name, texts in zip("XYAB", (("1", "2"), ("3", "4"), ("5",), ("6",)), strict=True)
    )
    tests = [AssociationTest("there", (x, y), (a, b)), AssociationTest("back", (y, x), (a, b))]
    # items are sorted by something else than the tests
    texts = TextBatch(("6", "5", "4", "3", "2", "1"))
    there = embeddings("teacher/0", [0, 1], [1, 0], [-4, 3], [0, 2], [3, 4], [1, 0])
    turned = embeddings("s/0", [1, 0], [0, 1], [-4, 3], [0, 2], [3, 4], [1, 0])
    panel = Panel(
        "seat",
        Items("seat", np.array(texts.keys()), texts),
        Population("teacher", "teacher", (there,)),
        (Population("student", "s", (turned, embeddings("s/1", *there.vectors))),),
    )
    effects = Effects.from_panel(panel, tests)
    rows = {(e.metric, e.student, e.output): e.value for e in effects.estimates()}
    assert rows["seat_d", None, "there"] == pytest.approx(d)
    assert rows["seat_d", None, "back"] == pytest.approx(-d)
    assert (rows["seat_mean_d", None, None], rows["seat_mean_abs_d", None, None]) == pytest.approx((0, d))
    # the two seeds have -d and d
    assert rows["seat_d", "s", "there"] == pytest.approx(0)
    assert rows["seat_further_from_0", "s", "back"] == pytest.approx(-d)
    assert all(e.interval is None for e in effects.estimates())
    table = effects.table()
    assert [row[:5] for row in table.rows[:2]] == [
        ("there", "X and Y", "A and B", "teacher/0", "teacher"), ("there", "X and Y", "A and B", "s/0", "student"),
    ]  # fmt: skip
    assert [row[5] for row in table.rows] == pytest.approx([d, -d, d, -d, d, -d])


def test_a_test_without_an_effect_size_is_in_no_mean():
    """A model that puts all targets in one place."""
    x, y, a, b = (
        TextGroup(name, texts) for name, texts in zip("XYAB", (("1", "2"), ("3", "4"), ("5",), ("6",)), strict=True)
    )
    texts = TextBatch(("1", "2", "3", "4", "5", "6"))
    flat = embeddings("t", *([[1, 0]] * 6))
    panel = Panel("seat", Items("seat", np.array(texts.keys()), texts), Population("teacher", "t", (flat,)), ())
    effects = Effects.from_panel(panel, [AssociationTest("flat", (x, y), (a, b))])
    assert list(effects.estimates()) == []
    assert effects.table().rows[0][5] is None


@pytest.mark.real_data
@pytest.mark.parametrize(("test", "published"), [("sent-weat6", 0.477), ("sent-weat7", 0.253), ("sent-weat8", 0.399)])
def test_published_bert_embeddings_have_their_published_effect_sizes(public_sets, test, published):
    """BERT-base's sentence vectors of tests 6, 7 and 8, as another toolkit extracted them."""
    frame = pd.read_parquet(public_sets / "seat_bert_embeddings" / "seat_bert_embeddings.parquet")
    frame = frame[frame["test"] == test].reset_index(drop=True)
    places = Places(*(np.flatnonzero(frame["set"] == part) for part in ("targ1", "targ2", "attr1", "attr2")))
    assert round(effect_size(np.stack(frame["embedding"]), places), 3) == published
