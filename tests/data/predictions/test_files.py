"""The contract of files of predictions: what is read, what is refused and with which words."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.alignment import Observed
from angelshare.core.errors import AngelshareError, InputError, LabelError, MisalignedError
from angelshare.core.items import Items
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch, text_key
from angelshare.data.predictions.files import (
    attach_truth,
    read_population,
    read_predictions,
    write_predictions,
)
from angelshare.data.predictions.sources import read_prediction_texts
from angelshare.data.texts.textset import TextSet


@pytest.fixture
def read(tmp_path):
    """Write a CSV file and read it as predictions."""

    def read_csv(content, **settings):
        path = tmp_path / "t.csv"
        path.write_text(content)
        return read_predictions(path, **({"name": "teacher/0", "task": "binary"} | settings))

    return read_csv


def test_logits_keep_their_values_and_column_order(read):
    """Whether toxic is positive is the column order's to say, unless the user does."""
    content = "id,logit:toxic,logit:fine\n007,1.5,-2\n8,0,3e1\n"
    kept = read(content)
    assert kept.member.labels == ("toxic", "fine")
    assert kept.member.outputs == "logits"
    assert kept.items.ids.tolist() == ["007", "8"]
    assert kept.member.values.tolist() == [[1.5, -2], [0, 30]]
    turned = read(content, positive="toxic")
    assert turned.member.labels == ("fine", "toxic")
    assert turned.member.values.tolist() == [[-2, 1.5], [30, 0]]


def test_truth_slices_clusters_seed_and_text_are_read(read):
    """All optional columns of the contract."""
    content = (
        "id,logit:no,logit:yes,truth,slice:late,cluster,seed,text\n"
        "a,0,1,yes,0.5,k,3,well done\nb,1,0,,0,,3,how dull\nc,1,0,no,0.49,k,3,oh\n"
    )
    predictions = read(content)
    assert predictions.items.truth.tolist() == [1, -1, 0]
    assert predictions.items.slices["late"].tolist() == [True, False, False]
    assert predictions.items.clusters.tolist() == [0, 1, 0]
    assert predictions.seed == 3
    assert predictions.items.keys.tolist() == [text_key("well done"), text_key("how dull"), text_key("oh")]


def test_a_score_ranks_and_decides_only_with_a_threshold(read):
    """Truth names the other label."""
    content = "id,score,truth\na,0.9,toxic\nb,0.2,fine\n"
    ranking = read(content, positive="toxic")
    assert ranking.member.labels == ("fine", "toxic")
    assert not ranking.member.has_decisions
    assert read(content, positive="toxic", threshold=0.2).member.decisions().tolist() == [1, 1]


def test_a_label_column_beside_a_score_gives_its_decisions(read):
    """The threshold is the lowest score that was decided positive."""
    decided = read("id,score,label\na,0.9,toxic\nb,0.6,toxic\nc,0.2,fine\n", positive="toxic")
    assert decided.member.threshold == 0.6
    assert decided.member.decisions().tolist() == [1, 1, 0]


def test_hard_decisions_name_their_labels(read):
    """A label that only the truth has still counts."""
    predictions = read("id,label,truth\na,joy,fear\nb,joy,joy\n", task="single_label")
    assert predictions.member.labels == ("fear", "joy")
    assert predictions.member.outputs == "decisions"
    assert predictions.member.values.tolist() == [[0, 1], [0, 1]]
    assert predictions.items.truth.tolist() == [0, 1]


def test_several_labels_and_values_are_read(read):
    """The other two tasks."""
    flags = read("id,label:a,label:b,truth:a,truth:b\nx,1,0,0,\n", task="multi_label")
    assert flags.member.values.tolist() == [[1, 0]]
    assert np.array_equal(flags.items.truth, [[0, np.nan]], equal_nan=True)
    values = read("id,value,truth\nx,2.5,3\ny,1,\n", task="regression")
    assert values.member.labels == ("value",)
    assert np.array_equal(values.items.truth, [3, np.nan], equal_nan=True)
    assert read("id,probability:a,probability:b\nx,0.9,0.8\n", task="multi_label").member.outputs == "probabilities"


def test_other_peoples_columns_are_mapped(read):
    """`--columns id=case_id,truth=label_gold`."""
    content = "case_id,label_gold,logit:no,logit:yes\nu,yes,0,1\n"
    assert read(content, columns={"id": "case_id", "truth": "label_gold"}).items.truth.tolist() == [1]


