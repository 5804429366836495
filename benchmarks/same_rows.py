"""The same predictions through the code of an earlier commit and through today's: the same rows, to the last digit?

    python benchmarks/same_rows.py [--before COMMIT] [FOLDER ...]

Every folder holds a statement with its `predictions/`. The files of its first text set are audited by the earlier
commit, in a separate work tree, and by this one, with every audit that needs no model; all rows (differences,
estimates, tables, gaps, gates) of the two statements are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

BEFORE = "8c2958f"
"""The last commit before items were told apart from answers."""
AUDITS = ("quality", "agreement", "calibration", "examples", "identity_auc", "hatecheck", "identity_swap", "robustness")
PARTS = ("differences", "estimates", "tables", "gaps")
ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results"


def main() -> int:
    """Compare every folder, print what differs and write the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--out", type=Path, default=RESULTS / "benchmarks" / "same_rows.json")
    given = parser.parse_args()
    folders = given.folders or sorted(path.parents[1] for path in RESULTS.glob("*/predictions/members.json"))
    outcome = {}
    with tempfile.TemporaryDirectory() as scratch:
        old = Path(scratch) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", str(old), given.before], cwd=ROOT, check=True)
        try:
            for folder in folders:
                outcome[folder.name] = _compared(folder, old, Path(scratch) / folder.name)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    given.out.write_text(json.dumps({"before": given.before, "folders": outcome}, indent=1) + "\n")
    print(json.dumps(outcome, indent=1))
    return int(any(compared["different"] for compared in outcome.values()))


def _compared(folder: Path, old: Path, scratch: Path) -> dict[str, Any]:
    """Return how many rows both statements have, and which differ."""
    arguments = _arguments(folder)
    before = _audited(old / "src", arguments, scratch / "before")
    after = _audited(ROOT / "src", arguments, scratch / "after")
    rows, others = dict(_rows(before)), dict(_rows(after))
    different = sorted(key for key in rows.keys() | others.keys() if rows.get(key) != others.get(key))
    return {"rows": len(rows), "rows_now": len(others), "different": different}


def _arguments(folder: Path) -> list[str]:
    """Return the sides of a folder's first set as arguments of `angelshare audit`."""
    kept = json.loads((folder / "predictions" / "members.json").read_text("utf-8"))["sets"][0]
    arguments = []
    for member in kept["members"]:
        file = folder / "predictions" / member["file"]
        given = str(file) if member["role"] == "teacher" else f"{member['name']}={file}"
        arguments += [f"--{member['role']}", given]
    return arguments


def _audited(source: Path, arguments: list[str], out: Path) -> Mapping[str, Any]:
    """Return the statement that the code below `source` makes."""
    command = [sys.executable, "-m", "angelshare", "audit", *arguments, "--out", str(out)]
    command += [part for name in AUDITS for part in ("--audit", name)]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    statement: Mapping[str, Any] = json.loads((out / "statement.json").read_text("utf-8"))
    return statement


def _rows(statement: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield every row of a statement under a name of its own."""
    for audit in statement["audits"]:
        for part in PARTS:
            for place, row in enumerate(audit[part]):
                yield f"{audit['name']}/{part}/{place}", row


if __name__ == "__main__":
    sys.exit(main())
