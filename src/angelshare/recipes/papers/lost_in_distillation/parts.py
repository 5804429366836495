"""The parts of the paper's models and who plays them here, and the names of sets and mitigated models."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from angelshare.core.factories import unknown_name
from angelshare.core.strict import Strict
from angelshare.data.suites.gathering import IN_DOMAIN
from angelshare.recipes.entries import TfidfEntry
from angelshare.recipes.studies.study import Study

PLAIN, MITIGATED = "plain", "mitigated"
"""The arms: without mitigation data, and with it in the training of teacher and student."""
MITIGATED_TEACHER = "teacher+mitigation"
MITIGATED_STUDENT = "student+mitigation"
HATECHECK = "hatecheck"
SHUFFLED = "in_domain, words shuffled"
SELECTION = "selection"


class Parts(Strict):
    """The students that play the parts of the paper's models, from the arm `plain` except for `mitigated`.

    Attributes:
        distilled: the CNN distilled on a transfer set that is half toxic (DISTILLEDCNN); its baseline is the paper's
            CNN without a teacher.
        matched: the CNN distilled on texts drawn to match the label distribution (DISTILLEDCNNONPROPRIETARY).
        small_bert: the small BERT (DISTILLEDSMBERTONPROPRIETARY).
        sweep: number of transfer texts -> student.
        mitigations: name of the mitigation -> student, each to be compared with `unmitigated`.
        unmitigated: the student trained like the mitigated ones, but without mitigation.
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
        """Return the students of the arm `plain` that play a part, each once."""
        named = (
            self.distilled,
            self.matched,
            self.small_bert,
            *self.sweep.values(),
            self.unmitigated,
            *self.mitigations.values(),
        )
        return tuple(dict.fromkeys(named))


class TwoArms(Study[Parts]):
    """A study with an arm without mitigation and one with it, and a student for every part."""

    @model_validator(mode="after")
    def _parts_are_played(self) -> Self:
        """Refuse other arms, parts that no student plays, and a distilled CNN without its baseline."""
        if tuple(self.arms) != (PLAIN, MITIGATED):
            raise ValueError(f"The arms are {PLAIN} and {MITIGATED}, in this order, not {', '.join(self.arms)}.")
        plain, mitigated = self.students(PLAIN), self.students(MITIGATED)
        for name in self.parts.of_plain():
            if name not in plain:
                raise ValueError(unknown_name(f"student in {PLAIN}", name, plain))
        distilled = plain[self.parts.distilled]
        if isinstance(distilled, TfidfEntry) or not distilled.baseline:
            raise ValueError(f"The student {distilled.name} is the paper's DISTILLEDCNN, and needs its baseline.")
        if self.parts.mitigated not in mitigated:
            raise ValueError(unknown_name(f"student in {MITIGATED}", self.parts.mitigated, mitigated))
        return self


def mitigated_names(parts: Parts) -> dict[str, str]:
    """Return the names of the models of the arm `mitigated` among all models."""
    return {f"{MITIGATED}/teacher": MITIGATED_TEACHER, f"{MITIGATED}/{parts.mitigated}": MITIGATED_STUDENT}


def stated(parts: Parts, data: str) -> tuple[str, ...]:
    """Return the students in the statement: those of Table 2; in-domain, for its identities, those of Table 3 too.

    The sweep is in the figures, and every mitigation in an audit of its own.
    """
    table_2 = (parts.distilled, parts.matched, parts.small_bert)
    table_3 = (MITIGATED_TEACHER, MITIGATED_STUDENT) if data == IN_DOMAIN else ()
    return (*table_2, *table_3)
