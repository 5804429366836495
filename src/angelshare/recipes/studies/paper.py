"""What the engine asks of a paper: one object, `PAPER`, in the `__init__` of its folder."""

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
    """Texts that models read besides the suite's: evidence for claims, and no part of the loss statement.

    Attributes:
        texts: called as claims ask for them.
        models: who reads them, a baseline as `NAME (baseline)`; None: everyone.
    """

    texts: TextSet
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Generic[P]):
    """A study carried out: what figures and charts are made from.

    Attributes:
        evidence: every model on every set. parts: who plays which part.
        titles: set of the suite -> what the paper calls it.
        notes: set of the suite -> what stands in for it, or why it is missing.
        splits: that the models learnt from. statement: of what they lose.
    """

    evidence: Evidence
    parts: P
    titles: Mapping[str, str]
    notes: Mapping[str, str]
    splits: Splits
    statement: Statement


def nothing(*_: object) -> tuple[()]:
    """Return nothing: what a paper has none of."""
    return ()


def no_names(_: object) -> Mapping[str, str]:
    """Return no name of a paper's own."""
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Paper(Generic[P]):
    """A paper: what it says, and how it is held against our models.

    Attributes:
        package: of its folder, which has `SCALE.yaml` for each scale, and a `suite.yaml` where its suite is its own.
        citation: in full.
        study: what such a file holds, `Study[Parts]` or a subclass.
        claims: in the paper's order.
        figures: its numbers beside ours.
        charts: drawings from our numbers.
        tables: names of the statement's tables that belong on the page.
        roles: of the splits that models are trained and fitted on.
        names: `ARM/MODEL` -> what it is called among the models of all arms; else, `MODEL+ARM` but in the first arm.
        audits: set -> the audits that run on it, where they are not the suite's.
        stated: who stands in the statement about a set, of all students; None: everyone.
        further: texts that models read besides the suite's.
        results: of measurements of the paper's own, for the statement.
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
            InputError: if there is none.
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
    """Return the keys and values of a YAML file of the package."""
    content: dict[str, object] = yaml.safe_load(file.read_text("utf-8"))
    return content
