"""What a study of a paper consists of: two recipes, and who of their models plays which part."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, model_validator

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.core.task import SuiteScale
from angelshare.recipes.schema import Recipe, TfidfEntry

PAPERS = ("lost-in-distillation",)


class Parts(Strict):
    """Which students of the recipe `plain` play which part of the paper; `mitigated` is one of the other recipe.

    Attributes:
        distilled: the CNN distilled on a transfer set of as many toxic texts as others (DISTILLEDCNN); its baseline is
            the paper's CNN without a teacher.
        matched: the CNN distilled on texts drawn to match the label distribution (DISTILLEDCNNONPROPRIETARY).
        small_bert: the small BERT (DISTILLEDSMBERTONPROPRIETARY).
        sweep: number of transfer texts -> student.
        mitigations: what it is called -> student, each to be compared with `unmitigated`.
        unmitigated: trained like the mitigated ones, without.
        mitigated: the student of the mitigated teacher, with mitigation data of its own (DISTILLEDPROPRIETARYCNN).
    """

    distilled: str
    matched: str
    small_bert: str
    sweep: Annotated[dict[Annotated[int, Field(gt=0)], str], Field(min_length=2)]
    mitigations: Annotated[dict[str, str], Field(min_length=1)]
    unmitigated: str
    mitigated: str

    def of_plain(self) -> tuple[str, ...]:
        """Return the students of the recipe `plain` that play a part, each once."""
        named = (
            self.distilled,
            self.matched,
            self.small_bert,
            *self.sweep.values(),
            self.unmitigated,
            *self.mitigations.values(),
        )
        return tuple(dict.fromkeys(named))


class Study(Strict):
    """A study at one scale.

    Attributes:
        scale: how much of the paper it is.
        about: what was made smaller than in the paper, and why, as sentences.
        plain: without mitigation. mitigated: teacher and student with mitigation data, otherwise the same.
        settings: what -> the paper's and ours, for the report.
    """

    version: Literal[1]
    paper: Literal["lost-in-distillation"]
    scale: SuiteScale
    about: tuple[str, ...] = ()
    plain: Recipe
    mitigated: Recipe
    parts: Parts
    settings: dict[str, tuple[str, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _parts_are_played(self) -> Self:
        """Refuse parts that no student plays, and a distilled CNN without its baseline."""
        plain = {student.name: student for student in self.plain.students}
        for name in self.parts.of_plain():
            if name not in plain:
                raise ValueError(unknown_name("student in plain", name, tuple(plain)))
        distilled = plain[self.parts.distilled]
        if isinstance(distilled, TfidfEntry) or not distilled.baseline:
            raise ValueError(f"The student {distilled.name} is the paper's DISTILLEDCNN, and needs its baseline.")
        mitigated = tuple(student.name for student in self.mitigated.students)
        if self.parts.mitigated not in mitigated:
            raise ValueError(unknown_name("student in mitigated", self.parts.mitigated, mitigated))
        return self


class PaperFigures(Strict):
    """What the paper prints.

    Attributes:
        citation: of the paper.
        table2, table3: set -> model -> (AUC-PR, AUC-ROC).
    """

    citation: str
    table2: Mapping[str, Mapping[str, tuple[float, float]]]
    table3: Mapping[str, Mapping[str, tuple[float, float]]]


def read_study(paper: str, scale: SuiteScale) -> Study:
    """Return a built-in study.

    Raises:
        InputError: if there is no such paper.
    """
    if paper not in PAPERS:
        raise InputError(unknown_name("paper", paper, PAPERS))
    return Study.model_validate(yaml.safe_load(_text(paper, f"{scale}.yaml")))


def read_figures(paper: str) -> PaperFigures:
    """Return what a paper prints."""
    return PaperFigures.model_validate(yaml.safe_load(_text(paper, "figures.yaml")))


def _text(paper: str, name: str) -> str:
    """Return a file of a paper's folder."""
    return files(f"angelshare.recipes.papers.{paper.replace('-', '_')}").joinpath(name).read_text("utf-8")
