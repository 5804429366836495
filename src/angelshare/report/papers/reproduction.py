"""A reproduction as one self-contained page: a paper's claims, numbers and charts beside ours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from angelshare.core.metric import PLAIN
from angelshare.report.charts import printed
from angelshare.report.charts.groups import ChartGroup, chart_groups
from angelshare.report.charts.marks import Axis
from angelshare.report.pages.html import rendered
from angelshare.report.papers import beside
from angelshare.report.words.numbers import DASH, figure
from angelshare.report.words.phrases import capital, joined, plural
from angelshare.statement.reproduction import Claim, ClaimVerdict, Reproduction

SIGNS: dict[ClaimVerdict, str] = {
    "holds": "●",
    "contradicted": "\N{MULTIPLICATION SIGN}",
    "undecided": "◌",
    "not measured": DASH,
}
SCALES = {
    "tiny": "It shows that every part runs; data and models are far too small to say anything about the paper.",
    "small": "Models and data are smaller than the paper's, so that two processor cores are enough.",
    "paper": "Models and data have the size of the paper's, as far as they can be had.",
}
TOO_SMALL = "tiny"
MOST_SECONDS = 90
"""Shorter durations are told in seconds."""


@dataclass(frozen=True, slots=True)
class ClaimMark:
    """The number that decides a claim, on its own axis with the claim's bounds; places are in per cent."""

    value: float
    low: float
    high: float
    bounds: tuple[float, ...]
    text: str
    interval: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim with its drawing, if a number decides it."""

    claim: Claim
    mark: ClaimMark | None


@dataclass(frozen=True, slots=True)
class ReproductionPage:
    """The content of the page and of the Markdown document."""

    reproduction: Reproduction
    sentence: str
    scale: str
    tally: tuple[tuple[ClaimVerdict, int], ...]
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    tables: tuple[beside.PaperTable, ...]
    sets: tuple[str, ...]
    models: tuple[str, ...]
    charts: tuple[ChartGroup, ...]
    figures: tuple[printed.TableView, ...]
    links: tuple[tuple[str, bool], ...]


def render_reproduction_html(reproduction: Reproduction) -> str:
    """Return the page: self-contained, without any request, and with every text escaped."""
    return rendered("reproduction.html.j2", page=reproduction_page(reproduction))


def reproduction_page(reproduction: Reproduction) -> ReproductionPage:
    """Return the content of the page and of the Markdown document."""
    tables = beside.paper_tables(reproduction)
    named = [(of_set.data, line.name) for table in tables for of_set in table.sets for line in of_set.lines]
    scale = SCALES.get(reproduction.scale, "")
    return ReproductionPage(
        reproduction=reproduction,
        sentence=sentence(reproduction.claims),
        scale="" if reproduction.scale == TOO_SMALL else scale,
        tally=tally(reproduction.claims),
        facts=_facts(reproduction),
        warnings=(
            *((scale,) if reproduction.scale == TOO_SMALL else ()),
            *map(capital, dict.fromkeys(reproduction.warnings)),
        ),
        notes=tuple(dict.fromkeys(reproduction.notes)),
        claims=tuple(ClaimView(claim, claim_mark(claim)) for claim in reproduction.claims),
        tables=tables,
        sets=tuple(dict.fromkeys(data for data, _ in named if data)),
        models=tuple(dict.fromkeys(model for _, model in named)),
        charts=chart_groups(reproduction.charts, PLAIN),
        figures=tuple(printed.table_view(table) for table in reproduction.tables),
        links=tuple((path, is_relative(path)) for path in reproduction.statements),
    )


def tally(claims: Sequence[Claim]) -> tuple[tuple[ClaimVerdict, int], ...]:
    """Return (verdict, number of claims) for each verdict that occurs."""
    counts = Counter(claim.verdict for claim in claims)
    return tuple((verdict, counts[verdict]) for verdict in get_args(ClaimVerdict) if counts[verdict])


def sentence(claims: Sequence[Claim]) -> str:
    """Return the verdicts in one sentence: `Of 9 claims of the paper, 8 hold and 1 is contradicted here`."""
    if not claims:
        return "No claim of the paper was checked."
    words: dict[ClaimVerdict, tuple[str, str]] = {
        "holds": ("holds", "hold"),
        "contradicted": ("is contradicted", "are contradicted"),
        "undecided": ("is undecided", "are undecided"),
        "not measured": ("was not measured", "were not measured"),
    }
    told = joined([f"{n} {words[verdict][n != 1]}" for verdict, n in tally(claims)])
    return f"Of {plural(len(claims), 'claim')} of the paper, {told} here."


def _facts(reproduction: Reproduction) -> tuple[tuple[str, str], ...]:
    """Return the large figures with their captions."""
    n = len(reproduction.figures)
    measured = [figure for figure in reproduction.figures if figure.ours is not None]
    facts = [(f"{len(measured)} of {n}", "numbers of the paper have one of ours beside them")] if n else []
    n_stand_ins = sum((figure.note or "").startswith(beside.STAND_IN) for figure in measured)
    if n_stand_ins:
        facts.append((f"{n_stand_ins}", "of these on stand-ins for the paper's data"))
    models = {(series.role, series.name) for chart in reproduction.charts for series in chart.series}
    if models:
        facts.append((f"{len(models)}", "models in the charts"))
    if reproduction.seconds is not None:
        facts.append((duration(reproduction.seconds), "from the data to this page"))
    return tuple(facts)


def duration(seconds: float) -> str:
    """Return `48 s`, `61 min` or `7.5 h`."""
    if seconds < MOST_SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3 * 3600 else f"{seconds / 3600:.1f} h"


def claim_mark(claim: Claim) -> ClaimMark | None:
    """Return the place of a claim's number; None without one."""
    if claim.value is None:
        return None
    low, high = (claim.value if end is None else end for end in (claim.low, claim.high))
    ends = (low, high, claim.value, *claim.bounds)
    pad = 0.08 * (max(ends) - min(ends)) or 1.0
    axis = Axis(min(ends) - pad, max(ends) + pad)
    sign = min(ends) < 0 or (max(ends) < 1 and 0.0 in claim.bounds)
    between = "" if claim.low is None else f"{figure(low, sign=sign)} to {figure(high, sign=sign)}"
    return ClaimMark(
        axis.at(claim.value),
        axis.at(low),
        axis.at(high),
        tuple(map(axis.at, claim.bounds)),
        figure(claim.value, sign=sign),
        between,
    )


def is_relative(path: str) -> bool:
    """Return whether a path can be a link, being relative and without a scheme."""
    return bool(path) and not path.startswith(("/", "\\")) and ":" not in path and path.isprintable()
