"""A paper beside our numbers, for other programs: schema `reproduction/0`."""

import json
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from angelshare.core.errors import StatementError
from angelshare.statement.schema import Row, TableRow

SCHEMA = "reproduction/0"
ClaimVerdict = Literal["holds", "contradicted", "undecided", "not measured"]


class PaperFigure(Row):
    """One number of the paper beside ours; one that was not measured is None, with the reason in `note`.

    Attributes:
        table: its place in the paper, such as `Table 2`.
        row: text set and model as the paper calls them, such as `Hate Check / DISTILLEDCNN`.
        metric: such as `auc`; a name that ends in `difference` is a difference to the teacher.
        paper, ours: both values.
        low, high: the interval of ours.
        model: our model's name.
        note: such as `stand-in: wiki_toxicity`, `proprietary: not reproducible`.
    """

    table: str
    row: str
    metric: str
    paper: float | None
    ours: float | None
    low: float | None = None
    high: float | None = None
    model: str | None = None
    note: str | None = None


class Claim(Row):
    """One claim of the paper, and our finding.

    Attributes:
        claim: in one sentence.
        where: section or figure of the paper.
        finding: our numbers, in one or two sentences.
        value, low, high: the number that decides, with its interval.
        bounds: the bound on the interval, or the two around a claim of no effect.
        differs: our departures from the paper, with reasons.
    """

    claim: str
    where: str
    verdict: ClaimVerdict
    finding: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bounds: tuple[float, ...] = (0.0,)
    differs: str | None = None


class Point(Row):
    """One measured value with its interval."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Series(Row):
    """The values of one model."""

    name: str
    role: Literal["teacher", "student", "baseline", "reference"]
    points: tuple[Point, ...]


class Chart(Row):
    """A drawing: lines over x, or for each category the values of all series.

    Attributes:
        name: `figure 2/Hate Check`: panels with one name before the stroke stand together.
        categories: of `bars`: the meaning of the whole numbers x, such as identities.
    """

    name: str
    title: str
    kind: Literal["lines", "bars"]
    x_label: str
    y_label: str
    log_x: bool = False
    categories: tuple[str, ...] = ()
    series: tuple[Series, ...]
    note: str | None = None


class Setting(Row):
    """One setting of the paper beside ours."""

    what: str
    paper: str
    ours: str


class Reproduction(Row):
    """A paper's claims, figures and charts beside ours.

    Attributes:
        paper: its citation.
        name: such as `lost-in-distillation`.
        scale: `tiny`, `small` or `paper`.
        seconds: its duration; None where unknown.
        statements: relative paths of the loss statements behind it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_name: Literal["reproduction/0"] = Field(default="reproduction/0", alias="schema")
    paper: str
    name: str
    scale: str
    created: str
    angelshare: str
    seconds: float | None = None
    claims: tuple[Claim, ...]
    figures: tuple[PaperFigure, ...]
    charts: tuple[Chart, ...]
    tables: tuple[TableRow, ...]
    settings: tuple[Setting, ...]
    not_reproducible: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    statements: tuple[str, ...]


def reproduction_text(reproduction: Reproduction) -> str:
    """Return the reproduction as JSON, in ASCII: lone surrogates in texts have no UTF-8."""
    return json.dumps(reproduction.model_dump(mode="python"), indent=1, allow_nan=False)


def read_reproduction(path: Path) -> Reproduction:
    """Return the reproduction in a folder.

    Raises:
        StatementError: if there is none, or it is none.
    """
    file = path / "reproduction.json" if path.is_dir() else path
    try:
        return Reproduction.model_validate_json(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StatementError(f"{file} holds no reproduction of a paper. Run the study again.") from error
