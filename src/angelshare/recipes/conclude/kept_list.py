"""The list of what was kept beside a statement, `members.json`, and how it was measured."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from angelshare.core.errors import InputError
from angelshare.core.observations import Kind
from angelshare.core.requests import TEST
from angelshare.core.strict import Strict
from angelshare.core.task import ModelRole
from angelshare.statement.gates import Gate


class KeptMember(Strict):
    """One file and whose it is."""

    file: Annotated[str, Field(pattern=r"^\d{4,}\.(parquet|json)$")]
    role: ModelRole
    name: str
    seed: int | None


def _with_a_teacher(members: tuple[KeptMember, ...]) -> tuple[KeptMember, ...]:
    """Refuse members of whom none, or several populations, are the teacher's."""
    if len({member.name for member in members if member.role == "teacher"}) != 1:
        msg = "one population is the teacher"
        raise ValueError(msg)
    return members


class KeptSet(Strict):
    """What all members answered to one request about one text set."""

    data: str
    request: str = TEST
    kind: Kind = "scores"
    remarks: tuple[str, ...] = ()
    members: Annotated[tuple[KeptMember, ...], AfterValidator(_with_a_teacher)]


class KeptGap(Strict):
    """A request that some member could not answer, and why."""

    data: str
    request: str
    kind: Kind
    why: str


class KeptAudit(BaseModel):
    """An audit, and beside its name whatever options it has."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kind: str

    @property
    def options(self) -> Mapping[str, Any]:  # Any: whatever an audit's options are
        """The options that were given."""
        return self.model_extra or {}


class Protocol(Strict):
    """How answers were measured: enough to measure them again.

    Attributes:
        audits: of the first text set, as a recipe writes them; None where a statement is made of more than these.
        gates: each with its margin and source.
        margins: the recipe's, by metric.
    """

    audits: tuple[KeptAudit, ...] | None = None
    gates: tuple[Gate, ...] = ()
    margins: dict[str, float] = Field(default_factory=dict)


class KeptIndex(Strict):
    """All that was kept. `sha256`: of every split that the statement beside it rests on."""

    sha256: tuple[str, ...]
    protocol: Protocol = Protocol()
    sets: Annotated[tuple[KeptSet, ...], Field(min_length=1)]
    missing: tuple[KeptGap, ...] = ()


def read_list(file: Path) -> KeptIndex:
    """Return the list.

    Raises:
        InputError: if it was changed by something else, or an earlier version kept another list.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
        if isinstance(content, dict) and "members" in content:
            raise InputError(f"{file} was written by an earlier version of angelshare. Make the statement again.")
        return KeptIndex.model_validate(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} no longer lists what was kept. Make the statement again.") from error
