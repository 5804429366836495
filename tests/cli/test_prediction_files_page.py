"""The page on files of predictions: every command on it runs, and every file on it is read."""

import json
import re
import shlex
import zipfile
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from angelshare.cli.commands import app
from angelshare.data.predictions.files import read_predictions

PAGE = Path(__file__).parents[2] / "docs" / "prediction-files.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
COMMANDS = [
    shlex.split(command)[1:]
    for kind, _, content in BLOCKS
    if kind == "sh"
    for command in content.replace("\\\n", " ").splitlines()
]
FINISHED = {0, 4, 5}
"""The exit codes with a statement: no gate failed, one found a loss, one is undecided."""


def harness_sample(number, margin):
    """Return one sample of a multiple-choice task, as lm-evaluation-harness writes it."""
    asked = {
        f"gen_args_{i}": {"arg_0": f"Remark {number} is", "arg_1": f" {c}"} for i, c in enumerate(("fine", "rude"))
    }
    return {
        "doc_id": number,
        "doc": {"remark": number, "author": f"a{number // 2}"},
        "target": str(number % 2),
        "arguments": asked,
        "filtered_resps": [["-1.0", "False"], [str(margin - 1.0), "False"]],
        "doc_hash": f"d{number}",
        "acc": float((margin > 0) == (number % 2 == 1)),
        "acc_norm": float(number % 3 > 0),
    }


def inspect_log(path, *, n_epochs):
    """Write an `.eval` log."""
    ids = [f"s{i}" for i in range(6)]
    said = {"dataset": {"sample_ids": ids}, "config": {"epochs": n_epochs}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps({"status": "success", "eval": said}))
        for position, item in enumerate(ids):
            for epoch in range(1, n_epochs + 1):
                sample = {
                    "id": item,
                    "epoch": epoch,
                    "input": f"What is in barrel {item}?",
                    "scores": {"match": {"value": "CI"[(position + epoch) % 3 == 0]}},
                    "metadata": {"cellar": f"c{position // 2}", "old": position > 3},
                }
                archive.writestr(f"samples/{item}_epoch_{epoch}.json", json.dumps(sample))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files that the page names: those it shows, those its Python writes, and logs."""
    folder = tmp_path_factory.mktemp("page")
    for _, title, content in BLOCKS:
        if title:
            (folder / title).write_text(content)
    for name in ("mlp-0", "mlp-1", "plain-0", "plain-1", "lstm"):
        changed = (folder / "student.csv").read_text().replace("-0.2", f"0.{len(name)}{name[-1:].strip('m') or 5}")
        (folder / f"{name}.csv").write_text(changed)
    logs = {"big": ("03-04-05", (-0.5, 0.5, -1.0, 1.0)), "small": ("04-05-06", (-0.5, -0.5, -0.25, 0.75))}
    for name, (time, margins) in logs.items():
        samples = [harness_sample(number, margin) for number, margin in enumerate(margins)]
        (folder / "logs" / name).mkdir(parents=True)
        path = folder / "logs" / name / f"samples_tone_2026-01-02T{time}.jsonl"
        path.write_text("".join(f"{json.dumps(sample)}\n" for sample in samples))
    for name, n_epochs in {"big": 1, "small": 1, "small-3-epochs": 3}.items():
        inspect_log(folder / f"{name}.eval", n_epochs=n_epochs)
    (code,) = (content for kind, _, content in BLOCKS if kind == "python")
    with chdir(folder):
        exec(compile(code, str(PAGE), "exec"), {})
    return folder


def test_the_python_on_the_page_writes_the_file_it_names(folder):
    """And it is read as the page says."""
    written = read_predictions(folder / "student.parquet", name="mlp/0")
    assert written.member.decisions().tolist() == [0, 1, 1]


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(command[1:5]) for command in COMMANDS])
def test_every_command_on_the_page_ends_with_a_statement(folder, monkeypatch, command):
    """Whatever its verdict."""
    monkeypatch.chdir(folder)
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code in FINISHED, ended.exception
    assert json.loads((folder / "audit" / "statement.json").read_text())["audits"]
