"""Numbers as a reader wants them: shares in points, sizes in thousands and millions, a true minus sign."""

import math
from dataclasses import replace

from angelshare.audits.frame.installed import facts_of
from angelshare.core.estimate import Scale
from angelshare.core.metric import PLAIN, RATIO, Unit

MINUS, TIMES, DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"
LONG = 1e15
"""Larger numbers are printed with a power of ten."""
LONG_RATIO, _END = math.log(LONG), 700.0


def unit_of(metric: str, scale: Scale = "difference") -> Unit:
    """Return a metric's unit, as its audit states it; plain numbers for a metric that no audit knows."""
    return RATIO if scale == "log_ratio" else facts_of(metric).unit


def exp(log_ratio: float) -> float:
    """Return the ratio, or the end of float64 where it lies beyond."""
    return math.exp(min(log_ratio, _END))


def amount(value: float, unit: Unit) -> str:
    """Return a value without a plus sign, such as `7.2`; for a ratio, the factor."""
    if unit.ratio:
        return f"{TIMES}{exp(value):.{unit.digits}f}" if value < LONG_RATIO else f"{TIMES}{exp(value):.3g}"
    scaled = value * unit.factor
    if abs(scaled) >= LONG:
        return f"{scaled:.3g}".replace("-", MINUS)
    digits = min(unit.digits, max(0, unit.reach - 1 - math.floor(math.log10(max(abs(scaled), 0.1)))))
    text = f"{scaled:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def signed(value: float, unit: Unit) -> str:
    """Return a difference with its sign; one that rounds to zero has none."""
    text = amount(value, unit)
    return text if unit.ratio or text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def interval(low: float, high: float, unit: Unit) -> str:
    """Return `+1.6 to +4.0`."""
    return f"{signed(low, unit)} to {signed(high, unit)}"


def with_word(text: str, unit: Unit) -> str:
    """Return a printed number with its unit's word, where it has one."""
    return f"{text} {unit.word}" if unit.word else text


def count(n: int) -> str:
    """Return `1,821`."""
    return f"{n:,}"


def size(n: float | None) -> str:
    """Return `81K` or `22.7M`; a dash where it is not known."""
    if n is None:
        return DASH
    # below a thousand there is nothing to shorten
    if n < 1000:
        return f"{n:.0f}"
    steps = ((999_500, 1e3, "K"), (999_500_000, 1e6, "M"), (math.inf, 1e9, "G"))
    divisor, letter = next((divisor, letter) for limit, divisor, letter in steps if n < limit)
    scaled = n / divisor
    # three digits are enough
    digits = 0 if letter == "K" or scaled >= 100 else 1
    return f"{scaled:.{digits}f}".removesuffix(".0") + letter


def times(factor: float) -> str:
    """Return a factor, such as 280 or 1.9, followed by the multiplication sign."""
    # two digits are enough
    return (f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}") + TIMES


def factor(log_ratio: float) -> str:
    """Return the ratio of the larger side to the smaller, followed by the multiplication sign."""
    times_more = exp(abs(log_ratio))
    # two or three digits are enough
    if times_more >= LONG:
        return f"{times_more:.3g}{TIMES}"
    digits = 2 if times_more < 2 else 1 if times_more < 10 else 0
    return f"{times_more:,.{digits}f}{TIMES}"


def compared(log_ratio: float, metric: str) -> str:
    """Return the logarithm of left / right in words: 3.1 times faster, 1.3 times larger, 1.1 times lower."""
    unit, printed = facts_of(metric).unit, factor(log_ratio)
    return printed if printed == f"1.00{TIMES}" else f"{printed} {unit.more if log_ratio > 0 else unit.less}"


def ratio_interval(low: float, high: float, metric: str) -> str:
    """Return an interval of log ratios, the smaller factor first: 2.9 to 3.3 times faster."""
    first, last = sorted((low, high), key=abs) if low * high > 0 else (low, high)
    start, end = compared(first, metric), compared(last, metric)
    word = end.removeprefix(factor(last))
    return f"{start.removesuffix(word) if word else start} to {end}"


def figure(value: float, *, sign: bool = False) -> str:
    """Return a number as papers print it, not in points: `0.981`, `22`, `28.1M`; `sign` adds a plus."""
    # short counts stay exact
    if abs(value) >= 10_000:
        return size(value) if value > 0 else MINUS + size(-value)
    whole = value == round(value) and value != 0
    unit = replace(PLAIN, digits=0) if whole else PLAIN
    return signed(value, unit) if sign else amount(value, unit)


def minute(moment: str) -> str:
    """Return a moment of ISO 8601 as `2026-01-02 03:04`."""
    return moment[:16].replace("T", " ")


def p_value(p: float) -> str:
    """Return `0.034`, or `< 0.001`."""
    # more decimals would promise too much
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def metric_name(metric: str) -> str:
    """Return a metric's title; any other name, such as a table's column, in words."""
    return facts_of(metric).title


def estimate(metric: str, value: float) -> str:
    """Return one estimate: sizes shortened, shares in per cent, anything else in its metric's unit."""
    unit = unit_of(metric)
    match unit.style:
        case "p":
            return p_value(value)
        case "bytes":
            return f"{size(value)}B"
        case "size":
            return size(value) if value >= 10_000 else count(round(value))
        case "per cent":
            return f"{amount(value, unit)}%"
        case "plain":
            return with_word(amount(value, unit), unit)
