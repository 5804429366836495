"""Models timed, apart from all other work; timings are kept, so that a resumed run gives the same figures."""

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
"""Raised whenever the way of timing changes, so that old figures are made again."""
SPEED_FILE = "speed.json"


def time_panel(opened: Sequence[Opened], request: Request, *, data: str, folder: Path) -> Panel[Timing]:
    """Return the timings of the teacher, of every student and of every reference.

    Timings are kept in `folder`, and taken again only for other models, texts or settings, or with other versions or
    processors; or after the folder was removed. No progress is shown: a bar that redraws itself would be timed too.

    Args:
        opened: all members; of several seeds of one population, the first is timed.
        request: with the texts and the settings.
        data: the name of the text set.
        folder: of this stage.
    """
    settings, timed = request.settings, _timed(opened)
    assert isinstance(settings, TimingSettings), "the request says how to time"
    assert request.items.texts is not None, "models are timed on texts"
    texts, device = chosen_texts(request.items.texts, settings), device_in_words()
    cards = [member.card for member in timed]
    inputs = {
        "version": SPEED_VERSION,
        "models": [[card.name, card.fingerprint, card.max_length, card.precision] for card in cards],
        "texts": digest(texts.keys()),
        "settings": settings.model_dump(mode="json"),
        "environment": {**environment(), "device": device},
    }

    def build(result: Path, _work: Path) -> None:
        scorers = {member.seat.key: member.scorer for member in timed if member.scorer is not None}
        timings = time_models(scorers, texts, settings=settings, bulk=observe)
        memories = dict(zip(scorers, _memories(timed, texts), strict=True))
        write_timings({key: _with(timings[key], memories[key]) for key in scorers}, result / SPEED_FILE)

    staged(folder, inputs, build)
    timings, items = read_timings(folder / SPEED_FILE, n_texts=len(texts)), timed_items(len(texts))
    seated = [(member.seat, Observed(items, _named(member, timings[member.seat.key]))) for member in timed]
    remarks = (_how(timed, settings, len(texts), device), *_remarks(opened, timed, timings))
    return replace(assemble(seated, data=data), remarks=remarks)


def _timed(opened: Sequence[Opened]) -> list[Opened]:
    """Return the first member of each population, beginning with the teacher; baselines are as fast as students."""
    students = {member.seat.population for member in opened if member.seat.role == "student"}
    first: dict[tuple[str, str], Opened] = {}
    for member in opened:
        if member.seat.role != "baseline" or member.seat.population not in students:
            first.setdefault((member.seat.role, member.seat.population), member)
    return sorted(first.values(), key=lambda member: member.seat.role != "teacher")


def _memories(timed: Sequence[Opened], texts: TextBatch) -> list[PeakMemory]:
    """Return each model's peak memory, or why there is none."""
    loadings = [member.loading for member in timed if member.loading is not None]
    measured = iter(peak_memories(loadings, texts) if loadings else [])
    unknown = PeakMemory(None, "It was not loaded from a folder, so no other process can load it.")
    return [unknown if member.loading is None else next(measured) for member in timed]


def _with(timing: Timing, memory: PeakMemory) -> Timing:
    """Return a timing with the peak memory, or why there is none."""
    return replace(timing, peak_memory_bytes=memory.n_bytes, memory_problem=memory.problem)


def _named(member: Opened, timing: Timing) -> Timing:
    """Return a timing with the name, seed and fingerprint of its member."""
    return replace(timing, name=member.seat.member, seed=member.seat.seed, fingerprint=member.card.fingerprint)


def _how(timed: Sequence[Opened], settings: TimingSettings, n_texts: int, device: str) -> str:
    """Return a remark on how, and on which device, models were timed."""
    precisions = ", ".join(f"{member.seat.member} in {member.card.precision}" for member in timed)
    return (
        f"On {device}, in {settings.rounds} rounds in which the models took turns: {n_texts} texts in bulk and "
        f"{settings.latencies} single texts, tokenising included ({precisions}). The rounds are the sample, so the "
        "intervals speak of this machine at that time."
    )


def _remarks(opened: Sequence[Opened], timed: Sequence[Opened], timings: Mapping[str, Timing]) -> Iterator[str]:
    """Yield remarks on who is not timed, and on what peak memory means."""
    if len(opened) > len(timed):
        names = ", ".join(member.seat.member for member in timed)
        yield (
            f"Timed are {names}: speed depends on the architecture, not on the weights, so one seed stands for all,"
            " and a student for its baseline."
        )
    problems = {member.seat.member: timings[member.seat.key].memory_problem for member in timed}
    if None in problems.values():
        yield (
            "Peak memory is what a fresh process comes to hold in main memory while it loads the model and scores the "
            "texts in bulk, less what it held once all libraries were imported."
        )
    for member, problem in problems.items():
        if problem is not None:
            yield f"The peak memory of {member} is not measured: {problem}"
