"""Tests that every audit measures what it states, and as it states it."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.installed import AUDITS
from angelshare.audits.frame.registry import choices
from angelshare.core.protocols import Silent
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import parse_side

N = 300


def outputs(task, rng):
    """Return one model's columns for a task."""
    if task == "regression":
        return {"value": rng.normal(size=N)}
    labels = {"binary": ["no", "yes"], "single_label": ["a", "b", "c"], "multi_label": ["a", "b", "c"]}[task]
    return {f"logit:{label}": rng.normal(size=N) for label in labels}


def truths(task, rng):
    """Return the human labels."""
    if task == "regression":
        return {"truth": rng.normal(size=N)}
    if task == "multi_label":
        return {f"truth:{label}": rng.integers(0, 2, N) for label in "abc"}
    return {"truth": rng.choice(["no", "yes"] if task == "binary" else ["a", "b", "c"], N)}


def columns(task):
    """Return what tells items apart: identities, functions of a suite, swaps, pairs."""
    n = np.arange(N)
    slices = {f"slice:mentions_{name}": n % k == 0 for k, name in ((3, "women"), (4, "men"), (5, "deaf"))}
    if task not in ("binary", "single_label"):
        return slices
    suite = {"functionality": [f"f{i % 5}" for i in n], "template": [f"t{i // 4}" for i in n]}
    swaps = {"identity": [f"i{i % 4}" for i in n]}
    pairs = {"pair": [f"p{i // 3}" for i in n], "variant": [("original", "typo", "style")[i % 3] for i in n]}
    return {**slices, **suite, **swaps, **pairs}


@pytest.mark.parametrize(
    ("task", "n_audits"), [("binary", 7), ("single_label", 5), ("multi_label", 3), ("regression", 1)]
)
def test_every_row_is_of_a_metric_that_its_audit_states(task, n_audits, tmp_path):
    """Else a gate would be refused in the right form or read the wrong way round, or a page would lack the unit."""
    rng = np.random.default_rng(0)
    truth = truths(task, rng)
    for name in ("teacher", "student"):
        frame = pd.DataFrame({"id": [f"i{i}" for i in range(N)], **outputs(task, rng), **truth, **columns(task)})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    sides = tuple(parse_side(role, str(tmp_path / f"{role}.csv")) for role in ("teacher", "student"))
    now = datetime(2026, 1, 2, tzinfo=UTC)
    reading, audits = Reading(task=task), choices(*AUDITS.names())
    request = AuditRequest(sides=sides, out=tmp_path / "out", now=now, reading=reading, audits=audits)
    measured = [
        audit for audit in audit_models(request, progress=Silent()).audits if audit.differences or audit.estimates
    ]
    assert len(measured) == n_audits
    for audit in measured:
        stated = {facts.name: facts for facts in AUDITS.metrics(audit.name)}
        assert {row.metric for row in audit.estimates} <= set(stated)
        for row in audit.differences:
            facts = stated[row.metric]
            assert (facts.direction, facts.scale, facts.target) == (row.direction, row.scale, row.target)
