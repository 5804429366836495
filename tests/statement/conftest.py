"""Differences and statements with known numbers."""

import math
from datetime import UTC, datetime

import pytest

from angelshare.core.audit import AuditResult, Gap, Table
from angelshare.core.estimate import Difference
from angelshare.core.protocols import ModelCard, ModelEntry
from angelshare.statement.build import build_statement
from angelshare.stats.inference import StudentT


def difference(value=-0.05, se=0.01, *, metric="accuracy", student="mlp", contrast="student-teacher", **more):
    """Return a normal difference."""
    return Difference(
        metric=metric,
        data="toy",
        contrast=contrast,
        student=student,
        left=(f"{student}/0",),
        right=("teacher/0",),
        left_value=0.9 + value,
        right_value=0.9,
        values_by_seed=(value,),
        inference=StudentT(value, se, math.inf, 1000, item_variance=1000 * se**2),
        kind="this_model",
        **more,
    )


def model(role, name):
    """Return a member."""
    return ModelEntry(role, name, 0, ModelCard(f"{name}/0", "binary", ("no", "yes"), f"print-of-{name}"))


def gap(output=None, *, metric="recall", data="toy", student="mlp", contrast="student-teacher", subset=None):
    """Return a row that could not be measured."""
    return Gap(metric, data, student, contrast, subset, output, "5 items of this class, at least 10 are needed")


@pytest.fixture
def make_gap():
    """Build a row that could not be measured."""
    return gap


@pytest.fixture
def make_difference():
    """Build a difference."""
    return difference


@pytest.fixture
def make_statement():
    """Build a statement from differences."""

    def build(*differences, gates=(), margins=None, tables=(), students=("mlp",), redact_texts=False, gaps=()):
        return build_statement(
            results=[AuditResult("quality", "Is it good?", differences=differences, tables=tables, gaps=tuple(gaps))],
            models=[model("teacher", "teacher"), *(model("student", name) for name in students)],
            data=[],
            gates=gates,
            margins=margins or {},
            recipe={"name": "toy"},
            environment={"cores": 2},
            created=datetime(2026, 1, 2, tzinfo=UTC),
            title="toy",
            test_looks=1,
            notes=("A note.",),
            redact_texts=redact_texts,
        )

    return build


@pytest.fixture
def texts_table():
    """A table with users' texts, odd ones among them."""
    rows = (("<script>alert(1)</script>", 0.5), ("lone \ud800 surrogate", float("nan")))
    return Table("flips", "Texts", ("text", "confidence"), rows, text_columns=("text",))
