"""Power, false losses and coverage of the audit `identity_auc` on simulated populations whose truth is known.

Scores are normal within each label, and correlated 0.9 between teacher and student. The student's scores of the first
identity's negatives can be raised, so that its BPSN AUC falls by the gap.

Finished cells are kept under --cache, so that a stopped run resumes.

    python benchmarks/identity_power.py --out docs/results/benchmarks/identity_power.json
"""

import argparse
import json
import math
import os
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded: one thread for each process
    os.environ.setdefault(variable, "1")

import numpy as np
from scipy.stats import norm

from angelshare.audits.identity_auc import IdentityAuc
from angelshare.core.arrays import Array
from angelshare.core.audit import AuditResult, AuditSettings
from angelshare.core.estimate import Difference, judge
from angelshare.core.items import Items
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard, ModelEntry
from angelshare.core.requests import TEST, Observations
from angelshare.statement.build import build_statement
from angelshare.stats.identity import power_mean

LABELS = ("civil", "toxic")
CORRELATION = 0.9
AUCS = ("subgroup_auc", "bpsn_auc", "bnsp_auc")


@dataclass(frozen=True)
class Cell:
    """One population.

    Attributes:
        name: of the cell.
        n_identities: how many. size: items of each; of overlapping ones, on average.
        n_rest: items of none; of overlapping ones, all.
        gap: by which the first identity's BPSN AUC falls.
        overlapping: whether an item may be in several.
        n_clusters: 0: items are independent. icc: intra-cluster correlation.
        n_seeds: of the student. seed_effect: standard deviation of the gap over them, as a shift of scores.
        auc, positive: the teacher's AUC, and the share of positives.
    """

    name: str
    n_identities: int = 12
    size: int = 4000
    n_rest: int = 12_000
    gap: float = 0.0
    overlapping: bool = False
    n_clusters: int = 0
    icc: float = 0.1
    n_seeds: int = 1
    seed_effect: float = 0.0
    auc: float = 0.95
    positive: float = 0.2

    @property
    def separation(self) -> float:
        """Return how far apart the means of both labels lie."""
        return math.sqrt(2) * float(norm.ppf(self.auc))

    @property
    def shift(self) -> float:
        """Return by how much the student's scores of the first identity's negatives are raised."""
        return self.separation - math.sqrt(2) * float(norm.ppf(self.auc - self.gap))


POWER = Cell("planted gap", gap=0.05)
COVERAGE = (
    Cell("small, nothing lost", size=150, n_rest=1200),
    Cell("small, a gap", size=150, n_rest=1200, gap=0.05),
    Cell("tiny, a gap", n_identities=6, size=70, n_rest=600, gap=0.05),
    Cell("medium, a gap", size=600, n_rest=1800, gap=0.05),
    Cell("two identities, a gap", n_identities=2, size=300, n_rest=1200, gap=0.05),
    Cell("overlapping, a gap", size=300, n_rest=3000, gap=0.05, overlapping=True),
    Cell("five seeds, a gap", size=300, n_rest=1200, gap=0.05, n_seeds=5, seed_effect=0.1),
    *(
        Cell(f"{n} clusters, {what}", size=300, n_rest=1200, gap=gap, n_clusters=n)
        for n in (8, 15, 30)
        for what, gap in (("nothing lost", 0.0), ("a gap", 0.05))
    ),
)


