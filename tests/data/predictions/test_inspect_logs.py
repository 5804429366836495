"""Logs of inspect_ai: archives and JSON, scorers, epochs, and samples that nobody scored.

The content has the shape that version 0.3.285 writes, without transcripts.
"""

import json
import zipfile
import zlib

import pyarrow as pa
import pytest

from angelshare.core.alignment import aligned
from angelshare.core.errors import AngelshareError, InputError
from angelshare.core.text import text_key
from angelshare.data.predictions.files import read_population, read_predictions
from angelshare.data.predictions.inspect_archive import ZSTANDARD
from angelshare.data.predictions.sources import read_prediction_texts


def sample(item, value, *, epoch=1, scorer="match", **more):
    """Return one sample; its value is a scorer's."""
    return {
        "id": item,
        "epoch": epoch,
        "input": f"Which cask comes after {item}?",
        "target": "B",
        "messages": [],
        "scores": {scorer: {"value": value, "answer": "A", "explanation": "", "history": []}},
        "metadata": {"cellar": f"c{item}", "old": item in ("a", 1), "notes": ["dry"]},
        "error": None,
    } | more


def header(samples, *, status="success", planned=None, epochs=1):
    """Return what a log says before its samples."""
    ids = list(dict.fromkeys(each["id"] for each in samples)) if planned is None else planned
    return {
        "version": 2,
        "status": status,
        "eval": {"task": "casks", "dataset": {"samples": len(ids), "sample_ids": ids}, "config": {"epochs": epochs}},
    }


