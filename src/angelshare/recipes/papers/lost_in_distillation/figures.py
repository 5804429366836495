"""Tables 2 and 3 of the paper beside ours."""

from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files

import yaml

from angelshare.core.strict import Strict
from angelshare.recipes.papers.lost_in_distillation.parts import MITIGATED_STUDENT, MITIGATED_TEACHER, Parts
from angelshare.recipes.studies.evidence import AVERAGE_PRECISION, TEACHER, Evidence, Measured, baseline_of, measure
from angelshare.recipes.studies.paper import Outcome
from angelshare.recipes.studies.printed import beside
from angelshare.statement.reproduction import PaperFigure

TEACHERS = {"BERT": "BERT", "PROPRIETARYBERT": "PROPRIETARYBERT", "DISTILLEDPROPRIETARYCNN": "PROPRIETARYBERT"}
"""The paper's models -> their teachers; all others have BERT."""


class Printed(Strict):
    """The numbers that the paper prints.

    Attributes:
        citation: of the paper.
        table2, table3: set -> model -> (AUC-PR, AUC-ROC).
    """

    citation: str
    table2: Mapping[str, Mapping[str, tuple[float, float]]]
    table3: Mapping[str, Mapping[str, tuple[float, float]]]


FOLDER = files("angelshare.recipes.papers.lost_in_distillation")
PRINTED = Printed.model_validate(yaml.safe_load(FOLDER.joinpath("figures.yaml").read_text("utf-8")))
CITATION = PRINTED.citation


def players(parts: Parts) -> Mapping[str, str]:
    """Return the paper's models with ours."""
    return {
        "BERT": TEACHER,
        "DISTILLEDCNN": parts.distilled,
        "DISTILLEDCNNONPROPRIETARY": parts.matched,
        "DISTILLEDSMBERTONPROPRIETARY": parts.small_bert,
        "CNN": baseline_of(parts.distilled),
        "PROPRIETARYBERT": MITIGATED_TEACHER,
        "DISTILLEDPROPRIETARYCNN": MITIGATED_STUDENT,
    }


def tables_2_and_3(outcome: Outcome[Parts]) -> Iterator[PaperFigure]:
    """Yield every number of both tables beside ours."""
    for table, sets in (("Table 2", PRINTED.table2), ("Table 3", PRINTED.table3)):
        for data, models in sets.items():
            for model in models:
                yield from _row(outcome, table, data, model, models)


def _row(
    outcome: Outcome[Parts], table: str, data: str, model: str, models: Mapping[str, tuple[float, float]]
) -> Iterator[PaperFigure]:
    """Yield the numbers of one model on one set: both areas, and the difference to its teacher."""
    evidence, ours = outcome.evidence, players(outcome.parts)
    (precision, area), teacher = models[model], TEACHERS.get(model, "BERT")

    def printed(metric: str, value: float) -> PaperFigure:
        row, note = f"{outcome.titles[data]} / {model}", outcome.notes.get(data)
        return PaperFigure(table=table, row=row, metric=metric, paper=value, ours=None, model=ours[model], note=note)

    yield beside(printed("AUC-PR", precision), partial(evidence.value, data, ours[model], AVERAGE_PRECISION))
    yield beside(printed("AUC-ROC", area), partial(evidence.level, data, ours[model]))
    if model != teacher:
        gap = round(area - models[teacher][1], 3)
        yield beside(
            printed("AUC-ROC difference", gap), partial(_difference, evidence, data, ours[model], ours[teacher])
        )


def _difference(evidence: Evidence, data: str, student: str, teacher: str) -> Measured:
    """Return a student's AUC less its teacher's."""
    return measure(evidence.difference(data, student, teacher))