def test_probabilities_of_zero_are_raised_only_when_asked_for(read):
    """Values are kept as given."""
    content = "id,probability:no,probability:yes\na,0,1\nb,0.5,0.5\n"
    assert read(content).member.values[0, 0] == 0
    assert read(content, clip=True).member.values[0, 0] == 1e-12


def test_of_several_labels_a_probability_of_one_is_lowered_too(read):
    """That the label does not apply would have a probability of 0."""
    content = "id,probability:rude,probability:threat\na,0,1\nb,0.5,0.5\n"
    clipped = read(content, task="multi_label", clip=True)
    assert clipped.member.values.tolist() == [[1e-12, 1 - 1e-12], [0.5, 0.5]]


def test_probabilities_of_nothing_but_0_and_1_are_decisions(read):
    """Nothing can be ranked by them, and a divergence from them would be infinite or nought."""
    content = "id,probability:no,probability:yes\na,0,1\nb,1.0,0\n"
    for clip in (False, True):
        decided = read(content, clip=clip)
        assert decided.member.outputs == "decisions"
        assert not decided.member.has_scores
        assert decided.member.decisions().tolist() == [1, 0]
    assert read("id,probability:a,probability:b\nx,1,1\n", task="multi_label").member.outputs == "decisions"


def test_declared_labels_are_kept_where_a_rare_one_occurs_nowhere(read):
    """Two files of hard decisions must agree on the classes even if a model never chooses one of them."""
    labels = ("joy", "fear", "anger")
    predictions = read("id,label,truth\na,joy,fear\nb,joy,joy\n", task="single_label", labels=labels)
    assert predictions.member.labels == labels
    assert predictions.member.values.tolist() == [[1, 0, 0], [1, 0, 0]]
    assert predictions.items.truth.tolist() == [1, 0]
    with pytest.raises(LabelError, match=r"the label 'joy' is none of \['fear', 'anger'\]"):
        read("id,label\na,joy\n", task="single_label", labels=labels[1:])
    with pytest.raises(LabelError, match=r"two labels, declared are \['joy', 'fear', 'anger'\]"):
        read("id,label\na,joy\n", labels=labels)


@pytest.mark.parametrize("kind", ["logit", "probability"])
def test_columns_are_put_into_the_declared_order(read, kind):
    """They are named, so nothing is guessed; truth follows them."""
    content = f"id,{kind}:toxic,{kind}:fine,truth\na,0.25,0.75,toxic\n"
    predictions = read(content, labels=("fine", "toxic"))
    assert predictions.member.labels == ("fine", "toxic")
    assert predictions.member.values.tolist() == [[0.75, 0.25]]
    assert predictions.items.truth.tolist() == [1]
    assert read(content, labels=("fine", "toxic"), positive="fine").member.labels == ("toxic", "fine")
    with pytest.raises(LabelError, match=r"has the labels \['toxic', 'fine'\], and \['good', 'bad'\] are declared"):
        read(content, labels=("good", "bad"))


def test_declared_labels_must_be_those_of_the_metadata(tmp_path):
    """A class that the file knows of must not get lost; a class has one name."""
    decisions = Predictions("mlp/0", "single_label", ("joy", "fear", "anger"), "decisions", np.eye(3)[[0, 1]])
    path = tmp_path / "a.parquet"
    write_predictions(Items("mlp/0", np.array(["a", "b"])), decisions, path)
    read = read_predictions(path, name="mlp/0", labels=("anger", "fear", "joy"))
    assert read.member.labels == ("anger", "fear", "joy")
    assert read.member.decisions().tolist() == [2, 1]
    for labels, words in {("joy", "fear"): "are declared", ("joy", "joy", "fear"): "repeat a name"}.items():
        with pytest.raises(LabelError, match=words):
            read_predictions(path, name="mlp/0", labels=labels)


def test_declared_labels_name_the_other_label_of_a_score_but_not_the_positive_one(read):
    """Which label a score ranks by is the user's to say."""
    content = "id,score\na,0.9\nb,0.2\n"
    assert read(content, labels=("fine", "toxic"), positive="toxic").member.labels == ("fine", "toxic")
    with pytest.raises(InputError, match="nothing says for which label"):
        read(content, labels=("fine", "toxic"))
    with pytest.raises(LabelError, match="Check --positive 'rude'"):
        read(content, labels=("fine", "toxic"), positive="rude")


def test_flags_of_several_labels_are_put_into_the_declared_order(read):
    """And their truth with them."""
    flags = read("id,label:a,label:b,truth:a,truth:b\nx,1,0,1,0\n", task="multi_label", labels=("b", "a"))
    assert flags.member.values.tolist() == [[0, 1]]
    assert flags.items.truth.tolist() == [[0, 1]]


