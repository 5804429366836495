"""A run folder that is damaged, killed or shared, in a few draws of `benchmarks/damage.py`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).resolve().parents[2] / "benchmarks" / "damage.py"
DRAWS = {"damage": 6, "swaps": 1, "unfinished": 1, "kills": 2, "together": 1}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of each draw."""
    scratch = tmp_path_factory.mktemp("damage")
    draws = [word for part, n in DRAWS.items() for word in (f"--{part}", str(n))]
    command = [sys.executable, "-W", "ignore", HARNESS, *draws, "--seeds", "1", "--out", scratch / "damage.json"]
    surroundings = os.environ | {"TMPDIR": str(scratch)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    assert (scratch / "damage.json").exists(), done.stderr
    return json.loads((scratch / "damage.json").read_text())


@pytest.mark.parametrize("part", DRAWS)
def test_nothing_is_lost_and_nothing_is_wrong_in_silence(outcomes, part):
    """Damage is named or changes nothing, and the statement is that of the undisturbed run."""
    assert outcomes[part]["mistakes"] == []
    assert outcomes[part]["draws"] >= DRAWS[part]


def test_a_flipped_byte_in_what_is_read_again_is_named(outcomes):
    """A model, a cached answer, a speed; what is only written is made anew."""
    seen = outcomes["damage"]["outcomes"]
    told = {kind: next(how for how in of_kind if how.startswith("run")) for kind, of_kind in seen.items()}
    named = ("weights", "shard of answers", "speeds", "seal of a stage")
    assert told == dict.fromkeys(named, "run: named") | {"looks": "run: refused", "kept answers": "run: harmless"}
    assert seen["kept answers"]["rebuild: named"] == 1
