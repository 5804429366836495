"""What a file is, by its content."""

import re

import pandas as pd
import pytest

from angelshare.core.errors import InputError
from angelshare.data.predictions.files import read_predictions
from angelshare.data.tables.file_kinds import file_kind
from angelshare.data.tables.reading import read_table

CONTENT = {
    "CSV": ("a.csv", "id,label\n", "csv"),
    "CSV that begins with a brace": ("a.csv", "{id},label\n", "csv"),
    "JSON lines": ("a.jsonl", '{"id": 1}\n', "json lines"),
    "JSON lines without a known name": ("a.txt", '\ufeff\n {"id": 1}\n', "json lines"),
    "JSON lines with document numbers": ("a.jsonl", '{"doc_id": 1, "label": "x"}\n', "json lines"),
    "broken JSON lines": ("a.jsonl", '{"id": \n', "json lines"),
    "a list": ("a.json", "[1]\n", "json lines"),
    "no JSON": ("a.jsonl", "id\n", "json lines"),
    "samples of the harness": ("a.json", '{"doc_id": 1, "filtered_resps": []}\n', "harness log"),
    "samples after a long document": (
        "a.jsonl",
        '{"doc_id": 1, "doc": "' + "word " * 50_000 + '", "resps": []}\n',
        "harness log",
    ),
    "samples as a list": ("a.jsonl", '[\n  {\n    "doc_id": 1,', "harness log"),
    "a log of inspect_ai on lines": (
        "a.json",
        '{\n  "version": 2,\n  "status": "success",\n  "eval": {',
        "inspect log",
    ),
    "a log of inspect_ai on one line": ("a.jsonl", '{"version":2,"status":"error","eval":{"x":1}}', "inspect log"),
    "an archive": ("a.zip", "PK\3\4", "inspect log"),
    "by name only": ("a.eval", "x", "inspect log"),
    "damaged Parquet": ("a.parquet", "x", "parquet"),
}


@pytest.mark.parametrize("case", CONTENT)
def test_the_content_says_what_a_file_is(tmp_path, case):
    """Its name says it only where the content does not."""
    name, content, kind = CONTENT[case]
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert file_kind(path) == kind


def test_parquet_is_known_by_any_name(tmp_path):
    """With what its metadata declare."""
    pd.DataFrame({"id": ["a"], "label": ["x"], "truth": ["y"]}).to_parquet(tmp_path / "a.csv")
    assert file_kind(tmp_path / "a.csv") == "parquet"
    assert read_predictions(tmp_path / "a.csv", name="x", task="binary").member.labels == ("x", "y")


def test_folders_missing_and_empty_files_and_others_are_refused(tmp_path):
    """Each with its remedy."""
    folder = tmp_path / "a.csv"
    folder.mkdir()
    (tmp_path / "b.csv").write_bytes(b"")
    (tmp_path / "c.xlsx").write_text("x")
    for name, message in {
        "a.csv": "a.csv is a folder, not a file. Name one of the files in it.",
        "b.csv": "b.csv is empty (0 bytes). Write it again.",
        "c.xlsx": "c.xlsx is none of .parquet, .csv, .jsonl, .ndjson, .json, .eval. Convert it, or rename it if it is",
        "none.csv": "There is no file ",
    }.items():
        with pytest.raises(InputError, match=re.escape(message)):
            read_predictions(tmp_path / name, name="x", task="binary")


def test_a_log_is_no_table_of_texts(tmp_path):
    """It has answers."""
    (tmp_path / "a.eval").write_bytes(b"PK\3\4")
    with pytest.raises(InputError, match=r"a\.eval is a log of inspect_ai, not a table\. Give it as a model's answers"):
        read_table(tmp_path / "a.eval")
