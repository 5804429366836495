"""Seconds and memory of `angelshare audit` on two files of predictions.

Makes two Parquet files of binary predictions (probabilities, truth, slices), runs the command in a new process with
the audits quality, agreement and calibration, and prints seconds, peak memory and whether torch was imported, as JSON.

    python benchmarks/audit_files.py --rows 100000 --slices 0
    python benchmarks/audit_files.py --rows 2000000 --slices 24
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

AUDITS = ("quality", "agreement", "calibration")
TYPED = """
import sys
from angelshare.cli.main import main
try:
    main()
finally:
    print('torch' in sys.modules, file=sys.stderr)
"""


def main() -> None:
    """Measure, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--slices", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--suffix", choices=("parquet", "csv"), default="parquet")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = write_files(folder, given.rows, given.slices, given.suffix)
        rounds = [audit(files, folder / "out") for _ in range(given.rounds)]
    result = {
        "rows": given.rows,
        "slices": given.slices,
        "suffix": given.suffix,
        "audits": AUDITS,
        "seconds": [round(seconds, 2) for seconds, _ in rounds],
        "torch_imported": any(torch for _, torch in rounds),
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6, 2),
    }
    print(json.dumps(result, indent=1))


def write_files(folder: Path, n: int, n_slices: int, suffix: str) -> tuple[Path, Path]:
    """Write a teacher's and a student's predictions of the same made-up items."""
    rng = np.random.default_rng(0)
    truth = rng.random(n) < 0.2
    common = rng.normal(size=n)
    slices = {f"slice:group {k}": (rng.random(n) < 0.01 * (k + 1)).astype(np.int8) for k in range(n_slices)}
    files = []
    for name, noise in (("teacher", 0.8), ("student", 0.9)):
        margin = 2 * (truth - 0.5) + 0.5 * common + noise * rng.normal(size=n)
        toxic = 1 / (1 + np.exp(-2 * margin))
        table = {"id": np.arange(n), "probability:civil": 1 - toxic, "probability:toxic": toxic}
        table |= {"truth": np.where(truth, "toxic", "civil")} | (slices if name == "teacher" else {})
        file = folder / f"{name}.{suffix}"
        frame = pd.DataFrame(table)
        frame.to_csv(file, index=False) if suffix == "csv" else frame.to_parquet(file)
        files.append(file)
    return files[0], files[1]


def audit(files: tuple[Path, Path], out: Path) -> tuple[float, bool]:
    """Return the seconds of one audit, and whether it imported torch."""
    sides = ["--teacher", str(files[0]), "--student", str(files[1])]
    command = ["audit", "--task", "binary", *sides, "--out", str(out)]
    command += [part for name in AUDITS for part in ("--audit", name)]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", TYPED, *command], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"The audit ended with {done.returncode}: {done.stderr}")
    return seconds, done.stderr.strip().splitlines()[-1] == "True"


if __name__ == "__main__":
    main()
