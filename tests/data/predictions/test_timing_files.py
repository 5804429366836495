"""The contract of files of timings."""

import json

import numpy as np
import pytest

from angelshare.core.errors import InputError
from angelshare.core.observations import Timing
from angelshare.data.predictions.timing_files import read_timings, write_timings

MODEL = {"texts_per_second": [5, 6.5], "latency_ms": [[1, 2, 3], [4, 5, 6]], "busy": [0.9, 0]}


def test_timings_come_back_as_they_were_written(tmp_path):
    """Arrays, peak memory, and why there is none."""
    arrays = {name: np.array(values, dtype=float) for name, values in MODEL.items()}
    timings = {
        "teacher big": Timing("big", **arrays, n_texts=7, peak_memory_bytes=1000, seed=3, fingerprint="f"),
        "student mlp/0": Timing("mlp/0", **arrays, n_texts=7, memory_problem="It is too large."),
    }
    write_timings(timings, tmp_path / "speed.json")
    again = read_timings(tmp_path / "speed.json")
    assert list(again) == list(timings)
    for key, timing in timings.items():
        read = again[key]
        for part in ("name", "n_texts", "peak_memory_bytes", "memory_problem", "seed", "fingerprint"):
            assert getattr(read, part) == getattr(timing, part)
        assert all(np.array_equal(getattr(read, name), getattr(timing, name)) for name in MODEL)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "no object with a model under every key"),
        ({}, "no object with a model under every key"),
        ({"teacher t": 3}, "texts_per_second, latency_ms, busy of teacher t cannot be read"),
        ({"teacher t": MODEL | {"busy": None}}, "busy of teacher t cannot be read"),
        ({"teacher t": MODEL | {"texts_per_second": [5, 0]}}, "texts_per_second of teacher t"),
        ({"teacher t": MODEL | {"texts_per_second": [5, float("nan")]}}, "texts_per_second of teacher t"),
        ({"teacher t": MODEL | {"latency_ms": [[1, 2], [3]]}}, "latency_ms of teacher t"),
        ({"teacher t": MODEL | {"latency_ms": [1, 2]}}, "latency_ms of teacher t"),
        ({"teacher t": MODEL | {"latency_ms": [[1], [10**400]]}}, "latency_ms of teacher t"),
        ({"teacher t": MODEL | {"peak_memory": [1]}}, "peak_memory of teacher t cannot be read"),
        ({"teacher t": MODEL | {"peak_memory": {"n_bytes": "x"}}}, "peak_memory.n_bytes of teacher t"),
        ({"teacher t": MODEL | {"seed": [1], "fingerprint": 3}}, "seed, fingerprint of teacher t"),
        ({"teacher t": MODEL | {"n_texts": 0}}, "n_texts of teacher t"),
        ({"teacher t": MODEL | {"busy": [0.5]}}, "the rounds of teacher t cannot be read"),
        (
            {"teacher t": MODEL, "student s": MODEL | {"latency_ms": [[1], [2]]}},
            "not timed in the same rounds: teacher t 2 of 3, student s 2 of 1 latencies",
        ),
    ],
)
def test_what_is_no_timing_is_refused(tmp_path, content, message):
    """With the model and what of it."""
    path = tmp_path / "speed.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(InputError, match=message):
        read_timings(path, n_texts=7)


def test_how_many_texts_were_timed_is_said_by_the_file_or_by_the_reader(tmp_path):
    """Files of before do not say it."""
    (tmp_path / "speed.json").write_text(json.dumps({"teacher t": MODEL}))
    assert read_timings(tmp_path / "speed.json", n_texts=4)["teacher t"].n_texts == 4
    with pytest.raises(InputError, match='teacher t has no "n_texts"'):
        read_timings(tmp_path / "speed.json")


def test_a_file_that_is_not_there_is_named(tmp_path):
    """As any other."""
    with pytest.raises(InputError, match=r"There is no file .*speed\.json"):
        read_timings(tmp_path / "speed.json", n_texts=7)
