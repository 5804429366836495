"""The parts of a sentence about one difference: how a metric moved, by how much, how sure that is."""

from collections.abc import Sequence

from angelshare.audits.frame.installed import facts_of
from angelshare.core.estimate import Interval, judge
from angelshare.core.metric import Unit
from angelshare.report.words import lookup
from angelshare.report.words.numbers import (
    amount,
    compared,
    count,
    factor,
    interval,
    ratio_interval,
    signed,
    unit_of,
    with_word,
)
from angelshare.statement.schema import DifferenceRow

HARMLESS_REMARKS = ("few seeds", "identical scores")
"""Parts of remarks that are no reason to withhold a verdict."""

FAR_TOO_MANY = 1_000_000
"""More items than anybody could get: beyond it the number needed is not printed."""


def change(row: DifferenceRow) -> str:
    """Return the difference with its unit: `-7.2 points`, or `3.1x faster` on a ratio scale."""
    unit = lookup.unit(row)
    return compared(row.delta, row.metric) if unit.ratio else with_word(signed(row.delta, unit), unit)


def span(row: DifferenceRow, low: float, high: float) -> str:
    """Return an interval of the row's difference: `-8.6 to -5.8`, or `2.9x to 3.3x faster`."""
    unit = lookup.unit(row)
    return ratio_interval(low, high, row.metric) if unit.ratio else interval(low, high, unit)


def margin(row: DifferenceRow) -> str:
    """Return the row's margin: `2.0`, or `1.05x` on a ratio scale."""
    return printed_margin(row.margin, lookup.unit(row))


def printed_margin(number: float, unit: Unit) -> str:
    """Return a margin without its unit's word."""
    if number == 0 and not unit.ratio:
        return "0"
    return factor(number) if unit.ratio else amount(number, unit)


def value(number: float, row: DifferenceRow, *, word: bool = False) -> str:
    """Return the metric of one side, printed; `word` adds the unit."""
    unit = unit_of(row.metric)
    return with_word(amount(number, unit), unit) if word else amount(number, unit)


def movement(row: DifferenceRow) -> str:
    """Return `falls from 89.0 to 81.8, -7.2 points`."""
    before, after = value(row.right_value, row), value(row.left_value, row)
    ratio = lookup.unit(row).ratio
    if before == after:
        return f"stays at {value(row.left_value, row, word=ratio)}"
    verb = "rises" if row.left_value > row.right_value else "falls"
    if ratio:
        return f"{verb} from {before} to {value(row.left_value, row, word=True)}: {change(row)}"
    return f"{verb} from {before} to {after}, {change(row)}"


def away(row: DifferenceRow) -> str:
    """Return the movement of a target metric: `goes from 3.1 to 5.2, 2.1 points further from its ideal of 0`."""
    unit = lookup.unit(row)
    ideal = "the target" if row.target is None else f"{row.target * unit.factor:g}"
    before, after = value(row.right_value, row), value(row.left_value, row)
    further = with_word(amount(abs(lookup.distance(row)), unit), unit)
    where = "further from" if lookup.distance(row) > 0 else "nearer to"
    start = f"stays at {after}" if before == after else f"goes from {before} to {after}"
    if not further.strip("0., " + unit.word):
        return f"{start}, as far from its ideal of {ideal}"
    return f"{start}, {further} {where} its ideal of {ideal}"


def level(row: DifferenceRow) -> str:
    """Return the name of the interval that the verdict is read from."""
    name = f"{row.interval.level:.0%} interval" if row.family == lookup.PRIMARY else "simultaneous interval"
    return f"{name} of the distance" if row.judged is not None else name


def decisive(row: DifferenceRow) -> str:
    """Return the interval that the verdict is read from, with its name."""
    ends = lookup.deciding_interval(row)
    return f"{level(row)} {span(row, ends.low, ends.high)}"


def sample(row: DifferenceRow) -> str:
    """Return the sample: `; 4,200 items in 300 clusters; 5 seeds`, without a number of independent items."""
    items = f"; {sampled(row)}" if row.n_clusters is not None or noun(row) != "item" else ""
    return items + (f"; {row.n_seeds} seeds" if row.inference == "recipe" else "; this model")


def sampled(row: DifferenceRow) -> str:
    """Return `4,200 items in 300 clusters`, or `20 rounds` of a measurement of time."""
    items = plural(row.n, noun(row))
    return items if row.n_clusters is None else f"{items} in {plural(row.n_clusters, 'cluster')}"


def noun(row: DifferenceRow) -> str:
    """Return the singular of what was sampled: `item`, or `round` of a measurement of time."""
    return facts_of(row.metric).counts


def evidence(row: DifferenceRow) -> str:
    """Return what the verdict rests on, to stand in brackets: interval, margin, sample."""
    return f"{decisive(row)}; margin {margin(row)}{sample(row)}"


def rounded_up(n: int) -> int:
    """Return n rounded up to two significant digits: an estimate deserves no more."""
    step = int(10 ** max(0, len(str(n)) - 2))
    return -(-n // step) * step


def plural(n: int, noun: str) -> str:
    """Return `1 item`, `1,821 items`."""
    return f"{count(n)} {noun}" if n == 1 else f"{count(n)} {noun}s"


def joined(names: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def size_of(number: float, unit: Unit) -> str:
    """Return a difference without its sign, with its unit."""
    return with_word(amount(abs(number), unit), unit)


def capital(text: str) -> str:
    """Return the text with its first letter in upper case, and the rest as it is."""
    return text[:1].upper() + text[1:]


def no_verdict(row: DifferenceRow) -> str | None:
    """Return the reason for a verdict that was withheld; None where the interval itself does not decide."""
    ends = lookup.deciding_interval(row)
    if ends.low >= ends.high:
        return f"no variance among the {noun(row)}s, so no verdict"
    direction = "lower" if row.direction == "target" else row.direction
    alone = judge(Interval(ends.low, ends.high, ends.level, ""), row.margin, direction)
    if alone == "preserved" and row.margin <= row.least_margin:
        hidden = "items of large weight" if row.n_clusters is None else "clusters"
        loss = size_of(row.least_margin, lookup.unit(row))
        return (
            f"no verdict, although the interval alone would say {alone}: {hidden} that were not sampled could hide a "
            f"loss of {loss}"
        )
    if alone not in row.withheld:
        return None
    reasons = [part for part in (row.remark or "").split("; ") if part and part not in HARMLESS_REMARKS]
    reason = " and ".join(reasons) or "what these data can carry"
    return f"no verdict, because of {reason}, though the interval alone would say {alone}"


def never_decided(row: DifferenceRow) -> bool:
    """Return whether no number of items would decide a row, because the spread over seeds alone exceeds its margin.

    The number needed is also missing at a margin of 0, without any variance, and where the margin was given after the
    measurement; none of these counts here.
    """
    return row.n_needed is None and row.margin > 0 and row.se > 0 and row.mde is not None and row.p_margin is not None


def remedy(row: DifferenceRow) -> str:
    """Return how many items, rounds or clusters would decide an undecided row, or that none would."""
    n = row.n if row.n_clusters is None else row.n_clusters
    if row.n_needed is None:
        return f", and no number of {noun(row)}s would" if never_decided(row) else ""
    if row.n_needed > max(n, FAR_TOO_MANY):
        return f"; more than {count(FAR_TOO_MANY)} would be needed, even if nothing is lost"
    if row.n_needed > n:
        return f"; about {count(rounded_up(row.n_needed))} would, if nothing is lost"
    return ", because the difference lies close to it"
