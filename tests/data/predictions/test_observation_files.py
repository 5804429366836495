"""The contract of files of embeddings, likelihoods and continuations: what is read, and what is refused how."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Continuations, Embeddings, Likelihoods
from angelshare.core.text import TextBatch
from angelshare.data.predictions.observation_files import (
    read_continuations,
    read_embeddings,
    read_likelihoods,
    write_observations,
)

TEXTS = TextBatch(("the soup", "was gut, ß"))
ITEMS = Items(
    "gpt/0",
    np.array(["a", "b"]),
    TEXTS,
    slices={"short": np.array([True, False])},
    clusters=np.array([0, 0]),
    weights=np.array([1.0, 2.0]),
    columns={"template": np.array(["t", ""])},
    keys=np.array(TEXTS.keys()),
)
MEMBERS = {
    read_embeddings: Embeddings(
        "gpt/0", np.array([[1.5, -2], [0, 3]], dtype=np.float32), "mean", 3, "f" * 64, "p" * 64
    ),
    read_likelihoods: Likelihoods("gpt/0", np.array([0.25, 9.5]), np.array([2, 4]), np.array([8, 11]), 3, "f" * 64),
    read_continuations: Continuations("gpt/0", (("one", ""), ("two €",)), 3, "f" * 64, "p" * 64),
}
KINDS = pytest.mark.parametrize("read", MEMBERS, ids=lambda read: read.__name__)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


def lists(value):
    """Return a member's arrays as lists."""
    names = [name for name in ("vectors", "nats", "n_tokens", "n_bytes", "texts") if hasattr(value, name)]
    return [getattr(value, name) if name == "texts" else getattr(value, name).tolist() for name in names]


@KINDS
@pytest.mark.parametrize("with_texts", [True, False])
def test_a_written_file_is_read_back_as_it_was(read, with_texts, tmp_path):
    """The answers, the member, and what is known of the items; texts where they were written."""
    member = MEMBERS[read]
    write_observations(ITEMS, member, tmp_path / "m.parquet", with_texts=with_texts)
    again = read(tmp_path / "m.parquet", name="gpt/0")
    assert lists(again.member) == lists(member)
    for part in ("name", "seed", "fingerprint", "parent_fingerprint"):
        assert getattr(again.member, part) == getattr(member, part)
    assert getattr(again.member, "pooling", None) == getattr(member, "pooling", None)
    items = again.items
    assert items.ids.tolist() == ["a", "b"]
    assert items.texts == (TEXTS if with_texts else None)
    assert items.slices["short"].tolist() == [True, False]
    assert items.clusters.tolist() == [0, 0]
    assert items.weights.tolist() == [1.0, 2.0]
    assert items.columns["template"].tolist() == ["t", ""]
    assert items.keys.tolist() == TEXTS.keys()


def test_numbers_keep_their_width(tmp_path):
    """float32 comes back as float32, to the last bit."""
    vectors = np.random.default_rng(0).normal(size=(2, 5)).astype(np.float32)
    write_observations(ITEMS, Embeddings("m", vectors), tmp_path / "m.parquet")
    again = read_embeddings(tmp_path / "m.parquet", name="m").member
    assert again.vectors.dtype == np.float32
    assert np.array_equal(again.vectors, vectors)
    assert again.pooling == ""


