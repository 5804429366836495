"""Tests of making a statement again from what was kept beside it."""

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from angelshare.audits.frame.registry import choices
from angelshare.core.errors import InputError
from angelshare.core.protocols import Silent
from angelshare.recipes.audit import AuditRequest, audit_models
from angelshare.recipes.folder.stages import digest
from angelshare.recipes.observe.opening import Reading
from angelshare.recipes.observe.sides import Side
from angelshare.recipes.rebuild import differing_rows, rebuild
from angelshare.statement.build import read_statement
from angelshare.statement.gate_rules import parse_gate

AUDITS = choices("quality", "agreement", "calibration", "examples", "identity_auc", "speed")


@pytest.fixture
def audited(tmp_path):
    """A folder with the statement of a teacher and two seeds of a student, from files with texts."""
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 300)
    for name, noise in (("teacher", 0.8), ("first", 1.4), ("second", 1.5)):
        margin = 2.0 * (truth - 0.5) + rng.normal(0, noise, len(truth))
        frame = pd.DataFrame(
            {
                "id": [f"i{i:04d}" for i in range(len(truth))],
                "logit:no": 0.0,
                "logit:yes": margin,
                "truth": np.where(truth == 1, "yes", "no"),
                "slice:mentions_some": (np.arange(len(truth)) % 3 == 0).astype(int),
                "text": [f"Remark number {i}." for i in range(len(truth))],
            }
        )
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    request = AuditRequest(
        sides=(
            Side("teacher", None, str(tmp_path / "teacher.csv")),
            Side("student", "mlp", str(tmp_path / "first.csv")),
            Side("student", "mlp", str(tmp_path / "second.csv")),
        ),
        out=tmp_path / "audit",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        audits=AUDITS,
        gates=(parse_gate("accuracy[slice=mentions_some] >= -0.05"),),
        reading=Reading(task="binary", labels=("no", "yes")),
    )
    audit_models(request, progress=Silent())
    return tmp_path / "audit"


def test_every_row_is_the_same_to_the_last_digit(audited):
    """Differences, figures, tables, gaps, gates and what is not applicable; only texts are not kept."""
    statement, again = read_statement(audited), rebuild(audited)
    assert differing_rows(statement, again) == []
    assert sum(len(audit.differences) for audit in again.audits) > 10
    assert next(audit for audit in again.audits if audit.name == "speed").not_applicable is not None
    assert [gate.state for gate in again.gates] == [gate.state for gate in statement.gates]
    assert "Remark number" not in again.model_dump_json()


def test_a_row_that_differs_is_named(audited):
    """One digit is enough."""
    statement = read_statement(audited)
    quality = statement.audits[0]
    (first, *others) = quality.differences
    changed = quality.model_copy(
        update={"differences": (first.model_copy(update={"delta": first.delta + 1e-15}), *others)}
    )
    altered = statement.model_copy(update={"audits": (changed, *statement.audits[1:])})
    assert differing_rows(altered, rebuild(audited)) == ["quality: differences 0"]


def test_without_kept_answers_there_is_nothing_to_rebuild_from(audited):
    """Also where they belong to other data."""
    index = audited / "predictions" / "members.json"
    kept = json.loads(index.read_text())
    del kept["seal"]
    kept["sha256"] = ["another"]
    index.write_text(json.dumps({**kept, "seal": digest(kept)}))
    with pytest.raises(InputError, match="from other data than its statement"):
        rebuild(audited)
    index.unlink()
    with pytest.raises(InputError, match="holds no predictions"):
        rebuild(audited)


def test_tables_of_a_suite_are_not_rebuilt(audited):
    """They are made from texts, which are not kept."""
    index = audited / "predictions" / "members.json"
    kept = json.loads(index.read_text())
    del kept["seal"]
    kept["protocol"]["audits"] = None
    index.write_text(json.dumps({**kept, "seal": digest(kept)}))
    with pytest.raises(InputError, match="Run the suite again"):
        rebuild(audited)
