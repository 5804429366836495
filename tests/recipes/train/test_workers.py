"""Tests of members trained side by side."""

import subprocess
import sys

SCRIPT = """
from multiprocessing import get_context
from angelshare.recipes.train.workers import _apart_from_main

print("once")
with _apart_from_main(), get_context("spawn").Pool(1) as pool:
    print(pool.apply(abs, (-3,)))
print(__file__)
"""


def test_a_script_without_a_guard_is_not_run_again_by_every_worker(tmp_path):
    """`ash.run` at its top would wait for ever: each worker would begin with that very call, and die."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["once", "3", str(script)]
