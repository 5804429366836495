"""Pairs of models of the same true quality, through the audit and the statement that a user gets."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np

from angelshare.audits.quality import Quality
from angelshare.core.arrays import Array
from angelshare.core.audit import AuditSettings
from angelshare.core.items import Items
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard, ModelEntry
from angelshare.core.requests import TEST, Observations
from angelshare.core.task import ModelRole
from angelshare.statement.build import build_statement
from angelshare.statement.margins import judged_metrics

MARGINS = dict.fromkeys(judged_metrics(), 0.0)
SLICES = {"short": 0.5, "rare": 0.15}
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = ("no", "yes")
ROLES: tuple[ModelRole, ModelRole] = ("teacher", "student")
MODELS = tuple(ModelEntry(role, role, 0, ModelCard(role, "binary", LABELS, "")) for role in ROLES)


def null_pairs(*, design: str, n_repetitions: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return in how many statements any row of the family is `lost` or `gained` at margin 0.

    Both models' scores are exchangeable, so that every difference and every excess is truly 0: n from 300 to 1,000,
    positives from 20% to 50%, AUC from 0.75 to 0.98, correlation from 0.5 to 0.98, two slices.

    Args:
        design: `items`, or `clusters` (20 to 60, intra-cluster correlation 0.1 of scores and of noise).
        n_repetitions: pairs.
        rng: source of chance.
    """
    wrong, rows, by_metric = 0, 0, Counter[str]()
    for _ in range(n_repetitions):
        verdicts = _verdicts(rng, design)
        rows += len(verdicts)
        judged = [name for name, verdict in verdicts if verdict in ("lost", "gained")]
        wrong += bool(judged)
        by_metric.update(set(judged))
    return {"n": n_repetitions, "wrong": wrong, "rows": rows, "by_metric": dict(by_metric)}


def _verdicts(rng: np.random.Generator, design: str) -> list[tuple[str, str | None]]:
    """Return the metric and the verdict of every row of one pair's statement."""
    result = Quality().measure(Observations({(TEST, "scores"): _panel(rng, design)}), AuditSettings())
    statement = build_statement(
        results=[result],
        models=MODELS,
        data=(),
        gates=(),
        margins=MARGINS,
        recipe={},
        environment={},
        created=CREATED,
        title="null pair",
        test_looks=1,
    )
    rows = [row for audit in statement.audits for row in audit.differences]
    return [(f"{row.metric}{', excess' * (row.contrast == 'slice-rest')}", row.verdict) for row in rows]


def _panel(rng: np.random.Generator, design: str) -> Panel[Predictions]:
    """Return two models whose scores are exchangeable."""
    n = int(rng.integers(300, 1_001))
    truth = (rng.random(n) < rng.uniform(0.2, 0.5)).astype(np.int64)
    codes = rng.integers(0, rng.integers(20, 61), size=n) if design == "clusters" else None
    codes = None if codes is None else np.unique(codes, return_inverse=True)[1]
    common, separate = _noise(rng, codes, n, 1)[0], _noise(rng, codes, n, 2)
    shared = rng.uniform(0.5, 0.98)
    separation = np.sqrt(2) * rng.uniform(0.67, 2.05)
    scores = separation * (truth - 0.5) + np.sqrt(shared) * common + np.sqrt(1 - shared) * separate
    slices = {name: rng.random(n) < share for name, share in SLICES.items()}
    ids = np.array([f"{i:06}" for i in range(n)])
    items = Items("test", ids, truth=truth, slices=slices, clusters=codes)
    members = [
        Predictions(name, "binary", LABELS, "logits", _logits(row))
        for name, row in zip(("teacher/0", "student/0"), scores, strict=True)
    ]
    teacher, student = (Population(role, role, (member,)) for role, member in zip(ROLES, members, strict=True))
    return Panel("test", items, teacher, (student,))


def _logits(scores: Array) -> Array:
    """Return (n, 2) logits whose margin is the score."""
    return np.stack([np.zeros(len(scores)), scores], axis=1)


def _noise(rng: np.random.Generator, codes: Array | None, n: int, rows: int) -> Array:
    """Return (rows, n) standard normal noise, a tenth of its variance of the cluster."""
    noise = rng.standard_normal((rows, n))
    if codes is None:
        return noise
    return np.asarray(np.sqrt(0.9) * noise + np.sqrt(0.1) * rng.standard_normal((rows, int(codes.max()) + 1))[:, codes])
