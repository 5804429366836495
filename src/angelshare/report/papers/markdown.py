"""A reproduction as Markdown: the content of its page as tables."""

from collections.abc import Iterator

from angelshare.report.charts.groups import ChartGroup
from angelshare.report.charts.printed import Grid
from angelshare.report.pages.markdown import escaped, pipe_table
from angelshare.report.papers import beside
from angelshare.report.papers.reproduction import SIGNS, ClaimView, ReproductionPage, duration, reproduction_page
from angelshare.report.words.numbers import DASH, minute
from angelshare.statement.reproduction import Reproduction


def render_reproduction_markdown(reproduction: Reproduction) -> str:
    """Return the whole reproduction as one document; no text in it can mention anybody or act as markup."""
    page = reproduction_page(reproduction)
    lines = [*_head(page), *_claims(page)]
    for table in page.tables:
        lines += _paper_table(table)
    for group in page.charts:
        lines += _chart(group)
    for view in page.figures:
        lines += [f"### {escaped(view.title)}", ""]
        lines += ["The texts were left out on request.", ""] if view.redacted else []
        lines += _grid(view.grid)
    return "\n".join([*lines, *_settings(page), *_ends(page)]).rstrip() + "\n"


def _head(page: ReproductionPage) -> Iterator[str]:
    """Yield title, citation, the result in one sentence, and warnings."""
    about = page.reproduction
    took = "" if about.seconds is None else f", {duration(about.seconds)}"
    yield f"# Reproduction: {escaped(about.name)}"
    yield from ("", escaped(about.paper), "")
    yield f"**{page.sentence}** Scale {escaped(about.scale)}. {page.scale}".rstrip()
    yield from ("", f"Made {escaped(minute(about.created))} with angelshare {escaped(about.angelshare)}{took}.", "")
    for warning in page.warnings:
        yield f"- Warning. {escaped(warning)}"
    yield ""


def _claims(page: ReproductionPage) -> list[str]:
    """Return the claims as a table."""
    if not page.claims:
        return []
    columns = ("verdict", "claim", "what we found", "value", "where we differ")
    return ["## Claims", "", *pipe_table(columns, (_claim(view) for view in page.claims))]


def _claim(view: ClaimView) -> tuple[str, ...]:
    """Return one claim as cells."""
    claim, value = view.claim, DASH
    if view.mark is not None:
        value = view.mark.text + (f" ({view.mark.interval})" if view.mark.interval else "")
    return (
        f"{SIGNS[claim.verdict]} {claim.verdict}",
        f"{escaped(claim.claim)} ({escaped(claim.where)})",
        escaped(claim.finding),
        value,
        escaped(claim.differs or DASH),
    )


def _paper_table(table: beside.PaperTable) -> list[str]:
    """Return one table of the paper with our numbers beside it."""
    columns = ("text set", "model", *(f"{escaped(m)}, {side}" for m in table.metrics for side in ("paper", "ours")))
    lines = []
    for of_set in table.sets:
        for line in of_set.lines:
            pairs = (
                cell
                for pair in line.pairs
                for cell in (pair.paper, pair.ours + (f" ({pair.interval})" if pair.interval else ""))
            )
            model = line.name + (f" (ours: {line.ours})" if line.ours else "")
            notes = "; ".join((*of_set.notes, *line.notes)) or DASH
            lines.append((escaped(of_set.data), escaped(model), *pairs, escaped(notes)))
    told = f"{table.n_measured} of {table.n} numbers have one of ours beside them; our intervals are in brackets."
    return [f"## {escaped(table.title)}, ours beside it", "", told, "", *pipe_table((*columns, "note"), lines)]


def _chart(group: ChartGroup) -> list[str]:
    """Return the numbers of a chart."""
    notes = dict.fromkeys([group.note] + [panel.note for panel in group.lines] + [panel.note for panel in group.dots])
    told = (line for note in notes if note for line in (escaped(note), ""))
    return [f"### {escaped(group.title)}", "", *told, *_grid(group.grid)]


def _grid(grid: Grid) -> list[str]:
    """Return a table of cells."""
    lines = [[escaped(f"{cell.text} ({cell.note})" if cell.note else cell.text) for cell in row] for row in grid.rows]
    return pipe_table((escaped(column) for column in grid.columns), lines)


def _settings(page: ReproductionPage) -> list[str]:
    """Return our settings beside the paper's."""
    settings = page.reproduction.settings
    if not settings:
        return []
    lines = ((escaped(setting.what), escaped(setting.paper), escaped(setting.ours)) for setting in settings)
    return ["## Settings", "", *pipe_table(("setting", "paper", "ours"), lines)]


def _ends(page: ReproductionPage) -> Iterator[str]:
    """Yield the parts that cannot be reproduced, notes, and the statements behind the reproduction."""
    parts = (
        ("What cannot be reproduced", page.reproduction.not_reproducible),
        ("Notes", page.notes),
        ("Statements behind it", page.reproduction.statements),
    )
    for title, texts in parts:
        if texts:
            yield from (f"## {title}", "", *(f"- {escaped(text)}" for text in texts), "")
