"""Audits run by name, with their options: what they request, and what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from angelshare.audits.frame.installed import AUDITS, InstalledAudits
from angelshare.core.audit import Audit, AuditResult, AuditSettings
from angelshare.core.errors import InputError
from angelshare.core.items import Items
from angelshare.core.observations import Kind
from angelshare.core.requests import NotObserved, Observations, Request
from angelshare.core.strict import mistakes


@dataclass(frozen=True, slots=True)
class Choice:
    """An audit that the user asks for.

    Attributes:
        kind: its name. options: those that were given; the others have their defaults.
    """

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> Audit[Any]:
        """Return the audit.

        Raises:
            InputError: if there is no such audit or option (the nearest name is given), or a value is wrong.
        """
        kind = AUDITS.get(self.kind)
        try:
            audit: Audit[Any] = kind(kind.Options(**self.options))
        except ValidationError as error:
            raise InputError(f"The audit {self.kind}: {' '.join(mistakes(error, kind.Options))}") from None
        return audit

    @property
    def written(self) -> Mapping[str, Any]:
        """The options that were given, as JSON writes them.

        Raises:
            InputError: as `load`.
        """
        options: Mapping[str, Any] = self.load().options.model_dump(mode="json", exclude_unset=True)
        return options


def choices(*names: str) -> tuple[Choice, ...]:
    """Return audits with their defaults."""
    return tuple(Choice(name) for name in names)


DEFAULT_AUDITS = choices("quality", "agreement", "calibration", "examples")


def load_audits(chosen: Sequence[Choice]) -> tuple[Audit[Any], ...]:
    """Return the audits, in order.

    Raises:
        InputError: if there is no such audit, or an option is wrong; the nearest name is given. If one is chosen twice.
    """
    refuse_repeated(chosen)
    return tuple(choice.load() for choice in chosen)


def refuse_repeated(chosen: Sequence[Choice]) -> None:
    """Refuse an audit that is chosen twice: its options, and its rows, would contradict each other.

    Raises:
        InputError: with its name.
    """
    kinds = [choice.kind for choice in chosen]
    for kind in dict.fromkeys(kinds):
        if kinds.count(kind) > 1:
            raise InputError(f"The audit {kind} is chosen more than once. Choose it once, with all of its options.")


def audits_with(option: str) -> tuple[str, ...]:
    """Return the names of the audits of this package that have an option."""
    ours = InstalledAudits(brought=tuple)
    return tuple(name for name in ours.names() if option in ours.get(name).Options.model_fields)


def of_releases(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of these audits whose rows mean something between two releases; unknown names are left out."""
    return tuple(name for name in names if _compares_releases(name))


def kinds_of(audits: Sequence[Audit[Any]]) -> tuple[Kind, ...]:
    """Return the kinds of answers that the audits need of every model, each once."""
    return tuple(dict.fromkeys(kind for audit in audits for kind in audit.kinds))


def requests_of(audits: Sequence[Audit[Any]], test: Items) -> tuple[Request, ...]:
    """Return the requests of all audits, each once.

    Raises:
        InputError: if two audits give one name to different items, or to the same ones under different settings.
    """
    merged: dict[tuple[str, Kind], Request] = {}
    for audit in audits:
        for request in audit.requests(test):
            known = merged.setdefault((request.name, request.kind), request)
            if known.items is not request.items or known.settings != request.settings:
                raise InputError(
                    f"The audit {audit.name} and an earlier one both request {request.kind} of {request.name!r}, with "
                    "different texts or settings. Give one of the two requests another name."
                )
    return tuple(merged.values())


def run_audits(
    audits: Sequence[Audit[Any]], observations: Observations, settings: AuditSettings
) -> tuple[AuditResult, ...]:
    """Return the result of each audit, in order; one that needs answers that a model cannot give is not applicable."""
    return tuple(_measured(audit, observations, settings) for audit in audits)


def _measured(audit: Audit[Any], observations: Observations, settings: AuditSettings) -> AuditResult:
    """Return the result of one audit."""
    try:
        return audit.measure(observations, settings)
    except NotObserved as why:
        return AuditResult(audit.name, audit.question, not_applicable=str(why))


def _compares_releases(name: str) -> bool:
    """Whether an audit's rows mean something between two releases; of an unusable one a warning tells elsewhere."""
    try:
        return bool(AUDITS.get(name).between_releases)
    except InputError:
        return False
