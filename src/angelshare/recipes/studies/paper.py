"""What a paper gives to the engine: one object, `PAPER`, in the `__init__` of its folder."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Generic, get_args

import yaml

from angelshare.core.audit import AuditResult
from angelshare.core.errors import InputError
from angelshare.core.task import Role, SuiteScale
from angelshare.data.texts.textset import Splits, TextSet
from angelshare.recipes.reading import checked
from angelshare.recipes.studies.claims import PaperClaim
from angelshare.recipes.studies.evidence import Evidence
from angelshare.recipes.studies.study import P, Study
from angelshare.statement.reproduction import Chart, PaperFigure
from angelshare.statement.schema import Statement

SUITE_FILE = "suite.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class FurtherTexts:
    """Texts that models read besides the suite's: evidence for claims, but not part of the loss statement.

    Attributes:
        texts: under the name by which claims refer to them.
        models: those that read them, a baseline as `NAME (baseline)`; None for all.
    """

    texts: TextSet
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Generic[P]):
    """The outcome of a study, from which figures and charts are made.

    Attributes:
        evidence: every model on every set. parts: the models that play them.
        titles: set of the suite -> its name in the paper.
        notes: set of the suite -> what stands in for it, or why it is missing.
        splits: those that the models learnt from. statement: what they lose.
    """

    evidence: Evidence
    parts: P
    titles: Mapping[str, str]
    notes: Mapping[str, str]
    splits: Splits
    statement: Statement


def nothing(*_: object) -> tuple[()]:
    """Return nothing, the default for what a paper may leave out."""
    return ()


def no_names(_: object) -> Mapping[str, str]:
    """Return no names, the default for those of models."""
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Paper(Generic[P]):
    """A paper: its claims and figures, and how they are compared with our models.

    Attributes:
        package: of its folder, which has a `SCALE.yaml` for each scale, and a `suite.yaml` for a suite of its own.
        citation: in full.
        study: the model of such a file, `Study[Parts]` or a subclass.
        claims: in the paper's order.
        figures: its numbers beside ours.
        charts: its drawings, from our numbers.
        tables: names of the statement's tables to show on the page.
        roles: of the splits that models are trained and fitted on.
        names: `ARM/MODEL` -> name among the models of all arms; by default `MODEL+ARM`, except in the first arm.
        audits: set -> the audits that run on it instead of the suite's.
        stated: the students in the statement about a set; None for all.
        further: texts that models read besides the suite's.
        results: the paper's own measurements, for the statement.
    """

    package: str
    citation: str
    study: type[Study[P]]
    claims: tuple[PaperClaim[P], ...]
    figures: Callable[[Outcome[P]], Iterable[PaperFigure]] = nothing
    charts: Callable[[Outcome[P]], Iterable[Chart]] = nothing
    tables: tuple[str, ...] = ("suite_sets",)
    roles: tuple[Role, ...] = ("train", "validation")
    names: Callable[[P], Mapping[str, str]] = no_names
    audits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stated: Callable[[P, str], Iterable[str]] | None = None
    further: Callable[[P, Splits], Iterable[FurtherTexts]] = nothing
    results: Callable[[Evidence, P], Iterable[AuditResult]] = nothing

    @property
    def name(self) -> str:
        """Return its name: that of its folder, with hyphens."""
        return self.package.rpartition(".")[2].replace("_", "-")

    def read_study(self, scale: SuiteScale) -> Study[P]:
        """Return the study at a scale.

        Raises:
            RecipeError: with every mistake in its file.
            InputError: if the paper has no such scale.
        """
        folder = files(self.package)
        file = folder.joinpath(f"{scale}.yaml")
        if not file.is_file():
            there = [known for known in get_args(SuiteScale) if folder.joinpath(f"{known}.yaml").is_file()]
            raise InputError(f"{self.name} has no scale {scale}. It has: {', '.join(there)}.")
        suite = folder.joinpath(SUITE_FILE)
        content = {"suite": _read(suite)} if suite.is_file() else {}
        return checked(self.study, content | _read(file), where=f"{self.name}, {scale}")


def _read(file: Traversable) -> dict[str, object]:
    """Return the contents of a YAML file of the package."""
    content: dict[str, object] = yaml.safe_load(file.read_text("utf-8"))
    return content
