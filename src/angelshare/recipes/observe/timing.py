"""Models timed: apart from everything else, and kept, so that a resumed run is the same run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from angelshare.audits.answers.timing import TimingSettings, chosen_texts, time_models
from angelshare.core.alignment import Observed
from angelshare.core.observations import Timing, timed_items
from angelshare.core.panel import Panel
from angelshare.core.requests import Request
from angelshare.core.text import TextBatch
from angelshare.data.predictions.timing_files import read_timings, write_timings
from angelshare.models.encoder import device_in_words
from angelshare.models.memory import PeakMemory, peak_memories
from angelshare.models.observe import observe
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.folder.stages import digest, staged
from angelshare.recipes.observe.seats import Opened, assemble

SPEED_VERSION = 1
"""Raised when speed comes to be measured otherwise, so that old figures are made again."""
SPEED_FILE = "speed.json"


def time_panel(opened: Sequence[Opened], request: Request, *, data: str, folder: Path) -> Panel[Timing]:
    """Return what the clock says of the teacher, of every student and of every reference.

    What was measured is kept in `folder`, and measured again only for other models, texts or settings, or with other
    versions or processors. Remove the folder to measure again. No progress is told: a bar that redraws itself would be
    timed too.

    Args:
        opened: all members; of several seeds of one population the first is timed.
        request: where the texts come from, and the settings.
        data: the name of the text set.
        folder: of this stage.
    """
    settings, timed = request.settings, _timed(opened)
    assert isinstance(settings, TimingSettings), "the request says how to time"
    assert request.items.texts is not None, "models are timed on texts"
    texts, device = chosen_texts(request.items.texts, settings), device_in_words()
    inputs = {
        "version": SPEED_VERSION,
        "models": [[one.card.name, one.card.fingerprint, one.card.max_length, one.card.precision] for one in timed],
        "texts": digest(texts.keys()),
        "settings": settings.model_dump(mode="json"),
        "environment": {**environment(), "device": device},
    }

    def build(result: Path, _work: Path) -> None:
        scorers = {one.seat.key: one.scorer for one in timed if one.scorer is not None}
        timings = time_models(scorers, texts, settings=settings, bulk=observe)
        memories = dict(zip(scorers, _memories(timed, texts), strict=True))
        write_timings({key: _with(timings[key], memories[key]) for key in scorers}, result / SPEED_FILE)

    staged(folder, inputs, build)
    timings, items = read_timings(folder / SPEED_FILE, n_texts=len(texts)), timed_items(len(texts))
    panel = assemble([(one.seat, Observed(items, _of(one, timings[one.seat.key]))) for one in timed], data=data)
    said = (_how(timed, settings, len(texts), device), *_remarks(opened, timed, timings))
    return Panel(panel.data, panel.items, panel.teacher, panel.students, panel.baselines, remarks=said)


def _timed(opened: Sequence[Opened]) -> list[Opened]:
    """Return the first member of each population, the teacher first; a student's baseline is as fast as the student."""
    students = {one.seat.population for one in opened if one.seat.role == "student"}
    first: dict[tuple[str, str], Opened] = {}
    for one in opened:
        if one.seat.role != "baseline" or one.seat.population not in students:
            first.setdefault((one.seat.role, one.seat.population), one)
    return sorted(first.values(), key=lambda one: one.seat.role != "teacher")


def _memories(timed: Sequence[Opened], texts: TextBatch) -> list[PeakMemory]:
    """Return each model's peak memory, or why there is none."""
    loadings = [one.loading for one in timed if one.loading is not None]
    measured = iter(peak_memories(loadings, texts) if loadings else [])
    unknown = PeakMemory(None, "It was not loaded from a folder, so no other process can load it.")
    return [unknown if one.loading is None else next(measured) for one in timed]


def _with(timing: Timing, memory: PeakMemory) -> Timing:
    """Return a timing with the peak memory, or why there is none."""
    return replace(timing, peak_memory_bytes=memory.n_bytes, memory_problem=memory.problem)


def _of(one: Opened, timing: Timing) -> Timing:
    """Return a timing under its member's name, seed and fingerprint."""
    return replace(timing, name=one.seat.member, seed=one.seat.seed, fingerprint=one.card.fingerprint)


def _how(timed: Sequence[Opened], settings: TimingSettings, n_texts: int, device: str) -> str:
    """Return how and on what it was measured."""
    precisions = ", ".join(f"{one.seat.member} in {one.card.precision}" for one in timed)
    return (
        f"On {device}, in {settings.rounds} rounds in which the models took turns: {n_texts} texts in bulk and "
        f"{settings.latencies} single texts, tokenising included ({precisions}). The rounds are the sample, so the "
        "intervals speak of this machine at that time."
    )


def _remarks(opened: Sequence[Opened], timed: Sequence[Opened], timings: Mapping[str, Timing]) -> Iterator[str]:
    """Yield what is left out, and what peak memory means."""
    if len(opened) > len(timed):
        names = ", ".join(one.seat.member for one in timed)
        yield (
            f"Timed are {names}: speed depends on the architecture, not on the weights, so one seed stands for all,"
            " and a student for its baseline."
        )
    problems = {one.seat.member: timings[one.seat.key].memory_problem for one in timed}
    if None in problems.values():
        yield (
            "Peak memory is what a fresh process comes to hold in main memory while it loads the model and scores the "
            "texts in bulk, less what it held once all libraries were imported."
        )
    for member, problem in problems.items():
        if problem is not None:
            yield f"The peak memory of {member} is not measured: {problem}"
