import io
import json
import os
import subprocess
import sys
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from angelshare import __version__
from angelshare.cli.commands import app
from angelshare.cli.main import main


def angelshare(*arguments, cwd="."):
    """Call the command line as its script does, in this process: a new one would import everything anew."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(), chdir(cwd),
        redirect_stdout(out), redirect_stderr(err),
    ):  # fmt: skip
        patch.setattr(os, "environ", os.environ.copy())
        patch.setattr(sys, "argv", ["angelshare", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    return SimpleNamespace(returncode=end.value.code or 0, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A teacher that is right 90 times in 100 and a student that is right 60 times."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 1000)
    for name, share in (("teacher", 0.9), ("student", 0.6)):
        right = rng.random(1000) < share
        margin = np.where(right, 2.0, -2.0) * (2 * truth - 1) + rng.normal(0, 0.1, 1000)
        table = {
            "id": [f"i{i}" for i in range(1000)],
            "logit:fine": -margin / 2,
            "logit:rude": margin / 2,
            "truth": np.where(truth == 1, "rude", "fine"),
            "text": [f"remark number {i} <script>alert(1)</script>" for i in range(1000)],
        }
        pd.DataFrame(table).to_csv(folder / f"{name}.csv", index=False)
    return folder


def audit(files, out, *more):
    return angelshare(
        "audit", "--teacher", files / "teacher.csv", "--student", files / "student.csv",
        "--task", "binary", "--out", out, *more,
    )  # fmt: skip


def test_two_files_become_a_statement_in_three_forms(files, tmp_path):
    """The shortest way from predictions to a statement."""
    done = audit(files, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert {"statement.json", "statement.html", "statement.md"} <= {f.name for f in (tmp_path / "out").iterdir()}
    assert "no gate" in done.stdout
    assert str(tmp_path / "out" / "statement.html") in done.stdout
    assert done.stderr == ""


def test_slices_are_named_as_identities(files, tmp_path):
    """The pattern reaches the audit, which says that no slice has such a name."""
    done = audit(files, tmp_path / "out", "--audit", "identity_auc", "--identities", "moon*", "--json")
    (result,) = json.loads(done.stdout)["audits"]
    assert result["not_applicable"].startswith("No slice is called like an identity (moon*). The slices: ")
    same = audit(files, tmp_path / "out", "--audit", "identity_auc:identities=moon*", "--json")
    assert json.loads(same.stdout)["audits"] == [result]


def test_a_gate_that_finds_a_loss_ends_with_4(files, tmp_path):
    """So that a pipeline stops."""
    done = audit(files, tmp_path / "out", "--margin", "accuracy=0.01")
    assert done.returncode == 4, done.stderr
    assert angelshare("check", tmp_path / "out").returncode == 4
    assert angelshare("check", tmp_path / "out", "--margin", "accuracy=0.9").returncode == 0


def test_a_gate_that_cannot_be_decided_ends_with_5(files, tmp_path):
    """Undecided is not preserved."""
    wide = audit(files, tmp_path / "out", "--margin", "accuracy=0.3")
    assert wide.returncode == 5, wide.stdout


def test_a_gate_on_a_metric_that_was_not_measured_ends_with_5(files, tmp_path):
    """A gate that nobody looked at has not held."""
    assert audit(files, tmp_path / "out", "--margin", "mse=0.3").returncode == 5


def test_slices_are_measured_and_a_wrong_one_is_bad_input(files, tmp_path):
    """`number 1` is in every tenth or so of the texts."""
    done = audit(
        files,
        tmp_path / "out",
        "--slice",
        "words:first=number 1,",
        "--slice",
        "length=4",
        "--audit",
        "agreement",
        "--json",
    )
    notes = json.loads(done.stdout)["notes"]
    assert done.returncode == 0, done.stderr
    assert any(note.startswith("Slice length 4 or more holds all of the 1,000 items") for note in notes)
    wrong = audit(files, tmp_path / "out", "--slice", "words=she")
    assert wrong.returncode == 3
    assert "error: --slice 'words=she' is not a slice." in wrong.stderr


def test_json_prints_the_statement_and_nothing_else(files, tmp_path):
    """For the next program in the pipe."""
    done = audit(files, tmp_path / "out", "--json")
    assert json.loads(done.stdout)["schema"] == "loss-statement/0"


def test_redacted_statements_hold_no_text(files, tmp_path):
    """In none of the three forms."""
    audit(files, tmp_path / "out", "--redact-texts")
    for name in ("statement.json", "statement.html", "statement.md"):
        assert "remark number" not in (tmp_path / "out" / name).read_text()
    audit(files, tmp_path / "open")
    assert "remark number" in (tmp_path / "open" / "statement.html").read_text()
    assert "<script>alert(1)</script>" not in (tmp_path / "open" / "statement.html").read_text()


def test_only_the_audits_that_are_named_run_and_files_have_no_speed(files, tmp_path):
    """Files of predictions hold no live models: the statement says so."""
    done = audit(files, tmp_path / "out", "--audit", "quality", "--audit", "speed", "--json")
    quality, speed = json.loads(done.stdout)["audits"]
    assert (quality["name"], quality["not_applicable"]) == ("quality", None)
    assert speed["not_applicable"] == (
        "Speed is not measured, because files of predictions hold no live models. Give the teacher and the students as "
        "model folders, with --data."
    )
    assert speed["not_applicable"] in (tmp_path / "out" / "statement.md").read_text()


def test_the_terminal_says_what_was_not_measured_and_what_carries_no_verdict(files, tmp_path):
    """Else an audit that was asked for by name would be passed over in silence."""
    told = audit(files, tmp_path / "out", "--audit", "agreement", "--audit", "speed").stdout.splitlines()
    assert "-            Nothing that was measured carries a verdict; the page has the figures." in told
    assert any(line.startswith("not measured speed: Speed is not measured, because files") for line in told)


def test_audit_on_files_loads_no_network_library(files, tmp_path):
    """It takes seconds, and works where torch is not wanted."""
    code = (
        "import sys\nfrom angelshare.cli.main import main\n"
        f"sys.argv = ['angelshare', 'audit', '--teacher', {str(files / 'teacher.csv')!r}, '--student', "
        f"{str(files / 'student.csv')!r}, '--task', 'binary', '--out', {str(tmp_path / 'out')!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_importing_the_package_loads_no_network_library():
    """`import angelshare` is for everybody."""
    code = "import angelshare, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_same_models_again_are_no_new_look_at_the_test_split(files, tmp_path):
    """Only another set of models is."""
    audit(files, tmp_path / "out")
    again = json.loads(audit(files, tmp_path / "out", "--json").stdout)
    assert again["test_looks"] == 1
    swapped = angelshare(
        "audit", "--teacher", files / "teacher.csv", "--student", files / "teacher.csv",
        "--task", "binary", "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    assert json.loads(swapped.stdout)["test_looks"] == 2


def test_a_full_disk_costs_neither_the_old_statement_nor_a_look(files, tmp_path, small_disk):
    """Nothing old is touched before all of the new is there; the message names a file, and the disk."""
    out = tmp_path / "out"
    audit(files, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for n_bytes in (3000, 30_000):
        with small_disk(n_bytes):
            failed = audit(files, out, "--audit", "agreement")
        assert (failed.returncode, "Traceback" in failed.stderr) == (3, False), failed.stderr
        assert str(out) in failed.stderr
        assert "File too large" in failed.stderr
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert json.loads(audit(files, out, "--audit", "agreement", "--json").stdout)["test_looks"] == 1


def test_a_model_compared_with_itself_has_lost_nothing(files, tmp_path):
    """The identical file: every difference is exactly zero, and preserved."""
    done = angelshare(
        "audit", "--teacher", files / "teacher.csv", "--student", files / "teacher.csv",
        "--task", "binary", "--out", tmp_path / "out", "--margin", "accuracy=0.01", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [row for audit in json.loads(done.stdout)["audits"] for row in audit["differences"]]
    assert rows
    assert all(row["delta"] == 0 and row["verdict"] == "preserved" for row in rows)


def bad_files(files, folder):
    """Files that cannot be measured, each with what its message must say."""
    good = pd.read_csv(files / "student.csv")

    def write(name, frame):
        frame.to_csv(folder / name, index=False)
        return folder / name

    nan = good.copy()
    nan.loc[3, "logit:rude"] = np.nan
    infinite = good.copy()
    infinite["logit:rude"] = infinite["logit:rude"].astype(object)
    infinite.loc[3, "logit:rude"] = "inf"
    sums = good.rename(columns={"logit:fine": "probability:fine", "logit:rude": "probability:rude"})
    sums["probability:fine"], sums["probability:rude"] = 0.5, 0.6
    other = good.rename(columns={"logit:fine": "logit:kind"})
    other["truth"] = other["truth"].replace("fine", "kind")
    bytes_ = (files / "student.csv").read_bytes().replace(b"remark number 5 ", b"remark \xff\xfe 5 ")
    (folder / "utf8.csv").write_bytes(bytes_)
    good.to_parquet(folder / "cut.parquet")
    (folder / "cut.parquet").write_bytes((folder / "cut.parquet").read_bytes()[:-500])
    return {
        write("nan.csv", nan): ["nan.csv", "i3"],
        write("inf.csv", infinite): ["inf.csv", "i3"],
        write("sums.csv", sums): ["sums.csv", "1.1"],
        write("other.csv", other): ["kind", "fine"],
        write("missing.csv", good.drop(columns="id")): ["missing.csv", "id"],
        write("fewer.csv", good.iloc[:-1]): ["999", "1,000"],
        write("repeated.csv", pd.concat([good, good.iloc[:1]])): ["repeated.csv", "i0"],
        write("empty.csv", good.iloc[:0]): ["empty.csv"],
        folder / "utf8.csv": ["utf8.csv", "row 6"],
        folder / "cut.parquet": ["cut.parquet"],
        folder / "absent.csv": ["absent.csv"],
    }


def test_what_cannot_be_measured_ends_with_3_and_a_message_and_writes_nothing(files, tmp_path):
    """The message names file, row or key, value and remedy; no trace of a statement is left."""
    for path, says in bad_files(files, tmp_path).items():
        out = tmp_path / f"out-{path.name}"
        done = angelshare(
            "audit", "--teacher", files / "teacher.csv", "--student", path, "--task", "binary", "--out", out
        )
        assert done.returncode == 3, (path.name, done.returncode, done.stderr)
        assert done.stderr.startswith("error: "), done.stderr
        assert "Traceback" not in done.stderr
        for part in says:
            assert part in done.stderr, (path.name, part, done.stderr)
        assert not out.exists(), path.name


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "sst-2"], 3, "Did you mean 'sst2'"),
        (["chek", "x"], 2, "Did you mean 'check'"),
        (
            ["suite", "x", "--scale", "big"],
            2,
            "Invalid value for '--scale': 'big' is not one of 'tiny', 'small', 'paper'.",
        ),
        (["check", "nowhere"], 3, "There is no statement"),
        (["data", "show", "sst3"], 3, "Did you mean 'sst2'"),
        (["audit", "--teacher", "a", "--student", "b", "--out", "o"], 3, "or give --data"),
        (["audit", "--teacher", "a.csv", "--student", "b.csv", "--out", "o", "--margin", "acuracy=1"], 3, "'accuracy'"),
        (["audit", "--teacher", "a", "--student", "b", "--out", "o", "--gate", "auc <= 1"], 3, "Write auc >= -1."),
        (["check", "x", "--gate", "auc >= -0.1", "--margin", "auc=0.2"], 3, "contradict each other"),
        (["compare", "x", "y"], 3, "There is no statement"),
        (["audit", "--teacher", "a.csv", "--student", "b.csv", "--out", "o", "--columns", "x"], 3, "OURS=THEIRS"),
        (["audit", "--teacher", "a.csv", "--student", "b.csv", "--out", "o", "--audit", "sped"], 3, "mean 'speed'"),
        (
            ["audit", "--teacher", "a.csv", "--student", "b.csv", "--out", "o", "--audit", "speed:n_text=5"],
            3,
            "mean 'n_texts'",
        ),
        (["audit", "--teacher", "a.csv", "--student", "b.csv", "--out", ""], 3, "--out is blank. Name a folder"),
        (["demo", "--out", " "], 3, "--out is blank. Name a folder"),
    ],
)
def test_mistakes_in_a_command_get_a_code_and_the_nearest_name(arguments, code, says, tmp_path):
    """Usage ends with 2, bad input with 3."""
    done = angelshare(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_catalogue_is_listed_and_shown():
    """Source, licence and hazards of every set can be read."""
    assert {"sst2", "real_toxicity_prompts", "wiki_context_toxicity"} <= set(angelshare("data", "list").stdout.split())
    shown = json.loads(angelshare("data", "show", "emotion", "--json").stdout)
    assert shown["task"] == "single_label"


def test_the_version_is_printed():
    """For bug reports; by `python -m angelshare` as by the script."""
    command = [sys.executable, "-m", "angelshare", "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == angelshare("--version").stdout == f"angelshare {__version__}\n"


def test_retries_of_the_hub_are_not_told_one_by_one(monkeypatch, capsys):
    """The sentence at the end says all of it; who sets the level keeps it."""
    for variable, level in (("HF_HUB_VERBOSITY", None), ("DATASETS_VERBOSITY", "info")):
        monkeypatch.setenv(variable, "")  # so that what `main` sets is taken back
        monkeypatch.delenv(variable) if level is None else monkeypatch.setenv(variable, level)
    monkeypatch.setattr(sys, "argv", ["angelshare", "check", "nowhere"])
    with pytest.raises(SystemExit):
        main()
    assert (os.environ["HF_HUB_VERBOSITY"], os.environ["DATASETS_VERBOSITY"]) == ("error", "info")
    assert capsys.readouterr().err.startswith("error: There is no statement")


def test_a_copy_of_a_file_is_no_second_seed(files, tmp_path):
    """Under another name and with its rows in another order: the spread over seeds would look smaller than it is."""
    pd.read_csv(files / "student.csv")[::-1].to_csv(tmp_path / "copy.csv", index=False)
    done = angelshare(
        "audit", "--teacher", files / "teacher.csv", "--student", files / "student.csv",
        "--student", tmp_path / "copy.csv", "--task", "binary", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 3
    assert "student/0 and student/1 gave the same scores on all 1000 items" in done.stderr


def test_two_seeds_that_decide_alike_are_two_seeds(files, tmp_path):
    """Hard decisions of two honest trainings may be equal on every item."""
    decided = pd.read_csv(files / "student.csv")
    decided["label"] = np.where(decided["logit:rude"] > 0, "rude", "fine")
    for name in ("one.csv", "two.csv"):
        decided[["id", "label"]].to_csv(tmp_path / name, index=False)
    sides = ("--student", tmp_path / "one.csv", "--student", tmp_path / "two.csv", "--labels", "fine,rude")
    done = inside(
        "audit", "--teacher", files / "teacher.csv", *sides, "--task", "binary", "--audit", "quality",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.exit_code == 0, done.output


def test_control_characters_of_files_do_not_reach_the_terminal(tmp_path):
    """An escape sequence in a column name is shown, not obeyed."""
    (tmp_path / "t.csv").write_text("id,\x1b[31mred\u202e\n1,2\n")
    done = angelshare(
        "audit", "--teacher", tmp_path / "t.csv", "--student", tmp_path / "t.csv", "--task", "binary",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 3
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr


def test_names_print_no_line_of_their_own(files, tmp_path):
    """A student or a path that is called like a verdict stands on the line of its own sentence."""
    forged = "m\npreserved    All is well."
    sides = ("--teacher", files / "teacher.csv", "--student", f"{forged}={files / 'student.csv'}", "--task", "binary")
    gate = ("--gate", "accuracy >= -0.01", "--gate", f'auc[slice="{forged}"] >= -0.01')
    done = inside("audit", *sides, "--out", tmp_path / "out", "--audit", "quality", *gate)
    assert done.exit_code == 4, done.output
    assert "m⟨U+000A⟩preserved    All is well." in done.output
    assert not [line for line in done.output.splitlines() if line.startswith("preserved    All is well.")]
    wrong = angelshare("check", tmp_path / forged)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (3, 1)


def inside(*arguments):
    """Run a command in this process, which is quicker."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_gates_name_slices_and_what_was_not_measured_ends_with_5(files, tmp_path):
    """In an audit, and when its statement is read again."""
    sides = ("--teacher", files / "teacher.csv", "--student", files / "student.csv", "--task", "binary")
    gates = ("--gate", "accuracy >= -0.5", "--gate", "f1[slice=moon] >= -0.5")
    done = inside("audit", *sides, "--out", tmp_path, "--audit", "quality", *gates)
    assert done.exit_code == 5, done.output
    assert "Not measured" in done.output
    codes = {"accuracy >= -0.5": 0, "accuracy >= -0.01": 4, "latency_p50_ms <= 0": 5}
    assert {rule: inside("check", tmp_path, "--gate", rule).exit_code for rule in codes} == codes