def main() -> None:
    """Simulate what is missing, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=400)
    parser.add_argument("--out", type=Path, default=Path("docs/results/benchmarks/identity_power.json"))
    parser.add_argument("--cache", type=Path, default=Path("runs/identity_power"), help="folder of finished cells")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    results = {cell.name: _once(cell, given.simulations, given.cache) for cell in (POWER, *COVERAGE)}
    result = {"power": results.pop(POWER.name), "coverage": results}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(f"{json.dumps(result, indent=1)}\n", encoding="ascii")
    print(json.dumps(result, indent=1))


def _once(cell: Cell, n: int, cache: Path) -> dict[str, Any]:
    """Return what a cell gives, from the cache where it is there."""
    file = cache / f"{cell.name.replace(', ', '-').replace(' ', '_')}-{n}.json"
    settings = asdict(cell)
    if file.exists():
        kept: dict[str, Any] = json.loads(file.read_text("ascii"))
        if kept["cell"] == settings:
            return kept
    rng = np.random.default_rng([n, *cell.name.encode()])
    counts = power(cell, n, rng) if cell is POWER else coverage(cell, n, rng)
    result = {"cell": settings, "simulations": n, **counts}
    file.write_text(json.dumps(result), encoding="ascii")
    return result


def power(cell: Cell, n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return how often the planted gap is called lost, and anything of another identity, in the whole statement."""
    counts, other_metrics = Counter[str](), Counter[str]()
    for _ in range(n):
        rows = verdicts(audit(cell, rng))
        lost = {(metric, contrast, name) for metric, contrast, name, verdict in rows if verdict == "lost"}
        counts["planted_bpsn_lost"] += ("bpsn_auc", "student-teacher", "identity_0") in lost
        counts["planted_excess_lost"] += ("bpsn_auc", "slice-rest", "identity_0") in lost
        others = [row for row in lost if row[2] not in (None, "identity_0")]
        counts["other_identity_lost"] += bool(others)
        other_metrics.update({f"{metric}, {contrast}" for metric, contrast, _ in others})
        counts["other_preserved"] += sum(
            verdict == "preserved" for metric, contrast, name, verdict in rows if name not in (None, "identity_0")
        )
        counts["planted_bpsn_preserved"] += any(
            row == ("bpsn_auc", "student-teacher", "identity_0", "preserved") for row in rows
        )
        counts["rows"] = len(rows)
    return {"counts": dict(counts), "other_metrics": dict(other_metrics)}


def verdicts(result: AuditResult) -> list[tuple[str, str, str | None, str | None]]:
    """Return metric, contrast, slice and verdict of every row of the statement."""
    models = [ModelEntry(role, role, 0, ModelCard(role, "binary", LABELS, "")) for role in ("teacher", "student")]
    statement = build_statement(
        results=[result],
        models=models,
        data=(),
        gates=(),
        margins={},
        recipe={},
        environment={},
        created=datetime(2026, 1, 1, tzinfo=UTC),
        title="simulated",
        test_looks=1,
    )
    rows = [row for audit in statement.audits for row in audit.differences]
    return [(row.metric, row.contrast, row.slice, row.verdict) for row in rows]


