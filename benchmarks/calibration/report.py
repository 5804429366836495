"""The results as a page and as JSON."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import fill

from calibration.judging import FEWEST, MOST, POWER, Result, covered, falls_short, misses, power_falls_short, rate, says
from calibration.texts import CAUSES, FIGURES, HEAD, STUDY_TEXTS

ACROSS = ("discordance", "loss")
"""Settings that stand across the page."""
WIDTH = 120


def write_report(cells: Sequence[Result], folder: Path) -> None:
    """Write instrument.json and instrument.md."""
    studies = {study: list(group) for study, group in groupby(sorted(cells, key=_study), key=_study)}
    (folder / "instrument.json").write_text(_as_json(studies), encoding="ascii")
    sections = [HEAD.strip(), *_summary(studies), *_short(studies)]
    for study, text in STUDY_TEXTS.items():
        if study in studies:
            title, paragraph = text.strip().split("\n\n")
            sections += [title, fill(paragraph, WIDTH), *_body(study, studies[study])]
    (folder / "instrument.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _study(cell: Result) -> str:
    """Return the name of a cell's study; rankings, counts and correlations are told apart by metric."""
    return str(cell["study"])


def _as_json(studies: dict[str, list[Result]]) -> str:
    """Return every cell, one line each, without counts of 0."""
    lines = [
        json.dumps({key: _rounded(value) for key, value in cell.items() if value != 0 or key in ("n", "truth")})
        for cells in studies.values()
        for cell in cells
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _rounded(value: object) -> object:
    """Return a number with six digits, anything else as it is."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.6g}")
    return value


def _intervals(studies: dict[str, list[Result]]) -> dict[str, list[Result]]:
    """Return the studies of intervals, with the cells that an audit would measure."""
    measured = {
        study: [c for c in cells if c["n"] >= min(FEWEST, c["n"] + c["skipped"])]
        for study, cells in studies.items()
        if "better" in cells[0]
    }
    return {study: measured[study] for study in STUDY_TEXTS if study in measured}


def _summary(studies: dict[str, list[Result]]) -> Iterator[str]:
    """Yield how many cells fall short of which figure."""
    rows = []
    for study, cells in _intervals(studies).items():
        short = [sum(falls_short(cell, figure) for cell in cells) for figure in FIGURES]
        n = [sum(says(cell, figure) for cell in cells) for figure in FIGURES]
        held = 1 - sum(misses(cell) for cell in cells) / sum(cell["n"] for cell in cells)
        worst = min(covered(cell) for cell in cells)
        counts = (f"{few} of {many}" for few, many in zip(short, n, strict=True))
        rows.append((study.replace("_", " "), *counts, f"{held:.1%}", f"{worst:.1%}"))
    n_cells, n_sets = sum(map(len, studies.values())), sum(c["n"] for group in studies.values() for c in group)
    yield "## Cells that fall short"
    yield f"{n_cells:,} cells, {n_sets:,.0f} data sets. The cells that fall short, of those that can tell:"
    yield _table(("study", *FIGURES.values(), "mean coverage", "least"), rows)
    if "null_pairs" in studies:
        yield _null_sentence(studies["null_pairs"])
    if "power" in studies:
        said = [cell for cell in studies["power"] if cell["n"]]
        short_of = sum(power_falls_short(cell) for cell in said)
        outside = f"outside {POWER[0]:.0%} to {POWER[1]:.0%} in {short_of} of {len(said)} cells"
        yield f"Power at the stated detectable difference lies {outside}."


def _short(studies: dict[str, list[Result]]) -> Iterator[str]:
    """Yield the cells that fall short, by name, with what is known of the cause."""
    for figure, title in FIGURES.items():
        short = [c for cells in _intervals(studies).values() for c in cells if falls_short(c, figure)]
        if not short:
            continue
        rows = [
            (c["study"].replace("_", " "), _name(c), _figure(c, figure), f"{c['n']:,.0f}", _cause(c)) for c in short
        ]
        yield f"### {title[0].upper()}{title[1:]}"
        yield _table(("study", "cell", "found", "data sets", "why"), rows)
    power = [cell for cell in studies.get("power", []) if power_falls_short(cell)]
    if power:
        yield "### Power"
        yield _table(
            ("cell", "stated difference", "power"),
            [(_name(c), f"{c['mde']:.4f}", f"{c['lost'] / c['n']:.1%}") for c in power],
        )


def _cause(cell: Result) -> str:
    """Return why a cell falls short, where that is known."""
    return next((why for holds, why in CAUSES if holds(cell)), "")


def _figure(cell: Result, figure: str) -> str:
    """Return what was found."""
    if figure == "coverage":
        return (
            f"{covered(cell):.1%} ({cell['better'] / cell['n']:.1%} too good, {cell['worse'] / cell['n']:.1%} too bad)"
        )
    if figure == "beyond":
        return f"{misses(cell, '_999')} of {cell['n']:,.0f}, {cell['n'] / 1_000:.1f} expected"
    return f"{rate(cell, figure):.1%}"


def _name(cell: Result) -> str:
    """Return the settings in words."""
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in cell["settings"].items())


def _body(study: str, cells: list[Result]) -> Iterator[str]:
    """Yield the tables of one study."""
    if study == "null_pairs":
        yield _null_sentence(cells)
        yield _null_table(cells)
    elif study == "power":
        rows = [(_name(c), f"{c['mde']:.4f}", f"{c['lost'] / c['n']:.1%}" if c["n"] else "cannot be") for c in cells]
        yield _table(("cell", "stated difference", "power"), rows)
    else:
        # cells with the same settings stand in one table
        shapes = dict.fromkeys(tuple(cell["settings"]) for cell in cells)
        for shape in shapes:
            yield _pivot([cell for cell in cells if tuple(cell["settings"]) == shape])


def _pivot(cells: list[Result]) -> str:
    """Return the coverage of every cell, in per cent, with discordance and loss across; bold where it falls short."""
    settings = [cell["settings"] for cell in cells]
    fixed = {key: values for key in settings[0] if len(values := {s[key] for s in settings}) == 1}
    across = [key for key in ACROSS if key in settings[0] and key not in fixed]
    down = [key for key in settings[0] if key not in across and key not in fixed]
    columns = list(dict.fromkeys(tuple(s[key] for key in across) for s in settings))
    by_row: dict[tuple[object, ...], dict[tuple[object, ...], str]] = {}
    for cell in cells:
        place = tuple(cell["settings"][key] for key in across)
        by_row.setdefault(tuple(cell["settings"][key] for key in down), {})[place] = _percent(cell)
    heads = [
        ", ".join(f"{key} {value}" for key, value in zip(across, column, strict=True)) or "coverage"
        for column in columns
    ]
    rows = [(*map(str, row), *(by_column.get(column, "") for column in columns)) for row, by_column in by_row.items()]
    common = ", ".join(f"{key.replace('_', ' ')} {next(iter(values))}" for key, values in fixed.items())
    lead = f"All with {common}.\n\n" if common else ""
    return lead + _table((*(key.replace("_", " ") for key in down), *heads), rows)


def _percent(cell: Result) -> str:
    """Return a cell's coverage."""
    if cell["n"] < min(FEWEST, cell["n"] + cell["skipped"]):
        return "not measured"
    text = f"{100 * covered(cell):.1f}"
    return f"**{text}**" if falls_short(cell, "coverage") else text


def _null_sentence(cells: list[Result]) -> str:
    """Return how many statements on null pairs are wrong."""
    wrong, n = sum(c["wrong"] for c in cells), sum(c["n"] for c in cells)
    limit = MOST["null"] + 2 * (MOST["null"] * (1 - MOST["null"]) / n) ** 0.5
    verdict = "is within" if wrong / n <= limit else "**exceeds**"
    rows = f"{wrong} ({wrong / n:.1%}) have a row that is `lost` or `gained`"
    return f"Of {n:,} statements on null pairs, {rows}; that {verdict} the {limit:.1%} allowed."


def _null_table(cells: list[Result]) -> str:
    """Return the wrong statements by design, and by metric."""
    rows = []
    for design in dict.fromkeys(c["settings"]["design"] for c in cells):
        chosen = [c for c in cells if c["settings"]["design"] == design]
        names = sorted({name for c in chosen for name in c["by_metric"]})
        by_metric = ", ".join(f"{name} {sum(c['by_metric'].get(name, 0) for c in chosen)}" for name in names)
        n, wrong = sum(c["n"] for c in chosen), sum(c["wrong"] for c in chosen)
        rows.append((design, f"{n:,}", f"{sum(c['rows'] for c in chosen) / n:.1f}", f"{wrong / n:.1%}", by_metric))
    return _table(("design", "statements", "rows each", "wrong", "wrong rows by metric"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
