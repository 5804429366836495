"""Commands without the extra `models`: those that can do without it, and what the others say."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from angelshare.core.extras import MODELS

REPOSITORY = Path(__file__).parents[2]
ROWS = ("id,logit:fine,logit:rude,truth", *(f"i{i},{i % 3},{i % 5},{('fine', 'rude')[i % 2]}" for i in range(60)))
# a process without the extra: it reads commands, a line each, and tells of each in a line how it ended
BLOCKED = f"""
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout


class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(MODELS)}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Blocked())
from angelshare.cli.main import main

for line in sys.stdin:
    sys.argv = ["angelshare", *json.loads(line)]
    code, out, err = 0, io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    print(json.dumps({{"returncode": code, "stderr": err.getvalue()}}), flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two files of predictions, a file of texts and a folder that may hold a model."""
    folder = tmp_path_factory.mktemp("light")
    for name in ("teacher", "student"):
        rows = ROWS if name == "teacher" else [row.replace(",4,", ",0,") for row in ROWS]
        (folder / f"{name}.csv").write_text("\n".join(rows))
    (folder / "texts.csv").write_text("text,label\nwell said,fine\nyou fool,rude\n")
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text('{"model_type": "bert"}')
    return folder


def files(folder, out):
    sides = ("--teacher", folder / "teacher.csv", "--student", folder / "student.csv")
    return ("audit", *sides, "--task", "binary", "--out", folder / out)


@pytest.fixture(scope="module")
def without_extra(folder):
    """Carry out commands in that folder."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", BLOCKED], cwd=folder, **pipes) as process:

        def carry_out(*arguments):
            print(json.dumps([*map(str, arguments)]), file=process.stdin, flush=True)
            return SimpleNamespace(**json.loads(process.stdout.readline()))

        yield carry_out


def test_files_are_audited_checked_compared_and_rebuilt_without_it(folder, without_extra):
    """The statement lists only packages that are there."""
    done = without_extra(*files(folder, "out"))
    assert (done.returncode, done.stderr) == (0, "")
    assert without_extra("check", "out", "--margin", "accuracy=0.9").returncode == 0
    assert without_extra("compare", "out", "out").returncode == 0
    assert without_extra("rebuild", "out").returncode == 0


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("run sst2", "transformers"),
        ("demo", "transformers"),
        ("reproduce lost-in-distillation --scale tiny", "transformers"),
        ("suite lost-in-distillation --teacher model --student model --scale tiny", "transformers"),
        ("audit --teacher model --student model --data texts.csv --task binary --out models", "transformers"),
    ],
)
def test_what_needs_it_says_so_in_a_line(folder, without_extra, command, module):
    """Before anything is written."""
    before = sorted(folder.iterdir())
    done = without_extra(*command.split())
    assert done.returncode == 3, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: `angelshare {command.split()[0]}` needs the package {module}")
    assert line.endswith("which is not installed: pip install 'angelshare[models]'")
    assert sorted(folder.iterdir()) == before


def test_data_that_are_not_at_hand_are_named_before_the_package_of_the_hub(without_extra):
    """A name may be mistyped, and nothing has to be installed then."""
    command = "audit --teacher model --student model --data emotin --task binary --out models"
    done = without_extra(*command.split())
    assert done.returncode == 3
    assert done.stderr == (
        "error: 'emotin' is not at hand. Did you mean 'emotion'? To read it from the Hugging Face hub, angelshare needs the "
        "package datasets, which is not installed: pip install 'angelshare[models]'\n"
    )


def test_a_mistake_is_told_before_what_is_missing(without_extra):
    """Nobody installs gigabytes to learn of a typing error."""
    assert "Did you mean 'sst2'?" in without_extra("run", "sst-2").stderr


def pip(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.wheel
def test_the_wheel_in_an_empty_environment_audits_two_files(folder, tmp_path):
    """What `pip install angelshare` brings is enough, and brings no network library."""
    if pip("download", "--no-deps", "--dest", tmp_path, "typing-extensions").returncode:
        pytest.skip("no package index can be reached")
    built = pip("wheel", "--no-deps", "--wheel-dir", tmp_path, REPOSITORY)
    assert built.returncode == 0, built.stderr
    venv.create(tmp_path / "empty", with_pip=False)
    (wheel,), python = tmp_path.glob("angelshare-*.whl"), tmp_path / "empty" / "bin" / "python"
    installed = pip("--python", python, "install", wheel)
    assert installed.returncode == 0, installed.stderr
    command = tmp_path / "empty" / "bin" / "angelshare"
    done = subprocess.run([command, *map(str, files(folder, "wheel"))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "wheel" / "statement.html").is_file()
    refused = subprocess.run([command, "run", "sst2"], capture_output=True, text=True, check=False)
    assert refused.returncode == 3
    assert refused.stderr == (
        "error: `angelshare run` needs the package transformers, which is not installed: pip install 'angelshare[models]'\n"
    )