def coverage(cell: Cell, n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return how often 95% intervals hold the truth, and `preserved` comes out at a margin of just the true loss."""
    truth = true_differences(cell)
    counts: dict[str, Counter[str]] = {}
    for _ in range(n):
        for row in audit(cell, rng).differences:
            key = (row.metric, row.contrast, row.slice)
            if key in truth:
                counts.setdefault(_kind(row), Counter()).update(_outcome(row, truth[key]))
    return {"rows": {kind: _shares(outcomes) for kind, outcomes in counts.items()}}


def _kind(row: Difference) -> str:
    """Return the group of rows that are counted together."""
    which = {None: "", "identity_0": ", first identity"}.get(row.slice, ", other identities")
    return f"{row.metric}{', excess' * (row.contrast == 'slice-rest')}{which}"


def _outcome(row: Difference, truth: float) -> Counter[str]:
    """Return what became of one row."""
    inference: Any = row.inference  # whatever the audit used: it holds the t inference that it widens
    interval, plain = inference.interval(0.95), inference.t.interval(0.95)
    counts = Counter(n=1, covered=interval.low <= truth <= interval.high, too_good=interval.low > truth)
    counts["t_covered"] = plain.low <= truth <= plain.high
    if truth < 0:
        verdict = judge(interval, -truth, "higher")
        kept = verdict not in row.withheld and (verdict != "preserved" or -truth > row.least_margin)
        counts["at_margin"], counts["wrong"] = 1, verdict in ("preserved", "gained") and kept
        counts["wrong_of_interval_alone"] = verdict in ("preserved", "gained")
    return counts


def _shares(counts: Counter[str]) -> dict[str, float]:
    """Return counts as shares."""
    shares = {name: round(counts[name] / counts["n"], 4) for name in ("covered", "too_good", "t_covered")}
    if counts["at_margin"]:
        names = ("wrong", "wrong_of_interval_alone")
        shares |= {f"preserved_{name}": round(counts[name] / counts["at_margin"], 4) for name in names}
    return {"n": counts["n"], **shares}


def true_differences(cell: Cell) -> dict[tuple[str, str, str | None], float]:
    """Return the true student - teacher of every AUC, mean and excess.

    An AUC falls by the gap times the share of raised items among the negatives that it is about.
    """
    k = cell.n_identities
    n = cell.n_rest if cell.overlapping else cell.n_rest + k * cell.size
    share = cell.size / n
    inside = [1.0, *[share if cell.overlapping else 0.0] * (k - 1)]
    outside = [0.0, *[share if cell.overlapping else cell.size / (n - cell.size)] * (k - 1)]
    lost = {"subgroup_auc": inside, "bpsn_auc": inside, "bnsp_auc": outside}
    truth: dict[tuple[str, str, str | None], float] = {}
    final = -cell.gap * share
    for metric, shares in lost.items():
        deltas = -cell.gap * np.array(shares)
        powers = power_mean(cell.auc + deltas) - cell.auc
        final += powers
        truth["mean_" + metric, "student-teacher", None] = float(deltas.mean())
        truth["power_mean_" + metric, "student-teacher", None] = float(powers)
        for i, delta in enumerate(deltas):
            truth[metric, "student-teacher", f"identity_{i}"] = float(delta)
            truth[metric, "slice-rest", f"identity_{i}"] = float(delta - (deltas.sum() - delta) / (k - 1))
    truth["final_bias_score", "student-teacher", None] = 0.25 * float(final)
    return truth


def audit(cell: Cell, rng: np.random.Generator) -> AuditResult:
    """Return what the audit finds in one sample."""
    return IdentityAuc().measure(Observations({(TEST, "scores"): sampled(cell, rng)}), AuditSettings())


def sampled(cell: Cell, rng: np.random.Generator) -> Panel[Predictions]:
    """Return the predictions of a teacher and a student on one sample."""
    n = cell.n_rest if cell.overlapping else cell.n_rest + cell.n_identities * cell.size
    if cell.overlapping:
        inside = rng.random((cell.n_identities, n)) < cell.size / n
    else:
        inside = (
            np.repeat(np.arange(cell.n_identities + 1), [*[cell.size] * cell.n_identities, cell.n_rest])[None]
            == (np.arange(cell.n_identities)[:, None])
        )
    truth = (rng.random(n) < cell.positive).astype(np.int64)
    codes = rng.integers(0, cell.n_clusters, size=n) if cell.n_clusters else None
    common, *noises = (_noise(rng, codes, cell, n) for _ in range(2 + cell.n_seeds))
    scores = [
        cell.separation * truth + math.sqrt(CORRELATION) * common + math.sqrt(1 - CORRELATION) * noise
        for noise in noises
    ]
    raised = inside[0] & (truth == 0)
    scores[1:] = [row + (cell.shift + cell.seed_effect * rng.normal()) * raised for row in scores[1:]]
    ids = np.array([f"{i:06}" for i in range(n)])
    slices = {f"identity_{i}": mask for i, mask in enumerate(inside)}

    def member(name: str, seed: int, row: Array) -> Predictions:
        logits = np.column_stack([np.zeros(n), row])
        return Predictions(name, "binary", LABELS, "logits", logits, seed=seed)

    items = Items("simulated", ids, truth=truth, slices=slices, clusters=codes)
    teacher = Population("teacher", "teacher", (member("teacher/0", 0, scores[0]),))
    students = tuple(member(f"student/{i}", i, row) for i, row in enumerate(scores[1:]))
    return Panel("simulated", items, teacher, (Population("student", "student", students),))


def _noise(rng: np.random.Generator, codes: Array | None, cell: Cell, n: int) -> Array:
    """Return normal noise of variance 1, part of it shared within clusters."""
    if codes is None:
        return rng.normal(size=n)
    of_cluster = rng.normal(size=cell.n_clusters)[codes]
    return np.asarray(math.sqrt(cell.icc) * of_cluster + math.sqrt(1 - cell.icc) * rng.normal(size=n))


if __name__ == "__main__":
    main()
