"""Damaged inputs of every kind, a small part of those of the benchmark."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def fuzz():
    """The benchmark, as a module."""
    spec = importlib.util.spec_from_file_location("fuzz_of_readers", ROOT / "benchmarks" / "fuzz.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there for their own module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_no_damaged_input_ends_in_a_traceback(fuzz, tmp_path):
    """Each is read as the command line reads it, or refused in a sentence."""
    ends = list(fuzz.fuzz(tmp_path, inputs=300, seed=1))
    assert [word for _, end, word in ends if end == "traceback"] == []
    assert {end for _, end, _ in ends} == {"accepted", "refused"}


def test_valid_inputs_are_accepted(fuzz, tmp_path):
    """Otherwise nothing behind the first check would be tried."""
    for reader in fuzz.readers(tmp_path).values():
        path = tmp_path / f"valid{reader.suffix}"
        path.write_bytes(reader.content)
        reader.read(path)


def test_the_published_figure_has_no_traceback():
    """Ten thousand inputs, over all readers."""
    kept = json.loads((ROOT / "docs" / "results" / "benchmarks" / "fuzz.json").read_text())
    assert kept["inputs"] == sum(sum(ends.values()) for ends in kept["readers"].values()) >= 10_000
    assert kept["traceback"] == 0
