"""Numbers as a reader wants them: shares in points, sizes in thousands and millions, a true minus sign."""

import math
from dataclasses import dataclass

from angelshare.core.estimate import Scale

MINUS, TIMES, DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"

_NAMES = {
    "auc": "AUC",
    "auc_pr": "AUC-PR",
    "brier": "Brier score",
    "ece": "ECE",
    "f1": "F1",
    "kl": "KL divergence",
    "mae": "mean absolute error",
    "matthews": "Matthews correlation",
    "mcc": "Matthews correlation",
    "mcnemar_exact_p": "McNemar's exact p",
    "mcnemar_midp": "McNemar's mid-p",
    "mse": "mean squared error",
    "nll": "negative log-likelihood",
    "pearson": "Pearson correlation",
    "rmse": "root mean squared error",
    "spearman": "Spearman correlation",
}
_ACRONYMS = {"auc": "AUC", "f1": "F1", "kl": "KL", "pr": "PR", "roc": "ROC", "bpsn": "BPSN", "bnsp": "BNSP"}
_NATS = ("kl", "nll")
_OWN_UNIT = ("mse", "mae", "rmse", "perplexity", "latency", "bytes", "length", "divergence", "nll", "kl", "likelihood")


@dataclass(frozen=True, slots=True)
class Unit:
    """How the values of a metric are printed.

    Attributes:
        factor: what a value is multiplied by; digits: decimals, as far as four digits reach.
        word: such as `points`, empty where the metric's name says it.
        ratio: the value is a logarithm of left / right and is printed as a factor.
    """

    factor: float
    digits: int
    word: str
    ratio: bool = False


POINTS = Unit(100.0, 1, "points")
NATS = Unit(1.0, 3, "nats")
PLAIN = Unit(1.0, 3, "")
RATIO = Unit(1.0, 2, "", ratio=True)


def unit_of(metric: str, scale: Scale = "difference") -> Unit:
    """Return the unit of a metric: points for shares, AUCs and correlations, its own for errors and information."""
    if scale == "log_ratio":
        return RATIO
    words = metric.lower().split("_")
    if any(word in _NATS for word in words):
        return NATS
    return PLAIN if any(word in _OWN_UNIT for word in words) else POINTS


def amount(value: float, unit: Unit) -> str:
    """Return a value without a plus sign, such as `7.2`, or a factor where the unit is a ratio."""
    if unit.ratio:
        return f"{TIMES}{math.exp(value):.{unit.digits}f}"
    scaled = value * unit.factor
    digits = min(unit.digits, max(0, 3 - int(math.log10(max(abs(scaled), 1.0)))))
    text = f"{scaled:,.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def signed(value: float, unit: Unit) -> str:
    """Return a difference with its sign; what rounds to nothing has none."""
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
    if n < 1000:  # noqa: PLR2004  (below a thousand there is nothing to shorten)
        return f"{n:.0f}"
    steps = ((999_500, 1e3, "K"), (999_500_000, 1e6, "M"), (math.inf, 1e9, "G"))
    divisor, letter = next((divisor, letter) for limit, divisor, letter in steps if n < limit)
    scaled = n / divisor
    digits = 0 if letter == "K" or scaled >= 100 else 1  # noqa: PLR2004  (three digits are enough)
    return f"{scaled:.{digits}f}".removesuffix(".0") + letter


def times(factor: float) -> str:
    """Return the factor with its sign, such as 280 or 1.9 times."""
    return (f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}") + TIMES  # noqa: PLR2004  (two digits are enough)


def p_value(p: float) -> str:
    """Return `0.034`, or `< 0.001`."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004  (more decimals would promise too much)


def metric_name(metric: str) -> str:
    """Return a metric as words: `negative_flips` becomes `negative flips`, `auc` becomes `AUC`."""
    if metric in _NAMES:
        return _NAMES[metric]
    return " ".join(_ACRONYMS.get(word, word) for word in metric.split("_"))


def estimate(metric: str, value: float) -> str:
    """Return one figure: counts and sizes shortened, p-values as such, shares in per cent, the rest in its own unit."""
    if metric.startswith("mcnemar_"):
        return p_value(value)
    if metric.startswith("n_"):
        return size(value) if value >= 10_000 else count(round(value))  # noqa: PLR2004  (short counts stay exact)
    unit = unit_of(metric)
    return f"{amount(value, unit)}%" if unit is POINTS else with_word(amount(value, unit), unit)
