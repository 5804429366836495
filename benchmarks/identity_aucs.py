"""Seconds of 24 identities x 3 AUCs with paired intervals for two models, against a loop over sklearn's AUC.

The loop over `roc_auc_score` gives both models' values without intervals. Both run in one process, in turns, on made-up
items: identities of 1 to 10% of them that overlap, 15% positive, scores of two correlated models, rounded so
that there are ties, and once more unrounded. Memory is measured in a process of its own for each number of rows.

    OMP_NUM_THREADS=1 python benchmarks/identity_aucs.py --out docs/results/benchmarks/identity_aucs.json
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(variable, "1")

import numpy as np
from sklearn.metrics import roc_auc_score

from angelshare.core.arrays import Array, Mask, Vector
from angelshare.stats.components import SIMPLE
from angelshare.stats.floor import with_floor
from angelshare.stats.identity import ORDERINGS, Classes, Identity, RankedMember

AUCS = ("subgroup_auc", "bpsn_auc", "bnsp_auc")
N_IDENTITIES = 24
SIZES = (250_000, 500_000, 1_000_000)


def main() -> None:
    """Measure, and write the result; with --memory, what one process of so many rows needs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="print the peak of this process alone")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    if given.memory:
        print(json.dumps(memory(given.rows)))
        return
    result = {
        "rows": given.rows,
        "identities": N_IDENTITIES,
        "load_average_before": [round(load, 2) for load in os.getloadavg()],
        "ties": turns(given.rows, given.rounds, decimals=4),
        "no_ties": turns(given.rows, given.rounds, decimals=None),
        "memory": [_of_process(n) for n in SIZES],
    }
    text = json.dumps(result, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(f"{text}\n", encoding="ascii")


def items(n: int, decimals: int | None) -> tuple[Mask, list[Mask], list[Vector]]:
    """Return labels, identities, and the probabilities of two models."""
    rng = np.random.default_rng(0)
    positive = rng.random(n) < 0.15
    common = rng.normal(size=n)
    masks = [rng.random(n) < share for share in np.linspace(0.01, 0.1, N_IDENTITIES)]
    margins = [2.2 * positive - 3 + 0.95 * common + 0.3 * rng.normal(size=n) for _ in range(2)]
    scores = [1 / (1 + np.exp(-margin)) for margin in margins]
    return positive, masks, scores if decimals is None else [np.round(row, decimals) for row in scores]


def turns(n: int, n_rounds: int, *, decimals: int | None) -> dict[str, Any]:
    """Return the seconds of both, round by round, their ratio, and how far their values differ.

    Both run on one thread, so that processor seconds are those of an idle machine.
    """
    positive, masks, scores = items(n, decimals)
    seconds: dict[str, list[tuple[float, float]]] = {"angelshare": [], "sklearn": []}
    values = []
    for _ in range(n_rounds):
        for name, measure in (("angelshare", ours), ("sklearn", peer)):
            start = time.perf_counter(), time.process_time()
            values.append(measure(positive, masks, scores))
            seconds[name].append((time.perf_counter() - start[0], time.process_time() - start[1]))
    ratios = [theirs[1] / spent[1] for spent, theirs in zip(seconds["angelshare"], seconds["sklearn"], strict=True)]
    return {
        "distinct_scores": [len(np.unique(row)) for row in scores],
        **{f"seconds_{name}": [round(wall, 3) for wall, _ in rounds] for name, rounds in seconds.items()},
        **{f"processor_seconds_{name}": [round(cpu, 3) for _, cpu in rounds] for name, rounds in seconds.items()},
        "times_as_fast": [round(ratio, 1) for ratio in ratios],
        "largest_difference": max(float(np.abs(again - values[0]).max()) for again in values),
    }


def ours(positive: Mask, masks: list[Mask], scores: list[Vector]) -> Array:
    """Return (identities x AUCs, 2) values, after making every paired interval."""
    classes = Classes.from_labels(positive)
    left, right = ([RankedMember.from_scores(row, classes)] for row in scores)
    values = []
    for mask in masks:
        identity = Identity.from_mask(mask, classes)
        for name in AUCS:
            linear = identity.linear(ORDERINGS[name], left, right)
            with_floor(linear, SIMPLE, method="paired DeLong, t").interval(0.95)
            assert linear.sides is not None
            values.append([float(side[0]) for side in linear.sides])
    return np.array(values)


def peer(positive: Mask, masks: list[Mask], scores: list[Vector]) -> Array:
    """Return the same values by sklearn."""
    # of the identity; BPSN; BNSP
    subsets = (subset for mask in masks for subset in (mask, mask ^ positive, mask == positive))
    return np.array([[roc_auc_score(positive[subset], row[subset]) for row in scores] for subset in subsets])


def memory(n: int) -> dict[str, Any]:
    """Return the peak memory of this process before and after."""
    positive, masks, scores = items(n, 4)
    before = _peak_kilobytes()
    ours(positive, masks, scores)
    after = _peak_kilobytes()
    return {"rows": n, "peak_megabytes": round(after / 1e3), "peak_megabytes_with_items_alone": round(before / 1e3)}


def _peak_kilobytes() -> int:
    """Return the peak of this process; `getrusage` would count its parent's, too."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _of_process(n: int) -> dict[str, Any]:
    """Return the peak memory of a new process."""
    command = [sys.executable, __file__, "--memory", "--rows", str(n)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    peaks: dict[str, Any] = json.loads(done.stdout)
    return peaks


if __name__ == "__main__":
    main()
