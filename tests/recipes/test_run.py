"""Whole runs on a tiny teacher of random weights, which is quick; real weights go through the demo."""

import json
import shutil
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest

from angelshare.cli.main import main
from angelshare.core.errors import InputError
from angelshare.core.protocols import Silent
from angelshare.models.memory import PeakMemory
from angelshare.recipes.observe import timing
from angelshare.recipes.reading import parse_recipe
from angelshare.recipes.run import RunSettings, prepare, run_recipe
from angelshare.statement.gates import Gate

NOW = datetime(2026, 1, 1, tzinfo=UTC)

RECIPE = """
version: 1
name: tiny
seeds: [0, 1]
data: {{source: {data}, task: binary, labels: [fine, rude]}}
teacher: {{model: {teacher}, fine_tune: null}}
transfer:
  sources: [train]
  augment: [{{kind: mask_and_sample, copies: 2}}]
students:
  - {{name: mlp, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8}}
  - {{name: one-layer, kind: transformer, layers: 1, max_length: 32, seeds: [0], distil: {{batch_size: 16}}}}
  - {{name: tfidf, kind: tfidf}}
distil: {{epochs: 2, batch_size: 32, learning_rate: 1.0e-2, precision: fp32}}
"""

KILLS = (1, 40, 140)
# imports take longest: they happen once, and each run is a copy of the process
KILLED_RUNS = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from angelshare.core.protocols import Silent
from angelshare.recipes.reading import parse_recipe
from angelshare.recipes.run import RunSettings, run_recipe

class Killer(Silent):
    def __init__(self, n_texts):
        self.left = n_texts
    def advance(self, n):
        self.left -= n
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

