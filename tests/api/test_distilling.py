"""A student distilled from Python."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import angelshare as ash
from angelshare.core.errors import InputError, LabelError
from angelshare.core.student_spec import MlpSpec
from angelshare.recipes.folder.lock import held

MLP = {"kind": "mlp", "vocabulary": 40, "embedding_width": 4, "hidden_width": 4}
SETTINGS = {"epochs": 2, "batch_size": 8, "learning_rate": 1e-2}


@pytest.fixture(scope="module")
def student(network, texts, tmp_path_factory):
    """A student of a network in memory, with validation."""
    out = tmp_path_factory.mktemp("student") / "mlp"
    return ash.distil(network, MLP, texts=texts.text.tolist(), validation=texts, out=out, **SETTINGS)


def test_a_student_is_a_folder_a_card_and_a_model(student, texts):
    """It knows its labels and its teacher, scores texts, and can be audited."""
    assert (student.card.kind, student.card.task, student.card.labels) == ("mlp", "binary", ("bad", "good"))
    assert {path.name for path in student.folder.iterdir()} >= {"model.safetensors", "config.json", "training.json"}
    assert student.score(["the soup was good", "the soup was bad"]).shape == (2, 2)
    assert repr(student).startswith("Student(mlp of ")
    statement = ash.audit(student, {"copy": student}, data=texts, task="binary", audits="agreement")
    assert [model.fingerprint for model in statement.content.models] == [student.card.fingerprint] * 2


def test_the_same_call_again_only_loads_it(student, network, texts):
    """Other settings, another seed or other texts make another student in its place."""
    before = (student.folder / "model.safetensors").stat().st_mtime_ns
    given = {"texts": np.array(texts.text), "validation": texts, "out": student.folder, **SETTINGS}
    again = ash.distil(network, MLP, **given)
    assert (again.folder / "model.safetensors").stat().st_mtime_ns == before
    assert again.card.fingerprint == student.card.fingerprint
    other = ash.distil(network, MLP, seed=1, **given | {"out": student.folder.with_name("other")})
    assert other.card.fingerprint != student.card.fingerprint
    assert other.card.parent_fingerprint == student.card.parent_fingerprint


def test_one_call_at_a_time_makes_a_student(student, network, texts):
    """The lock lies beside its folder, which is replaced."""
    lock = student.folder.with_name(".mlp.angelshare.lock")
    again = {"texts": list(texts.text), "validation": texts, "out": student.folder, **SETTINGS}
    with held(lock, of=student.folder), pytest.raises(InputError, match="mlp is in use by process"):
        ash.distil(network, MLP, **again)
    ash.distil(network, MLP, **again)
    assert not lock.exists()


def test_human_labels_may_stand_beside_the_texts(network, texts, tmp_path):
    """As a column, or row by row; some may be missing. Objectives that look at them can then be trained."""
    objective = {"kind": "human_or_teacher"}
    some = texts.label.where(texts.index % 2 == 0, None)
    given = {"objective": objective, "epochs": 1}
    column = ash.distil(network, MLP, texts=texts.assign(label=some), out=tmp_path / "column", **given)
    beside = ash.distil(network, MLP, texts=list(texts.text), truth=some, out=tmp_path / "beside", **given)
    assert column.card.fingerprint == beside.card.fingerprint
    report = json.loads((column.folder / "training.json").read_text("utf-8"))
    assert report["best_validation"] is None  # nobody said when to stop


def test_students_of_every_kind_have_a_teacher_of_every_form(network, texts, tmp_path):
    """Layers of the teacher, a specification, a pipeline, a folder."""
    pipeline = SimpleNamespace(model=network[0], tokenizer=network[1])
    layers = ash.distil(
        pipeline, {"kind": "transformer", "layers": 1, "max_length": 16}, texts=texts, out=tmp_path / "layers", epochs=1
    )
    assert layers.card.kind == "transformer"
    spec = MlpSpec(name="little", kind="mlp", vocabulary=20, embedding_width=2)
    assert ash.distil(layers, spec, texts=texts, out=tmp_path / "little", epochs=1).card.name == "little"


WRONG = {
    "another kind": ({"student": "bilstn"}, r"^There is no kind of student called 'bilstn'\. Did you mean 'bilstm'\?"),
    "a number for a kind": ({"student": 3}, r"^student is a int\. Give its kind, such as 'bilstm', or its settings\.$"),
    "a key misspelt": (
        {"student": {"kind": "mlp", "hiden_width": 3}},
        r"^The student mlp: there is no option 'hiden_width'; .* Did you mean 'hidden_width'\?$",
    ),
    "a setting misspelt": ({"epoch": 3}, r"^The training: there is no option 'epoch'; .* Did you mean 'epochs'\?$"),
    "a setting out of range": ({"epochs": -1}, r"^The training: epochs: Input should be greater than 0\.$"),
    "no texts": ({"texts": []}, r"^texts is empty\. Give at least one text\.$"),
    "numbers for texts": ({"texts": [1, 2]}, r"^texts, row 1: the text is 1, not text"),
    "a frame without texts": ({"texts": pd.DataFrame({"body": ["x"]})}, r"^texts has no column 'text'\."),
    "fewer labels than texts": (
        {"texts": ["a", "b"], "truth": ["good"]},
        r"^texts has 2 items, and truth has 1\. Give one label for every text\.$",
    ),
    "a label that there is not": (
        {"texts": ["a"], "truth": ["fine"]},
        r"the label 'fine' is none of \['bad', 'good'\]",
    ),
    "patience without validation": ({"patience": 2}, r"patience"),
    "a teacher that is none": (
        {"teacher": 3},
        r"^teacher is a int\. Give a model folder, a hub id, \(model, tokenizer\)",
    ),
    "a teacher that is not there": ({"teacher": "no/such/folder"}, r"^There is no model folder no/such/folder\."),
    "a blank folder": ({"out": " "}, r"^`out` is blank\."),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_distilled_is_refused_in_a_sentence(network, texts, tmp_path, change, message):
    """Nothing is left behind."""
    given = {"teacher": network, "student": MLP, "texts": texts, "out": tmp_path / "student", **change}
    with pytest.raises((InputError, LabelError), match=message) as caught:
        ash.distil(given.pop("teacher"), given.pop("student"), **given)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not (tmp_path / "student").exists()
