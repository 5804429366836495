"""Audits run by name: what they must see, and what they say."""

from collections.abc import Sequence

from angelshare.audit.frame.installed import AUDITS
from angelshare.core.errors import InputError
from angelshare.core.protocols import Audit, AuditResult, AuditSettings, Observations, ScoreRequest

DEFAULT_AUDITS = ("quality", "agreement", "calibration", "examples")


def load_audits(names: Sequence[str]) -> tuple[Audit, ...]:
    """Return the audits of these names, each once, in order.

    Raises:
        InputError: if there is no such audit; the nearest name is given.
    """
    return tuple(AUDITS.get(name)() for name in dict.fromkeys(names))


def requests_of(names: Sequence[str], test: ScoreRequest, settings: AuditSettings) -> tuple[ScoreRequest, ...]:
    """Return what the audits must see, each request once.

    Raises:
        InputError: if two audits call different texts by the same name, or an audit is not known.
    """
    merged: dict[str, ScoreRequest] = {}
    for audit in load_audits(names):
        for request in audit.requests(test, settings):
            if merged.setdefault(request.name, request) != request:
                raise InputError(
                    f"The audit {audit.name} and an earlier one both request {request.name!r}, with different texts. "
                    "Give one of the two requests another name."
                )
    return tuple(merged.values())


def run_audits(
    names: Sequence[str], observations: Observations, settings: AuditSettings, *, apart: Sequence[AuditResult] = ()
) -> tuple[AuditResult, ...]:
    """Return what each audit found, in order.

    Args:
        names: of the audits.
        observations: what they measure.
        settings: of all audits.
        apart: results of audits that needed live models and ran apart: they stand in their audit's place.

    Raises:
        InputError: if there is no such audit.
    """
    ready = {result.name: result for result in apart}
    return tuple(ready.get(audit.name) or audit.measure(observations, settings) for audit in load_audits(names))
