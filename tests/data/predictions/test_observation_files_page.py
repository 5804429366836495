"""The page on files of other observations: every file on it is read, and its Python runs."""

import json
import re
import shlex
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from angelshare.cli.commands import app
from angelshare.data.predictions.observation_files import read_embeddings

PAGE = Path(__file__).parents[3] / "docs" / "observation-files.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    """The files that the page shows."""
    for _, title, content in BLOCKS:
        if title:
            (tmp_path / title).write_text(content)
    return tmp_path


def test_the_python_on_the_page_runs_and_prints_what_the_files_hold(folder, capsys):
    """99.5 nats in 23 tokens and 95 bytes."""
    with chdir(folder):
        for kind, _, content in BLOCKS:
            if kind == "python":
                exec(compile(content, str(PAGE), "exec"), {})
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "(2, 3) ['a1' 'a2']",
        f"perplexity {np.exp(99.5 / 23)}",
        f"bits per byte {99.5 / 95 / np.log(2)}",
        "[2, 2] ('He said no', 'At the end')",
        "(2, 2)",
    ]
    assert read_embeddings(folder / "bert.parquet", name="again").member.vectors.tolist()[1] == [0.3, 0.25, -0.75]


def test_the_command_on_the_page_compares_its_files(folder):
    """Two pages are too few for a verdict, and perplexity rises."""
    (command,) = [shlex.split(content)[1:] for kind, _, content in BLOCKS if kind == "sh"]
    with chdir(folder):
        ended = CliRunner().invoke(app, command)
        statement = json.loads((folder / "audit" / "statement.json").read_text())
    assert ended.exit_code == 0, ended.exception
    (audit,) = statement["audits"]
    row = next(row for row in audit["differences"] if row["metric"] == "perplexity")
    assert row["right_value"] == pytest.approx(np.exp(99.5 / 23))
    assert (row["left_value"], row["verdict"]) == (pytest.approx(np.exp(110.25 / 23)), "undecided")
