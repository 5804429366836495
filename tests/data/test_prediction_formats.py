"""The same table as Parquet, CSV and JSON lines: read alike, and refused alike."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from angelshare.core.alignment import aligned
from angelshare.core.errors import AngelshareError, InputError, MisalignedError
from angelshare.core.text import TextBatch
from angelshare.data.predictions.files import (
    attach_truth,
    read_population,
    read_predictions,
    write_predictions,
)
from angelshare.data.predictions.sources import read_prediction_texts
from angelshare.data.texts.labelling import text_set
from angelshare.data.texts.textset import TextSet


def as_parquet(path, columns):
    pq.write_table(pa.table(columns), path)


def as_csv(path, columns):
    pd.DataFrame(columns).to_csv(path, index=False)


def as_json_lines(path, columns):
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


WRITERS = {"parquet": as_parquet, "csv": as_csv, "jsonl": as_json_lines}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    """Write columns as a file of each format."""

    def write(columns, name="t"):
        path = tmp_path / f"{name}.{request.param}"
        WRITERS[request.param](path, columns)
        return path

    return write


FOREIGN = {
    "case": ["u", "v", "w"],
    "z_no": [0.5, 1.25, -2.0],
    "z_yes": [0.25, 2.5, 3.0],
    "gold": ["no", "yes", None],
    "female": [1, 0, 1],
    "author": ["k", "l", "k"],
    "stands_for": [0.5, 2.0, 0.0],
    "run": [3, 3, 3],
    "body": ["The cask leaks.", "A sweet smell rises.", "Nobody asked you."],
}
MAPPED = {
    "id": "case",
    "logit:no": "z_no",
    "logit:yes": "z_yes",
    "truth": "gold",
    "slice:women": "female",
    "cluster": "author",
    "weight": "stands_for",
    "seed": "run",
    "text": "body",
}


def test_every_column_may_have_another_name(written):
    """In each format, with the same result."""
    path = written(FOREIGN)
    read = read_predictions(path, name="x", task="binary", columns=MAPPED)
    assert read.items.ids.tolist() == ["u", "v", "w"]
    assert read.member.labels == ("no", "yes")
    assert read.member.values.tolist() == [[0.5, 0.25], [1.25, 2.5], [-2.0, 3.0]]
    assert read.items.truth.tolist() == [0, 1, -1]
    assert read.items.slices["women"].tolist() == [True, False, True]
    assert read.items.clusters.tolist() == [0, 1, 0]
    assert read.items.weights.tolist() == [0.5, 2.0, 0.0]
    assert read.seed == 3
    assert read_prediction_texts(path, columns=MAPPED)["w"] == "Nobody asked you."


def table(**changes):
    standard = {"id": ["a", "b", "c"], "logit:no": [0.0, 1.0, 2.0], "logit:yes": [1.0, 0.0, 1.0]}
    return standard | changes


REFUSED = {
    "a negative weight": (
        {"weight": [1.0, -0.5, -1.0]},
        (
            "row 2 (id 'b'): the weight is -0.5 (such rows: 2). A weight says how many items one stands for: write 0 or "
            "more in every row."
        ),
    ),
    "a weight that is missing": ({"weight": [1.0, 1.0, None]}, "row 3 (id 'c'): the weight "),
    "an infinite weight": ({"weight": [1.0, float("inf"), 1.0]}, "row 2 (id 'b'): the weight inf"),
    "weights of 0": (
        {"weight": [0.0, 0.0, 0.0]},
        ": every weight is 0, so that no item counts. Leave the weights out, or correct them.",
    ),
    "an id with white space": (
        {"id": ["a", "a ", "c\t"]},
        (
            "row 2: the id 'a ' begins or ends with white space (such rows: 2), so that it pairs with no id that does not. "
            "Leave the white space out."
        ),
    ),
    "a blank id": (
        {"id": ["a", " ", "c"]},
        "row 2: the id ' ' is not an id (such rows: 1). Ids are texts or integers;",
    ),
    "an id that is a fraction": ({"id": ["1", "1.0", "c"]}, "row 2: the id '1.0' is not an id (such rows: 1)."),
    "a repeated id": (
        {"id": ["a", "c", "c"]},
        "row 3: the id 'c' is in 2 rows (rows that repeat an id: 1). Give every row an id of its own.",
    ),
    "an infinite logit": (
        {"logit:no": [0.0, float("inf"), 0.0]},
        "row 2 (id 'b'): the logit:no inf is not finite (such rows: 1)",
    ),
    "a missing logit": ({"logit:no": [0.0, 1.0, None]}, "row 3 (id 'c'): the logit:no "),
    "an unknown truth": (
        {"truth": ["no", "ja", "nein"]},
        (
            "column truth, row 2: the label 'ja' is none of ['no', 'yes'] (such rows: 2). Correct the column, or name all "
            "labels: --labels A,B,..."
        ),
    ),
    "a slice that is no flag": ({"slice:s": [0.0, 1.0, 1.5]}, "row 3: slice:s is "),
    "a seed that is no number": (
        {"seed": ["1", "x", "1"]},
        "row 2: the seed is 'x'. Write a whole number of at most 18",
    ),
    "a truth with NUL": (
        {"truth": ["no", "n\0", "no"]},
        "row 2: the truth 'n\\x00' holds NUL or half a surrogate pair",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_values_are_refused_in_each_format(written, case):
    """With file, row, id, value and remedy."""
    changes, message = REFUSED[case]
    path = written(table(**changes))
    with pytest.raises(AngelshareError) as refusal:
        read_predictions(path, name="x", task="binary")
    assert message in str(refusal.value)
    assert path.name in str(refusal.value)


def test_ids_that_differ_only_in_type_are_one_id(tmp_path):
    """JSON and Parquet know both; a fraction is none."""
    for second, message in (("1", "the id '1' is in 2 rows"), (1.0, "1.0 is not an id"), (True, "True is not an id")):
        as_json_lines(tmp_path / "t.jsonl", {"id": [1, second], "label": ["x", "y"]})
        with pytest.raises(InputError, match=message):
            read_predictions(tmp_path / "t.jsonl", name="x", task="binary")
    as_parquet(tmp_path / "t.parquet", {"id": [1.0, 2.0], "label": ["x", "y"]})
    with pytest.raises(InputError, match=r"the id 1\.0 is not an id \(such rows: 2\)"):
        read_predictions(tmp_path / "t.parquet", name="x", task="binary")


def test_integers_in_one_file_pair_with_their_text_in_another(tmp_path):
    """Ids are compared as text."""
    as_parquet(tmp_path / "t.parquet", {"id": [7, 10], "label": ["x", "y"]})
    as_csv(tmp_path / "s.csv", {"id": ["10", "7"], "label": ["y", "x"]})
    teacher = read_population([tmp_path / "t.parquet"], "teacher", "teacher", task="binary")
    student = read_population([tmp_path / "s.csv"], "student", "s", task="binary")
    panel = aligned("p", teacher, (student,))
    assert panel.items.ids.tolist() == ["10", "7"]
    assert panel.teacher.first.decisions().tolist() == [1, 0]
    assert panel.students[0].first.decisions().tolist() == [1, 0]


def test_a_repeated_column_is_refused_in_each_format(tmp_path):
    """Which of the two was meant, nobody knows."""
    (tmp_path / "t.csv").write_text("id,label,label\na,x,y\n")
    (tmp_path / "t.jsonl").write_text('{"id": "a", "label": "x", "label": "y"}\n')
    pq.write_table(pa.table([["a"], ["x"], ["y"]], names=["id", "label", "label"]), tmp_path / "t.parquet")
    for kind, message in {
        "csv": "more than one column called 'label'. Rename",
        "parquet": "more than one column called 'label'. Rename",
        "jsonl": "the key 'label' is repeated",
    }.items():
        with pytest.raises(InputError) as refusal:
            read_predictions(tmp_path / f"t.{kind}", name="x", task="binary")
        assert message in str(refusal.value)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_truncated_file_is_refused(tmp_path, share):
    """Of CSV only the row that was cut shows it, so the last one must be whole."""
    for kind in ("parquet", "jsonl"):
        path = tmp_path / f"t.{kind}"
        WRITERS[kind](path, table())
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        with pytest.raises(InputError, match=rf"t\.{kind}"):
            read_predictions(path, name="x", task="binary")


def test_a_column_of_seeds_makes_members_in_each_format(written):
    """Each with its rows."""
    path = written({"id": ["a", "a", "b", "b"], "label": ["x", "y", "x", "x"], "seed": [4, 2, 4, 2]})
    population = read_population([path], "student", "mlp", task="binary")
    assert population.names == ("mlp/2", "mlp/4")
    assert [observed.member.decisions().tolist() for observed in population.members] == [[1, 0], [0, 0]]


def test_seeds_with_other_items_cannot_be_paired(written):
    """In one file, and in two."""
    both = written({"id": ["a", "b", "a"], "label": ["x", "y", "x"], "seed": [0, 0, 1]})
    first, second = written(table(), "one"), written(table(id=["a", "b", "d"]), "other")
    teacher = read_population([first], "teacher", "teacher", task="binary")
    with pytest.raises(MisalignedError, match=r"teacher/0 has 3 items and mlp/1 3; they share 2 \(not 'c', 'd'\)\."):
        aligned("p", teacher, (read_population([first, second], "student", "mlp", task="binary"),))
    seeds = read_population([both], "student", "mlp", task="binary", labels=("x", "y"))
    with pytest.raises(MisalignedError, match=r"mlp/0 has 2 items and mlp/1 1; they share 1 \(not 'b'\)\."):
        aligned("p", seeds, ())


def test_other_texts_under_the_same_ids_are_refused(written):
    """By their hashes, whatever the formats."""
    first = written(table(text=["x", "y", "z"]), "one")
    second = written(table(text=["x", "Y", "z"]), "other")
    teacher, student = (read_population([path], "student", path.stem, task="binary") for path in (first, second))
    with pytest.raises(MisalignedError, match="1 texts differ between one/0 and other/0, the first under id 'b'"):
        aligned("p", teacher, (student,))


def test_clusters_of_one_item_each_and_without_a_name(written):
    """An item without a cluster is one of its own."""
    path = written(table(cluster=["k", None, None]))
    assert read_predictions(path, name="x", task="binary").items.clusters.tolist() == [0, 1, 2]
    path = written(table(cluster=[5, 6, 7]))
    assert read_predictions(path, name="x", task="binary").items.clusters.tolist() == [0, 1, 2]


def test_slices_of_all_and_of_none_are_read(written):
    """What cannot be measured in them is the audits' to say."""
    slices = read_predictions(
        written(table(**{"slice:all": [1, 1, 1], "slice:none": [0, 0, 0]})), name="x", task="binary"
    ).items.slices
    assert slices["all"].tolist() == [True] * 3
    assert slices["none"].tolist() == [False] * 3


