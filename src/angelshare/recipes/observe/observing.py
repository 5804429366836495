"""The second of four steps: what every member answers to the audits' requests."""

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
"""Where a folder keeps what models answered, and what the clock said."""
NO_LIVE_MODELS = (
    "Speed is not measured, because files of predictions hold no live models. Give the teacher and the students as "
    "model folders, with --data."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where observing keeps its work, and whom it tells.

    Attributes:
        folder: of the run or the audit.
        progress: told how many texts are done.
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
    """Return what every member answers on a text set, and on what the audits make of it.

    Each text is read once by each model and kind. Where a member is a file, the audits' own texts are not observed.
    What is timed comes last, when nothing else runs any more.

    Args:
        opened: teacher, students and baselines.
        audits: whose requests are merged first.
        data: the labelled texts.
        desk: where.
        slices: to be cut, word lists loaded.
    """
    items = items_of(data)
    for member in opened:
        if member.scorer is not None:
            check_labels(member.seat.member, member.card.labels, data)
    requests = _of_test(audits, items) if any(one.is_file for one in opened) else requests_of(audits, items)
    return _observed(opened, _with_scores(requests, items), data.name, desk, lambda panel: sliced(panel, slices, data))


def observe_files(
    opened: Sequence[Opened],
    audits: Sequence[Audit[Any]],
    name: str,
    desk: Desk,
    *,
    slices: Sequence[SliceSpec] = (),
) -> Observations:
    """Return what files hold, which bring their items themselves.

    Args:
        opened: teacher, students and baselines, all of them files.
        audits: what they need.
        name: of the text set.
        desk: where.
        slices: to be cut, word lists loaded.
    """
    items = next(iter(opened[0].held.values())).items
    requests = _with_scores(_of_test(audits, items), items)
    return _observed(opened, requests, name, desk, lambda panel: sliced(panel, slices, None))


def _of_test(audits: Sequence[Audit[Any]], items: Items) -> list[Request]:
    """Return what the audits ask of the test split."""
    return [Request(TEST, kind, items) for kind in kinds_of(audits)]


def _with_scores(requests: Sequence[Request], items: Items) -> list[Request]:
    """Return the requests, scores of the test split first: they are kept beside every statement."""
    kept = Request(TEST, "scores", items)
    return [kept, *(request for request in requests if (request.name, request.kind) != (kept.name, kept.kind))]


def _observed(
    opened: Sequence[Opened],
    requests: Sequence[Request],
    data: str,
    desk: Desk,
    cut: Callable[[Panel[Any]], Panel[Any]],
) -> Observations:
    """Return the panel of every request that can be answered, and why others cannot."""
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
    return Observations(panels, missing, {(one.seat.role, one.seat.member): one.card for one in opened})


def _answered(opened: Sequence[Opened], request: Request, data: str, desk: Desk) -> Panel[Any]:
    """Return what every member answers to one request."""
    seated = []
    for member in opened:
        if member.is_file and request.kind not in member.held:
            raise NotObserved(f"{member.source} holds no {request.kind}.")
        if member.is_file:
            seated.append((member.seat, member.held[request.kind]))
        else:
            call = Call(member, request, desk.folder / OBSERVATIONS, desk.progress)
            seated.append((member.seat, Observed(request.items, ANSWERS[request.kind](call))))
    return assemble(seated, data=data)


def _timed(opened: Sequence[Opened], request: Request, data: str, desk: Desk) -> Panel[Any]:
    """Return what the clock says of one member of each population."""
    if any(member.is_file for member in opened):
        raise NotObserved(NO_LIVE_MODELS)
    from angelshare.recipes.observe.timing import time_panel

    return time_panel(opened, request, data=data, folder=desk.folder / SPEED)