@given(st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=4))
def test_continuations_come_back_whatever_they_are(tmp_path_factory, texts):
    """Also through JSON lines."""
    folder = tmp_path_factory.mktemp("c")
    items = Items("m", np.array([f"i{i}" for i in range(len(texts))]))
    write_observations(items, Continuations("m", tuple(map(tuple, texts))), folder / "m.parquet")
    assert read_continuations(folder / "m.parquet", name="m").member.texts == tuple(map(tuple, texts))
    rows = [{"id": f"i{i}", "continuations": each} for i, each in enumerate(texts)]
    (folder / "m.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_continuations(folder / "m.jsonl", name="m").member.texts == tuple(map(tuple, texts))


def test_a_pair_is_a_context_and_what_follows_it(tmp_path):
    """The bytes are those of the second text."""
    pairs = TextBatch(("the", "a"), ("soup", "é"))
    likelihoods = Likelihoods("m", np.array([1.0, 2.0]), np.array([1, 1]), np.array([4, 2]))
    write_observations(Items("m", np.array(["a", "b"]), pairs), likelihoods, tmp_path / "m.parquet", with_texts=True)
    again = read_likelihoods(tmp_path / "m.parquet", name="m")
    assert again.items.texts == pairs
    assert again.items.keys.tolist() == pairs.keys()


@pytest.fixture
def jsonl(tmp_path):
    """Write rows as JSON lines under the ids a, b, c."""

    def write(*values, **columns):
        rows = [{"id": "abc"[i]} | row for i, row in enumerate(values)]
        path = tmp_path / "t.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


def test_bytes_are_counted_where_they_are_left_out_and_the_texts_are_there(jsonl):
    """In UTF-8."""
    path = jsonl({"nats": 1, "tokens": 1, "text": "soup"}, {"nats": 2, "tokens": 3, "text": "é€"})
    assert read_likelihoods(path, name="m").member.n_bytes.tolist() == [4, 5]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, r"row 2 \(id 'b'\): the embedding is None, not a list of numbers \(such rows: 1\)\. Write a list"),
        ({"embedding": "[1, 2]"}, r"is '\[1, 2\]', not a list of numbers .* CSV has no lists"),
        ({"embedding": []}, r"is \[\], not a list"),
        ({"embedding": [1, "2"]}, r"is \[1, '2'\], not a list"),
        ({"embedding": [1, True]}, r"is \[1, True\], not a list"),
        ({"embedding": [1, 2, 3]}, r"row 2 \(id 'b'\): the embedding has 3 numbers, that of the first row 2"),
        ({"embedding": [1, float("nan")]}, r"row 2 \(id 'b'\): the embedding holds NaN or an infinite number"),
    ],
)
def test_what_is_no_embedding_is_refused_with_its_row_and_id(jsonl, row, message):
    """And what to do."""
    with pytest.raises(InputError, match=message):
        read_embeddings(jsonl({"embedding": [0, 1.5]}, row), name="m")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"nats": -3}, r"row 2 \(id 'b'\): the nats are -3 \(such rows: 1\)\. They are negative log-likelihoods"),
        ({"nats": None}, "the nats are blank"),
        ({"nats": "inf"}, "the nats inf is not finite"),
        ({"tokens": 0}, r"the tokens are 0, not a positive whole number .* An empty text has no likelihood"),
        ({"tokens": 2.5}, "the tokens are 2.5, not a positive whole number"),
        ({"bytes": None}, "the bytes are blank"),
        ({"bytes": 5}, r"row 2 \(id 'b'\): bytes are 5, and the text has 4 in UTF-8"),
    ],
)
def test_what_is_no_likelihood_is_refused_with_its_row_and_id(jsonl, row, message):
    """A length that is not the text's, too."""
    good = {"nats": 1.5, "tokens": 2, "bytes": 4, "text": "soup"}
    with pytest.raises(InputError, match=message):
        read_likelihoods(jsonl(good, good | row), name="m")


@pytest.mark.parametrize("value", [None, [], ["one", 2], [["one"]], "one"])
def test_what_is_no_list_of_texts_is_refused_with_its_row_and_id(jsonl, value):
    """A bare text, too."""
    with pytest.raises(
        InputError, match=r"row 2 \(id 'b'\): the continuations are .*, not a list of texts \(such rows: 1\)"
    ):
        read_continuations(jsonl({"continuations": ["one"]}, {"continuations": value}), name="m")


@KINDS
def test_a_file_without_the_column_or_without_rows_is_refused(read, jsonl):
    """The nearest column is named."""
    with pytest.raises(InputError, match=r"has no column .* Did you mean 'embeding'|has no column"):
        read(jsonl({"embeding": [1, 2], "nat": 1, "continuation": ["a"]}), name="m")
    with pytest.raises(InputError, match="is empty"):
        read(jsonl(), name="m")


def test_a_column_that_means_something_else_is_not_proposed_for_one_that_is_missing(jsonl):
    """Tokens read as bytes would give another number, and no error."""
    with pytest.raises(InputError, match=r"has no column 'bytes'\. It has: id, nats, tokens"):
        read_likelihoods(jsonl({"nats": 1.5, "tokens": 1}), name="m")


@KINDS
def test_a_file_that_says_it_holds_something_else_is_refused(read, tmp_path):
    """By its metadata."""
    other = next(member for reader, member in MEMBERS.items() if reader is not read)
    write_observations(ITEMS, other, tmp_path / "m.parquet")
    with pytest.raises(InputError, match=r"says that it holds .*, not .*\. Give the right file"):
        read(tmp_path / "m.parquet", name="m")


def test_one_seed_of_a_file_is_read_and_columns_are_mapped(tmp_path):
    """As files of predictions are."""
    frame = pd.DataFrame(
        {"case": ["a", "b", "a", "b"], "loss": [1.0, 2, 3, 4], "t": [1] * 4, "bytes": 9, "seed": [0, 0, 1, 1]}
    )
    frame.to_csv(tmp_path / "m.csv", index=False)
    columns = {"id": "case", "nats": "loss", "tokens": "t"}
    observed = read_likelihoods(tmp_path / "m.csv", name="m/1", columns=columns, seed=1)
    assert (observed.member.nats.tolist(), observed.member.seed) == ([3, 4], 1)
    with pytest.raises(InputError, match=r"holds 2 seeds: \[0, 1\]"):
        read_likelihoods(tmp_path / "m.csv", name="m", columns=columns)


def test_only_parquet_is_written_and_one_answer_for_every_item(tmp_path):
    """CSV would lose what the answers are."""
    with pytest.raises(InputError, match=r"written as Parquet.*Call it m\.parquet"):
        write_observations(ITEMS, MEMBERS[read_likelihoods], tmp_path / "m.csv")
    with pytest.raises(InputError, match="has 2 items and 1 answers"):
        write_observations(ITEMS, MEMBERS[read_likelihoods].take(np.array([0])), tmp_path / "m.parquet")
    assert not list(tmp_path.iterdir())
