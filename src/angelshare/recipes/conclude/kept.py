"""The answers of all members, kept without texts beside a statement: to compare releases, and to rebuild it.

`members.json` holds the protocol (audits with their options, gates, margins) and lists the kept sets: the text set, the
request and the kind of answers, with one file for each member. The items, which all members share, are in the first
member's file only.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from angelshare.core.alignment import Observed
from angelshare.core.atomic import whole_folder
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Kind
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.requests import Observations
from angelshare.core.seals import sha256_of
from angelshare.core.task import ModelRole
from angelshare.recipes.conclude.formats import FORMATS, Format
from angelshare.recipes.conclude.kept_list import (
    INDEX,
    KeptAudit,
    KeptGap,
    KeptIndex,
    KeptMember,
    KeptSet,
    Protocol,
    read_list,
    write_list,
)
from angelshare.recipes.observe.seats import Seat, assemble
from angelshare.statement.schema import ModelRow, Statement

FOLDER = "predictions"


@dataclass(frozen=True, slots=True)
class Kept:
    """The kept test split of a folder.

    Attributes:
        panel: None if there is none. why: the reason, as the end of a sentence.
        audits: those that measured it, with their options.
    """

    panel: Panel[Predictions] | None
    why: str = ""
    audits: tuple[KeptAudit, ...] = ()


def keep_observations(
    observations: Mapping[str, Observations], protocol: Protocol, statement: Statement, place: Path
) -> None:
    """Write the answers into an empty folder, one file per member, and the list of them.

    Texts are never written, and templates are replaced by numbers.

    Args:
        observations: by text set; releases are compared on the first.
        protocol: how they were measured and judged.
        statement: the one that rests on them, with the members' fingerprints and the checksums of the data.
        place: the folder.
    """
    fingerprints = {(model.role, model.name, model.seed): model.fingerprint for model in statement.models}
    numbers, templates = iter(range(1_000_000)), _template_numbers(observations)

    def without_texts(panel: Panel[Any]) -> Panel[Any]:
        return replace(panel, items=_numbered(panel.items, templates))

    sets = tuple(
        KeptSet(
            data=data,
            request=request,
            kind=kind,
            remarks=panel.remarks,
            members=tuple(_written(without_texts(panel), FORMATS[kind], fingerprints, numbers, place)),
        )
        for data, seen in observations.items()
        for (request, kind), panel in seen.panels.items()
        if kind in FORMATS
    )
    missing = tuple(
        KeptGap(data=data, request=request, kind=kind, why=why)
        for data, seen in observations.items()
        for (request, kind), why in seen.missing.items()
    )
    write_list(KeptIndex(sha256=_contents(statement), protocol=protocol, sets=sets, missing=missing), place)


@contextmanager
def copied_kept(source: Path, folder: Path) -> Iterator[None]:
    """Copy what was kept beside one statement beside another, which is written meanwhile; nothing if nothing was."""
    place = _place(source)
    if not (place / INDEX).is_file():
        yield
        return
    with whole_folder(folder / FOLDER) as copied:
        shutil.copytree(place, copied, dirs_exist_ok=True)
        yield


def kept_index(folder: Path, statement: Statement) -> KeptIndex:
    """Return the list of what was kept beside a statement.

    Raises:
        InputError: if nothing was kept, or answers on other data than the statement's.
    """
    place = _place(folder)
    if not (place / INDEX).is_file():
        raise InputError(f"{place} holds no predictions. Make the statement again, from the models.")
    index = read_list(place / INDEX)
    if index.sha256 != _contents(statement):
        raise InputError(
            f"The predictions in {place} come from other data than its statement. Make the statement again."
        )
    return index


def kept_observations(folder: Path, statement: Statement) -> dict[str, Observations]:
    """Return the observations that were kept beside a statement, by text set.

    Raises:
        InputError: if they cannot be read, or are answers of other models or on other data than the statement's.
    """
    cards = {(model.role, _seat(model).member): card_of(model) for model in statement.models}
    index = kept_index(folder, statement)
    panels: dict[str, dict[tuple[str, Kind], Panel[Any]]] = {}
    for kept in index.sets:
        panel = _panel(_place(folder), kept)
        if _has_others(panel, statement):
            raise InputError(
                f"The predictions in {_place(folder)} are not those of its statement. Make the statement again."
            )
        panels.setdefault(kept.data, {})[kept.request, kept.kind] = panel

    def missing(data: str) -> dict[tuple[str, Kind], str]:
        return {(gap.request, gap.kind): gap.why for gap in index.missing if gap.data == data}

    return {data: Observations(of_data, missing(data), cards) for data, of_data in panels.items()}


def kept_panel(folder: Path, statement: Statement) -> Kept:
    """Return the first panel of scores that was kept beside a statement, if it is about its models and data.

    It may not be: a process that was killed between the two leaves the answers of one run beside the statement of
    another.

    Args:
        folder: of the statement, or its file.
        statement: as read there.

    Raises:
        InputError: if the kept answers cannot be read.
    """
    place = _place(folder)
    if not (place / INDEX).is_file():
        return Kept(None, f"{place} holds no predictions")
    index = read_list(place / INDEX)
    if index.sha256 != _contents(statement):
        return Kept(None, f"the predictions in {place} come from other data than its statement")
    if index.sets[0].kind != "scores":
        return Kept(None, f"the answers in {place} are no scores of classes")
    panel = _panel(place, index.sets[0])
    if _has_others(panel, statement):
        return Kept(None, f"the predictions in {place} are not those of its statement")
    return Kept(panel, audits=index.protocol.audits or ())


def _place(folder: Path) -> Path:
    """Return the folder of the answers beside a statement, which is given by its folder or its file."""
    return (folder if folder.is_dir() else folder.parent) / FOLDER


def _written(
    panel: Panel[Any],
    form: Format,
    fingerprints: Mapping[tuple[ModelRole, str, int | None], str],
    numbers: Iterator[int],
    place: Path,
) -> Iterator[KeptMember]:
    """Write every member, the first with the items, and yield its entry in the list."""
    items = panel.items
    for population in panel.populations:
        for member in population.members:
            key = (population.role, population.name, member.seed)
            file = f"{next(numbers):04d}.{form.suffix}"
            form.write(items, replace(member, fingerprint=fingerprints.get(key, member.fingerprint)), place / file)
            items = Items(panel.data, panel.items.ids)
            yield KeptMember(
                file=file,
                sha256=sha256_of(place / file),
                role=population.role,
                name=population.name,
                seed=member.seed,
            )


def _panel(place: Path, kept: KeptSet) -> Panel[Any]:
    """Return the panel of one set as it was written."""
    panel = assemble([_seated(place, kept.kind, member) for member in kept.members], data=kept.data)
    return replace(panel, remarks=kept.remarks)


def _has_others(panel: Panel[Any], statement: Statement) -> bool:
    """Whether a model sits where a statement has another, or none."""
    models = {(model.role, model.name, model.seed, model.fingerprint) for model in statement.models}
    seated = {(p.role, p.name, member.seed, member.fingerprint) for p in panel.populations for member in p.members}
    return not seated <= models


def _seat(row: KeptMember | ModelRow) -> Seat:
    """Return the seat of the member that a file, or a line of the statement, is about."""
    return Seat(row.role, row.name, row.seed)


def card_of(row: ModelRow) -> ModelCard:
    """Return a model's card, as far as a statement knows it."""
    return ModelCard(
        _seat(row).member,
        task=None,
        labels=(),
        fingerprint=row.fingerprint,
        parent_fingerprint=row.parent_fingerprint,
        max_length=row.max_length,
        precision=row.precision,
        n_parameters=row.n_parameters,
        n_bytes=row.n_bytes,
        kind=row.kind,
    )