def test_flags_may_be_words(written):
    """Pandas writes truth values into CSV so."""
    read = read_predictions(written(table(**{"slice:late": [True, False, True]})), name="x", task="binary")
    assert read.items.slices["late"].tolist() == [True, False, True]


def test_weights_are_written_and_read_back(tmp_path):
    """And a text set brings its own."""
    as_csv(tmp_path / "t.csv", table(weight=[0.5, 2.0, 0.0]))
    read = read_predictions(tmp_path / "t.csv", name="x", task="binary")
    write_predictions(read.items, read.member, tmp_path / "w.parquet")
    assert read_predictions(tmp_path / "w.parquet", name="x").items.weights.tolist() == [0.5, 2.0, 0.0]
    texts = TextSet(
        name="own",
        task="binary",
        labels=("no", "yes"),
        ids=("c", "b", "a"),
        batch=TextBatch(("z", "y", "x")),
        weights=np.array([3.0, 2.0, 1.0]),
    )
    assert attach_truth(replace(read, items=replace(read.items, weights=None)), texts).items.weights.tolist() == [
        1.0,
        2.0,
        3.0,
    ]
    assert texts.take(np.array([1])).weights.tolist() == [2.0]


def test_a_table_of_texts_has_weights():
    """Checked as those of predictions."""
    frame = pd.DataFrame({"id": ["a", "b"], "text": ["x", "y"], "label": ["no", "yes"], "weight": [1.0, 2.0]})
    read = text_set(frame, name="own", task="binary", labels=("no", "yes"), where="own.csv")
    assert read.weights.tolist() == [1.0, 2.0]
    frame["weight"] = [1.0, -2.0]
    with pytest.raises(InputError, match=r"own\.csv, row 2 \(id 'b'\): the weight is -2 \(such rows: 1\)"):
        text_set(frame, name="own", task="binary", labels=("no", "yes"), where="own.csv")


def test_names_that_are_equal_to_a_hash_are_told_apart(tmp_path):
    """1 and "1" are one label; a fraction and a truth value are none."""
    rows = '{"id": "a", "label": 1, "truth": "1"}\n{"id": "b", "label": "0", "truth": 0}\n{"id": "c", "label": 1, "truth": %s}\n'
    path = tmp_path / "t.jsonl"
    path.write_text(rows % "1.0")
    read = read_predictions(path, name="x", task="binary")
    assert read.member.labels == ("0", "1")
    assert read.items.truth.tolist() == [1, 0, 1]
    path.write_text(rows % "1.5")
    with pytest.raises(InputError, match=r"row 3: the truth is 1\.5\. Write it as text or as an integer\."):
        read_predictions(path, name="x", task="binary")