recipe, folder, *kills = sys.argv[1:]
for n_texts in kills:
    copy = os.fork()
    if not copy:
        settings = RunSettings(datetime(2026, 1, 1, tzinfo=UTC))
        run_recipe(parse_recipe(recipe, where="tiny"), Path(folder, n_texts), settings, progress=Killer(int(n_texts)))
        sys.exit()
    _, status = os.waitpid(copy, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status
"""


def recipe_text(tiny):
    return RECIPE.format(data=tiny / "data.csv", teacher=tiny / "teacher")


def measured(statement):
    """What a statement found, without when and how long."""
    return [audit.model_dump() for audit in statement.audits]


@pytest.fixture(scope="module")
def undisturbed(tiny, tmp_path_factory):
    """A run that nobody interrupted, and its statement."""
    run = tmp_path_factory.mktemp("run")
    return run, run_recipe(parse_recipe(recipe_text(tiny), where="tiny"), run, RunSettings(NOW), progress=Silent())


def test_a_run_leaves_models_observations_and_the_statement(undisturbed):
    """The run folder is what the docs promise."""
    run, statement = undisturbed
    names = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()}
    for member in ("mlp/seed-0", "mlp/seed-1", "one-layer/seed-0"):
        assert f"students/{member}/model.safetensors" in names
        assert f"baselines/{member}/model.safetensors" in names
    assert "baselines/tfidf/seed-0/config.json" in names
    assert {"recipe.yaml", "statement.json", "statement.html", "statement.md", "transfer/transfer.json"} <= names
    assert not any("partial" in name for name in names)
    assert {row.contrast for audit in statement.audits for row in audit.differences} == {
        "student-teacher",
        "student-baseline",
        "baseline-teacher",
    }


def test_a_student_names_its_teacher_and_a_baseline_does_not(undisturbed):
    """The pairing of populations rests on declared parents."""
    _, statement = undisturbed
    (teacher,) = [model for model in statement.models if model.role == "teacher"]
    students = [model for model in statement.models if model.role == "student"]
    assert {model.parent_fingerprint for model in students} == {teacher.fingerprint}
    assert {model.parent_fingerprint for model in statement.models if model.role == "baseline"} == {None}


def test_the_same_run_again_trains_nothing_and_finds_the_same(tiny, undisturbed):
    """Stages whose inputs did not change are skipped; the same models are no new look at the test split."""
    run, first = undisturbed
    before = {path: path.stat().st_mtime_ns for path in run.rglob("model.safetensors")}
    again = run_recipe(parse_recipe(recipe_text(tiny), where="tiny"), run, RunSettings(NOW), progress=Silent())
    assert {path: path.stat().st_mtime_ns for path in run.rglob("model.safetensors")} == before
    assert measured(again) == measured(first)
    assert again.test_looks == 1


def test_students_trained_side_by_side_are_those_trained_in_turn(tiny, undisturbed, tmp_path):
    """The number of jobs is no part of the result."""
    settings = RunSettings(NOW, jobs=2)
    side_by_side = run_recipe(parse_recipe(recipe_text(tiny), where="tiny"), tmp_path, settings, progress=Silent())
    assert measured(side_by_side) == measured(undisturbed[1])


def test_a_suite_is_measured_beside_the_test_split(tiny, undisturbed, tmp_path):
    """The same models, nothing trained again; the test split is the in-domain set and keeps all its rows."""
    run = tmp_path / "run"
    shutil.copytree(undisturbed[0], run)
    text = f"{recipe_text(tiny)}audits: [quality]\nsuites: [{{name: lost-in-distillation, scale: tiny}}]\n"
    kept = [line for line in text.splitlines() if "one-layer" not in line and "tfidf" not in line]
    recipe = parse_recipe("\n".join(kept).replace("[0, 1]", "[0]"), where="tiny")
    before = {path: path.stat().st_mtime_ns for path in run.rglob("model.safetensors")}
    statement = run_recipe(recipe, run, RunSettings(NOW), progress=Silent())
    assert {path: path.stat().st_mtime_ns for path in run.rglob("model.safetensors")} == before
    quality = {audit.name: audit for audit in statement.audits}["quality"]
    assert {"accuracy", "auc"} < {row.metric for row in quality.differences if row.data == "data"}
    assert {row.metric for row in quality.differences if row.data == "hatecheck"} == {"auc", "average_precision"}
    assert {row.split for row in statement.data if row.stands_in_for} == {"suite"}
    assert any("is a stand-in: data stands in for" in remark for audit in statement.audits for remark in audit.remarks)


@pytest.fixture(scope="module")
def killed_runs(tiny, tmp_path_factory):
    """A folder of runs, each killed after as many texts as its name says."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-W", "ignore", "-c", KILLED_RUNS, recipe_text(tiny), str(folder), *map(str, KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("n_texts", KILLS)
def test_a_run_killed_at_any_moment_goes_on_and_finds_the_same(tiny, undisturbed, killed_runs, n_texts):
    """A kill -9 in the middle of scoring or training; the same command then gives the undisturbed numbers."""
    run = killed_runs / str(n_texts)
    assert not (run / "statement.json").exists()
    resumed = run_recipe(parse_recipe(recipe_text(tiny), where="tiny"), run, RunSettings(NOW), progress=Silent())
    assert measured(resumed) == measured(undisturbed[1])
    assert not list(run.rglob("*.partial"))


@pytest.mark.parametrize(
    "place", ["students/mlp/seed-0/model.safetensors", "baselines/tfidf/seed-0/notes.txt", "transfer/transfer.json"]
)
def test_a_users_files_in_the_place_of_results_end_the_command_with_3(tiny, tmp_path, monkeypatch, capsys, place):
    """Named before anything is trained, and they stay."""
    recipe, run = tmp_path / "recipe.yaml", tmp_path / "out"
    recipe.write_text(recipe_text(tiny))
    (run / place).parent.mkdir(parents=True)
    (run / place).write_text("precious")
    monkeypatch.setattr(sys, "argv", ["angelshare", "run", str(recipe), "--out", str(run)])
    with warnings.catch_warnings(), pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 3
    folder, _, name = place.rpartition("/")
    assert f"error: {run / folder} holds what angelshare did not make ({name})" in capsys.readouterr().err
    assert [path for path in run.rglob("*") if path.is_file()] == [run / place]
    assert (run / place).read_text() == "precious"


def test_a_full_disk_ends_a_run_with_the_name_of_a_file_and_with_room_it_goes_on(
    tiny, undisturbed, tmp_path, small_disk
):
    """While the teacher's answers are kept, and while the first student is trained."""
    recipe = parse_recipe(recipe_text(tiny), where="tiny")
    for n_bytes, what in ((5_000, "observations"), (12_000, "checkpoint-.* cannot be written")):
        with small_disk(n_bytes), pytest.raises((InputError, OSError), match=f"{tmp_path}/.*{what}"):
            run_recipe(recipe, tmp_path, RunSettings(NOW), progress=Silent())
    assert not (tmp_path / "statement.json").exists()
    resumed = run_recipe(recipe, tmp_path, RunSettings(NOW), progress=Silent())
    assert measured(resumed) == measured(undisturbed[1])


def test_ctrl_c_ends_with_130(tmp_path, monkeypatch, capsys):
    """The code that shells know an interruption by."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("angelshare.recipes.run.run_recipe", interrupted)
    monkeypatch.setattr(sys, "argv", ["angelshare", "run", "sst2", "--out", str(tmp_path / "out")])
    with warnings.catch_warnings(), pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_gate_of_the_command_line_stands_beside_the_recipes(tiny, undisturbed):
    """And shows in the statement with its source."""
    run, _ = undisturbed
    settings = RunSettings(NOW, gates=(Gate("accuracy", 0.5, "command line"),))
    statement = run_recipe(parse_recipe(recipe_text(tiny), where="tiny"), run, settings, progress=Silent())
    assert {gate.student for gate in statement.gates} == {"mlp", "one-layer"}
    rows = json.loads((run / "statement.json").read_text())["audits"][0]["differences"]
    assert {row["margin_source"] for row in rows if row["family"] == "primary"} == {"command line"}


def test_the_transfer_set_is_accounted_for(undisturbed):
    """What was read, kept and dropped, source by source."""
    run, statement = undisturbed
    counts = json.loads((Path(run) / "transfer" / "transfer.json").read_text())["counts"]
    assert set(counts) == {"train", "mask_and_sample"}
    assert {row.name for row in statement.data if row.split == "transfer"} == set(counts)


def test_a_recipe_that_names_speed_times_its_models_once(tiny, undisturbed, tmp_path, monkeypatch):
    """Teacher, one seed of each student, and the reference; a second run finds the same, and all else is untouched."""
    run = tmp_path / "run"
    shutil.copytree(undisturbed[0], run)
    monkeypatch.setattr(timing, "peak_memories", lambda loadings, texts: [PeakMemory(1000) for _ in loadings])
    text = recipe_text(tiny) + "audits: [quality, agreement, {kind: speed, rounds: 3, latencies: 2, n_texts: 4}]\n"
    first, again = (
        run_recipe(parse_recipe(text, where="tiny"), run, RunSettings(NOW), progress=Silent()) for _ in range(2)
    )
    *others, timed = first.audits
    assert {row.student for row in timed.differences} == {"mlp", "one-layer", "tfidf"}
    assert {row.models for row in timed.estimates} == {("teacher",), ("mlp/0",), ("one-layer/0",), ("tfidf/0",)}
    assert {row.scale for row in timed.differences} == {"log_ratio"}
    assert measured(again) == measured(first)
    assert [audit.model_dump() for audit in others] == measured(undisturbed[1])[: len(others)]


def test_students_of_one_recipe_learn_from_sets_of_their_own(tiny, tmp_path):
    """Each set is labelled once and named in the statement; another size for one student trains that one alone."""
    text = (
        recipe_text(tiny).split("transfer:")[0]
        + """
seeds: [0]
mitigation: {sentences_per_identity: 1, in: [students]}
transfer: {sources: [train], size: 60}
students:
  - {name: mlp, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8}
  - {name: half, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8, transfer: {sources: [train], size: %d}}
  - {name: plain, kind: mlp, vocabulary: 60, embedding_width: 8, hidden_width: 8, mitigation: {sentences_per_identity: 0}}
distil: {objective: {kind: human_or_teacher}, class_weights: balanced, epochs: 2, batch_size: 32, learning_rate: 1.0e-2}
"""
    )
    text = text.replace("seeds: [0, 1]\n", "")

    def made(size):
        statement = run_recipe(parse_recipe(text % size, where="tiny"), tmp_path, RunSettings(NOW), progress=Silent())
        return statement, {path: path.stat().st_mtime_ns for path in tmp_path.rglob("model.safetensors")}

    statement, before = made(30)
    sizes = {path.stem: json.loads(path.read_text())["n"] for path in (tmp_path / "transfer").glob("*.json")}
    n_sentences = sizes["mlp"] - 60
    assert n_sentences > 10
    assert sizes == {"mlp": 60 + n_sentences, "half": 30 + n_sentences, "plain": 60}
    rows = {row.name: row.n for row in statement.data if row.split == "transfer"}
    assert rows["train (for half)"] == 30
    assert rows["neutral_sentences (for mlp)"] == n_sentences
    _, after = made(31)
    assert {path.parent.parent.name for path, time in after.items() if before[path] != time} == {"half"}


def test_a_recipe_that_learns_from_fractions_needs_some(tiny, tmp_path):
    """That shows before anything is trained."""
    text = recipe_text(tiny).replace("labels: [fine, rude]}", "labels: [fine, rude], fractional_labels: true}")
    with pytest.raises(InputError, match="fraction"):
        run_recipe(parse_recipe(text, where="tiny"), tmp_path, RunSettings(NOW), progress=Silent())


@pytest.mark.parametrize(
    "lines",
    [
        "distil: {class_weights: {rood: 2.0}}",
        "transfer: {sources: [train], rebalance: {kind: share, label: rood}}",
        "transfer: {sources: [train], rebalance: {kind: groups, label: rood}}",
    ],
)
def test_labels_that_the_data_lack_are_refused_before_training(lines):
    """With those that there are."""
    recipe = f"""
version: 1
name: mine
data: {{source: demo}}
teacher: {{model: minilm}}
students: [{{name: mlp, kind: mlp}}]
{lines}
"""
    with pytest.raises(InputError, match=r"There is no label called 'rood'\. Known: fine, rude\."):
        prepare(parse_recipe(recipe, where="mine"))