def zstandard(path, members):
    """Write an archive as newer versions do, which Python's own writer cannot: swap the content after the fact."""
    compressed = {name: pa.Codec("zstd").compress(raw, asbytes=True) for name, raw in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in compressed.items():
            archive.writestr(name, content)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        directory = archive.start_dir
    for entry in entries:
        plain = members[entry.filename]
        for start, offset in ((entry.header_offset, 8), (directory, 10)):
            raw[start + offset : start + offset + 2] = ZSTANDARD.to_bytes(2, "little")
            raw[start + offset + 6 : start + offset + 10] = zlib.crc32(plain).to_bytes(4, "little")
            raw[start + offset + 14 : start + offset + 18] = len(plain).to_bytes(4, "little")
        directory += 46 + len(entry.filename)
    path.write_bytes(raw)


def archived(path, samples, *, compression="deflate", **said):
    """Write an `.eval` log."""
    members = {"_journal/start.json": b"{}"}
    members |= {
        f"samples/{each['id']}_epoch_{each['epoch']}.json": json.dumps(each, indent=2).encode() for each in samples
    }
    members["header.json"] = json.dumps(header(samples, **said)).encode()
    if compression == "zstandard":
        zstandard(path, members)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def as_json(path, samples, **said):
    """Write the older format."""
    path.write_text(json.dumps(header(samples, **said) | {"samples": samples}, indent=2))
    return path


FORMATS = {
    "deflate": lambda folder, samples, **said: archived(folder / "casks.eval", samples, **said),
    "zstandard": lambda folder, samples, **said: archived(
        folder / "casks.eval", samples, compression="zstandard", **said
    ),
    "json": lambda folder, samples, **said: as_json(folder / "casks.json", samples, **said),
    "another name": lambda folder, samples, **said: archived(folder / "casks.log", samples, **said),
}


@pytest.fixture(params=FORMATS)
def log(request, tmp_path):
    """Write a log in each format."""
    return lambda samples, **said: FORMATS[request.param](tmp_path, samples, **said)


@pytest.fixture
def written(tmp_path):
    """Write a log in one format."""
    return lambda samples, **said: archived(tmp_path / "casks.eval", samples, **said)


def test_answers_are_right_or_wrong(log):
    """Whatever the format; an answer that was refused (N) is wrong; the order is that of the ids."""
    casks = read_predictions(log([sample("b", "I"), sample("a", "C"), sample("c", "N")]), name="teacher/0")
    assert (casks.member.task, casks.member.labels, casks.member.outputs) == ("binary", ("wrong", "right"), "decisions")
    assert casks.items.ids.tolist() == ["a", "b", "c"]
    assert casks.member.decisions().tolist() == [1, 0, 0]
    assert casks.items.truth.tolist() == [1, 1, 1]
    assert casks.items.keys[0] == text_key("Which cask comes after a?")


@pytest.mark.parametrize(
    ("value", "right"),
    [(1, 1), (0.0, 0), (True, 1), (False, 0), ("1", 1), ("0.0", 0), ("yes", 1), ("No", 0), ("TRUE", 1), ("false", 0)],
)
def test_values_mean_what_inspect_ai_takes_them_for(written, value, right):
    """Its own `value_to_float` reads the same words."""
    assert read_predictions(written([sample("a", value)]), name="x").member.decisions().tolist() == [right]


def test_partly_right_answers_need_a_threshold(written):
    """P is worth one half; at the threshold an answer is right."""
    path = written([sample("a", "P"), sample("b", "C"), sample("c", 0.49)])
    assert read_predictions(path, name="x", threshold=0.5).member.decisions().tolist() == [1, 1, 0]
    with pytest.raises(
        InputError, match=r"sample 'a': match is 0\.5, neither right \(1\) nor wrong \(0\) \(such samples: 2\)"
    ):
        read_predictions(path, name="x")


def test_one_scorer_of_several_is_chosen(written):
    """A value of several has a name for each."""
    path = written([sample("a", "C", scores={"match": {"value": "C"}, "judge": {"value": {"style": 0, "facts": 1}}})])
    for scorer, right in {"match": 1, "judge.style": 0, "judge.facts": 1}.items():
        assert read_predictions(path, name="x", columns={"label": scorer}).member.decisions().tolist() == [right]
    with pytest.raises(InputError, match=r"has 3 scorers: match, judge\.style, judge\.facts\. Choose one: --columns l"):
        read_predictions(path, name="x")


def test_an_answer_may_be_read_as_a_class(written):
    """For multiple choice: what was answered, and what should have been."""
    path = written([sample("a", "I"), sample("b", "C", target=["A"])])
    columns = {"label": "match.answer", "truth": "target"}
    chosen = read_predictions(path, name="x", task="binary", columns=columns)
    assert chosen.member.labels == ("A", "B")
    assert chosen.member.decisions().tolist() == [0, 0]
    assert chosen.items.truth.tolist() == [1, 0]
    with pytest.raises(InputError, match="does not say which task it answers"):
        read_predictions(path, name="x", columns=columns)


def test_metadata_are_mapped(written):
    """As slices, clusters and weights; those that are lists are left alone."""
    columns = {"cluster": "metadata.cellar", "slice:old": "metadata.old", "weight": "epoch"}
    casks = read_predictions(written([sample("a", "I"), sample("b", "C")]), name="x", columns=columns)
    assert casks.items.clusters.tolist() == [0, 1]
    assert casks.items.slices["old"].tolist() == [True, False]
    assert casks.items.weights.tolist() == [1, 1]


def test_epochs_are_seeds_where_the_user_says_so(log):
    """They are answers of one model, so nobody is to take them for models unasked."""
    samples = [sample(item, "C" if epoch == 2 else "I", epoch=epoch) for epoch in (1, 2) for item in ("a", "b")]
    path = log(samples, epochs=2)
    population = read_population([path], "student", "small", columns={"seed": "epoch"})
    assert population.names == ("small/1", "small/2")
    assert [observed.member.decisions().tolist() for observed in population.members] == [[0, 0], [1, 1]]
    assert set(read_prediction_texts(path, columns={"seed": "epoch"})) == {"a", "b"}
    with pytest.raises(
        InputError, match=r"has 2 epochs: every sample was answered 2 times\. Give logs of one epoch; or"
    ):
        read_population([path], "student", "small")


def test_messages_parts_attachments_and_choices_are_the_text(written):
    """Message ids, which differ from run to run, are not."""
    content = [{"type": "text", "text": "attachment://77"}, {"type": "image", "image": "data:"}]
    asked = [{"id": "u1", "role": "system", "content": "Be brief."}, {"id": "u2", "role": "user", "content": content}]
    path = written([sample("a", "C", input=asked, attachments={"77": "Which wood?"}, choices=["oak", "ash"])])
    assert read_prediction_texts(path) == {"a": "Be brief.\nWhich wood?\n\noak\nash"}


@pytest.mark.parametrize("compression", ["deflate", "zstandard"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_log_is_refused(tmp_path, compression, share):
    """Wherever it ends."""
    path = archived(tmp_path / "casks.eval", [sample("a", "C")], compression=compression)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(
        InputError, match=r"casks\.eval is not a log of inspect_ai, or is truncated or damaged \(.*\)\. Copy"
    ):
        read_predictions(path, name="x")


@pytest.mark.parametrize("compression", ["deflate", "zstandard"])
def test_a_damaged_sample_is_refused(tmp_path, compression):
    """Its checksum is wrong."""
    path = archived(tmp_path / "casks.eval", [sample("a", "C")], compression=compression)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("samples/a_epoch_1.json")
    raw = bytearray(path.read_bytes())
    middle = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    raw[middle] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(InputError, match="truncated or damaged"):
        read_predictions(path, name="x")


def test_an_unknown_compression_says_how_to_convert(tmp_path):
    """A later version may have another."""
    path = archived(tmp_path / "casks.eval", [sample("a", "C")], compression="zstandard")
    path.write_bytes(path.read_bytes().replace(b"\x5d\x00", b"\x5f\x00"))
    with pytest.raises(InputError, match=r"is compressed as this Python cannot read .*`inspect log convert --to json`"):
        read_predictions(path, name="x")


REFUSED = {
    "a failed sample": (
        [sample("a", "C"), sample("b", "I", scores={}, error={"message": "TimeoutError()", "traceback": ""})],
        {},
        {},
        (
            "1 of 2 samples were not scored, the first 'b' (TimeoutError()); the log's status is 'success'. Missing is not "
            "wrong: run them again (`inspect eval-retry`), or leave them out of every model's log."
        ),
    ),
    "a score beside an error": (
        [sample("a", "I", error={"message": "out of tokens"})],
        {},
        {},
        "1 of 1 samples were not scored, the first 'a' (out of tokens);",
    ),
    "a score that is none": (
        [sample("a", "C"), sample("b", None), sample("c", float("nan"))],
        {},
        {},
        "2 of 3 samples were not scored, the first 'b' (no score of match);",
    ),
    "a sample that was never run": (
        [sample("a", "C")],
        {"planned": ["a", "b", "c"], "status": "cancelled"},
        {},
        "2 of 3 samples were not scored, the first 'b' (not in the log); the log's status is 'cancelled'.",
    ),
    "an evaluation that failed": (
        [sample("a", "C")],
        {"status": "error"},
        {},
        (
            "the log's status is 'error', so the evaluation did not end properly. Finish it (`inspect eval-retry`), "
            "and give the log of that."
        ),
    ),
    "an epoch that is not complete": (
        [sample("a", "C"), sample("b", "C"), sample("a", "C", epoch=2)],
        {"epochs": 2},
        {"columns": {"seed": "epoch"}},
        "1 of 4 samples were not scored, the first 'b' (not in the log)",
    ),
    "no samples": ([], {}, {}, "holds no samples. Run the evaluation with its samples logged (--log-samples)."),
    "no scorer": (
        [sample("a", "C", scores=None)],
        {},
        {},
        "has no scorer that says how good the answer to each sample was. Take another log.",
    ),
    "an unknown scorer": (
        [sample("a", "C")],
        {},
        {"columns": {"label": "mtch"}},
        "There is no scorer called 'mtch'. Did you mean 'match'? Known: match.",
    ),
    "a word": (
        [sample("a", "good")],
        {},
        {},
        "sample 'a': match says 'good', which is neither a number nor one of C, P, I, N, yes, true, no, false. Choose another",
    ),
    "ids that differ in type only": (
        [sample(1, "C"), sample("1", "C")],
        {},
        {},
        "the id '1' is in 2 rows",
    ),
    "scores that are a list": (
        [sample("a", "C", scores=["C"])],
        {},
        {},
        """sample 'a': scores is "['C']", which inspect_ai never writes. Copy or write the log again.""",
    ),
    "an endless number": ([sample("a", 10**400)], {}, {}, "sample 'a': match says '1000"),
    "no input": ([{"id": "a", "epoch": 1}], {}, {}, "has a sample without id and input. Write the log again"),
    "another task": ([sample("a", "C")], {}, {"task": "regression"}, "says that it answers a binary task"),
    "metadata that are not there": (
        [sample("a", "C")],
        {},
        {"columns": {"cluster": "metadata.celar"}},
        "has no column 'metadata.celar' to read as 'cluster'. Did you mean 'metadata.cellar'?",
    ),
    "metadata that are a list": (
        [sample("a", "C")],
        {},
        {"columns": {"cluster": "metadata.notes"}},
        "row 1: the cluster is ['dry']. Write it as text or as an integer.",
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused(tmp_path, case):
    """The log, the sample and the remedy are in the message."""
    samples, said, settings, message = REFUSED[case]
    path = as_json(tmp_path / "casks.json", samples, **said)
    with pytest.raises(AngelshareError) as refusal:
        read_predictions(path, **({"name": "x"} | settings))
    assert message in str(refusal.value)
    assert "casks.json" in str(refusal.value)


def test_an_unfinished_log_is_refused(tmp_path):
    """Its header is written last."""
    with zipfile.ZipFile(tmp_path / "casks.eval", "w") as archive:
        archive.writestr("_journal/start.json", "{}")
    with pytest.raises(InputError, match=r"has no header\.json: the evaluation has not ended"):
        read_predictions(tmp_path / "casks.eval", name="x")


@pytest.mark.parametrize("content", [b"5", b"[]", b"null"])
def test_a_header_that_is_no_object_is_refused(tmp_path, content):
    """Whatever it is instead."""
    with zipfile.ZipFile(tmp_path / "casks.eval", "w") as archive:
        archive.writestr("header.json", content)
    with pytest.raises(InputError, match=r"truncated or damaged \(header\.json holds no object\)\. Copy it again\."):
        read_predictions(tmp_path / "casks.eval", name="x")


@pytest.mark.parametrize("planned", [5, "ab", {"a": 1}])
@pytest.mark.parametrize("epochs", [10**400, -1, "3", None])
def test_a_plan_that_cannot_be_read_is_not_looked_at(written, planned, epochs):
    """The samples are there all the same."""
    path = written([sample("a", "C")], planned=["a"], epochs=epochs)
    assert len(read_predictions(path, name="x")) == 1
    content = header([sample("a", "C")], epochs=epochs)
    content["eval"]["dataset"]["sample_ids"] = planned
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(content))
        archive.writestr("samples/a.json", json.dumps(sample("a", "C")))
    assert len(read_predictions(path, name="x")) == 1


def test_a_file_called_eval_that_is_none_is_refused(tmp_path):
    """And so is JSON that is cut off."""
    (tmp_path / "casks.eval").write_text("id,label\n")
    with pytest.raises(InputError, match="is not a log of inspect_ai, or is truncated or damaged"):
        read_predictions(tmp_path / "casks.eval", name="x")
    path = as_json(tmp_path / "casks.json", [sample("a", "C")])
    path.write_text(path.read_text()[:-20])
    with pytest.raises(InputError, match=r"casks\.json is not JSON, or is truncated .* Copy it again\."):
        read_predictions(path, name="x")


def test_two_logs_of_other_questions_cannot_be_compared(tmp_path):
    """The ids are the same; the texts are not."""
    first = archived(tmp_path / "a.eval", [sample("a", "C")])
    second = archived(tmp_path / "b.eval", [sample("a", "C", input="Who drank it?")])
    teacher, student = (read_population([path], "student", path.stem) for path in (first, second))
    with pytest.raises(AngelshareError, match="1 texts differ between a/0 and b/0, the first under id 'a'"):
        aligned("casks", teacher, (student,))
