"""Every member's outputs beside the statement, without texts: the next release is compared with them, item by item."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions
from angelshare.core.protocols import ModelCard
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole
from angelshare.data.predictions.files import read_predictions, write_predictions
from angelshare.recipes.observe.panel import Seat, Seated, assemble
from angelshare.statement.schema import Statement

FOLDER, INDEX = "predictions", "members.json"


class KeptMember(Strict):
    """One file of predictions and whose they are."""

    file: Annotated[str, Field(pattern=r"^\d{4,}\.parquet$")]
    role: ModelRole
    name: str
    seed: int | None


class KeptIndex(Strict):
    """What was kept of one text set. `sha256`: of every split that the statement beside it rests on."""

    data: str
    sha256: tuple[str, ...]
    members: tuple[KeptMember, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder holds. `panel`: None where nothing was kept, and `why` says so as the end of a sentence."""

    panel: Panel[Predictions] | None
    why: str = ""


def keep_predictions(panel: Panel[Predictions], statement: Statement, folder: Path) -> None:
    """Write each member's outputs into `folder/predictions`, one Parquet file each, and a list of them at last.

    Ids, values, truth, slices, columns, clusters, weights and the texts' keys; what all members share stands in the
    first file only. Texts are never written, and of a template just its number.

    Args:
        panel: of the test split.
        statement: whose fingerprints tell the members apart, and whose data the outputs belong to.
        folder: of the statement.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    (place / INDEX).unlink(missing_ok=True)
    fingerprints = {(model.role, model.name, model.seed): model.fingerprint for model in statement.models}
    members = [(population, member) for population in panel.populations for member in population.members]
    listed = []
    for position, (population, member) in enumerate(members):
        file = f"{position:04d}.parquet"
        key = (population.role, population.name, member.seed)
        fingerprint = fingerprints.get(key, member.fingerprint)
        items = _numbered(panel.items) if position == 0 else Items(member.name, panel.items.ids)
        write_predictions(items, replace(member, fingerprint=fingerprint), place / file)
        listed.append(KeptMember(file=file, role=population.role, name=population.name, seed=member.seed))
    index = KeptIndex(data=panel.data, sha256=_contents(statement), members=tuple(listed))
    write_text(place / INDEX, json.dumps(index.model_dump(mode="python"), indent=1))  # in ASCII, whatever the names


def kept_panel(folder: Path, statement: Statement) -> Kept:
    """Return the panel that was kept beside a statement, if it is of the statement's own models and data.

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
    seated = [_seated(place, member) for member in index.members]
    known = {model.fingerprint for model in statement.models}
    if any(one.observed.fingerprint not in known for one in seated):
        return Kept(None, f"the predictions in {place} are not those of its statement")
    return Kept(assemble(seated, data=index.data))


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


def _seated(place: Path, kept: KeptMember) -> Seated:
    """Return one member as it was written."""
    seat = Seat(kept.role, kept.name, kept.seed)
    read = read_predictions(place / kept.file, name=seat.member)
    member = read.member
    return Seated(seat, ModelCard(seat.member, member.task, member.labels, member.fingerprint), read)
