"""Teacher and student compared from Python."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import angelshare as ash
from angelshare.cli.commands import app
from angelshare.core.errors import InputError, MisalignedError
from angelshare.recipes.rebuild import differing_rows

NAMES = np.array(["fine", "rude"])


def audited(teacher, student, **settings):
    """Return the statement on the quality of a binary task."""
    return ash.audit(teacher, student, **{"task": "binary", "audits": "quality", **settings})


def accuracies(statement):
    """Return both accuracies on all items."""
    (row,) = [row for row in statement.content.audits[0].differences if (row.metric, row.slice) == ("accuracy", None)]
    return row.right_value, row.left_value


def both(column):
    """Return the probabilities of both labels."""
    return np.column_stack([1 - column, column])


FORMS = {
    "one column of probabilities": (lambda p: p, {"outputs": "probabilities"}),
    "a column for each label": (both, {"outputs": "probabilities"}),
    "a column that is 2-d": (lambda p: p[:, None], {"outputs": "probabilities"}),
    "nested lists": (lambda p: both(p).tolist(), {"outputs": "probabilities"}),
    "a list of numbers": (lambda p: p.tolist(), {"outputs": "probabilities"}),
    "a tuple of numbers": (lambda p: tuple(p.tolist()), {"outputs": "probabilities"}),
    "objects": (lambda p: p.astype(object), {"outputs": "probabilities"}),
    "a series of rows": (lambda p: pd.Series(list(both(p))), {"outputs": "probabilities"}),
    "categories of numbers": (lambda p: pd.Series(p).astype("category"), {"outputs": "probabilities"}),
    "a series of Arrow's": (lambda p: pd.Series(p).astype("double[pyarrow]"), {"outputs": "probabilities"}),
    "an index of rows that repeat": (
        lambda p: pd.Series(p, index=np.arange(len(p)) // 2),
        {"outputs": "probabilities"},
    ),
    "nothing masked": (np.ma.masked_array, {"outputs": "probabilities"}),
    "half precision": (lambda p: np.log(both(p)).astype(np.float16), {"outputs": "logits"}),
    "logits": (lambda p: np.log(both(p)), {"outputs": "logits"}),
    "a logit of the second label": (lambda p: np.log(p / (1 - p)), {"outputs": "logits"}),
    "a score": (lambda p: p, {"outputs": "score", "threshold": 0.5}),
    "decisions": (lambda p: (p >= 0.5).astype(int), {}),
    "yes and no": (lambda p: p >= 0.5, {}),
    "a series": (lambda p: pd.Series(p, dtype="Float32"), {"outputs": "probabilities"}),
    "a frame by label": (lambda p: pd.DataFrame(both(p), columns=[0, 1]), {"outputs": "probabilities"}),
    "a frame of one column": (lambda p: pd.DataFrame({"p": p}), {"outputs": "probabilities"}),
    "a frame as a file": (lambda p: pd.DataFrame(both(p), columns=["probability:0", "probability:1"]), {}),
    "a mapping of columns": (lambda p: [{"id": np.arange(len(p)), "label": (p >= 0.5).astype(int)}], {}),
}


@pytest.mark.parametrize(("form", "settings"), FORMS.values(), ids=FORMS)
def test_answers_may_have_any_form(answers, form, settings):
    """The accuracies are always those of these decisions."""
    statement = audited(form(answers.teacher), form(answers.student), data=answers.truth, **settings)
    expected = [((p >= 0.5) == answers.truth).mean() for p in (answers.teacher, answers.student)]
    assert accuracies(statement) == pytest.approx(expected)


TRUTHS = {
    "numbers": (lambda t: t, None),
    "positions of names": (lambda t: t, ["fine", "rude"]),
    "names": (lambda t: NAMES[t], ["fine", "rude"]),
    "names of any length": (lambda t: NAMES[t].astype(np.dtypes.StringDType()), ["fine", "rude"]),
    "names in a series": (lambda t: pd.Series(NAMES[t]), ["fine", "rude"]),
    "categories": (lambda t: pd.Series(NAMES[t]).astype("category"), ["fine", "rude"]),
    "yes and no": (lambda t: t.astype(bool), None),
    "whole floats": (lambda t: t.astype(float), None),
    "a frame": (lambda t: pd.DataFrame({"truth": NAMES[t]}), ["fine", "rude"]),
    "a mapping": (lambda t: {"label": NAMES[t].tolist()}, ["fine", "rude"]),
}


@pytest.mark.parametrize(("form", "labels"), TRUTHS.values(), ids=TRUTHS)
def test_human_labels_are_names_or_positions(answers, form, labels):
    """Whatever holds them."""
    statement = audited(
        answers.teacher, answers.student, data=form(answers.truth), labels=labels, outputs="probabilities"
    )
    expected = [((p >= 0.5) == answers.truth).mean() for p in (answers.teacher, answers.student)]
    assert accuracies(statement) == pytest.approx(expected)


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA])
def test_a_missing_human_label_is_an_unlabelled_item(answers, gap):
    """As in files."""
    truth = pd.Series(answers.truth, dtype=object)
    truth[:20] = gap
    statement = audited(answers.teacher, answers.student, data=truth, outputs="probabilities")
    expected = [((p >= 0.5) == answers.truth)[20:].mean() for p in (answers.teacher, answers.student)]
    assert accuracies(statement) == pytest.approx(expected)


def test_other_tasks_are_measured_too(answers):
    """Each with the outputs that it has."""
    rng = np.random.default_rng(1)
    truth = rng.integers(3, size=120)
    shares = rng.dirichlet(np.ones(3), 120)
    assert audited(shares, shares[::-1], data=truth, task="single_label", outputs="probabilities").to_frame().shape[0]
    regression = audited(answers.teacher, answers.student, data=answers.truth, task="regression")
    assert {"mse", "pearson"} <= set(regression.to_frame().metric)
    flags = np.column_stack([answers.truth, 1 - answers.truth])
    several = audited(flags, 1 - flags, data=flags, task="multi_label", labels=["fine", "rude"])
    assert "exact_match" in set(several.to_frame().metric)


def test_the_command_line_says_the_same_to_the_last_digit(answers, tmp_path):
    """One path: files and arrays of the same answers have the same rows, gates and tables."""
    for name, column in (("teacher", answers.teacher), ("student", answers.student)):
        frame = pd.DataFrame(both(column), columns=["probability:0", "probability:1"])
        frame.assign(id=[str(i) for i in range(120)], truth=answers.truth).to_parquet(tmp_path / f"{name}.parquet")
    sides = ["--teacher", str(tmp_path / "teacher.parquet"), "--student", str(tmp_path / "student.parquet")]
    done = CliRunner().invoke(
        app, ["audit", *sides, "--task", "binary", "--out", str(tmp_path / "out"), "--gate", "accuracy >= -0.05"]
    )
    assert done.exit_code in (0, 4, 5), done.output
    memory = ash.audit(
        answers.teacher,
        answers.student,
        data=answers.truth,
        task="binary",
        outputs="probabilities",
        gates={"accuracy": 0.05},
    )
    files = ash.read(tmp_path / "out")
    assert differing_rows(files.content, memory.content) == []
    assert files.verdict == memory.verdict


def test_slices_clusters_and_weights_are_given_row_by_row(answers):
    """As arguments or as columns of the data, which is the same."""
    even, pair = np.arange(120) % 2 == 0, np.arange(120) // 2
    columns = {"truth": answers.truth, "slice:even": even, "cluster": pair, "weight": np.ones(120)}
    arguments = audited(
        answers.teacher,
        answers.student,
        data=answers.truth,
        outputs="probabilities",
        slices={"even": even},
        clusters=pair,
        weights=[1.0] * 120,
    )
    frame = audited(answers.teacher, answers.student, data=pd.DataFrame(columns), outputs="probabilities")
    assert differing_rows(arguments.content, frame.content) == []
    assert set(frame.to_frame().slice.dropna()) == {"even"}
    rows = frame.to_frame()
    assert set(rows[(rows.metric == "accuracy") & rows.slice.isna()].n_clusters) == {60}


def test_slices_are_cut_by_columns_of_data_without_texts(answers):
    """By value, between edges and crossed, as on the command line."""
    data = {"truth": answers.truth, "source": NAMES[np.arange(120) % 2], "year": 2000 + np.arange(120) // 60}
    wishes = ["column=source", "column:year=2001", "cross=source*year"]
    statement = audited(answers.teacher, answers.student, data=data, outputs="probabilities", slices=wishes)
    cut = set(statement.to_frame().slice.dropna())
    assert {"source=fine", "year under 2001", "source=rude x year 2001 or more"} <= cut


def test_rows_are_joined_by_id_where_both_sides_name_them(answers):
    """In whatever order they come."""
    ids = np.array([f"i{i}" for i in range(120)])
    data = pd.DataFrame({"id": ids, "truth": answers.truth})
    teacher = pd.DataFrame({"id": ids, "probability": answers.teacher})
    student = pd.DataFrame({"id": ids, "probability": answers.student}).sample(frac=1, random_state=0)
    by_id = audited(teacher, student, data=data.sample(frac=1, random_state=1), outputs="probabilities")
    by_row = audited(answers.teacher, answers.student, data=answers.truth, outputs="probabilities")
    assert accuracies(by_id) == accuracies(by_row)
    with pytest.raises(MisalignedError, match=r"^teacher has 120 items, data 119: 0 missing \(\), 1 extra \('i0'\)"):
        audited(teacher, student, data=data[1:], outputs="probabilities")
    twice = pd.concat([data, data[3:4].assign(truth=1 - data.truth[3])])
    with pytest.raises(MisalignedError, match=r"^data has several rows for 1 of its ids, the first 'i3'\."):
        audited(teacher, student, data=twice, outputs="probabilities")


def test_arrays_follow_the_order_of_labelled_texts(answers, tmp_path):
    """In memory or in a file, whose ids they take; slices may then be cut by words and length."""
    texts = [f"a cask {'leaks' if i % 3 else 'leaks and leaks'}" for i in range(120)]
    frame = pd.DataFrame({"id": [f"i{119 - i}" for i in range(120)], "text": texts, "label": NAMES[answers.truth]})
    frame.to_csv(tmp_path / "texts.csv", index=False)
    expected = accuracies(audited(answers.teacher, answers.student, data=answers.truth, outputs="probabilities"))
    for data in (frame, frame.rename(columns={"label": "truth"}), tmp_path / "texts.csv"):
        statement = audited(answers.teacher, answers.student, data=data, outputs="probabilities", slices="length=4")
        assert accuracies(statement) == expected
        assert any(str(name).startswith("length") for name in statement.to_frame().slice)


def test_students_have_names_seeds_and_baselines(answers):
    """And each may bring other outputs."""
    rng = np.random.default_rng(2)
    seeds = [np.clip(answers.student + rng.normal(0, 0.05, 120), 0, 1) for _ in range(2)]
    statement = ash.audit(
        both(answers.teacher),
        {"mlp": seeds, "lstm": (answers.student >= 0.5).astype(int)},
        baseline={"mlp": [seeds[0] ** 2, seeds[1] ** 2]},
        data=answers.truth,
        task="binary",
        outputs={"teacher": "probabilities", "mlp": "probabilities", "baseline": "probabilities"},
    )
    models = [(model.role, model.name, model.seed) for model in statement.content.models]
    assert models == [
        ("teacher", "teacher", 0),
        ("student", "mlp", 0),
        ("student", "mlp", 1),
        ("student", "lstm", 0),
        ("baseline", "mlp", 0),
        ("baseline", "mlp", 1),
    ]


def test_files_and_arrays_are_compared_with_each_other(answers, tmp_path):
    """Where the arrays name the items as the file does."""
    frame = pd.DataFrame({"id": [f"i{i}" for i in range(120)], "label": answers.truth})
    frame.to_csv(tmp_path / "teacher.csv", index=False)
    student = frame.assign(label=(answers.student >= 0.5).astype(int))
    statement = audited(tmp_path / "teacher.csv", student, data=frame.rename(columns={"label": "truth"}))
    assert accuracies(statement)[0] == 1
    with pytest.raises(MisalignedError, match="they share 0"):
        audited(tmp_path / "teacher.csv", answers.student, data=answers.truth, outputs="probabilities")


def test_a_folder_gets_all_that_the_command_writes(answers, tmp_path):
    """Looks at the test split are counted there, and only there."""
    given = {"data": answers.truth, "outputs": "probabilities"}
    statement = audited(answers.teacher, answers.student, out=tmp_path / "audit", **given)
    assert (statement.folder, statement.content.test_looks) == (tmp_path / "audit", 1)
    assert {path.name for path in (tmp_path / "audit").iterdir()} >= {
        "predictions",
        "statement.html",
        "statement.json",
        "statement.md",
        "test_looks.json",
    }
    other = audited(answers.teacher, answers.student**2, out=tmp_path / "audit", **given)
    assert other.content.test_looks == 2
    nowhere = audited(answers.teacher, answers.student, **given)
    assert (nowhere.folder, nowhere.content.test_looks) == (None, 0)
    assert "looked at outside of a run folder, where looks are counted" in nowhere.html


def ruined(values, row, value):
    """Return values with another one in a row."""
    changed = values.astype(object)
    changed[row] = value
    return changed


WRONG = {
    "lengths": (lambda a: {"student": a.student[1:]}, r"^student has 119 items, and data has 120\. Give one value for"),
    "ragged": (lambda a: {"student": [[0.1, 0.9], [1.0]]}, r"^student has rows of different lengths\."),
    "empty": (lambda a: {"teacher": a.teacher[:0]}, r"^teacher has no items\. Give at least one\.$"),
    "an empty list": (lambda a: {"teacher": []}, r"^teacher is an empty list\."),
    "nothing": (
        lambda a: {"teacher": None},
        r"^teacher is a NoneType\. Give an array or a data frame, or where it lies",
    ),
    "a cube": (lambda a: {"teacher": np.zeros((120, 2, 2))}, r"^teacher has 3 dimensions, of shape \(120, 2, 2\)"),
    "complex": (lambda a: {"teacher": a.teacher * 1j}, r"^teacher holds complex128\. Give numbers or texts\.$"),
    "dates": (lambda a: {"data": pd.date_range("2020", periods=120)}, r"^data holds datetime64"),
    "NaT": (lambda a: {"student": pd.Series([pd.NaT] * 120)}, r"^student holds datetime64"),
    "masked": (
        lambda a: {"student": np.ma.masked_array(a.student, mask=np.arange(120) == 7)},
        r"^student has 1 masked values, the first in row 8\. Fill them, or drop these items for every model\.$",
    ),
    "None": (
        lambda a: {"student": ruined(a.student, 3, None)},
        r"^student has 1 items with a missing value, .* row 4\.",
    ),
    "NaN": (lambda a: {"student": ruined(a.student, 3, np.nan)}, r"with a missing value, the first in row 4\."),
    "pandas NA": (
        lambda a: {"student": pd.Series(a.student, dtype="Float64").mask(np.arange(120) == 3)},
        r"^student has 1 items with a missing value, the first in row 4\. Score these items again",
    ),
    "NA among decisions": (
        lambda a: {
            "teacher": a.truth,
            "student": pd.Series(a.truth, dtype="Int64").mask(np.arange(120) == 3),
            "outputs": None,
        },
        r"^student has 1 items with a missing value",
    ),
    "infinite": (
        lambda a: {"student": ruined(a.student, 3, np.inf)},
        r"^student, row 4: the probability inf is not finite",
    ),
    "a word": (lambda a: {"student": ruined(a.student, 3, "x")}, r"^student, row 4: the probability x is not a number"),
    "names without order": (
        lambda a: {"data": NAMES[a.truth]},
        r"^The numbers of teacher do not say which label they are about, and the labels are called \['fine', 'rude'\]\. Say which is which: labels=",
    ),
    "other names": (
        lambda a: {"data": NAMES[a.truth], "labels": ["good", "bad"]},
        r"^data, row \d+: the label '(fine|rude)' is none of \['good', 'bad'\] \(such rows: 120\)\.$",
    ),
    "positions that there are not": (
        lambda a: {"data": a.truth + 1, "labels": ["fine", "rude"]},
        r"^data, row \d+: the truth 2 is neither a name nor a position among .* Give 0 to 1, or names\.$",
    ),
    "names beside positions": (
        lambda a: {"teacher": a.truth, "student": a.truth, "data": NAMES[a.truth], "outputs": None},
        r"^Some labels are the names \['fine', 'rude'\], others the numbers \['0', '1'\]\.",
    ),
    "fractions for labels": (lambda a: {"data": a.truth / 2}, r"^data has the label 0\.5\. Labels are texts, or whole"),
    "too many columns": (
        lambda a: {"teacher": np.ones((120, 3)) / 3, "labels": ["fine", "rude"]},
        r"^teacher has 3 columns, and the labels are \['fine', 'rude'\]\. Give one column for every label, in their order",
    ),
    "undeclared": (
        lambda a: {"outputs": None},
        r"^teacher holds numbers, and nothing says what they are\. Declare it: outputs='logits'",
    ),
    "unknown outputs": (
        lambda a: {"outputs": "probability"},
        r"^There is no kind of outputs called 'probability'\. Did you mean 'probabi",
    ),
    "scores in two columns": (
        lambda a: {"teacher": both(a.teacher), "outputs": "score"},
        r"^teacher has 2 columns, but outputs='score' of a binary task takes one",
    ),
    "a score without its label": (
        lambda a: {"outputs": "score", "data": NAMES[a.truth]},
        r"nothing says for which label\. Name it: `positive` LABEL",
    ),
    "no probabilities": (lambda a: {"student": a.student * 3}, r"^student, row .* not a probability\."),
    "columns twice": (
        lambda a: {"student": pd.DataFrame(both(a.student), columns=["0", "0"])},
        r"^student has more than one column called '0'",
    ),
    "other indices": (
        lambda a: {
            "student": pd.Series(a.student, index=range(1, 121)),
            "data": pd.Series(a.truth, index=range(120, 0, -1)),
        },
        r"^data and student have different indices, .* reset_index\(drop=True\)\.$",
    ),
    "the same rows in another order": (
        lambda a: {"student": pd.Series(a.student)[::-1], "data": pd.Series(a.truth)},
        r"^student and data have different indices, so their rows are not the same items in one order\.",
    ),
    "a short mask": (lambda a: {"slices": {"x": [True]}}, r"^data has 120 items, and slices\['x'\] has 1\."),
    "a mask with gaps": (
        lambda a: {"slices": {"x": pd.Series([True, pd.NA] * 60, dtype="boolean")}},
        r"^data, row 2: slice:x is <NA>\. Write 0 or 1",
    ),
    "a slice of another form": (
        lambda a: {"slices": "kolumn=x"},
        r"^`slices` 'kolumn=x' is not a slice\. Write one of",
    ),
    "a slice of texts that are not there": (lambda a: {"slices": "length=5"}, r"are not at hand\. Give `data`, or"),
    "weights below zero": (lambda a: {"weights": -a.student}, r"^data, row 1 \(id '0'\): the weight is -0\."),
    "no task": (lambda a: {"task": None}, r"^teacher does not say which task it answers\. Declare it: `task` binary|"),
    "another task": (lambda a: {"task": "binry"}, r"^There is no task called 'binry'\. Did you mean 'binary'\?"),
    "another audit": (lambda a: {"audits": "qualty"}, r"^There is no audit called 'qualty'\. Did you mean 'quality'\?"),
    "an option misspelt": (
        lambda a: {"audits": {"kind": "speed", "n_text": 5}},
        r"^The audit speed: there is no option 'n_text'; .*'n_texts'\?$",
    ),
    "a gate of another form": (lambda a: {"gates": "accuracy"[:3]}, r"^There is no metric with a margin called 'acc'"),
    "several teachers by name": (
        lambda a: {"teacher": {"a": a.teacher}},
        r"^There is one teacher, and `teacher` is a mapp",
    ),
    "a student called teacher": (lambda a: {"student": {"teacher": a.student}}, r"has the name of the teacher"),
    "a student without a name": (lambda a: {"student": {" ": a.student}}, r"^A student is called ' '\. Give it a name"),
    "a list of labels": (
        lambda a: {"student": NAMES[a.truth].tolist()},
        r"^student is a list of 120 texts, which are read as the paths of its seeds.*give an array: np\.array",
    ),
    "a file twice": (
        lambda a: {"student": ["mlp=other/s.csv", "mlp=other/s.csv"]},
        r"^The student other/s\.csv is given more than once\. Give each of its seeds once\.$",
    ),
    "a missing folder": (
        lambda a: {"student": "no/such/folder"},
        r"^The student no/such/folder is neither a file nor a",
    ),
    "a missing file": (lambda a: {"student": "none.csv"}, r"^There is no file none\.csv\. Check the path\.$"),
    "missing data": (lambda a: {"data": "none.csv"}, r"^There is no file none\.csv\. Check the path\.$"),
    "blank data": (lambda a: {"data": ""}, r"^`data` is blank\. Name a folder, a file, a hub id or a known set\.$"),
    "a file for a folder": (
        lambda a: {"out": __file__},
        r"^`out` names .*test_auditing\.py, which is a file\. Name a fold",
    ),
    "a folder below a file": (
        lambda a: {"out": f"{__file__}/a"},
        r"^`out` names .*test_auditing\.py, which is a file\.",
    ),
    "a number for a folder": (lambda a: {"out": 3}, r"^`out` is a int\. Name a folder\.$"),
    "a text for labels": (
        lambda a: {"labels": "fine,rude"},
        r"^`labels` is a str\. Give a list of names, in the order",
    ),
    "labels without order": (
        lambda a: {"labels": {"fine", "rude"}},
        r"^`labels` is a set\. Give a list of names, in the",
    ),
    "a label twice": (lambda a: {"labels": ["fine", "fine"]}, r"^`labels` has 'fine' more than once\."),
    "outputs of nobody": (
        lambda a: {"outputs": {"teacher": "probabilities", "studnt": "logits"}},
        r"^`outputs`: There is no model called 'studnt'\. Did you mean 'student'\?",
    ),
    "a list of outputs": (lambda a: {"outputs": ["logits"]}, r"^There is no kind of outputs called \"\['logits'\]\"\."),
    "values of classes": (
        lambda a: {"outputs": "values"},
        r"^teacher is declared to be values, and a binary task is answered by decisions, logits, probabilities or a score",
    ),
    "logits of a regression": (
        lambda a: {"outputs": "logits", "task": "regression"},
        r"^teacher is declared to be logits, and a regression task is answered by values\.$",
    ),
    "human labels in columns": (
        lambda a: {"data": both(a.truth)},
        r"^data has 2 columns of human labels, and a binary task has one label for every item\. Give that one, such as",
    ),
    "a number for a task": (lambda a: {"task": 3}, r"^There is no task called '3'\. Known: binary"),
    "a number for gates": (
        lambda a: {"gates": 3},
        r"^`gates` holds a value of type int\. Give rules such as 'accuracy >= -0\.01'\.$",
    ),
    "a text for a margin": (
        lambda a: {"gates": {"auc": "x"}},
        r"^`gates`: the margin of auc is 'x'\. Give a number such",
    ),
    "a number for audits": (lambda a: {"audits": 3}, r"^3 is no audit\. Write its name, or \{\"kind\": NAME"),
    "a mask without a name": (
        lambda a: {"slices": a.truth > 0},
        r"^`slices` holds a value of type bool(_)?\. Give name -> mask, or texts such as 'column=source'\.$",
    ),
    "a text for a threshold": (
        lambda a: {"outputs": "score", "threshold": "x"},
        r"^teacher: the threshold x is not finite\. Give a number",
    ),
    "a blank folder": (lambda a: {"out": " "}, r"^`out` is blank\. Name a folder"),
    "rows without answers in memory": (
        lambda a: {"teacher": "a.csv", "student": "b.csv"},
        r"^Human labels, masks of slices, clusters and weights are given row",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_measured_is_refused_in_a_sentence(answers, change, message):
    """With the argument's name, the row and what to do; nothing of what went on inside."""
    given = {"teacher": answers.teacher, "student": answers.student, "data": answers.truth, "outputs": "probabilities"}
    given |= change(answers)
    with pytest.raises(InputError, match=message) as caught:
        audited(given.pop("teacher"), given.pop("student"), **given)
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_model_is_asked_to_answer_by_its_owner(answers):
    """An estimator of scikit-learn takes whatever it was fitted on, which nobody else knows."""

    class Pipeline:
        def predict(self, texts):
            return texts

    with pytest.raises(InputError, match=r"^student is a Pipeline, which angelshare cannot run\. Give its answers"):
        audited(answers.teacher, Pipeline(), data=answers.truth, outputs="probabilities")


def test_frames_of_other_libraries_are_read_through_pandas(answers):
    """All that they need is a `to_pandas`."""
    import pyarrow as pa

    table = pa.table({"probability:0": 1 - answers.teacher, "probability:1": answers.teacher})
    data = pa.table({"truth": pa.array(answers.truth)})
    statement = audited(table, pa.array(answers.student), data=data, outputs="probabilities")
    assert accuracies(statement)[0] == ((answers.teacher >= 0.5) == answers.truth).mean()
