"""What every member answered, kept beside the statement without texts: the next release is compared with it.

`members.json` lists the sets: whose text set and request, which kind of answers, and a file for every member. What all
members share, the items, stands in the first member's file only.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from angelshare.core.alignment import Observed
from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Kind
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.requests import TEST, Observations
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.recipes.observe.seats import Seat, assemble
from angelshare.statement.schema import Statement

FOLDER, INDEX = "predictions", "members.json"


class KeptMember(Strict):
    """One file and whose it is."""

    file: Annotated[str, Field(pattern=r"^\d{4,}\.parquet$")]
    role: ModelRole
    name: str
    seed: int | None


class KeptSet(Strict):
    """What all members answered to one request about one text set."""

    data: str
    request: str = TEST
    kind: Kind = "scores"
    remarks: tuple[str, ...] = ()
    members: tuple[KeptMember, ...]


class KeptIndex(Strict):
    """All that was kept. `sha256`: of every split that the statement beside it rests on."""

    sha256: tuple[str, ...]
    sets: Annotated[tuple[KeptSet, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Kept:
    """The test split that a folder holds: `panel` is None where it holds none; `why` says so, the end of a sentence."""

    panel: Panel[Predictions] | None
    why: str = ""


def keep_observations(observations: Mapping[str, Observations], statement: Statement, folder: Path) -> None:
    """Write what every member answered into `folder/predictions`, one Parquet file each, and the list of them at last.

    Texts are never written, and of a template just its number.

    Args:
        observations: by text set, the one that releases are compared on first.
        statement: whose fingerprints tell the members apart, and whose data the answers belong to.
        folder: of the statement.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    (place / INDEX).unlink(missing_ok=True)
    fingerprints = {(model.role, model.name, model.seed): model.fingerprint for model in statement.models}
    numbers = iter(range(1_000_000))
    sets = tuple(
        KeptSet(
            data=data,
            request=request,
            kind=kind,
            remarks=panel.remarks,
            members=tuple(_written(panel, fingerprints, numbers, place)),
        )
        for data, seen in observations.items()
        for (request, kind), panel in seen.panels.items()
        if kind == "scores"
    )
    index = KeptIndex(sha256=_contents(statement), sets=sets)
    write_text(place / INDEX, json.dumps(index.model_dump(mode="python"), indent=1))  # in ASCII, whatever the names


def kept_panel(folder: Path, statement: Statement) -> Kept:
    """Return the first panel that was kept beside a statement, if it is of the statement's own models and data.

    A process that ended between the two files leaves the outputs of one look beside the statement of another.

    Args:
        folder: of the statement, or its file.
        statement: which was read there.

    Raises:
        InputError: if what was kept cannot be read.
    """
    place = (folder if folder.is_dir() else folder.parent) / FOLDER
    if not (place / INDEX).is_file():
        return Kept(None, f"{place} holds no predictions")
    index = _read(place / INDEX)
    if index.sha256 != _contents(statement):
        return Kept(None, f"the predictions in {place} are of other data than its statement")
    panel = _panel(place, index.sets[0])
    known = {model.fingerprint for model in statement.models}
    if any(member.fingerprint not in known for population in panel.populations for member in population.members):
        return Kept(None, f"the predictions in {place} are not those of its statement")
    return Kept(panel)


def _written(
    panel: Panel[Any],
    fingerprints: Mapping[tuple[ModelRole, str, int | None], str],
    numbers: Iterator[int],
    place: Path,
) -> Iterator[KeptMember]:
    """Yield every member, written; the items go with the first."""
    items = _numbered(panel.items)
    for population in panel.populations:
        for member in population.members:
            key = (population.role, population.name, member.seed)
            file = f"{next(numbers):04d}.parquet"
            write_predictions(
                items, replace(member, fingerprint=fingerprints.get(key, member.fingerprint)), place / file
            )
            items = Items(panel.data, panel.items.ids)
            yield KeptMember(file=file, role=population.role, name=population.name, seed=member.seed)


def _panel(place: Path, kept: KeptSet) -> Panel[Any]:
    """Return the panel of one set as it was written."""
    panel = assemble([_seated(place, member) for member in kept.members], data=kept.data)
    return replace(panel, remarks=kept.remarks)


def _contents(statement: Statement) -> tuple[str, ...]:
    """Return the digest of every split that a statement rests on."""
    return tuple(data.sha256 for data in statement.data)


def _read(file: Path) -> KeptIndex:
    """Return the list.

    Raises:
        InputError: if it was changed by something else.
    """
    try:
        return KeptIndex.model_validate_json(file.read_text("utf-8"))
    except ValueError as error:
        raise InputError(f"{file} no longer lists what was kept. Make the statement again.") from error


def _numbered(items: Items) -> Items:
    """Return the items with numbers for templates, which are texts."""
    columns = dict(items.columns)
    if "template" in columns:
        names, numbers = np.unique(columns["template"], return_inverse=True)
        columns["template"] = np.array([str(i) if name else "" for i, name in enumerate(names)], dtype=object)[numbers]
    return replace(items, columns=columns)


def _seated(place: Path, kept: KeptMember) -> tuple[Seat, Observed[Any]]:
    """Return one member as it was written."""
    seat = Seat(kept.role, kept.name, kept.seed)
    return seat, read_predictions(place / kept.file, name=seat.member)
