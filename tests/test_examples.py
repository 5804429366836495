"""The examples run as they stand, and say what their pages say they do."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import angelshare as ash

EXAMPLES = Path(__file__).parents[1] / "examples"


def printed_by(name, capsys):
    """Return what an example prints."""
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    return capsys.readouterr().out


def test_two_models_that_angelshare_never_sees_are_compared(capsys):
    """Without pairs of words the order of words is lost, and nothing else."""
    said = printed_by("01_two_sklearn_models.py", capsys)
    assert said.startswith("Loss statement 'data: words': lost. The gate fails.\nwords loses ")
    verdicts = {words[0]: words[-1] for line in said.splitlines() if (words := line.split())}
    assert (verdicts["lexical"], verdicts["word_order"]) == ("preserved", "lost")
    assert "lost: words loses at most 0.02 of accuracy on slice word_order" in said


@pytest.mark.real_weights
def test_a_bilstm_is_distilled_from_a_fine_tuned_teacher(capsys, monkeypatch, tmp_path):
    """Both have learnt something, and the student knows its teacher."""
    monkeypatch.setattr(sys, "argv", ["02_distil_a_bilstm.py", "--out", str(tmp_path)])
    said = printed_by("02_distil_a_bilstm.py", capsys)
    assert said.startswith("Student(bilstm of ")
    statement = ash.read(tmp_path / "audit")
    teacher, student = statement.content.models
    assert student.parent_fingerprint == teacher.fingerprint
    assert not any("collapsed" in warning for warning in statement.warnings)
    assert (tmp_path / "audit" / "statement.html").is_file()


def test_a_release_is_tested():
    """By the project's own pytest, from anywhere."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / "03_gate_in_pytest")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=EXAMPLES)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_every_example_is_on_the_page():
    """And the page names none that there is not."""
    page = (EXAMPLES / "README.md").read_text("utf-8")
    there = {path.name for path in EXAMPLES.iterdir() if path.name[0].isdigit()}
    assert there == {part.partition(")")[0] for part in page.split("](")[1:] if part[0].isdigit()}
