"""`members.json`: the list of the answers kept beside a statement, and the protocol by which they were measured."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from angelshare.core.atomic import write_text
from angelshare.core.errors import InputError
from angelshare.core.observations import Kind
from angelshare.core.requests import TEST
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole
from angelshare.recipes.folder.stages import digest
from angelshare.statement.gates import Gate

INDEX = "members.json"
SEAL = "seal"
"""The key of the list's own checksum."""


class KeptMember(Strict):
    """One file with its checksum, and the member whose answers it holds."""

    file: Annotated[str, Field(pattern=r"^\d{4,}\.(parquet|json)$")]
    sha256: str
    role: ModelRole
    name: str
    seed: int | None


def _with_a_teacher(members: tuple[KeptMember, ...]) -> tuple[KeptMember, ...]:
    """Refuse members without a teacher, or with several populations of teachers."""
    if len({member.name for member in members if member.role == "teacher"}) != 1:
        msg = "one population is the teacher"
        raise ValueError(msg)
    return members


class KeptSet(Strict):
    """All members' answers to one request about one text set."""

    data: str
    request: str = TEST
    kind: Kind = "scores"
    remarks: tuple[str, ...] = ()
    members: Annotated[tuple[KeptMember, ...], AfterValidator(_with_a_teacher)]


class KeptGap(Strict):
    """A request that a member could not answer, and why."""

    data: str
    request: str
    kind: Kind
    why: str


class KeptAudit(BaseModel):
    """An audit by name, with the options that were given."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kind: str

    @property
    def options(self) -> Mapping[str, Any]:  # Any: whatever an audit's options are
        """Return the options that were given."""
        return self.model_extra or {}


class Protocol(Strict):
    """How answers were measured and judged, so that both can be done again.

    Attributes:
        audits: those of the first text set; None if the statement rests on more than these.
        gates: each with its margin and source.
        margins: those of the recipe, by metric.
    """

    audits: tuple[KeptAudit, ...] | None = None
    gates: tuple[Gate, ...] = ()
    margins: dict[str, float] = Field(default_factory=dict)


class KeptIndex(Strict):
    """The list of all that was kept.

    Attributes:
        sha256: of every split that the statement beside it rests on.
        protocol: how the answers were measured and judged.
        sets: the kept answers.
        missing: the requests that were not answered.
    """

    sha256: tuple[str, ...]
    protocol: Protocol = Protocol()
    sets: Annotated[tuple[KeptSet, ...], Field(min_length=1)]
    missing: tuple[KeptGap, ...] = ()


def write_list(index: KeptIndex, folder: Path) -> None:
    """Write the list, with its own checksum, in ASCII whatever the names."""
    content = index.model_dump(mode="python")
    write_text(folder / INDEX, json.dumps({**content, SEAL: digest(content)}, indent=1))


def read_list(file: Path) -> KeptIndex:
    """Return the list.

    Raises:
        InputError: if something else changed the file, or an earlier version wrote it.
    """
    index = None
    with suppress(ValueError, KeyError, AttributeError, TypeError, RecursionError):
        content = json.loads(file.read_text("utf-8")) if file.is_file() else {}  # a pipe is read forever
        seal = content.pop(SEAL)
        index = KeptIndex.model_validate(content) if seal == digest(content) else None
    if index is None:
        raise InputError(
            f"{file} no longer lists what was kept, or an earlier version of angelshare wrote it. Make the statement "
            "again."
        )
    return index
