"""What is asked of a comparison, as Python people and the command line write it: audits with options, and gates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import yaml

from angelshare.audits.frame.registry import Choice
from angelshare.core.errors import InputError
from angelshare.statement.gate_rules import has_bound, parse_gate, parse_rows
from angelshare.statement.gates import Gate, distinct

WITH_IDENTITIES = "identity_auc"
"""The audit whose identities may be given apart from it."""
_RULES = "rules such as 'accuracy >= -0.01'"
AuditWish = str | Mapping[str, object] | Choice
GateWish = str | Gate


def gates_of(wishes: GateWish | Sequence[GateWish] | Mapping[str, float]) -> tuple[Gate, ...]:
    """Return gates from rules such as "accuracy >= -0.01", metrics at their default margin, or metric -> margin.

    Raises:
        InputError: if a rule is none, or two contradict each other.
    """
    if isinstance(wishes, Mapping):
        return distinct(_with_margin(metric, margin) for metric, margin in wishes.items())
    return distinct(map(_gate, several(wishes, (str, Gate), "gates", _RULES)))


def rules_of(wishes: Sequence[GateWish]) -> tuple[GateWish, ...]:
    """Return rules that are asked of a statement.

    Raises:
        InputError: if one is neither a text nor a gate.
    """
    return several(wishes, (str, Gate), "rules", _RULES)


def audits_of(wishes: AuditWish | Sequence[AuditWish], identities: Sequence[str] = ()) -> tuple[Choice, ...]:
    """Return the audits that `NAME`, `NAME:OPTION=VALUE,...` or `{kind: NAME, OPTION: VALUE}` choose.

    Args:
        wishes: one or several.
        identities: an option of `identity_auc`.

    Raises:
        InputError: if one has another form, or none has the option that is given.
    """
    patterns = several(identities, (str,), "identities", "patterns such as 'mentions_*'")
    wanted = wishes if isinstance(wishes, Sequence) and not isinstance(wishes, str | bytes) else [wishes]
    chosen = tuple(_choice(wish, patterns) for wish in wanted)
    if patterns and chosen and all(choice.kind != WITH_IDENTITIES for choice in chosen):
        raise InputError(f"--identities is about {WITH_IDENTITIES}, which is not among the audits. Add that audit.")
    return chosen


def several(given: object, kinds: tuple[type, ...], called: str, wanted: str) -> tuple[Any, ...]:  # Any: of `kinds`
    """Return what may be given alone or as several.

    Args:
        given: for an argument.
        kinds: of one alone.
        called: the argument.
        wanted: what to give, for the message.

    Raises:
        InputError: for things of another kind.
    """
    things = tuple(given) if isinstance(given, Iterable) and not isinstance(given, kinds) else (given,)
    for thing in things:
        if not isinstance(thing, kinds):
            raise InputError(f"`{called}` holds a value of type {type(thing).__name__}. Give {wanted}.")
    return things


def _with_margin(metric: object, margin: object) -> Gate:
    """Return the gate on a metric.

    Raises:
        InputError: if the margin is no number.
    """
    if not isinstance(margin, Real):
        raise InputError(f"`gates`: the margin of {metric} is {margin!r}. Give a number such as 0.01.")
    return Gate(str(metric), float(margin), "command line")


def _gate(wish: GateWish) -> Gate:
    """Return one gate."""
    if isinstance(wish, Gate):
        return wish
    return parse_gate(wish) if has_bound(wish) else replace(parse_rows(wish), source="command line")


def _choice(wish: AuditWish, identities: Sequence[str]) -> Choice:
    """Return one audit with its options."""
    if isinstance(wish, Choice):
        return wish
    if isinstance(wish, str):
        name, given = _parsed(wish)
    elif isinstance(wish, Mapping) and isinstance(wish.get("kind"), str):
        given = {str(option): value for option, value in wish.items()}
        name = str(given.pop("kind"))
    else:
        raise InputError(f'{wish!r} is no audit. Write its name, or {{"kind": NAME, OPTION: VALUE}}.')
    options = {"identities": tuple(identities)} if identities and name == WITH_IDENTITIES else {}
    return Choice(name, {**options, **given})


def _parsed(wish: str) -> tuple[str, dict[str, object]]:
    """Return an audit's name and options, whose values are read as YAML reads them."""
    name, _, rest = wish.partition(":")
    options: dict[str, object] = {}
    for part in re.split(r",(?![^\[]*\])", rest) if rest else ():  # not at the commas of a list
        option, separator, value = part.partition("=")
        option = option.strip()
        if option in options:
            raise InputError(f"--audit {wish!r} gives {option} more than once. Give every option once.")
        try:
            options[option] = yaml.safe_load(value)
        except yaml.YAMLError:
            separator = ""
        if not (separator and option):
            raise InputError(f"--audit {wish!r} is not NAME:OPTION=VALUE,... Write it like speed:n_texts=200.")
    return name.strip(), options
