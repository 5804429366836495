"""Whether the instrument is right: simulated coverage, wrong verdicts and power (see docs/results/instrument.md).

Every cell's result is kept under --cache, by its settings and the source that it depends on, so that a stopped run
resumes. Writes instrument.json and instrument.md.

    python benchmarks/calibrate.py --out docs/results
    python benchmarks/calibrate.py --quick --out runs/calibration
"""

import argparse
import os
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded: one thread for each process
    os.environ.setdefault(variable, "1")

from calibration.grid import N_BLOCKS, grid
from calibration.report import write_report
from calibration.running import run


def main() -> None:
    """Simulate what is missing, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few cells with few data sets, under a minute")
    parser.add_argument("--out", type=Path, default=Path("docs/results"), help="folder of the results")
    parser.add_argument("--cache", type=Path, default=Path("runs/calibration/cells"), help="folder of finished cells")
    parser.add_argument("--blocks", type=int, default=N_BLOCKS, help="parts of every cell; 1 is a quarter of the work")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    arguments = parser.parse_args()
    n_blocks = 1 if arguments.quick else arguments.blocks
    cells = run(grid(quick=arguments.quick), arguments.cache, n_blocks=n_blocks, jobs=arguments.jobs)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_report(cells, arguments.out)


if __name__ == "__main__":
    main()
