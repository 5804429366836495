"""Two of our own models on HateCheck, as files of hard decisions, against an independent count and brute force.

Scores the suite with a teacher and a student, writes one CSV of hard decisions each, lets `angelshare audit` compare
them, and counts the same again with dictionaries and loops only: accuracies, flips, and for accuracy on all items and
in every slice the difference, its delete-one-cluster jackknife (each cluster left out and the difference
computed anew), and the standard error of a bootstrap that draws whole templates. Prints JSON; ends with 1 where
anything differs.

    ANGELSHARE_DATA=FOLDER python benchmarks/hatecheck_files.py --teacher RUN/teacher --student RUN/students/mlp/seed-0
"""

import argparse
import csv
import json
import math
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from angelshare.data.texts.loading import load_splits
from angelshare.data.texts.textset import TextSet

LABELS = ("non-hateful", "hateful")
MARGIN = 0.05
N_DRAWS = 2_000
Outcome = tuple[int, int, int]
"""Of one item: teacher right, student right, cluster."""


def main() -> None:
    """Measure, compare, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", required=True, help="folder of a model with two labels, harmless first")
    parser.add_argument("--student", required=True, help="the same")
    parser.add_argument("--out", type=Path, help="keep the audit here")
    given = parser.parse_args()
    test = load_splits("hatecheck").role("test")
    assert test.truth is not None
    assert test.clusters is not None
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.out or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files = [write_decisions(folder / f"{r}.csv", getattr(given, r), test) for r in ("teacher", "student")]
        statement = audit(files, folder)
        decisions = [dict(csv.reader(file.open(encoding="utf-8"))) for file in files]
    outcomes = [
        (int(decisions[0][item] == LABELS[truth]), int(decisions[1][item] == LABELS[truth]), int(cluster))
        for item, truth, cluster in zip(test.ids, test.truth, test.clusters, strict=True)
    ]
    result = compare(statement, test, outcomes, decisions)
    print(json.dumps(result, indent=1))
    sys.exit(0 if result["all_equal"] else 1)


def write_decisions(file: Path, model: str, test: TextSet) -> Path:
    """Write one hard decision per case."""
    from angelshare.models.checkpoint import load_scorer

    logits = load_scorer(Path(model)).score(test.batch)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("id", "label"))
        rows.writerows((item, LABELS[int(row.argmax())]) for item, row in zip(test.ids, logits, strict=True))
    return file


def audit(files: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Return the statement of the command line."""
    command = [sys.executable, "-m", "angelshare", "audit", "--teacher", str(files[0]), "--student", str(files[1])]
    command += ["--data", "hatecheck", "--task", "binary", "--labels", ",".join(LABELS)]
    command += ["--margin", f"accuracy={MARGIN}", "--redact-texts", "--out", str(folder / "audit")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4, 5):
        raise RuntimeError(f"The audit ended with {done.returncode}: {done.stderr}")
    statement: dict[str, Any] = json.loads((folder / "audit" / "statement.json").read_text(encoding="utf-8"))
    return statement


def compare(
    statement: dict[str, Any], test: TextSet, outcomes: list[Outcome], decisions: list[dict[str, str]]
) -> dict[str, Any]:
    """Return what the statement says and what was counted, side by side."""
    audits = {audit["name"]: audit for audit in statement["audits"]}
    rows = [
        row
        for row in audits["quality"]["differences"]
        if (row["metric"], row["contrast"]) == ("accuracy", "student-teacher")
    ]
    shares = {e["metric"]: e["value"] for e in audits["agreement"]["estimates"] if e["slice"] is None}
    n = len(outcomes)
    counted = {
        "agreement": sum(decisions[0][item] == decisions[1][item] for item in test.ids) / n,
        "negative_flips": sum(teacher > student for teacher, student, _ in outcomes) / n,
        "positive_flips": sum(student > teacher for teacher, student, _ in outcomes) / n,
    }
    flips = {name: {"statement": shares[name], "counted": value} for name, value in counted.items()}
    places = [place(row, test, outcomes) for row in rows]
    equal = all(math.isclose(f["statement"], f["counted"], abs_tol=1e-12) for f in flips.values())
    return {
        "all_equal": equal and all(p["values_equal"] and p["jackknife_equal"] for p in places),
        "n": n,
        "n_templates": len({cluster for _, _, cluster in outcomes}),
        "flips": flips,
        "largest_deviation_of_bootstrap_se": max(p["bootstrap_deviation"] for p in places if p["n_clusters"] >= 30),
        "places": places,
    }


def place(row: dict[str, Any], test: TextSet, outcomes: list[Outcome]) -> dict[str, Any]:
    """Return one row of the statement beside what was counted for its items."""
    inside = [True] * len(outcomes) if row["slice"] is None else test.slices[row["slice"]].tolist()
    items = [outcome for outcome, member in zip(outcomes, inside, strict=True) if member]
    teacher, student = (sum(item[k] for item in items) / len(items) for k in (0, 1))
    clusters = defaultdict(list)
    for item in items:
        clusters[item[2]].append(item[1] - item[0])
    alone = all(len(cluster) == 1 for cluster in clusters.values())
    jackknife = jackknife_se(list(clusters.values()))
    bootstrap = bootstrap_se(list(clusters.values()))
    equal = {"left_value": student, "right_value": teacher, "delta": student - teacher, "n": len(items)}
    return {
        "slice": row["slice"],
        "n": len(items),
        "n_clusters": len(clusters),
        "teacher": teacher,
        "student": student,
        "interval": [row["interval"]["low"], row["interval"]["high"]],
        "verdict": row["verdict"],
        "se_statement": row["se"],
        "se_jackknife": jackknife,
        "se_bootstrap": bootstrap,
        "values_equal": all(math.isclose(row[key], value, abs_tol=1e-12) for key, value in equal.items()),
        # where nothing varies between clusters, or each is one item, the standard error is that of independent items
        "jackknife_equal": jackknife == 0 or alone or math.isclose(row["se"], jackknife, rel_tol=1e-9),
        "bootstrap_deviation": 0.0 if jackknife == 0 else abs(bootstrap / jackknife - 1),
    }


def jackknife_se(clusters: list[list[int]]) -> float:
    """Return the delete-one-cluster jackknife's standard error: every difference computed anew."""
    left_out = [mean([x for j, c in enumerate(clusters) if j != i for x in c]) for i in range(len(clusters))]
    centre = mean(left_out)
    return math.sqrt((len(clusters) - 1) / len(clusters) * sum((value - centre) ** 2 for value in left_out))


def bootstrap_se(clusters: list[list[int]]) -> float:
    """Return the standard deviation of the difference over draws of whole clusters."""
    draw = random.Random(0)  # noqa: S311  (resampling, no secret)
    values = [mean([x for c in draw.choices(clusters, k=len(clusters)) for x in c]) for _ in range(N_DRAWS)]
    centre = mean(values)
    return math.sqrt(sum((value - centre) ** 2 for value in values) / (N_DRAWS - 1))


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
