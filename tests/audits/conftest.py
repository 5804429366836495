"""Small panels with known answers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from angelshare.core.alignment import Observed, aligned
from angelshare.core.items import Items
from angelshare.core.panel import Panel, Population
from angelshare.core.predictions import Predictions
from angelshare.core.text import TextBatch

OF_ITEMS = ("slices", "clusters", "weights", "columns", "keys", "texts")


def member(name, values, *, truth=None, task="binary", labels=("no", "yes"), outputs="logits", **more):
    """Return predictions, observed on items with ids a, b, c, ... in order; a 1-d `values` becomes logits (0, value)."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 1:
        values = np.column_stack([np.zeros(len(values)), values]) if outputs == "logits" else values[:, None]
    ids = np.array([f"i{i:04d}" for i in range(len(values))])
    known = {what: more.pop(what) for what in OF_ITEMS if what in more}
    items = Items(name, ids, truth=None if truth is None else np.asarray(truth), **known)
    return Observed(items, Predictions(name, task, tuple(labels), outputs, values, **more))


def panel_of(teachers, students, *, baselines=(), texts=None):
    """Return an aligned panel from lists of members; a population is named by what stands before the slash."""

    def populations(role, members):
        names = dict.fromkeys(m.name.split("/")[0] for m in members)
        return tuple(Population(role, n, tuple(m for m in members if m.name.split("/")[0] == n)) for n in names)

    bases = {p.name: p for p in populations("baseline", baselines)}
    (teacher,) = populations("teacher", [*_with_texts(teachers[:1], texts), *teachers[1:]])
    return aligned("toy", teacher, populations("student", students), bases)


def _with_texts(members, texts):
    """Return the members with these texts of their items, or as they are."""
    if texts is None:
        return members
    return [replace(m, items=replace(m.items, texts=TextBatch(tuple(texts)))) for m in members]


@pytest.fixture(scope="session")
def make_member() -> Callable[..., Observed[Predictions]]:
    """Build one member."""
    return member


@pytest.fixture(scope="session")
def altered() -> Callable[..., Observed[Predictions]]:
    """Change what a member is called or says, on the same items."""
    return lambda observed, **what: replace(observed, member=replace(observed.member, **what))


@pytest.fixture
def make_panel() -> Callable[..., Panel]:
    """Build a panel."""
    return panel_of


@pytest.fixture
def noisy():
    """Build a member whose logits follow the truth with this much noise."""

    def build(name, truth, noise, *, seed=0, **more):
        rng = np.random.default_rng([seed, len(name), int(noise * 100)])
        return member(name, 2.0 * (truth - 0.5) + rng.normal(0, noise, len(truth)), truth=truth, seed=seed, **more)

    return build


@pytest.fixture
def suite() -> Callable[..., list[Observed[Predictions]]]:
    """Build a suite's members from what each has right (1 or 0); templates are clusters."""

    def build(rights, functions, templates, *, truth=None, columns=None, **more):
        truth = np.ones(len(functions), dtype=int) if truth is None else np.asarray(truth)
        known = {
            "truth": truth,
            "labels": ("fine", "rude"),
            "clusters": None if templates is None else np.unique(templates, return_inverse=True)[1],
            "columns": {"functionality": np.array(functions, dtype=object)} | (columns or {}),
        }
        signs = {name: (2.0 * np.asarray(right) - 1) * (2 * truth - 1) for name, right in rights.items()}
        return [member(name, values, **known, **more) for name, values in signs.items()]

    return build
