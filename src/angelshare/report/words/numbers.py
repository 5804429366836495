"""Numbers as a reader wants them: shares in points, sizes in thousands and millions, a true minus sign."""

import math
from dataclasses import dataclass, replace

from angelshare.core.estimate import Scale

MINUS, TIMES, DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"

_NAMES = {
    "accuracy_and_f1": "mean of accuracy and F1",
    "aeg_negative": "equality gap of negatives (AEG)",
    "aeg_positive": "equality gap of positives (AEG)",
    "auc_pr": "AUC-PR",
    "brier": "Brier score",
    "case_accuracy": "accuracy on cases",
    "cie": "compression-identified exemplars",
    "cie_ties": "ties between modal labels",
    "ece_classwise": "class-wise ECE",
    "ece_classwise_plug_in": "class-wise ECE, plug-in",
    "ece_plug_in": "ECE, plug-in",
    "final_bias_score": "final bias score",
    "flip_rate": "share of pairs whose label flips",
    "kl": "KL divergence",
    "latency_p50_ms": "median latency",
    "latency_p99_ms": "99th-percentile latency",
    "mae": "mean absolute error",
    "macro_accuracy": "accuracy, mean over functionalities",
    "macro_recall": "recall, mean over functionalities",
    "matthews": "Matthews correlation",
    "mcc": "Matthews correlation",
    "mcnemar_exact_p": "McNemar's exact p",
    "mcnemar_midp": "McNemar's mid-p",
    "mean_bnsp_auc": "mean BNSP AUC over identities",
    "mean_bpsn_auc": "mean BPSN AUC over identities",
    "mean_subgroup_auc": "mean subgroup AUC over identities",
    "missed_changes": "share of changed truths that the label misses",
    "mse": "mean squared error",
    "n_bytes": "bytes",
    "n_functionalities_equal": "functionalities in which the student equals its teacher",
    "n_functionalities_higher": "functionalities in which the student does better",
    "n_functionalities_lower": "functionalities in which the student does worse",
    "n_parameters": "parameters",
    "nll": "negative log-likelihood",
    "one_word_flip_rate": "share of texts that one changed word flips",
    "pair_accuracy": "share of pairs with both right",
    "peak_memory_bytes": "peak memory",
    "pearson": "Pearson correlation",
    "pearson_and_spearman": "mean of Pearson and Spearman correlation",
    "power_mean_bnsp_auc": f"power mean (p = {MINUS}5) of BNSP AUC",
    "power_mean_bpsn_auc": f"power mean (p = {MINUS}5) of BPSN AUC",
    "power_mean_subgroup_auc": f"power mean (p = {MINUS}5) of subgroup AUC",
    "rmse": "root mean squared error",
    "score_dev": "spread of scores over identities (ScoreDev)",
    "score_range": "range of scores over identities (ScoreRange)",
    "score_sense": "shift of the score by an identity (ScoreSense)",
    "spearman": "Spearman correlation",
    "swap_auc": "AUC on swapped texts",
    "swap_flips": "share of templates in which a swap flips the label",
    "taxicab": "taxicab distance",
    "texts_per_second": "throughput",
    "variant_accuracy": "accuracy on variants",
}
_ACRONYMS = {
    "auc": "AUC",
    "bnsp": "BNSP",
    "bpsn": "BPSN",
    "ece": "ECE",
    "f1": "F1",
    "kl": "KL",
    "pr": "PR",
    "roc": "ROC",
}
_NATS = ("kl", "nll")
_OWN_UNIT = ("mse", "mae", "rmse", "perplexity", "latency", "length", "divergence", "likelihood", "taxicab")
_MORE_AND_LESS = {
    "latency": ("slower", "faster"),
    "texts": ("faster", "slower"),
    "bytes": ("larger", "smaller"),
    "parameters": ("larger", "smaller"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """How the values of a metric are printed.

    Attributes:
        factor: what a value is multiplied by; digits: decimals, as far as `reach` allows.
        word: such as `points`, empty where the metric's name says it.
        reach: how many digits a number has at most, before and after its point.
        ratio: the value is a logarithm of left / right and is printed as a factor.
    """

    factor: float
    digits: int
    word: str
    ratio: bool = False
    reach: int = 4


POINTS = Unit(100.0, 1, "points")
NATS = Unit(1.0, 3, "nats", reach=3)
PLAIN = Unit(1.0, 3, "", reach=3)
MILLISECONDS = Unit(1.0, 3, "ms", reach=3)
PER_SECOND = Unit(1.0, 1, "texts/s", reach=3)
BYTES = Unit(1e-6, 1, "MB")
COUNT = Unit(1.0, 0, "")
RATIO = Unit(1.0, 2, "", ratio=True)
_WORDS_WITH_UNITS = {"ms": MILLISECONDS, "second": PER_SECOND, "bytes": BYTES}


def unit_of(metric: str, scale: Scale = "difference") -> Unit:
    """Return the unit of a metric: points for shares, AUCs and correlations, its own for errors and information."""
    if scale == "log_ratio":
        return RATIO
    words = metric.lower().split("_")
    if words[-1] in _WORDS_WITH_UNITS:
        return _WORDS_WITH_UNITS[words[-1]]
    if words[0] == "n":
        return COUNT
    if any(word in _NATS for word in words):
        return NATS
    return PLAIN if any(word in _OWN_UNIT for word in words) else POINTS


def amount(value: float, unit: Unit) -> str:
    """Return a value without a plus sign, such as `7.2`, or a factor where the unit is a ratio."""
    if unit.ratio:
        return f"{TIMES}{math.exp(value):.{unit.digits}f}"
    scaled = value * unit.factor
    digits = min(unit.digits, max(0, unit.reach - 1 - math.floor(math.log10(max(abs(scaled), 0.1)))))
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
    """Return the factor with its sign, such as 280 or 1.9 times."""
    # two digits are enough
    return (f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}") + TIMES


def factor(log_ratio: float) -> str:
    """Return how many times one side is the other, such as 3.1 or 1.05 times: never below 1."""
    times_more = math.exp(abs(log_ratio))
    # two or three digits are enough
    digits = 2 if times_more < 2 else 1 if times_more < 10 else 0
    return f"{times_more:,.{digits}f}{TIMES}"


def compared(log_ratio: float, metric: str) -> str:
    """Return a logarithm of left / right as words: 3.1 times faster, 1.3 times larger, 1.1 times lower."""
    words = next((pair for word, pair in _MORE_AND_LESS.items() if word in metric.split("_")), ("higher", "lower"))
    printed = factor(log_ratio)
    return printed if printed == f"1.00{TIMES}" else f"{printed} {words[0] if log_ratio > 0 else words[1]}"


def ratio_interval(low: float, high: float, metric: str) -> str:
    """Return an interval of log ratios, the smaller factor first: 2.9 to 3.3 times faster."""
    first, last = sorted((low, high), key=abs) if low * high > 0 else (low, high)
    start, end = compared(first, metric), compared(last, metric)
    word = end.removeprefix(factor(last))
    return f"{start.removesuffix(word) if word else start} to {end}"


def figure(value: float, *, sign: bool = False) -> str:
    """Return a number as papers print it, and not in points: `0.981`, `22`, `28.1M`, with its sign where asked for."""
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
    """Return a metric as words: `negative_flips` becomes `negative flips`, `auc` becomes `AUC`."""
    if metric in _NAMES:
        return _NAMES[metric]
    return " ".join(_ACRONYMS.get(word, word) for word in metric.split("_"))


def estimate(metric: str, value: float) -> str:
    """Return one figure: counts and sizes shortened, p-values as such, shares in per cent, the rest in its own unit."""
    if metric.startswith("mcnemar_"):
        return p_value(value)
    if metric.endswith("_bytes"):
        return f"{size(value)}B"
    if metric.startswith("n_"):
        # short counts stay exact
        return size(value) if value >= 10_000 else count(round(value))
    unit = unit_of(metric)
    return f"{amount(value, unit)}%" if unit is POINTS else with_word(amount(value, unit), unit)
