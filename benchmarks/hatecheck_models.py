"""Seconds of `angelshare audit` on HateCheck with two real models.

Scores 1,865 cases with a teacher and a student and runs the audits quality and hatecheck, in a new process with nothing
cached, and writes the seconds and the audit's rows as JSON. Without models it first trains those of
`benchmarks/toxicity.yaml`, which takes minutes that are not counted.

    ANGELSHARE_DATA=FOLDER python benchmarks/hatecheck_models.py --teacher RUN/teacher --student RUN/students/mlp/seed-0
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULT = HERE.parent / "docs" / "results" / "benchmarks" / "hatecheck_models.json"
LABELS = "non-hateful,hateful"
MOST_SECONDS = 60
DONE = (0, 4, 5)
"""Exit codes of an audit that was made, whatever its gates say."""


def main() -> None:
    """Measure, and write the result; end with 1 where a round takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", help="folder of a model with two labels, harmless first")
    parser.add_argument("--student", help="the same")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        teacher, student = (given.teacher, given.student) if given.teacher else trained(folder / "run")
        rounds = [audited(teacher, student, folder / f"audit-{i}") for i in range(given.rounds)]
    seconds = [round(each, 1) for each, _ in rounds]
    result = {
        "most_seconds": MOST_SECONDS,
        "seconds": seconds,
        "processors": len(os.sched_getaffinity(0)),
        **functionality_rows(rounds[0][1]),
    }
    given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    sys.exit(0 if max(seconds) < MOST_SECONDS else 1)


def trained(run: Path) -> tuple[str, str]:
    """Return teacher and student of the toxicity recipe, trained here."""
    called("run", str(HERE / "toxicity.yaml"), "--out", str(run))
    return str(run / "teacher"), str(run / "students" / "mlp" / "seed-0")


def audited(teacher: str, student: str, out: Path) -> tuple[float, dict[str, Any]]:
    """Return the seconds of one audit, start of the process included, and its statement."""
    start = time.perf_counter()
    sides = ("--teacher", teacher, "--student", f"mlp={student}", "--data", "hatecheck", "--labels", LABELS)
    called("audit", *sides, "--audit", "quality", "--audit", "hatecheck", "--redact-texts", "--out", str(out))
    seconds = time.perf_counter() - start
    statement: dict[str, Any] = json.loads((out / "statement.json").read_text(encoding="utf-8"))
    return seconds, statement


def called(*arguments: str) -> None:
    """Run the command line."""
    done = subprocess.run([sys.executable, "-m", "angelshare", *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in DONE:
        raise RuntimeError(f"angelshare {arguments[0]} ended with {done.returncode}: {done.stderr}")


def functionality_rows(statement: dict[str, Any]) -> dict[str, Any]:
    """Return the audit's figures over all functionalities."""
    (audit,) = [audit for audit in statement["audits"] if audit["name"] == "hatecheck"]
    (macro,) = [
        row
        for row in audit["differences"]
        if (row["metric"], row["slice"], row["contrast"]) == ("macro_accuracy", None, "student-teacher")
    ]
    counts = {
        estimate["metric"]: {key: estimate[key] for key in ("value", "interval", "n")}
        for estimate in audit["estimates"]
    }
    kept = ("left_value", "right_value", "delta", "se", "interval", "verdict", "n", "n_clusters")
    return {"rows": len(audit["differences"]), "macro_accuracy": {key: macro[key] for key in kept}, **counts}


if __name__ == "__main__":
    main()
