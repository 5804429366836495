"""A further paper, as the documentation has it: one folder that is found by its name, and touches nothing else."""

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from angelshare.cli.commands import app
from angelshare.core.errors import InputError, RecipeError
from angelshare.recipes import papers
from angelshare.recipes.reproduce import paper_names, read_paper

PAGE = Path(__file__).parents[2] / "docs" / "reproduce.md"
MORE = "{version: 1, name: more, data: {source: demo}, teacher: {model: minilm}, students: [{name: mlp, kind: mlp}]}"


@pytest.fixture
def folder(tiny, tmp_path, monkeypatch):
    """Return the folder of a paper where papers are looked for."""
    made = tmp_path / "papers" / "small_is_beautiful"
    made.mkdir(parents=True)
    _, page = PAGE.read_text("utf-8").split("## A further paper")
    study, suite, paper = re.findall(r"```(?:yaml|python)\n(.*?)```", page, flags=re.DOTALL)
    data = f"data: {{source: {tiny / 'data.csv'}, task: binary, labels: [fine, rude]}}"
    study = re.sub("data: .*", data, study)
    study = re.sub("teacher: .*", f"teacher: {{model: {tiny / 'teacher'}, fine_tune: null}}", study)
    for name, text in (("__init__.py", paper), ("suite.yaml", suite), ("tiny.yaml", study)):
        (made / name).write_text(text, "utf-8")
    monkeypatch.setattr(papers, "__path__", [*papers.__path__, str(made.parent)])
    yield made
    for module in [name for name in sys.modules if name.startswith(f"{papers.__name__}.small_is_beautiful")]:
        del sys.modules[module]


def test_a_further_paper_is_one_folder(folder, tmp_path):
    """Its study is carried out, its claims are answered or say why not, its table stands beside ours."""
    out = tmp_path / "run"
    call = ["reproduce", "small-is-beautiful", "--scale", "tiny", "--out", str(out), "--jobs", "1", "--json"]
    done = CliRunner().invoke(app, call, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    page = json.loads(done.stdout)
    assert (page["paper"], page["name"]) == ("Nobody (2026). Small is Beautiful.", "small-is-beautiful")
    answered, unanswered = page["claims"]
    assert answered["low"] <= answered["value"] <= answered["high"]
    assert (unanswered["verdict"], unanswered["finding"]) == ("not measured", "The set letters is not at hand here.")
    reviews, letters = page["figures"]
    assert (reviews["row"], reviews["paper"], reviews["model"]) == ("Reviews / SMALL", 0.93, "mlp")
    assert reviews["low"] <= reviews["ours"] <= reviews["high"]
    assert (letters["ours"], letters["note"]) == (None, "The set letters is not at hand here.")
    assert page["settings"] == [{"what": "seeds", "paper": "five", "ours": "two"}]
    statement = json.loads((out / "statement.json").read_text("ascii"))
    assert statement["title"] == "small-is-beautiful, tiny"
    rows = [row for audit in statement["audits"] for row in audit["differences"]]
    assert {(row["metric"], row["data"], row["student"]) for row in rows} == {("auc", "in_domain", "mlp")}
    assert {row["contrast"] for row in rows} == {"student-teacher", "student-baseline", "baseline-teacher"}
    for name in ("reproduction.html", "statement.md", "small/students/mlp/seed-1/model.safetensors", "predictions"):
        assert (out / name).exists()


def test_a_page_of_others_is_not_replaced(folder, tmp_path):
    """Which shows before anything is trained."""
    (tmp_path / "reproduction.md").write_text("precious")
    call = ["reproduce", "small-is-beautiful", "--scale", "tiny", "--out", str(tmp_path)]
    with pytest.raises(InputError, match=r"did not make there \(reproduction\.md\)"):
        CliRunner().invoke(app, call, catch_exceptions=False)


def test_papers_are_listed_by_their_folders(folder):
    """Modules beside them are none."""
    (folder.parent / "notes.py").write_text("")
    assert paper_names() == ("lost-in-distillation", "small-is-beautiful")
    assert read_paper("small-is-beautiful").name == "small-is-beautiful"


def test_an_unknown_paper_is_refused():
    """With the nearest that is known."""
    with pytest.raises(InputError, match=r"There is no paper called 'lost-in-destillation'\. Did you mean"):
        read_paper("lost-in-destillation")


def test_a_scale_that_a_paper_lacks_is_refused(folder):
    """With those that it has."""
    with pytest.raises(InputError, match=r"small-is-beautiful has no scale paper\. It has: tiny\."):
        read_paper("small-is-beautiful").read_study("paper")


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ("small: mlp", "big: mlp", r"parts\.small: this key is needed"),
        ("    seeds:", "    sedes:", r"arms\.small\.sedes: unknown key\. Did you mean 'seeds'"),
        ("kind: mlp", "kind: nlp", r"arms\.small\.students\.0: .*'nlp'"),
        ("  small:", "  predictions:", "An arm has the name of another folder, predictions"),
        ("version: 1\nabout", "suite: lost\nversion: 1\nabout", "no suite called 'lost'"),
        ("    seeds", "    suites: [lost-in-distillation]\n    seeds", "The arm small names a suite"),
        (
            "parts:",
            f"  more: {MORE}\nparts:",
            "The arm more has other data than the first",
        ),
    ],
)
def test_mistakes_in_a_study_are_told_with_their_place(folder, right, wrong, why):
    """Before anything is trained."""
    file = folder / "tiny.yaml"
    file.write_text(file.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    with pytest.raises(RecipeError, match=why):
        read_paper("small-is-beautiful").read_study("tiny")
