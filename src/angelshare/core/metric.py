"""Facts of a metric, known before anything is measured: unit, direction, margin, meaning."""

from dataclasses import KW_ONLY, dataclass
from typing import Literal

from angelshare.core.estimate import Direction, Scale

Style = Literal["plain", "per cent", "size", "bytes", "p"]
_ACRONYMS = {
    "auc": "AUC",
    "auc_pr": "AUC-PR",
    "bnsp": "BNSP",
    "bpsn": "BPSN",
    "ece": "ECE",
    "f1": "F1",
    "kl": "KL",
    "pr": "PR",
    "roc": "ROC",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """How the values of a metric are printed.

    Attributes:
        factor: what a value is multiplied by; digits: decimals, as far as `reach` allows.
        word: such as `points`, empty where the metric's name says it.
        ratio: the value is a logarithm of left / right and is printed as a factor.
        reach: how many digits a number has at most, before and after its point.
        style: of a single figure: as it is, in per cent, shortened (`81K`), in bytes (`124MB`), or as a p-value.
        more, less: how a left side compares that is some times the right, such as `slower`.
    """

    factor: float
    digits: int
    word: str
    ratio: bool = False
    reach: int = 4
    style: Style = "plain"
    more: str = "higher"
    less: str = "lower"


POINTS = Unit(100.0, 1, "points", style="per cent")
NATS = Unit(1.0, 3, "nats", reach=3)
PLAIN = Unit(1.0, 3, "", reach=3)
MILLISECONDS = Unit(1.0, 3, "ms", reach=3, more="slower", less="faster")
PER_SECOND = Unit(1.0, 1, "texts/s", reach=3, more="faster", less="slower")
BYTES = Unit(1e-6, 1, "MB", style="bytes", more="larger", less="smaller")
COUNT = Unit(1.0, 0, "", style="size", more="larger", less="smaller")
P_VALUE = Unit(1.0, 3, "", style="p")
RATIO = Unit(1.0, 2, "", ratio=True)


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """What margins, pages and documents say of a metric; it stands beside the metric and nowhere else.

    Attributes:
        name: in rows, gates and tables.
        title: as pages print it.
        meaning: what it says, as a sentence.
        unit: of its values.
        direction: which values are better; `none` where it is reported and never judged.
        scale: whether two models are compared by difference or by the logarithm of their ratio.
        margin: how much worse is still acceptable where the user does not say; None where the metric is never judged.
            Of a `target` metric it is about the distance from the target, of a `log_ratio` about the logarithm.
        reason: why the margin is this one, as a sentence.
        limit: margins reach up to here, exclusively: of shares and AUC all could be lost within a margin of 1.
        target: the ideal value where the direction is `target`.
        counts: what the `n` of its rows counts, in the singular.
        is_cost: whether it is a size or a time, which never stands for quality.
        rest: what a slice is compared with: all other items, or the other identities, each counting alike.
        glossary: the heading under which pages explain it, such as `metrics of groups`; empty: most readers know it.
        in_brief: whether the short summary has it for every student.

    Raises:
        ValueError: if a metric is judged without a margin and its reason, has them and is never judged, or if a target
            is missing or idle.
    """

    name: str
    title: str
    meaning: str
    _: KW_ONLY
    unit: Unit = POINTS
    direction: Direction = "none"
    scale: Scale = "difference"
    margin: float | None = None
    reason: str = ""
    limit: float = 1.0
    target: float | None = None
    counts: str = "item"
    is_cost: bool = False
    rest: Literal["items", "identities"] = "items"
    glossary: str = ""
    in_brief: bool = False

    def __post_init__(self) -> None:
        """Refuse facts that contradict each other."""
        if len({self.direction == "none", self.margin is None, not self.reason}) > 1:
            raise ValueError(
                f"{self.name}: a metric that is judged has a direction, a margin and its reason; any other has none."
            )
        if (self.direction == "target") != (self.target is not None):
            raise ValueError(f"{self.name}: a target is stated where the direction is `target`, and nowhere else.")


def unknown_metric(name: str) -> MetricFacts:
    """Return what is assumed of a metric that no installed audit knows: plain numbers that are never judged."""
    return MetricFacts(name, in_words(name), "", unit=PLAIN)


def in_words(name: str) -> str:
    """Return a name as words: `negative_flips` becomes `negative flips`, `auc` becomes `AUC`."""
    return _ACRONYMS.get(name) or " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))