def _contents(statement: Statement) -> tuple[str, ...]:
    """Return the digest of every split that a statement rests on."""
    return tuple(data.sha256 for data in statement.data)


def _template_numbers(observations: Mapping[str, Observations]) -> dict[str, str]:
    """Return a number for every template, in the order of their texts and across sets, which may share templates."""
    panels = [panel for seen in observations.values() for panel in seen.panels.values()]
    names = sorted({name for panel in panels for name in panel.columns.get("template", ())} - {""})
    return {"": "", **{name: f"{i:0{len(str(len(names)))}}" for i, name in enumerate(names)}}


def _numbered(items: Items, numbers: Mapping[str, str]) -> Items:
    """Return the items with numbers in place of templates, which are texts."""
    columns = dict(items.columns)
    if "template" in columns:
        columns["template"] = np.array([numbers[name] for name in columns["template"].tolist()], dtype=object)
    return replace(items, columns=columns)


def _seated(place: Path, kind: Kind, kept: KeptMember) -> tuple[Seat, Observed[Any]]:
    """Return one member as it was written.

    Raises:
        InputError: if its file is another than the one that was written.
    """
    seat, file = _seat(kept), place / kept.file
    if not file.is_file() or sha256_of(file) != kept.sha256:
        raise InputError(
            f"{file} does not hold the answers of {seat.member}: it was changed or damaged after it was written. Make "
            "the statement again."
        )
    return seat, FORMATS[kind].read(file, seat.member)
