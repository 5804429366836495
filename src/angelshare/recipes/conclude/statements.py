"""The last of four steps, conclude: results become a statement, with the answers that it rests on kept beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from angelshare.audits.frame.registry import Choice
from angelshare.core.atomic import whole_folder, whole_texts
from angelshare.core.audit import AuditResult
from angelshare.core.requests import TEST, Observations
from angelshare.recipes.conclude.kept import FOLDER, keep_observations
from angelshare.recipes.conclude.kept_list import KeptAudit, Protocol
from angelshare.recipes.conclude.looks import LOOKS_FILE, looks_text, with_look
from angelshare.recipes.conclude.places import check_place, make_room
from angelshare.recipes.conclude.publish import pages_of
from angelshare.recipes.folder.environment import environment
from angelshare.recipes.observe.seats import Opened, entries
from angelshare.statement.build import build_statement
from angelshare.statement.gates import Gate
from angelshare.statement.schema import DataRow, Statement


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The outcome of the first three steps: open, observe, measure.

    Attributes:
        opened: all members.
        observations: by text set, the in-domain one first.
        results: of the audits.
        audits: those of a single text set; None if the results rest on more than that.
        judges_learning: whether the first text set can show that a model learnt nothing; one made to be hard cannot.
    """

    opened: Sequence[Opened]
    observations: Mapping[str, Observations]
    results: Sequence[AuditResult]
    audits: Sequence[Choice] | None = None
    judges_learning: bool = True

    @property
    def first(self) -> Observations:
        """Return the observations on the first text set."""
        return next(iter(self.observations.values()))


@dataclass(frozen=True, slots=True)
class Framing:
    """What a statement holds besides the results.

    Attributes:
        title: of the page.
        now: the statement's time.
        data: lines on every split that was used.
        looked_at: sha256 of the data whose test looks are counted.
        gates, margins: as in `build_statement`.
        recipe: with all defaults filled in.
        notes: sentences for the reader.
        warnings: sentences to be read before any number is believed.
        redact_texts: whether users' texts are left out.
    """

    title: str
    now: datetime
    data: Sequence[DataRow]
    looked_at: str
    gates: Sequence[Gate] = ()
    margins: Mapping[str, float] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)  # Any: whatever a recipe holds
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    redact_texts: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Conclusion:
    """A statement that lies nowhere yet, and all that is kept beside it.

    Attributes:
        statement: on which no look at the test split is counted.
        observations: by text set, as in `Measured`.
        protocol: how they were measured.
        looked_at: sha256 of what the looks are counted for.
    """

    statement: Statement
    observations: Mapping[str, Observations]
    protocol: Protocol
    looked_at: str

    def write(self, folder: Path, *, overwrite: bool = False) -> Statement:
        """Return the statement with this look counted, after writing it and what every member answered to `folder`.

        Nothing that stands there is touched before all of the new is written.

        Args:
            folder: made if need be.
            overwrite: whether a statement of another origin is replaced; otherwise it is kept in a sub-folder.

        Raises:
            InputError: if files would be lost that angelshare did not make.
        """
        check_place(folder)
        looks = with_look(folder, self.looked_at, [model.fingerprint for model in self.statement.models])
        statement = self.statement.model_copy(update={"test_looks": len(looks)})
        texts = {LOOKS_FILE: looks_text(looks), **pages_of(statement)}
        with (
            whole_folder(folder / FOLDER) as kept,
            whole_texts({folder / name: text for name, text in texts.items()}),
        ):
            keep_observations(self.observations, self.protocol, statement, kept)
            make_room(folder, statement.title, overwrite=overwrite)
        return statement


def conclude(measured: Measured, framing: Framing, folder: Path, *, overwrite: bool = False) -> Statement:
    """Return the statement, after writing it and the answers of all members into `folder`; see `Conclusion.write`.

    Raises:
        InputError: as `concluded`, and as `Conclusion.write`.
    """
    return concluded(measured, framing).write(folder, overwrite=overwrite)


def concluded(measured: Measured, framing: Framing) -> Conclusion:
    """Return the statement with what it rests on; nothing is written.

    Raises:
        InputError: if a metric has no margin, or two gates contradict each other.
    """
    panel = measured.first.scores() if measured.judges_learning and measured.first.has(TEST) else None
    statement = build_statement(
        results=measured.results,
        models=entries(measured.opened, panel),
        data=framing.data,
        gates=framing.gates,
        margins=framing.margins,
        recipe=framing.recipe,
        environment=environment(),
        created=framing.now,
        title=framing.title,
        test_looks=0,
        notes=framing.notes,
        warnings=framing.warnings,
        redact_texts=framing.redact_texts,
    )
    return Conclusion(statement, measured.observations, protocol_of(measured.audits, framing), framing.looked_at)


def protocol_of(audits: Sequence[Choice] | None, framing: Framing) -> Protocol:
    """Return how answers were measured and judged, to be kept beside them."""
    return Protocol(
        audits=None if audits is None else tuple(KeptAudit(kind=choice.kind, **choice.written) for choice in audits),
        gates=tuple(framing.gates),
        margins=dict(framing.margins),
    )
