"""Tests of slices from the recipe or the command line to the statement."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.registry import choices
from angelshare.core.errors import InputError
from angelshare.core.protocols import Silent
from angelshare.data.slices.specs import parse_slice
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side
from angelshare.recipes.reading import parse_recipe
from angelshare.recipes.run import prepare
from angelshare.statement.gate_rules import parse_gate

NOW = datetime(2026, 1, 2, tzinfo=UTC)
N = 80


@pytest.fixture
def folder(tmp_path):
    """A teacher that is right, a student that is wrong wherever `she` stands, and the labelled texts."""
    truth, she = np.arange(N) % 2, np.arange(N) % 4 < 2
    texts = [f"{'she' if s else 'he'} {'pours slowly and well' if i < 40 else 'pours'}" for i, s in enumerate(she)]
    names = np.where(truth == 1, "rude", "fine")
    for name, right in (("teacher", np.ones(N, dtype=bool)), ("student", ~she)):
        margin = np.where(right, 1.0, -1.0) * (2 * truth - 1) * np.linspace(1, 2, N)
        outputs = {"id": [f"i{i}" for i in range(N)], "logit:fine": -margin, "logit:rude": margin}
        pd.DataFrame(outputs).to_csv(tmp_path / f"{name}.csv", index=False)
        pd.DataFrame({**outputs, "truth": names, "text": texts}).to_csv(tmp_path / f"{name}-text.csv", index=False)
    source = np.where(np.arange(N) < 30, "forum", "mail")
    data = pd.DataFrame({"id": [f"i{i}" for i in range(N)], "text": texts, "label": names, "source": source})
    data.sample(frac=1, random_state=0).to_csv(tmp_path / "data.csv", index=False)
    return tmp_path


def statement_of(folder, *slices, suffix="", data=None, gates=()):
    """Return the statement of the two files."""
    sides = [parse_side(role, str(folder / f"{role}{suffix}.csv")) for role in ("teacher", "student")]
    request = AuditRequest(
        sides=tuple(sides), out=folder / "out", now=NOW, reading=Reading(task="binary"), slices=tuple(map(parse_slice, slices)),
        data=data, gates=tuple(map(parse_gate, gates)), audits=choices("quality", "agreement"),
    )  # fmt: skip
    return audit_models(request, progress=Silent())


def accuracies(statement):
    """Return the student's accuracy and the number of items, by slice."""
    rows = [row for row in statement.audits[0].differences if row.metric == "accuracy"]
    return {row.slice: (row.left_value, row.n) for row in rows if row.contrast == "student-teacher"}


def test_slices_of_the_data_are_measured(folder):
    """By column, by words, by length and crossed; the data are in another order than the files."""
    given = ("column=source", "words:women=she,", "length=4", "cross=women*length")
    by_slice = accuracies(statement_of(folder, *given, data=str(folder / "data.csv")))
    assert by_slice == {
        None: (0.5, 80),
        "source=forum": (14 / 30, 30),
        "source=mail": (26 / 50, 50),
        "women": (0.0, 40),
        "length under 4": (0.5, 40),
        "length 4 or more": (0.5, 40),
        "women x length under 4": (0.0, 20),
        "women x length 4 or more": (0.0, 20),
    }


def test_texts_may_come_with_the_files(folder):
    """And a gate may name a slice."""
    statement = statement_of(folder, "words:women=she,", suffix="-text", gates=["accuracy[slice=women] >= -0.1"])
    assert accuracies(statement)["women"] == (0.0, 40)
    assert [gate.state for gate in statement.gates] == ["lost"]


def test_a_slice_with_all_or_none_is_noted(folder):
    """And a gate on it was not measured."""
    given = ("words:men=sailor,", "length=1")
    gates = ["accuracy[slice=men] >= -0.1"]
    statement = statement_of(folder, *given, data=str(folder / "data.csv"), gates=gates)
    assert statement.notes == (
        "Nobody says which label is positive: of fine, rude the last is taken. Give the labels in order.",
        "Slice length 1 or more holds all of the 80 items of data and is not measured.",
        "Slices men, length under 1 hold none of the 80 items of data and are not measured.",
    )
    assert set(accuracies(statement)) == {None}
    assert [gate.state for gate in statement.gates] == ["not_measured"]


def test_without_texts_or_data_slices_are_refused(folder):
    """With what would help; no statement is written."""
    with pytest.raises(InputError, match="The slice women cannot be cut: the texts of predictions are not at hand"):
        statement_of(folder, "words:women=she,")
    with pytest.raises(InputError, match="predictions has no column 'source' to slice by"):
        statement_of(folder, "column=source", suffix="-text")
    with pytest.raises(InputError, match=r"There is no column of .*data\.csv called 'sauce'\. Did you mean 'source'"):
        statement_of(folder, "column=sauce", data=str(folder / "data.csv"))
    assert not (folder / "out" / "statement.json").exists()


def test_a_recipe_whose_slices_cannot_be_cut_is_refused_before_anything_is_trained():
    """A missing word list, too."""
    text = """
version: 1
name: mine
data: {source: demo}
teacher: {model: minilm}
students: [{name: mlp, kind: mlp}]
slices: [%s]
"""
    with pytest.raises(InputError, match=r"^There is no word list nowhere\.txt\."):
        prepare(parse_recipe(text % "{kind: words, name: women, file: nowhere.txt}", where="mine"))
    with pytest.raises(InputError, match="has no column 'year' to slice by"):
        prepare(parse_recipe(text % "{kind: column, column: year}", where="mine"))
    splits, _ = prepare(parse_recipe(text % "{kind: length, quantiles: 2}", where="mine"))
    assert len(splits.role("test")) > 0
