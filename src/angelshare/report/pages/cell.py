"""A statement in a notebook's cell: verdict, main differences and warnings, without style sheet or script."""

from angelshare.report.pages.html import environment
from angelshare.report.pages.markdown import SIGNS
from angelshare.report.words import caveats
from angelshare.report.words.headline import headline
from angelshare.report.words.main_rows import COLUMNS, INTERVALS, main_rows
from angelshare.statement.schema import Statement

MOST_WARNINGS = 6
_COLOURS = {"lost": "#d1453b", "preserved": "#3d7fd6", "gained": "#2f9e63"}
"""Of verdicts; readable on light and on dark paper, as everything else takes the notebook's own."""
_GREY = "#85858c"


def render_cell(statement: Statement) -> str:
    """Return a piece of HTML, to be shown inside of another page."""
    warnings = caveats.warnings(statement)
    return (
        environment()
        .get_template("cell.html.j2")
        .render(
            statement=statement,
            head=headline(statement),
            columns=COLUMNS,
            main=main_rows(statement),
            intervals=INTERVALS,
            warnings=warnings[:MOST_WARNINGS],
            n_more_warnings=max(0, len(warnings) - MOST_WARNINGS),
            signs=SIGNS,
            colours=_COLOURS,
            grey=_GREY,
        )
    )
