"""Gates as text: `METRIC=VALUE`, and `METRIC[key=value, ...] >= -VALUE`."""

import math
import re
from collections.abc import Iterator

from angelshare.core.errors import InputError
from angelshare.core.factories import nearest
from angelshare.statement.gates import Gate, MarginSource
from angelshare.statement.margins import default_margin, judged_metric

KEYS = ("slice", "output", "student", "data", "contrast")
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_RULE = re.compile(
    rf"\s*(?P<metric>[^\s\[\]<>=,\"]+)\s*(?:\[(?P<keys>(?:{_QUOTED}|[^\[\]\"])*)\])?\s*"
    r"(?:(?P<sign>[<>=!]+)\s*(?P<bound>[^\s<>=]+)\s*)?"
)
_KEY = re.compile(rf"\s*(?P<key>[^\s=,\"]+)\s*=\s*(?P<value>{_QUOTED}|(?!['=])[^\s,\"]+)\s*(?:,|$)")
_FORM = (
    'Write METRIC[key=value, ...] >= -0.01, such as "auc[slice=women] >= -0.01"; quote names with blanks, commas or '
)
_FORM += 'brackets: slice="women, young".'


def parse_margin(text: str) -> Gate:
    """Return the gate of `METRIC=VALUE` on the command line.

    Raises:
        InputError: if the text has another form; the nearest metric is named.
    """
    metric, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"{text!r} is not a margin. Write METRIC=VALUE, such as accuracy=0.01.")
    if "[" in metric:
        raise InputError(f"{text!r} names more than a metric. Give it as --gate. {_FORM}")
    try:
        margin = float(value)
    except ValueError as error:
        raise InputError(f"The margin of {metric} is {value!r}, which is not a number. Write {metric}=0.01.") from error
    return Gate(metric, margin, "command line")


def parse_gate(text: str, source: MarginSource = "command line") -> Gate:
    """Return the gate of a rule such as `auc[slice=women] >= -0.01`.

    The difference left - right of a metric where higher is better must be at least minus the margin; where lower is
    better, at most the margin.

    Raises:
        InputError: if the text has another form, a name is unknown, the sign does not fit the metric, or a gain is
            demanded.
    """
    rule = _RULE.fullmatch(text)
    if rule is None or rule["sign"] is None:
        raise InputError(f"{text!r} is not a gate. {_FORM}")
    keys = _named(text, rule)
    return Gate(rule["metric"], _margin(text, rule), source, **keys)  # type: ignore[arg-type]  # Gate checks contrasts


def parse_rows(text: str) -> Gate:
    """Return the gate, at its metric's default margin, on the rows that `METRIC[key=value, ...]` names.

    Raises:
        InputError: as `parse_gate`.
    """
    rows = _RULE.fullmatch(text)
    if rows is None or rows["sign"] is not None:
        raise InputError(f"{text!r} names no rows. Write METRIC[key=value, ...], such as auc[slice=women].")
    keys, metric = _named(text, rows), rows["metric"]
    return Gate(metric, default_margin(metric), **keys)  # type: ignore[arg-type]  # Gate checks contrasts


def has_bound(text: str) -> bool:
    """Whether a text is a gate rather than the name of rows."""
    rule = _RULE.fullmatch(text)
    return rule is None or rule["sign"] is not None


def _named(text: str, rule: re.Match[str]) -> dict[str, str]:
    """Return the keys in the brackets of a rule, whose metric is checked."""
    keys = dict(_keys(rule["keys"] or "", text))
    judged_metric(rule["metric"])
    return keys


def _keys(inside: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the keys in the brackets of a rule, with their values."""
    place, seen = 0, set[str]()
    while inside[place:].strip():
        pair = _KEY.match(inside, place)
        if pair is None:
            raise InputError(f"{text!r}: {inside[place:].strip()!r} is not key=value. {_FORM}")
        key, value = pair["key"], pair["value"]
        if key not in KEYS:
            raise InputError(f"{text!r}: gates have no key {key!r}.{nearest(key, KEYS)} Known: {', '.join(KEYS)}.")
        if key in seen:
            raise InputError(f"{text!r} gives {key} twice. Write one gate for each.")
        seen.add(key)
        yield key, re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "\"'" else value
        place = pair.end()


def _margin(text: str, rule: re.Match[str]) -> float:
    """Return the margin of a rule, whose sign must be the metric's."""
    metric, sign = rule["metric"], rule["sign"]
    try:
        bound = float(rule["bound"])
    except ValueError as error:
        raise InputError(f"{text!r}: {rule['bound']!r} is not a number. {_FORM}") from error
    if not math.isfinite(bound):
        raise InputError(f"{text!r}: the margin cannot be {bound}. {_FORM}")
    direction = judged_metric(metric).direction
    higher = direction == "higher"
    right = ">=" if higher else "<="
    head = text[: rule.start("sign")].strip()
    form = f"Write {head} {right} {'-' if higher and bound else ''}{abs(bound):g}."
    if sign != right:
        better = {"higher": "higher is better", "lower": "lower is better"}.get(
            direction, "the distance from the target is judged, and less is better"
        )
        raise InputError(f"{text!r}: for {metric} {better}, so a gate on it has {right}, not {sign}. {form}")
    if bound and (bound > 0) == higher:
        raise InputError(f"{text!r} demands a gain; a gate says how much worse is still acceptable. {form}")
    return abs(bound)
