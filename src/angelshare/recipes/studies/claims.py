"""A paper's claims, each answered with a number and its interval, or with the reason why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from angelshare.recipes.studies.answers import Answer
from angelshare.recipes.studies.evidence import Evidence, NotMeasured
from angelshare.recipes.studies.study import P
from angelshare.statement.reproduction import Claim


@dataclass(frozen=True, slots=True)
class PaperClaim(Generic[P]):
    """A claim, and the function that answers it.

    Attributes:
        claim: in one sentence. where: the section or figure of the paper.
        answer: takes the evidence and the parts; raises `NotMeasured` if something that it needs is not at hand.
    """

    claim: str
    where: str
    answer: Callable[[Evidence, P], Answer]


def held_against(evidence: Evidence, parts: P, claim: PaperClaim[P]) -> Claim:
    """Return a claim with its verdict, or as not measured if something that it needs is not at hand."""
    try:
        answer = claim.answer(evidence, parts)
    except NotMeasured as why:
        return Claim(claim=claim.claim, where=claim.where, verdict="not measured", finding=str(why))
    decided = Claim(
        claim=claim.claim, where=claim.where, verdict=answer.verdict, finding=answer.finding, differs=answer.differs
    )
    number = answer.number
    if number is None:
        return decided
    interval = {"value": number.value, "low": number.low, "high": number.high, "bounds": answer.bounds}
    return decided.model_copy(update=interval)
