"""Tests that margins and gates know the metrics as the audits measure them."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.core.protocols import Silent
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.observe.sides import parse_side
from angelshare.statement.margins import judged_metric

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


@pytest.mark.parametrize("task", ["binary", "single_label", "multi_label", "regression"])
def test_every_judged_row_has_the_direction_and_scale_that_gates_assume(task, tmp_path):
    """Else a gate would be refused in the right form, or read the wrong way round."""
    rng = np.random.default_rng(0)
    truth = truths(task, rng)
    for name in ("teacher", "student"):
        frame = pd.DataFrame({"id": [f"i{i}" for i in range(N)], **outputs(task, rng), **truth})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    sides = tuple(parse_side(role, str(tmp_path / f"{role}.csv")) for role in ("teacher", "student"))
    request = AuditRequest(
        sides=sides, out=tmp_path / "out", now=datetime(2026, 1, 2, tzinfo=UTC), task=task,
        audits=("quality", "calibration"),
    )  # fmt: skip
    rows = [row for audit in audit_models(request, progress=Silent()).audits for row in audit.differences]
    assert rows
    for row in rows:
        known = judged_metric(row.metric)
        assert (known.direction, known.scale) == (row.direction, row.scale)
