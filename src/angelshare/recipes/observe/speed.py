"""The speed audit of live models: timed apart from everything else, and kept, so that a resumed run is the same run."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from angelshare.audit.answers.timing import SpeedSettings, Timing, chosen_texts, time_models
from angelshare.audit.speed import Timed, measure_speed
from angelshare.core.atomic import write_text
from angelshare.core.protocols import AuditResult, Scorer
from angelshare.core.text import TextBatch
from angelshare.data.texts.textset import TextSet
from angelshare.models.encoder import device_in_words
from angelshare.models.memory import Loading, PeakMemory, peak_memories
from angelshare.models.observe import observe
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.folder.stages import digest, staged
from angelshare.recipes.observe.panel import Seat

SPEED_VERSION = 1
"""Raised when speed comes to be measured otherwise, so that old figures are made again."""
SPEED_FILE = "speed.json"


@dataclass(frozen=True, slots=True)
class Live:
    """A model in memory, and how another process can load it (None: it cannot)."""

    seat: Seat
    scorer: Scorer
    loading: Loading | None

    @property
    def key(self) -> str:
        """Return a name that no other model of the comparison has: a student may be called as its teacher."""
        return f"{self.seat.role} {self.seat.member}"


def audit_speed(models: Sequence[Live], test: TextSet, settings: SpeedSettings, *, folder: Path) -> AuditResult:
    """Return the speed of the teacher, of every student and of every reference.

    What was measured is kept in `folder`, and measured again only for other models, texts or settings, or with other
    versions or processors. Remove the folder to measure again. No progress is told: a bar that redraws itself would be
    timed too.

    Args:
        models: all members; of several seeds of one population the first is timed.
        test: where the texts come from.
        settings: see there.
        folder: of this stage.
    """
    timed = _timed(models)
    texts, device = chosen_texts(test.batch, settings), device_in_words()
    cards = [live.scorer.card for live in timed]
    inputs = {
        "version": SPEED_VERSION,
        "models": [[card.name, card.fingerprint, card.max_length, card.precision] for card in cards],
        "texts": digest(texts.keys()),
        "settings": settings.model_dump(mode="json"),
        "environment": {**environment(), "device": device},
    }

    def build(result: Path, _work: Path) -> None:
        timings = time_models({live.key: live.scorer for live in timed}, texts, settings=settings, bulk=observe)
        memories = _memories(timed, texts)
        found = {live.key: _as_json(timings[live.key], memory) for live, memory in zip(timed, memories, strict=True)}
        write_text(result / SPEED_FILE, json.dumps(found))

    staged(folder, inputs, build)
    found = json.loads((folder / SPEED_FILE).read_text("utf-8"))
    return measure_speed(
        [_of_json(live, found[live.key]) for live in timed],
        data=test.name,
        remarks=(_how(timed, settings, len(texts), device), *_remarks(models, timed, found)),
    )


def _timed(models: Sequence[Live]) -> list[Live]:
    """Return the first member of each population, the teacher first; a student's baseline is as fast as the student."""
    students = {live.seat.population for live in models if live.seat.role == "student"}
    first: dict[tuple[str, str], Live] = {}
    for live in models:
        if live.seat.role != "baseline" or live.seat.population not in students:
            first.setdefault((live.seat.role, live.seat.population), live)
    return sorted(first.values(), key=lambda live: live.seat.role != "teacher")


def _memories(timed: Sequence[Live], texts: TextBatch) -> list[PeakMemory]:
    """Return each model's peak memory, or why there is none."""
    loadings = [live.loading for live in timed if live.loading is not None]
    found = iter(peak_memories(loadings, texts) if loadings else [])
    unknown = PeakMemory(None, "It was not loaded from a folder, so no other process can load it.")
    return [unknown if live.loading is None else next(found) for live in timed]


def _as_json(timing: Timing, memory: PeakMemory) -> dict[str, Any]:
    """Return what was measured of one model, as the file holds it."""
    return {
        "texts_per_second": timing.texts_per_second.tolist(),
        "latency_ms": timing.latency_ms.tolist(),
        "busy": timing.busy.tolist(),
        "peak_memory": asdict(memory),
    }


def _of_json(live: Live, found: Mapping[str, Any]) -> Timed:
    """Return what the file holds about one model."""
    timing = Timing(*(np.array(found[part]) for part in ("texts_per_second", "latency_ms", "busy")))
    card = live.scorer.card
    return Timed(live.seat.role, live.seat.population, card, timing, found["peak_memory"]["n_bytes"])


def _how(timed: Sequence[Live], settings: SpeedSettings, n_texts: int, device: str) -> str:
    """Return how and on what it was measured."""
    precisions = ", ".join(f"{live.seat.member} in {live.scorer.card.precision}" for live in timed)
    return (
        f"On {device}, in {settings.rounds} rounds in which the models took turns: {n_texts} texts in bulk and "
        f"{settings.latencies} single texts, tokenising included ({precisions}). The rounds are the sample, so the "
        "intervals speak of this machine at that time."
    )


def _remarks(models: Sequence[Live], timed: Sequence[Live], found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is left out, and what peak memory means."""
    if len(models) > len(timed):
        names = ", ".join(live.seat.member for live in timed)
        yield (
            f"Timed are {names}: speed depends on the architecture, not on the weights, so one seed stands for all,"
            " and a student for its baseline."
        )
    problems = {live.seat.member: found[live.key]["peak_memory"]["problem"] for live in timed}
    if None in problems.values():
        yield (
            "Peak memory is what a fresh process comes to hold in main memory while it loads the model and scores the "
            "texts in bulk, less what it held once all libraries were imported."
        )
    for member, problem in problems.items():
        if problem is not None:
            yield f"The peak memory of {member} is not measured: {problem}"
