"""Tests of timing live models once, and of keeping what was found."""

import json

import numpy as np
import pytest

from angelshare.audits.answers.timing import TimingSettings
from angelshare.audits.speed import Speed
from angelshare.core.audit import AuditSettings
from angelshare.core.items import Items
from angelshare.core.protocols import ModelCard
from angelshare.core.requests import TEST, Observations, Request
from angelshare.core.text import TextBatch
from angelshare.models.memory import Loading, PeakMemory
from angelshare.recipes.observe import timing
from angelshare.recipes.observe.seats import Opened, Seat
from angelshare.recipes.observe.timing import time_panel

TEXTS = ("the tea was cold", "a clean room", "a rude porter", "a clean room")
ITEMS = Items("rooms", np.array(["a", "b", "c", "d"]), texts=TextBatch(TEXTS))
SETTINGS = TimingSettings(rounds=3, latencies=2, n_texts=2)


class Counting:
    """A scorer that counts how often it is asked."""

    def __init__(self, name, precision="fp32"):
        self.card = ModelCard(name, "binary", ("bad", "good"), f"{name} weights", precision=precision)
        self.n_asked = 0

    def score(self, batch):
        self.n_asked += 1
        return np.zeros((len(batch), 2))


def live(role, population, seed=None, *, loading=None, precision="fp32"):
    """Return one model."""
    seat = Seat(role, population, seed)
    scorer = Counting(seat.member, precision)
    return Opened(seat, scorer.card, scorer=scorer, loading=loading)


def timed(models, folder, settings=SETTINGS):
    """Return what the audit says of what the clock said."""
    panel = time_panel(models, Request(TEST, "timing", ITEMS, settings), data="rooms", folder=folder)
    cards = {(model.seat.role, model.seat.member): model.card for model in models}
    return Speed().measure(Observations({(TEST, "timing"): panel}, cards=cards), AuditSettings())


@pytest.fixture
def no_process(monkeypatch):
    """Measure no memory in another process: of every model that could be loaded there is a figure, or a reason."""

    def peaks(loadings, texts):
        return [
            PeakMemory(None, "It is too large.") if loading.source == "big" else PeakMemory(1000)
            for loading in loadings
        ]

    monkeypatch.setattr(timing, "peak_memories", peaks)
    monkeypatch.setattr(timing, "device_in_words", lambda: "2 threads of the processor")


def test_one_member_of_every_population_is_timed_and_no_baseline_of_a_student(no_process, tmp_path):
    """Speed depends on the architecture; a reference without a student of its name is one of its own."""
    models = [
        live("student", "mlp", 0),
        live("teacher", "teacher"),
        live("baseline", "mlp", 0),
        live("student", "mlp", 1),
        live("baseline", "tfidf", 0),
    ]
    result = timed(models, tmp_path / "speed")
    assert {model.seat: model.scorer.n_asked > 0 for model in models} == {
        Seat("student", "mlp", 0): True,
        Seat("teacher", "teacher"): True,
        Seat("baseline", "mlp", 0): False,
        Seat("student", "mlp", 1): False,
        Seat("baseline", "tfidf", 0): True,
    }
    assert {(d.contrast, d.left, d.right) for d in result.differences} == {
        ("student-teacher", ("mlp/0",), ("teacher",)),
        ("baseline-teacher", ("tfidf/0",), ("teacher",)),
    }
    assert (
        "Timed are teacher, mlp/0, tfidf/0: speed depends on the architecture, not on the weights, so one seed stands for "
        "all, and a student for its baseline."
    ) in result.remarks


def test_how_it_was_measured_is_said_first(no_process, tmp_path):
    """Device, rounds, texts, precision: of two equal texts one is timed."""
    models = [live("teacher", "teacher", precision="bf16"), live("student", "mlp")]
    settings = SETTINGS.model_copy(update={"n_texts": 9})
    result = timed(models, tmp_path / "speed", settings)
    assert result.remarks[0] == (
        "On 2 threads of the processor, in 3 rounds in which the models took turns: 3 texts in bulk and 2 single texts, "
        "tokenising included (teacher in bf16, mlp in fp32). The rounds are the sample, so the intervals speak of this "
        "machine at that time."
    )
    assert not any("stands for" in remark for remark in result.remarks)


def test_memory_is_a_figure_or_a_reason(no_process, tmp_path):
    """Three models: one is too large, one came from no folder, one is measured."""
    models = [
        live("teacher", "teacher", loading=Loading("big")),
        live("student", "mlp"),
        live("student", "lstm", loading=Loading("small")),
    ]
    result = timed(models, tmp_path / "speed")
    assert [(e.student, e.value) for e in result.estimates if e.metric == "peak_memory_bytes"] == [("lstm", 1000)]
    assert "The peak memory of teacher is not measured: It is too large." in result.remarks
    assert (
        "The peak memory of mlp is not measured: It was not loaded from a folder, so no other process can load it."
    ) in result.remarks
    assert any(remark.startswith("Peak memory is what a fresh process comes to hold") for remark in result.remarks)


def test_where_no_memory_is_measured_it_is_not_explained(no_process, tmp_path):
    """Only why it is missing."""
    result = timed([live("teacher", "t"), live("student", "s")], tmp_path / "speed")
    assert not any(remark.startswith("Peak memory is") for remark in result.remarks)


def test_the_same_models_are_timed_once(no_process, tmp_path):
    """A run that goes on where it stood finds the very figures; other settings, or another model, are another matter."""
    folder, models = tmp_path / "speed", [live("teacher", "t"), live("student", "s")]
    first = timed(models, folder)
    asked = [model.scorer.n_asked for model in models]
    again = timed(models, folder)
    assert [model.scorer.n_asked for model in models] == asked
    assert again == first
    timed(models, folder, SETTINGS.model_copy(update={"seed": 1}))
    assert all(model.scorer.n_asked > n for model, n in zip(models, asked, strict=True))
    other = [models[0], live("student", "other")]
    assert timed(other, folder).differences[0].student == "other"


def test_a_student_may_be_called_as_its_teacher(no_process, tmp_path):
    """Two folders of one name are two models."""
    models = [live("teacher", "model"), live("student", "model")]
    result = timed(models, tmp_path / "speed")
    assert {e.student for e in result.estimates} == {None, "model"}
    assert set(json.loads((tmp_path / "speed" / "speed.json").read_text())) == {"teacher model", "student model"}
