"""A further paper: one folder that is found by its name, and touches nothing else."""

import json
import sys

import pytest
from typer.testing import CliRunner

from angelshare.cli.main import app
from angelshare.core.errors import InputError, RecipeError
from angelshare.recipes import papers
from angelshare.recipes.reproduce import paper_names, read_paper

PAPER = """
\"\"\"Nobody 2026, Small is Beautiful.\"\"\"

from functools import partial

from angelshare.core.strict import Strict
from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.studies.answers import Answer, above, told
from angelshare.recipes.studies.claims import PaperClaim
from angelshare.recipes.studies.evidence import TEACHER, measure
from angelshare.recipes.studies.paper import Paper
from angelshare.recipes.studies.printed import beside
from angelshare.recipes.studies.study import Study
from angelshare.statement.reproduction import PaperFigure


class Parts(Strict):
    small: str


def nothing_is_lost(evidence, parts, data):
    number = measure(evidence.difference(data, parts.small, TEACHER))
    return Answer(above(number, -0.9), f"{told(number)}.", number, bounds=(-0.9,))


def table_1(outcome):
    for data in outcome.titles:
        row = f"{outcome.titles[data]} / SMALL"
        printed = PaperFigure(table="Table 1", row=row, metric="AUC", paper=0.9, ours=None, model=outcome.parts.small)
        yield beside(printed, partial(outcome.evidence.level, data, outcome.parts.small))


PAPER = Paper(
    package=__name__,
    citation="Nobody (2026). Small is Beautiful.",
    study=Study[Parts],
    claims=(
        PaperClaim("Small models lose little.", "Table 1", partial(nothing_is_lost, data=IN_DOMAIN)),
        PaperClaim("Nor do they elsewhere.", "Table 1", partial(nothing_is_lost, data="elsewhere")),
    ),
    figures=table_1,
)
"""
SUITE = """
about: What the paper measured on.
labels: [fine, rude]
metrics: [auc]
sets:
- name: in_domain
  title: Manners
  original: {what: The test set, where: proprietary}
  sources: []
  audits: [quality]
- {name: elsewhere, title: Elsewhere, original: {what: Other texts, where: not found}, sources: [], audits: [quality]}
"""
TINY = """
version: 1
about: ["Everything is made up."]
settings: {students: [one, one]}
arms:
  small:
    version: 1
    name: small
    seeds: [0, 1]
    data: {source: DATA, task: binary, labels: [fine, rude]}
    teacher: {model: TEACHER, fine_tune: null}
    transfer: {sources: [train]}
    distil: {epochs: 1, batch_size: 32, precision: fp32}
    students: [{name: mlp, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8, baseline: false}]
parts: {small: mlp}
"""

MORE = "{version: 1, name: more, data: {source: demo}, teacher: {model: minilm}, students: [{name: mlp, kind: mlp}]}"


@pytest.fixture
def folder(tiny, tmp_path, monkeypatch):
    """Return the folder of a paper where papers are looked for."""
    made = tmp_path / "papers" / "small_is_beautiful"
    made.mkdir(parents=True)
    study = TINY.replace("DATA", str(tiny / "data.csv")).replace("TEACHER", str(tiny / "teacher"))
    for name, text in (("__init__.py", PAPER), ("suite.yaml", SUITE), ("tiny.yaml", study)):
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
    assert [claim["verdict"] for claim in page["claims"]] == ["holds", "not measured"]
    assert page["claims"][1]["finding"] == "The set elsewhere is not at hand here."
    here, elsewhere = page["figures"]
    assert (here["row"], here["paper"], here["model"]) == ("Manners / SMALL", 0.9, "mlp")
    assert here["low"] <= here["ours"] <= here["high"]
    assert (elsewhere["ours"], elsewhere["note"]) == (None, "The set elsewhere is not at hand here.")
    assert page["settings"] == [{"what": "students", "paper": "one", "ours": "one"}]
    statement = json.loads((out / "statement.json").read_text("ascii"))
    assert statement["title"] == "small-is-beautiful, tiny"
    rows = [row for audit in statement["audits"] for row in audit["differences"]]
    assert {(row["metric"], row["data"], row["student"]) for row in rows} == {("auc", "in_domain", "mlp")}
    for name in ("reproduction.html", "statement.md", "small/students/mlp/seed-1/model.safetensors", "predictions"):
        assert (out / name).exists()


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
        ("seeds:", "sedes:", r"arms\.small\.sedes: unknown key\. Did you mean 'seeds'"),
        ("kind: mlp", "kind: nlp", r"arms\.small\.students\.0: .*'nlp'"),
        ("  small:", "  predictions:", "An arm is called predictions, as another folder is"),
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
