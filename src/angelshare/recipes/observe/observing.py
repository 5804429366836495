"""The second of four steps, observe: the answers of all members to the audits' requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from angelshare.audits.frame.registry import kinds_of, requests_of
from angelshare.core.alignment import Observed
from angelshare.core.audit import Audit
from angelshare.core.items import Items
from angelshare.core.observations import Kind
from angelshare.core.panel import Panel
from angelshare.core.protocols import Progress
from angelshare.core.requests import TEST, NotObserved, Observations, Request
from angelshare.data.slices.slicing import sliced
from angelshare.data.slices.specs import SliceSpec
from angelshare.data.texts.textset import TextSet
from angelshare.data.texts.truth import items_of
from angelshare.recipes.observe.answering import ANSWERS, Call
from angelshare.recipes.observe.seats import Opened, assemble, check_labels

OBSERVATIONS, SPEED = "observations", "speed"
"""The sub-folders for stored answers, and for timings."""
NO_LIVE_MODELS = (
    "Speed is not measured, because files of predictions hold no live models. Give the teacher and the students as "
    "model folders, with --data."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The place for stored answers, and for reports on progress.

    Attributes:
        folder: of the run or the audit.
        progress: informed of the number of texts done.
    """

    folder: Path
    progress: Progress


def observe_texts(
    opened: Sequence[Opened],
    audits: Sequence[Audit[Any]],
    data: TextSet,
    desk: Desk,
    *,
    slices: Sequence[SliceSpec] = (),
) -> Observations:
    """Return the answers of all members to a text set, and to the texts that audits make from it.

    Each model reads each text once per kind. If any member is a file, texts of the audits' own are not observed. Models
    are timed last, when nothing else runs.

    Args:
        opened: teacher, students and baselines.
        audits: those whose requests are to be answered.
        data: the labelled texts.
        desk: the place for stored answers.
        slices: those to cut, with their word lists loaded.
    """
    items = items_of(data)
    for member in opened:
        if member.scorer is not None:
            check_labels(member.seat.member, member.card.labels, data)
    requests = requests_of(audits, items)
    if any(member.is_file for member in opened):
        requests = _of_test(audits, items, requests)
    return _observed(opened, _with_scores(requests, items), data.name, desk, lambda panel: sliced(panel, slices, data))


def observe_files(
    opened: Sequence[Opened],
    audits: Sequence[Audit[Any]],
    name: str,
    desk: Desk,
    *,
    slices: Sequence[SliceSpec] = (),
) -> Observations:
    """Return the answers in files, which hold their own items.

    Args:
        opened: teacher, students and baselines, all of them files.
        audits: those whose requests are to be answered.
        name: of the text set.
        desk: the place for stored answers.
        slices: those to cut, with their word lists loaded.
    """
    items = next(iter(opened[0].held.values())).items
    requests = _with_scores(_of_test(audits, items), items)
    return _observed(opened, requests, name, desk, lambda panel: sliced(panel, slices, None))


def _of_test(audits: Sequence[Audit[Any]], items: Items, requests: Sequence[Request] = ()) -> tuple[Request, ...]:
    """Return the audits' requests about the test split, with their settings where a model is asked."""
    of_test = {kind: Request(TEST, kind, items) for kind in kinds_of(audits)}
    return tuple((of_test | {request.kind: request for request in requests if request.name == TEST}).values())


def _with_scores(requests: Sequence[Request], items: Items) -> list[Request]:
    """Return the requests with scores of the test split, which every statement keeps, as the first."""
    scores = [request for request in requests if (request.name, request.kind) == (TEST, "scores")]
    return [*(scores or [Request(TEST, "scores", items)]), *(each for each in requests if each not in scores)]


def _observed(
    opened: Sequence[Opened],
    requests: Sequence[Request],
    data: str,
    desk: Desk,
    cut: Callable[[Panel[Any]], Panel[Any]],
) -> Observations:
    """Return a panel for every request that all members can answer, and why the others cannot be answered."""
    panels: dict[tuple[str, Kind], Panel[Any]] = {}
    missing: dict[tuple[str, Kind], str] = {}
    for request in sorted(requests, key=lambda request: request.kind == "timing"):
        key = request.name, request.kind
        try:
            panel = (
                _timed(opened, request, data, desk)
                if request.kind == "timing"
                else _answered(opened, request, data, desk)
            )
        except NotObserved as why:
            missing[key] = str(why)
            continue
        panels[key] = cut(panel) if request.name == TEST and request.kind != "timing" else panel
    return Observations(panels, missing, {(member.seat.role, member.seat.member): member.card for member in opened})


def _answered(opened: Sequence[Opened], request: Request, data: str, desk: Desk) -> Panel[Any]:
    """Return all members' answers to one request."""
    for member in opened:  # before a model is asked in vain
        if member.is_file and request.kind not in member.held:
            raise NotObserved(f"{member.source} holds no {request.kind}.")
    seated = []
    for member in opened:
        if member.is_file:
            seated.append((member.seat, member.held[request.kind]))
        else:
            call = Call(member, request, desk.folder / OBSERVATIONS, desk.progress)
            seated.append((member.seat, Observed(request.items, ANSWERS[request.kind](call))))
    return assemble(seated, data=data)


def _timed(opened: Sequence[Opened], request: Request, data: str, desk: Desk) -> Panel[Any]:
    """Return the timing of one member of each population."""
    if any(member.is_file for member in opened):
        raise NotObserved(NO_LIVE_MODELS)
    from angelshare.recipes.observe.timing import time_panel

    return time_panel(opened, request, data=data, folder=desk.folder / SPEED)