def test_a_population_is_read_in_the_declared_order(tmp_path):
    """Every file of it."""
    (tmp_path / "a.csv").write_text("id,label\nx,no\n")
    (tmp_path / "b.csv").write_text("id,logit:yes,logit:no\nx,1,0\n")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    population = read_population(files, "student", "mlp", task="binary", labels=("no", "yes"))
    assert [observed.member.labels for observed in population.members] == [("no", "yes")] * 2


LOGITS = "id,logit:no,logit:yes\n"
REFUSED = {
    "task": (
        LOGITS + "a,0,1\n",
        {"task": None},
        InputError,
        "t.csv does not say which task it answers. Declare it: --task binary|",
    ),
    "unknown task": (
        LOGITS + "a,0,1\n",
        {"task": "binry"},
        InputError,
        "There is no task called 'binry'. Did you mean 'binary'?",
    ),
    "no rows": (LOGITS, {}, InputError, "t.csv has no rows. Give at least one item."),
    "no id": (
        "ids,logit:no,logit:yes\na,0,1\n",
        {},
        InputError,
        "no column 'id'. Did you mean 'ids'? Map it with --columns id=ids.",
    ),
    "fraction": (
        LOGITS + "a,0,1\n1.5,0,1\n",
        {},
        InputError,
        "row 2: the id '1.5' is not an id (such rows: 1). Ids are texts or integers;",
    ),
    "repeated": (
        LOGITS + "a,0,1\na,0,1\n",
        {},
        InputError,
        "row 2: the id 'a' is in 2 rows (rows that repeat an id: 1). Give every",
    ),
    "nan": (
        LOGITS + "a,0,1\nb,nan,1\n",
        {},
        InputError,
        "row 2 (id 'b'): the logit:no nan is not finite (such rows: 1). Score these",
    ),
    "infinite": (
        LOGITS + "a,0,-inf\n",
        {},
        InputError,
        "row 1 (id 'a'): the logit:yes -inf is not finite (such rows: 1). Score these",
    ),
    "blank": (
        LOGITS + "a,,1\n",
        {},
        InputError,
        "row 1 (id 'a'): the logit:no is blank (such rows: 1). Score these texts again",
    ),
    "text": (
        LOGITS + "a,x,1\n",
        {},
        InputError,
        "row 1 (id 'a'): the logit:no x is not a number (such rows: 1). Score these",
    ),
    "sum": (
        "id,probability:no,probability:yes\na,0.5,0.5\nb,0.5,0.4\n",
        {},
        InputError,
        "row 2 (id 'b'): the probabilities sum to 0.9 (such rows: 1); 1 +- 0.001 is accepted. Give every class",
    ),
    "range": (
        "id,probability:no,probability:yes\na,-1,2\n",
        {},
        InputError,
        "row 1 (id 'a'): probability:no is -1, not a probability. Call the columns logit:LABEL if they are logits.",
    ),
    "both kinds": (
        "id,logit:a,probability:a\nx,0,1\n",
        {},
        InputError,
        "columns of both logit:LABEL and probability:LABEL. Keep one",
    ),
    "three": (
        "id,logit:a,logit:b,logit:c\nx,0,1,2\n",
        {},
        LabelError,
        "a binary task has two labels, but there are columns for 3: ['a', 'b'",
    ),
    "one": (
        "id,logit:a\nx,0\n",
        {"task": "single_label"},
        LabelError,
        "a column for one label only, 'a'. Give one for every label.",
    ),
    "positive": (
        LOGITS + "a,0,1\n",
        {"positive": "ja"},
        LabelError,
        "the positive label 'ja' is none of ['no', 'yes'].",
    ),
    "truth": (
        "id,logit:no,logit:yes,truth\na,0,1,no\nb,0,1,1\n",
        {},
        LabelError,
        "t.csv, column truth, row 2: the label '1' is none of ['no', 'yes'] (such rows: 1).",
    ),
    "score": (
        "id,score\na,1\n",
        {},
        InputError,
        "has a score, but nothing says for which label. Name it: --positive LABEL.",
    ),
    "score task": (
        "id,score\na,1\n",
        {"task": "single_label"},
        InputError,
        "one score, which answers a binary task, not single_label.",
    ),
    "score labels": (
        "id,score,truth\na,1,x\nb,0,y\n",
        {"positive": "z"},
        LabelError,
        "a binary task has two labels, but there are ['x', 'y', 'z']. Check --positive 'z'.",
    ),
    "score and label": (
        "id,score,label\na,1,no\nb,0,yes\n",
        {"positive": "yes"},
        InputError,
        "no threshold on `score` gives the column `label`: 'yes' is decided at 0 and not at 1. Remove one of the columns.",
    ),
    "threshold": (
        LOGITS + "a,0,1\n",
        {"threshold": 0.5},
        InputError,
        "has no score for the threshold 0.5. Leave the threshold out.",
    ),
    "outputs": (
        "id,text\na,x\n",
        {},
        InputError,
        "has no outputs: columns logit:LABEL or probability:LABEL for every label, or score or",
    ),
    "flags": (
        "id,text\na,x\n",
        {"task": "multi_label"},
        InputError,
        "has no outputs: columns logit:LABEL, probability:LABEL or label:LABEL.",
    ),
    "flag": (
        "id,label:a\nx,2\n",
        {"task": "multi_label"},
        InputError,
        "row 1: label:a is 2. Write 0 or 1, or leave it blank.",
    ),
    "decision": ("id,label\na,x\nb,\n", {}, InputError, "row 2: the label is blank. Every row needs a decision."),
    "decisions": (
        "id,label\na,x\nb,y\nc,z\n",
        {},
        LabelError,
        "`label` and `truth` show ['x', 'y', 'z']. Check the columns.",
    ),
    "slice": (
        "id,logit:no,logit:yes,slice:s\na,0,1,2\n",
        {},
        InputError,
        "row 1: slice:s is '2'. Write 0 or 1, or a share between them.",
    ),
    "seed": (
        "id,logit:no,logit:yes,seed\na,0,1,x\n",
        {},
        InputError,
        "row 1: the seed is 'x'. Write a whole number of at most 18 digits.",
    ),
    "seeds": (
        "id,logit:no,logit:yes,seed\na,0,1,1\na,0,1,2\n",
        {},
        InputError,
        "holds 2 seeds: [1, 2]. Read a population, or name one",
    ),
    "no seed": (
        "id,logit:no,logit:yes,seed\na,0,1,1\n",
        {"seed": 7},
        InputError,
        "has no rows of seed 7; it has seeds [1].",
    ),
    "huge seed": (
        f"id,logit:no,logit:yes,seed\na,0,1,{10**30}\n",
        {},
        InputError,
        f"row 1: the seed is '{10**30}'. Write a whole number of at most 18 digits.",
    ),
    "endless seed": (
        f"id,logit:no,logit:yes,seed\na,0,1,{'9' * 500}\n",
        {},
        InputError,
        f"row 1: the seed is '{'9' * 40}'. Write a whole number of at most 18 digits.",
    ),
    "threshold nan": (
        "id,score\na,1\n",
        {"positive": "yes", "threshold": float("nan")},
        InputError,
        "the threshold nan is not finite. Give a number on the score's own scale.",
    ),
    "threshold inf": (
        LOGITS + "a,0,1\n",
        {"threshold": float("-inf")},
        InputError,
        "the threshold -inf is not finite. Give a number on the score's own scale.",
    ),
    "bare truth": (
        "id,logit:a,logit:b,truth\nx,0,1,a\n",
        {"task": "multi_label"},
        InputError,
        "has one column 'truth' for all labels, and a multi_label task needs ['truth:a', 'truth:b']. Give truth:LABEL",
    ),
    "truth in columns": (
        "id,logit:a,logit:b,truth:a,truth:b\nx,0,1,0,1\n",
        {"task": "binary"},
        InputError,
        "has ['truth:a', 'truth:b'], and a binary task has one label for every item. Give one column 'truth'.",
    ),
    "overflow": (
        "id,value,truth\nx,1,2\ny,-1e155,2\n",
        {"task": "regression"},
        InputError,
        "row 2 (id 'y'): the value -1e155 is too large: beyond 1e+30 statistics overflow (such rows: 1). Score these",
    ),
    "overflowing truth": (
        "id,value,truth\nx,1,2e200\n",
        {"task": "regression"},
        InputError,
        "row 1: the truth 2e200 is too large",
    ),
    "house name": (
        LOGITS[:-1] + ",gold\na,0,1,no\n",
        {"columns": {"trut": "gold"}},
        InputError,
        "'gold' cannot be read as 'trut'. There is no column called 'trut'. Did you mean 'truth'? Known:",
    ),
    "label and logits": (
        LOGITS[:-1] + ",label\na,0,1,yes\nb,0,1,no\nc,1,0,yes\n",
        {},
        InputError,
        (
            "the column 'label' contradicts the logits in 2 rows, the first under id 'b': 'no' is written, and 'yes' "
            "follows from the logits. Leave one of the two out; human labels are called 'truth'."
        ),
    ),
    "label and probabilities": (
        "id,probability:no,probability:yes,label\na,0.5,0.5,1\n",
        {"task": "single_label"},
        InputError,
        "'label' contradicts the probabilities in 1 rows, the first under id 'a': '1' is written, and 'no' follows",
    ),
    "label and threshold": (
        "id,score,label\na,0.5,no\nb,0.1,no\n",
        {"positive": "yes", "threshold": 0.3},
        InputError,
        "'label' contradicts the score in 1 rows, the first under id 'a': 'no' is written, and 'yes' follows",
    ),
    "flags and logits": (
        "id,logit:a,logit:b,label:b\nx,-1,1,1\ny,1,-1,1\nz,1,-1,\n",
        {"task": "multi_label"},
        InputError,
        (
            "'label:b' contradicts the logits in 2 rows, the first under id 'y': '1' is written, and '0' follows from the "
            "logits. Leave one of the two out; human labels are called 'truth:b'."
        ),
    ),
    "NUL in an id": (
        LOGITS + "a,0,1\na\0,0,1\n",
        {},
        InputError,
        "row 2: the id 'a\\x00' holds NUL or half a surrogate pair (such rows: 1). Leave these characters out.",
    ),
    "NUL in a label": ("id,label\na,x\nb,y\0\n", {}, InputError, "row 2: the label 'y\\x00' holds NUL or half"),
    "NUL in a truth": (LOGITS[:-1] + ",truth\na,0,1,no\0\n", {}, InputError, "row 1: the truth 'no\\x00' holds NUL"),
    "NUL in a name": (
        "id,logit:no,logit:no\0\na,0,1\n",
        {},
        InputError,
        "has a column called 'logit:no\\x00': a name cannot hold NUL or half a surrogate pair. Rename it.",
    ),
    "half a truth": (
        "id,logit:a,logit:b,truth:a\nx,0,1,1\n",
        {"task": "multi_label"},
        InputError,
        "has ['truth:a'] but not all of ['truth:a', 'truth:b']. Give one column of truth for every label.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_measured_is_refused_in_full_sentences(read, case):
    """File, row, id, value and remedy are in the message."""
    content, settings, kind, message = REFUSED[case]
    with pytest.raises(AngelshareError) as refusal:
        read(content, **settings)
    assert message in str(refusal.value)
    assert "t.csv" in str(refusal.value) or case == "unknown task"
    assert type(refusal.value) is kind


def test_decisions_that_follow_from_the_scores_may_stand_beside_them(read):
    """Many tools write both."""
    both = read("id,logit:no,logit:yes,label\na,0,1,yes\nb,1,1,no\n")
    assert both.member.outputs == "logits"
    assert both.member.decisions().tolist() == [1, 0]
    flags = read("id,probability:a,probability:b,label:a\nx,0.5,0.1,1\n", task="multi_label")
    assert flags.member.outputs == "probabilities"
    assert read("id,score,label\na,1,yes\n", positive="yes", threshold=0.5).member.threshold == 0.5
    turned = read("id,logit:yes,logit:no,label\na,1,1,no\n", labels=("no", "yes"))
    assert turned.member.decisions().tolist() == [0]


OF_ITEMS = ("ids", "truth", "slices", "clusters", "weights", "keys")


def member(**changes):
    """Return predictions, observed on three items, with these changes of either."""
    standard = {
        "name": "mlp/3",
        "task": "binary",
        "labels": ("fine", "rude"),
        "outputs": "logits",
        "ids": np.array(["007", "b", "\u00e9"]),
        "values": np.array([[0.1, 0.2], [1 / 3, -4], [5, 6e-9]]),
        "truth": np.array([0, -1, 1]),
        "slices": {"late": np.array([True, False, True])},
        "clusters": np.array([0, 1, 0]),
        "seed": 3,
        "fingerprint": "abc",
        "parent_fingerprint": "def",
    }
    given = standard | changes
    known = {what: given.pop(what) for what in OF_ITEMS if what in given}
    return Observed(Items(given["name"], **known), Predictions(**given))


SHAPES = {
    "logits": {},
    "score": {"outputs": "score", "values": np.array([[0.1], [0.2], [0.3]]), "threshold": 0.15},
    "decisions": {"outputs": "decisions", "values": np.array([[1.0, 0], [1, 0], [1, 0]])},
    "multi_label": {"task": "multi_label", "truth": np.array([[0, 1], [np.nan, 1], [1, 1.0]])},
    "flags": {"task": "multi_label", "outputs": "decisions", "values": np.eye(3)[:, :2], "truth": None},
    "regression": {
        "task": "regression",
        "labels": ("value",),
        "outputs": "values",
        "values": np.array([[1.5], [2], [3]]),
        "truth": np.array([1, np.nan, 2.5]),
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_is_read_back(tmp_path, shape):
    """Without naming the task again."""
    before = member(**SHAPES[shape])
    write_predictions(before.items, before.member, tmp_path / "p.parquet", texts=["x", "y", "half \ud83d"])
    after = read_predictions(tmp_path / "p.parquet", name="mlp/3")
    for name in ("task", "labels", "outputs", "threshold", "seed", "fingerprint", "parent_fingerprint"):
        assert getattr(after.member, name) == getattr(before.member, name), name
    assert after.items.ids.tolist() == before.items.ids.tolist()
    assert np.array_equal(after.member.values, before.member.values)
    assert before.items.truth is None or np.array_equal(
        after.items.truth, before.items.truth, equal_nan=shape in {"multi_label", "regression"}
    )
    assert after.items.slices["late"].tolist() == [True, False, True]
    assert after.items.keys.tolist() == [text_key("x"), text_key("y"), text_key("half \ud83d")]
    assert read_prediction_texts(tmp_path / "p.parquet")["b"] == "y"
    assert [path.name for path in tmp_path.iterdir()] == ["p.parquet"]


def test_a_written_file_refuses_another_task(tmp_path):
    """Its metadata say what it answers."""
    write_predictions(member().items, member().member, tmp_path / "p.parquet")
    with pytest.raises(InputError, match="says that it answers a binary task, but regression was declared"):
        read_predictions(tmp_path / "p.parquet", name="x", task="regression")


def test_predictions_are_written_as_parquet_only(tmp_path):
    """CSV would lose the task."""
    with pytest.raises(InputError, match=r"Call it p\.parquet"):
        write_predictions(member().items, member().member, tmp_path / "p.csv")
    with pytest.raises(InputError, match="3 items and 1 texts"):
        write_predictions(member().items, member().member, tmp_path / "p.parquet", texts=["x"])
    with pytest.raises(InputError, match="3 items and 2 answers"):
        write_predictions(member().items, member().member.take(np.array([0, 1])), tmp_path / "p.parquet")


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), min_size=1, max_size=5))
def test_text_formats_keep_every_bit_of_a_logit(tmp_path_factory, rows):
    """Python writes doubles so that they can be read back exactly."""
    folder = tmp_path_factory.mktemp("p")
    lines = [json.dumps({"id": i, "logit:no": a, "logit:yes": b}) for i, (a, b) in enumerate(rows)]
    (folder / "p.jsonl").write_text("\n".join(lines))
    (folder / "p.csv").write_text(LOGITS + "".join(f"{i},{a!r},{b!r}\n" for i, (a, b) in enumerate(rows)))
    for name in ("p.jsonl", "p.csv"):
        assert read_predictions(folder / name, name="x", task="binary").member.values.tolist() == [
            list(row) for row in rows
        ]


def test_several_files_are_members(tmp_path):
    """Numbered by position where they have no seed."""
    for name in ("p", "q"):
        (tmp_path / f"{name}.csv").write_text(LOGITS + "a,0,1\n")
    population = read_population([tmp_path / "p.csv", tmp_path / "q.csv"], "student", "mlp", task="binary")
    assert population.names == ("mlp/0", "mlp/1")
    assert [observed.seed for observed in population.members] == [0, 1]


def test_a_seed_column_makes_members(tmp_path):
    """One file holds them all; a seed in two files is refused."""
    path = tmp_path / "p.csv"
    path.write_text("id,logit:no,logit:yes,seed\na,0,1,4\na,0,2,2\nb,0,3,4\nb,0,4,2\n")
    population = read_population([path], "student", "mlp", task="binary")
    assert population.names == ("mlp/2", "mlp/4")
    assert population.members[1].member.values[:, 1].tolist() == [1, 3]
    assert read_predictions(path, name="x", task="binary", seed=2).member.values[:, 1].tolist() == [2, 4]
    assert read_prediction_texts(path) is None
    with pytest.raises(InputError, match="hold 'mlp/2' more than once"):
        read_population([path, path], "student", "mlp", task="binary")


def data(**changes):
    standard = {
        "name": "own",
        "task": "binary",
        "labels": ("rude", "fine"),
        "ids": ("b", "007", "\u00e9"),
        "batch": TextBatch(("y", "x", "z")),
        "truth": np.array([0, 1, -1]),
        "slices": {"early": np.array([True, False, False])},
    }
    return TextSet(**(standard | changes))


def test_truth_is_joined_by_id_and_label_name():
    """Whatever the order of the rows and of the labels."""
    joined = attach_truth(member(truth=None), data())
    assert joined.items.truth.tolist() == [0, 1, -1]
    assert joined.items.slices["early"].tolist() == [False, True, False]
    assert joined.items.keys.tolist() == [text_key("x"), text_key("y"), text_key("z")]


def test_joining_refuses_other_ids_labels_texts_and_truths():
    """Each with what differs."""
    with pytest.raises(MisalignedError, match=r"1 missing \('c'\), 1 extra \('\u00e9'\)"):
        attach_truth(member(), data(ids=("b", "007", "c")))
    with pytest.raises(LabelError, match=r"with labels \['fine', 'rude'\], own is binary with \['no', 'yes'\]"):
        attach_truth(member(), data(labels=("no", "yes")))
    with pytest.raises(MisalignedError, match="1 items have another text in mlp/3 than in own, the first 'b'"):
        attach_truth(member(keys=np.array([text_key(t) for t in ("x", "!", "z")])), data())
    with pytest.raises(MisalignedError, match="2 items have another truth in mlp/3 than in own"):
        attach_truth(member(), data())


@pytest.mark.parametrize(
    ("in_file", "in_data", "says"),
    [
        (
            {"slices": {"early": np.array([True, False, False])}},
            {"slices": {"early": np.array([True, False, False])}},  # the data's items are in another order
            "2 items have another slice 'early' in mlp/3 than in own, the first '007'. Score the texts of own, or give the",
        ),
        (
            {"weights": np.array([1.0, 2.0, 2.0])},
            {"weights": np.array([2.0, 1.0, 3.0])},
            "1 items have another weight in mlp/3 than in own, the first '\u00e9'.",
        ),
        (
            {"clusters": np.array([0, 0, 1])},
            {"clusters": np.array([5, 5, 5])},
            "3 items have another cluster in mlp/3 than in own, the first '007'.",
        ),
    ],
)
def test_joining_refuses_other_slices_weights_and_clusters(in_file, in_data, says):
    """Those of the data would be taken, and the file's passed over."""
    with pytest.raises(MisalignedError) as caught:
        attach_truth(member(truth=None, **in_file), data(**in_data))
    assert str(caught.value).startswith(says)


def test_joining_takes_what_file_and_data_say_alike():
    """Clusters under other names; what only one of them has."""
    mine = {"slices": {"late": np.array([True, False, False])}, "clusters": np.array([0, 1, 1])}
    joined = attach_truth(member(truth=None, **mine), data(clusters=np.array([9, 4, 9]), weights=np.ones(3)))
    assert (list(joined.items.slices), joined.items.clusters.tolist()) == (["late", "early"], [4, 9, 9])
    assert joined.items.weights.tolist() == [1, 1, 1]


def test_parquet_of_other_tools_is_read(tmp_path):
    """float32 columns, integer ids, an index that pandas left."""
    frame = pd.DataFrame(
        {"id": [3, 4], "logit:no": np.float32([0.5, 1]), "logit:yes": np.float32([1, 2])}, index=[7, 8]
    )
    frame.to_parquet(tmp_path / "p.parquet")
    predictions = read_predictions(tmp_path / "p.parquet", name="x", task="binary")
    assert predictions.items.ids.tolist() == ["3", "4"]
    assert predictions.member.values.tolist() == [[0.5, 1], [1, 2]]


SAID_WRONGLY = {
    "labels that are no JSON": (
        {b"labels": b"fine, rude"},
        "the metadata angelshare.labels are 'fine, rude', not a JSON",
    ),
    "labels that are a number": (
        {b"labels": b"5"},
        "angelshare.labels are '5', not a JSON list of distinct names. Write",
    ),
    "labels that are a text": ({b"labels": b'"no"'}, "not a JSON list of distinct names. Write the file with `write_"),
    "a label that is a number": ({b"labels": b'["no", 3]'}, r"""are '["no", 3]', not a JSON list"""),
    "a label that is a list": ({b"labels": b'[["no"], ["yes"]]'}, "not a JSON list of distinct names."),
    "a repeated label": ({b"labels": b'["no", "no"]'}, "not a JSON list of distinct names."),
    "a label with NUL": ({b"labels": rb'["no", "yes\u0000"]'}, "not a JSON list of distinct names."),
    "labels too deep": ({b"labels": b"[" * 100_000}, "not a JSON list of distinct names."),
    "a threshold that is no number": (
        {b"threshold": b"high"},
        "angelshare.threshold is 'high', not a finite number. Write",
    ),
    "a threshold that is nan": ({b"threshold": b"nan"}, "angelshare.threshold is 'nan', not a finite number."),
    "a threshold that is infinite": ({b"threshold": b"1e999"}, "angelshare.threshold is '1e999', not a finite number."),
    "a value that is not UTF-8": (
        {b"fingerprint": b"\xff"},
        r"the metadata b'angelshare.fingerprint': b'\xff' are not",
    ),
    "a key that is not UTF-8": ({b"\xff": b"1"}, r"the metadata b'angelshare.\xff': b'1' are not UTF-8 (invalid start"),
    "an unknown task": (
        {b"task": b"binry"},
        "the metadata name the task 'binry'. There is no task called 'binry'. Did",
    ),
}


@pytest.mark.parametrize("case", SAID_WRONGLY)
def test_metadata_of_ours_that_cannot_be_read_are_refused(tmp_path, case):
    """The file, the key and its value are in the message."""
    metadata, message = SAID_WRONGLY[case]
    table = pa.table({"id": ["a"], "logit:no": [0.0], "logit:yes": [1.0]})
    written = table.replace_schema_metadata({b"angelshare." + key: value for key, value in metadata.items()})
    pq.write_table(written, tmp_path / "p.parquet")
    with pytest.raises(InputError) as refusal:
        read_predictions(tmp_path / "p.parquet", name="x", task="binary")
    assert message in str(refusal.value)
    assert "p.parquet" in str(refusal.value)


def test_metadata_of_other_tools_are_not_looked_at(tmp_path):
    """They may be bytes."""
    table = pa.table({"id": ["a"], "logit:no": [0.0], "logit:yes": [1.0]})
    pq.write_table(table.replace_schema_metadata({b"\xfftool": b"\xff", b"angel": b"\xfe"}), tmp_path / "p.parquet")
    assert read_predictions(tmp_path / "p.parquet", name="x", task="binary").member.labels == ("no", "yes")


def test_labels_that_pandas_made_floats_are_their_integers(tmp_path):
    """A gap in a column of integers is enough for that."""
    lines = [{"id": i, "logit:0": 0.5, "logit:1": i, "truth": truth} for i, truth in enumerate([1.0, None, 0.0])]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert read_predictions(tmp_path / "p.jsonl", name="x", task="binary").items.truth.tolist() == [1, -1, 0]


def test_a_parquet_file_keeps_what_it_declares_whatever_it_is_called(tmp_path):
    """Order of labels, task and fingerprint are in its metadata, not in its name."""
    values = np.array([[1.0, 0.5], [0.0, 1.0]])
    written = Predictions("m", "binary", ("yes", "no"), "logits", values, fingerprint="f" * 8)
    write_predictions(Items("m", np.array(["a", "b"])), written, tmp_path / "m.parquet")
    (tmp_path / "m.parquet").rename(tmp_path / "answers")
    read = read_predictions(tmp_path / "answers", name="m").member
    assert (read.labels, read.task, read.fingerprint) == (("yes", "no"), "binary", "f" * 8)


@pytest.mark.parametrize("prefix", ["logit:", "probability:", "label:"])
def test_a_column_for_a_label_without_a_name_is_refused(prefix, tmp_path):
    """It would be a class that nobody can name."""
    (tmp_path / "f.csv").write_text(f"id,{prefix},{prefix}yes\na,0,1\n")
    task = "multi_label" if prefix == "label:" else "binary"
    with pytest.raises(LabelError, match=f"has a column '{prefix}' that names no label. Call it {prefix}LABEL"):
        read_predictions(tmp_path / "f.csv", name="m", task=task)


@pytest.mark.parametrize("heaviest", ["1e10", "1e16"])
def test_weights_are_not_worlds_apart(heaviest, tmp_path):
    """The lightest items would vanish in sums, and with them the standard error."""
    (tmp_path / "f.csv").write_text(f"id,value,weight\na,1,1\nb,2,{heaviest}\nc,3,0\n")
    with pytest.raises(InputError, match=r"the weights go from 1 to 1e\+1\d; beside the heaviest the lightest vanish"):
        read_predictions(tmp_path / "f.csv", name="m", task="regression")


@pytest.mark.parametrize("threshold", [float("nan"), float("inf")])
def test_a_threshold_is_finite(threshold, tmp_path):
    """Also where the file has no score."""
    (tmp_path / "f.csv").write_text("id,value\na,1\n")
    with pytest.raises(InputError, match=r"the threshold (nan|inf) is not finite"):
        read_predictions(tmp_path / "f.csv", name="m", task="regression", threshold=threshold)
