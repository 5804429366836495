"""The loss statement that Python people get: shown, asked, and kept."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from angelshare.api.asked import rules_of
from angelshare.api.door import door
from angelshare.core.atomic import folder_of
from angelshare.core.errors import StatementError
from angelshare.recipes.conclude.kept import copied_kept
from angelshare.recipes.conclude.places import check_place
from angelshare.recipes.conclude.publish import publish
from angelshare.recipes.conclude.statements import Conclusion
from angelshare.recipes.folder.lock import locked
from angelshare.report.pages.cell import render_cell
from angelshare.report.pages.html import render_html
from angelshare.report.words.caveats import warnings
from angelshare.report.words.headline import headline
from angelshare.statement import schema
from angelshare.statement.build import read_statement
from angelshare.statement.gates import Gate
from angelshare.statement.outcome import Outcome, outcome

if TYPE_CHECKING:
    from angelshare.statement.schema import GateRow, OverallVerdict

_INTERVALS = ("interval", "interval_family", "judged", "judged_family")


class Statement:
    """What is lost, how sure that is, and where it hurts; the answer of `ash.audit`, `ash.run` and `ash.read`.

    In a notebook it shows itself.

    Attributes:
        content: everything, as `statement.json` has it.
        folder: where it lies; None: nowhere yet.
    """

    def __init__(
        self, content: schema.Statement, folder: Path | None = None, *, conclusion: Conclusion | None = None
    ) -> None:
        """Keep a statement; `conclusion` has what is to be kept beside one that lies nowhere yet."""
        self.content = content
        self.folder = folder
        self._conclusion = conclusion

    @classmethod
    def concluded(cls, conclusion: Conclusion, folder: Path | None, *, overwrite: bool = False) -> "Statement":
        """Return what was measured just now, written to a folder if there is one."""
        if folder is None:
            return cls(conclusion.statement, conclusion=conclusion)
        return cls(conclusion.write(folder, overwrite=overwrite), folder)

    def __repr__(self) -> str:
        """Return the verdict with what decided it."""
        head = headline(self.content)
        verdict = "no gate was set." if head.state is None else f"{head.state}. {head.gates}"
        return "\n".join([f"Loss statement {self.content.title!r}: {verdict}", *head.sentences])

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return render_cell(self.content)

    @property
    def verdict(self) -> "OverallVerdict | None":
        """What the gates say together: lost, preserved or undecided; None without gates."""
        return self.content.verdict

    @property
    def gates(self) -> "tuple[GateRow, ...]":
        """The rules that were set beforehand, each with its state."""
        return self.content.gates

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be known before any number is believed, as sentences."""
        return tuple(warnings(self.content))

    @property
    def html(self) -> str:
        """The whole page; it opens offline and asks for nothing."""
        return render_html(self.content)

    def to_frame(self) -> pd.DataFrame:
        """Return every difference as a row: `audit`, then columns as in statement.json, with the ends of intervals.

        Of an interval there are `low` and `high`, and what it is: `interval_low`, `interval_family_high`.
        """
        rows = [[audit.name, *_flat(row)] for audit in self.content.audits for row in audit.differences]
        return pd.DataFrame(rows, columns=["audit", *_columns()])

    @door("Statement.check")
    def check(self, *rules: str | Gate) -> Outcome:
        """Return how rules come out: an outcome that is true only if all of them hold.

        Args:
            rules: such as "accuracy >= -0.01" or "auc[slice=women] >= -0.02"; without a bound (`accuracy`) at the
                margins of the statement. No rules: the gates that were set beforehand.

        Raises:
            InputError: if a rule is none, or there are no rules at all.
        """
        return outcome(self.content, rules_of(rules))

    @door("Statement.save")
    def save(self, folder: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the statement as page, summary and JSON, with what every model answered, and return the folder.

        A statement that lies nowhere yet counts its look at the test split there. A statement of another origin that
        stands there is kept in a sub-folder, unless it may be overwritten.

        Raises:
            InputError: if the folder has no name, holds looks that cannot be read, or what angelshare did not make and
                would replace.
        """
        place = folder_of(folder)
        if self._conclusion is not None:
            with locked(place):
                self.content = self._conclusion.write(place, overwrite=overwrite)
            self._conclusion = None
        elif self.folder is not None and self.folder.resolve() != place.resolve():
            check_place(place)
            with locked(place), copied_kept(self.folder, place):
                publish(self.content, place, overwrite=overwrite)
        self.folder = place
        return place


def read(path: str | PathLike[str]) -> Statement:
    """Return a finished statement.

    Args:
        path: the folder of an audit or a run, or a statement.json.

    Raises:
        StatementError: if there is none, it is none of this schema, or it contradicts itself.
    """
    if not isinstance(path, str | PathLike):
        raise StatementError(f"A statement is read from its folder, and this is a {type(path).__name__}.")
    place = Path(path)
    return Statement(read_statement(place), place if place.is_dir() else place.parent)


def _columns() -> Iterator[str]:
    """Yield what the values of a difference are called; of an interval its two ends."""
    for name in schema.DifferenceRow.model_fields:
        yield from (f"{name}_low", f"{name}_high") if name in _INTERVALS else (name,)


def _flat(row: schema.DifferenceRow) -> Iterator[object]:
    """Yield the values of a difference in the order of `_columns`."""
    for name, value in row:
        if name in _INTERVALS:
            yield from (getattr(value, "low", None), getattr(value, "high", None))
        else:
            yield list(value) if isinstance(value, tuple) else value