def test_two_releases_are_compared(files, tmp_path):
    """The same twice: nothing changed. The teacher as the last release of its student: a loss."""
    (tmp_path / "student.csv").write_bytes((files / "teacher.csv").read_bytes())
    for out, teacher, student in (
        ("worse", files / "teacher.csv", files / "student.csv"),
        ("better", files / "student.csv", tmp_path / "student.csv"),
    ):
        sides = ("--teacher", teacher, "--student", student, "--task", "binary", "--audit", "quality")
        assert inside("audit", *sides, "--out", tmp_path / out).exit_code == 0
    same = inside("compare", tmp_path / "worse", tmp_path / "worse")
    assert same.exit_code == 0
    assert "Nothing changed: the same models, the same data, the same numbers." in same.output
    releases = (tmp_path / "better", tmp_path / "worse")
    lost = inside("compare", *releases, "--margin", "accuracy=0.01", "--out", tmp_path / "compared")
    assert lost.exit_code == 4
    assert "student loses at most 0.01 of accuracy against the last release" in lost.output
    assert (tmp_path / "compared" / "comparison.html").is_file()
    assert json.loads(inside("compare", *releases, "--json").output)["schema"] == "loss-comparison/0"


def called(*arguments, stdout=subprocess.PIPE, **environment):
    """Call the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "angelshare", *map(str, arguments)],
        env=os.environ | environment, stdout=stdout, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def lost(files, tmp_path_factory):
    """A statement whose gate has seen a loss."""
    out = tmp_path_factory.mktemp("lost")
    assert audit(files, out, "--margin", "accuracy=0.01").returncode == 4
    return out


def test_output_without_a_minus_sign_keeps_the_exit_code(lost):
    """A console of ASCII or cp1252 cannot hold every character of a summary."""
    for encoding in ("ascii", "cp1252"):
        done = called("check", lost, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (4, b"")
        assert b"-29.6 points" in done.stdout


def test_a_reader_who_has_gone_keeps_the_exit_code(lost):
    """`angelshare check DIR | true` in a pipeline with `pipefail`."""
    read, write = os.pipe()
    os.close(read)
    for more in ([], ["--json"]):
        done = called("check", lost, *more, stdout=write)
        assert (done.returncode, done.stderr) == (4, b"")
    os.close(write)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_disk_that_is_full_is_said(lost):
    """It is nothing that angelshare did wrong."""
    with Path("/dev/full").open("wb") as full:
        done = called("check", lost, stdout=full)
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: No space left on device. Make room")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--\x1b[2J"],
        ["x\x1b[2J\u202e"],
        ["check", "a", "b\x1b[2J\nforged"],
        ["audit", "--split", "\x9b2J"],
        ["data", "\x1b]0;"],
    ],
)
def test_arguments_never_reach_the_terminal_raw(arguments):
    """Usage errors repeat what was given."""
    done = angelshare(*arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.stderr)
    assert "\nforged" not in done.stderr


def test_a_blank_student_is_refused(files, tmp_path):
    """An empty variable in a script is no student."""
    done = angelshare("audit", "--teacher", files / "teacher.csv", "--student", "", "--out", tmp_path)
    assert done.returncode == 3
    assert "''" in done.stderr
