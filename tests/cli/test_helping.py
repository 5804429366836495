"""What `-h` says of every command."""

import shlex
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from angelshare.audits.frame.installed import AUDITS
from angelshare.cli.commands import app
from angelshare.recipes.reading import builtin_names, read_recipe
from angelshare.statement.margins import judged_metrics

COMMANDS = (
    "audit",
    "run",
    "check",
    "compare",
    "suite",
    "reproduce",
    "demo",
    "recipe show",
    "recipe keys",
    "data list",
    "data show",
)


def help_of(command, *, width=80):
    done = CliRunner().invoke(app, [*command.split(), "-h"], terminal_width=width)
    assert done.exit_code == 0, done.output
    return done.output


def words(text):
    return " ".join(text.split())


def test_help_starts_with_what_is_wanted_most():
    """And says of every command in whole words what it does."""
    told = help_of("")
    listed = [line.split()[0] for line in told.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert listed[:4] == ["audit", "run", "check", "compare"]
    assert set(listed[4:]) >= {"suite", "reproduce", "demo", "recipe", "data"}
    assert "..." not in told.partition("Commands:")[2]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_both_options_give_the_same_help(command):
    """The short one is what one types first."""
    assert CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=80).output == help_of(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_every_command_can_be_typed(command):
    """Its options exist, and their values are read; nothing is carried out."""
    (line,) = (line for line in help_of(command).splitlines() if line.startswith(f"    angelshare {command}"))
    parsed, arguments = get_command(app), shlex.split(line.partition(" > ")[0])[1:]
    for name in command.split():
        parsed = parsed.commands[name]
        assert arguments.pop(0) == name
    assert parsed.make_context(name, arguments)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_help_shows_a_type_of_python_or_sends_into_the_source(command):
    """`list[str]` and `core/task.py` say nothing to somebody who types commands."""
    told = help_of(command)
    assert "list[" not in told
    assert ".py" not in told
    assert "{" not in told.partition("\n")[2]


def test_options_with_choices_name_them():
    """Also what is known by name, however it became known."""
    told = words(help_of("audit"))
    assert "<binary|single_label|multi_label|regression>" in told
    assert "<train|validation|selection|calibration|test>" in told
    assert ", ".join(AUDITS.names()) in told
    assert ", ".join(judged_metrics()) in told
    assert ", ".join(builtin_names()) in words(help_of("run"))
    assert "<tiny|small|paper>" in help_of("suite")
    assert "One of lost-in-distillation." in words(help_of("suite"))
    assert "One of lost-in-distillation." in words(help_of("reproduce"))
    assert "sst2" in words(help_of("data show"))


def test_the_help_of_audits_says_what_each_asks():
    """A name such as examples says little."""
    told = help_of("audit")
    assert all(f"{name:<14} {AUDITS.get(name).question}" in told for name in AUDITS.names())


def test_help_loads_nothing_that_measures():
    """It takes a moment: no numbers, no tables, no schemas."""
    code = (
        "import sys\nfrom angelshare.cli.main import main\nsys.argv = ['angelshare', '-h']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'pydantic', 'rich', 'scipy', 'torch', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_help_of_a_command_loads_neither_tables_nor_distributions():
    """It lists the audits and their metrics, which say what they are before they measure."""
    code = (
        "import sys\nfrom angelshare.cli.main import main\nsys.argv = ['angelshare', 'audit', '-h']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'pyarrow', 'scipy.optimize', 'scipy.special', 'scipy.stats'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_built_in_recipe_is_shown_to_begin_with(tmp_path):
    """What is shown can be run as a file."""
    shown = CliRunner().invoke(app, ["recipe", "show", "sst2"])
    (tmp_path / "mine.yaml").write_text(shown.stdout)
    assert read_recipe(str(tmp_path / "mine.yaml")) == read_recipe("sst2")
    wrong = CliRunner().invoke(app, ["recipe", "show", "sst-2"])
    assert str(wrong.exception).startswith("There is no recipe called 'sst-2'. Did you mean 'sst2'?")


def test_keys_are_shown_from_one_on():
    """All of them would be several screens."""
    shown = CliRunner().invoke(app, ["recipe", "keys", "teacher"]).stdout
    assert [line for line in shown.splitlines() if line.startswith("## ")] == ["## `teacher`", "## `teacher.fine_tune`"]
    assert "Did you mean 'teacher'?" in str(CliRunner().invoke(app, ["recipe", "keys", "teachr"]).exception)
