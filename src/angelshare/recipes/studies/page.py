"""The contents of a reproduction's page: claims with verdicts, numbers and figures beside the paper's, settings."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from angelshare import __version__
from angelshare.core.task import SuiteScale
from angelshare.data.suites.gathering import MissingSet
from angelshare.recipes.studies.claims import held_against
from angelshare.recipes.studies.evidence import TEACHER, Evidence, NotMeasured
from angelshare.recipes.studies.paper import Outcome, Paper
from angelshare.recipes.studies.study import P, Study
from angelshare.recipes.suite import GatheredSuite
from angelshare.report.charts.by_group import tables
from angelshare.statement.reproduction import Reproduction, Setting

CHANCE = 0.5


def reproduction(
    paper: Paper[P], study: Study[P], outcome: Outcome[P], suite: GatheredSuite, *, scale: SuiteScale, now: datetime
) -> Reproduction:
    """Return a paper beside our outcome."""
    return Reproduction(
        paper=paper.citation,
        name=paper.name,
        scale=scale,
        created=now.isoformat(),
        angelshare=__version__,
        claims=tuple(held_against(outcome.evidence, outcome.parts, claim) for claim in paper.claims),
        figures=tuple(paper.figures(outcome)),
        charts=tuple(paper.charts(outcome)),
        tables=tuple(table for name in paper.tables for table in tables(outcome.statement, name)),
        settings=tuple(Setting(what=what, paper=theirs, ours=ours) for what, (theirs, ours) in study.settings.items()),
        not_reproducible=tuple(f"{gap.what} ({gap.table})." for gap in suite.spec.not_reproducible),
        notes=study.about,
        warnings=tuple(at_chance(outcome.evidence, outcome.titles)),
        statements=("statement.html", "statement.json"),
    )


def notes_on(suite: GatheredSuite) -> Iterator[tuple[str, str]]:
    """Yield each set that is missing or replaced by a stand-in, with a note on it."""
    for member in suite.all_sets:
        if isinstance(member, MissingSet):
            yield member.spec.name, member.why
        elif member.stands_in_for:
            yield member.spec.name, f"stand-in: {member.card.name}"


def at_chance(evidence: Evidence, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning about every set on which the teacher is no better than chance, so that differences say little."""
    for data, title in titles.items():
        try:
            level = evidence.level(data, TEACHER)
        except NotMeasured:  # the paper's numbers on this set say why
            continue
        if level.low <= CHANCE:
            yield (
                f"On {title} the teacher's AUC-ROC of {level.value:.3f} ({level.low:.3f} to {level.high:.3f}) "
                "cannot be told from chance: a student's difference to it says little there."
            )
