"""`angelshare suite` from the command line to its exit code."""

import json

import pytest
from typer.testing import CliRunner

from angelshare.cli.commands import app
from angelshare.core.errors import InputError
from angelshare.core.student_spec import TfidfSpec
from angelshare.data.made.short_synthetic import short_synthetic
from angelshare.models.tfidf import fit_tfidf


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A teacher, and a student of half as many templates."""
    folder = tmp_path_factory.mktemp("models")
    for name, n_templates in (("teacher", 120), ("student", 60)):
        texts = short_synthetic(1, n_templates)
        spec = TfidfSpec(kind="tfidf", name=name, ngrams=1)
        fit_tfidf(texts.batch, texts.truth, spec, ("non-toxic", "toxic"), "binary").save(folder / name)
    return folder


def test_a_gate_on_a_set_that_is_not_at_hand_is_not_held(models, tmp_path):
    """The exit code is 5, the reason stands on the terminal, and the page is there."""
    sides = ("--teacher", models / "teacher", "--student", f"small={models / 'student'}", "--scale", "tiny")
    gate = ("--gate", "auc[data=covert_toxicity] >= -0.05", "--out", tmp_path)
    result = CliRunner().invoke(app, ["suite", "lost-in-distillation", *map(str, (*sides, *gate))])
    assert result.exit_code == 5
    assert "covert_toxicity (Covert Toxicity) was not measured" in " ".join(result.stdout.split())
    statement = json.loads((tmp_path / "statement.json").read_text())
    assert [gate["state"] for gate in statement["gates"]] == ["not_measured"]


def test_a_model_with_other_labels_is_read_under_those_of_the_suite(models, tmp_path):
    """As the error without `--labels` says; the page says how they were read."""
    texts = short_synthetic(1, 40)
    spec = TfidfSpec(kind="tfidf", name="other", ngrams=1)
    fit_tfidf(texts.batch, texts.truth, spec, ("fine", "rude"), "binary").save(tmp_path / "other")
    sides = ("--teacher", models / "teacher", "--student", f"small={tmp_path / 'other'}", "--scale", "tiny")
    command = ["suite", "lost-in-distillation", *map(str, sides), "--out", str(tmp_path / "out")]
    refused = CliRunner().invoke(app, command)
    assert "say so: --labels non-toxic,toxic" in str(refused.exception)
    assert CliRunner().invoke(app, [*command, "--labels", "non-toxic,toxic"]).exit_code == 0
    notes = json.loads((tmp_path / "out" / "statement.json").read_text())["notes"]
    assert any("are read as ['non-toxic', 'toxic'], as asked for" in note for note in notes)


def test_an_unknown_suite_names_the_nearest(models):
    """Before any model is loaded."""
    sides = ("--teacher", models / "teacher", "--student", models / "student")
    result = CliRunner().invoke(app, ["suite", "lost-in-destilation", *map(str, sides)])
    assert isinstance(result.exception, InputError)
    assert "Did you mean 'lost-in-distillation'" in str(result.exception)


def test_identities_are_chosen_by_name(models, tmp_path):
    """Of all slices those whose name fits; no other is in the table of identities."""
    sides = ("--teacher", models / "teacher", "--student", f"small={models / 'student'}", "--scale", "tiny")
    chosen = ("--identities", "identity=d*", "--out", tmp_path)
    assert CliRunner().invoke(app, ["suite", "lost-in-distillation", *map(str, (*sides, *chosen))]).exit_code == 0
    audits = json.loads((tmp_path / "statement.json").read_text())["audits"]
    (audit,) = [audit for audit in audits if audit["name"] == "identity_auc"]
    (table,) = [table for table in audit["tables"] if table["name"] == "identity_aucs"]
    names = {dict(zip(table["columns"], row, strict=True))["identity"] for row in table["rows"]}
    assert names
    assert all(name.startswith("identity=d") for name in names)
