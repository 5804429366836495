"""Answers to claims: verdicts from intervals, and our numbers in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from angelshare.recipes.studies.evidence import Measured
from angelshare.statement.reproduction import ClaimVerdict


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a claim.

    Attributes:
        verdict: read from an interval.
        finding: our numbers, in sentences.
        number: the one that decides, with its interval; None if it is not an estimate.
        differs: where we differ from the paper, and why.
        bounds: those that the interval is compared with.
    """

    verdict: ClaimVerdict
    finding: str
    number: Measured | None
    differs: str | None = None
    bounds: tuple[float, ...] = (0.0,)


def below(number: Measured, bound: float = 0.0) -> ClaimVerdict:
    """Return the verdict on a claim of a loss: that the number is below a bound."""
    if number.high < bound:
        return "holds"
    return "contradicted" if number.low > bound else "undecided"


def above(number: Measured, bound: float = 0.0) -> ClaimVerdict:
    """Return the verdict on a claim that the number is above a bound."""
    if number.low > bound:
        return "holds"
    return "contradicted" if number.high < bound else "undecided"


def within(number: Measured, bound: float) -> ClaimVerdict:
    """Return the verdict on a claim of no effect, which must be shown: that the number is within +- a bound."""
    if -bound < number.low and number.high < bound:
        return "holds"
    return "contradicted" if number.low > bound or number.high < -bound else "undecided"


def told(number: Measured) -> str:
    """Return a difference with its interval, to three decimals as the paper prints AUCs."""
    low, high = (_figure(end, sign=True) for end in (number.low, number.high))
    return f"{_figure(number.value, sign=True)} ({low} to {high})"


def listed(numbers: Mapping[str, Measured]) -> str:
    """Return several differences with their intervals; names of sets as words."""
    return ", ".join(f"{_words(name)} {told(number)}" for name, number in numbers.items())


def numbers(values: Mapping[str, float], *, sign: bool = True) -> str:
    """Return several numbers; names of sets as words."""
    return ", ".join(f"{_words(name)} {_figure(value, sign=sign)}" for name, value in values.items())


def _figure(value: float, *, sign: bool) -> str:
    """Return a number to three decimals, with a typographic minus sign."""
    return f"{value:{'+' if sign else ''}.3f}".replace("-", "\N{MINUS SIGN}")


def _words(name: str) -> str:
    """Return the name of a set in words."""
    return name.replace("_", " ")


def without(sets: Sequence[str], *, of_all: Sequence[str]) -> str | None:
    """Return a sentence on the sets that are missing; None if all are there."""
    missing = [name for name in of_all if name not in sets]
    return f"Without {', '.join(map(_words, missing))}, which are not at hand here." if missing else None
