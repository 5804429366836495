"""Write the tables of these pages that are made from what the audits state of themselves: `make docs-tables`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from angelshare.audits.frame.installed import InstalledAudits
from angelshare.audits.frame.registry import DEFAULT_AUDITS
from angelshare.core.metric import MetricFacts
from angelshare.recipes.keys import key_sections

DOCS = Path(__file__).parent
OURS = InstalledAudits(brought=tuple)
"""The audits of this package, without those of others that happen to be installed."""


def audits() -> list[str]:
    """Return the names of the audits, those that run by default first."""
    first = [choice.kind for choice in DEFAULT_AUDITS]
    return [*first, *(name for name in OURS.names() if name not in first)]


def margins() -> list[str]:
    """Return the table of default margins."""
    judged = [facts for name in audits() for facts in OURS.metrics(name) if facts.margin is not None]
    return pipe_table(("metric", "default margin", "reason"), [_margin(facts) for facts in judged])


def metrics(name: str) -> list[str]:
    """Return the table of what an audit measures."""
    lines = [(f"`{facts.name}`", facts.meaning, _verdict(facts)) for facts in OURS.metrics(name)]
    return pipe_table(("metric", "what it says", "verdict"), lines)


def _verdict(facts: MetricFacts) -> str:
    """Return how a metric is judged."""
    if facts.direction == "target":
        return f"by its distance from {facts.target:g}"
    return "none" if facts.direction == "none" else f"{facts.direction} is better"


def questions() -> list[str]:
    """Return the table of what the audits ask."""
    return pipe_table(("audit", "question"), [(f"[{name}](#{name})", OURS.get(name).question) for name in audits()])


def _margin(facts: MetricFacts) -> tuple[str, ...]:
    """Return the line of one metric."""
    return f"`{facts.name}`", f"{facts.margin:g}", facts.reason


def pipe_table(columns: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a table in Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in (columns, ("---",) * len(columns), *lines)]


def recipe_keys() -> list[str]:
    """Return the sections on the keys of a recipe."""
    return [line for section in key_sections(OURS) for line in section.markdown()]


OF_EACH = {f"metrics of {name}": partial(metrics, name) for name in audits() if OURS.metrics(name)}
TABLES: Mapping[str, Mapping[str, Callable[[], list[str]]]] = {
    "audits.md": {"audits": questions, **OF_EACH},
    "margins.md": {"margins": margins},
    "recipe-keys.md": {"keys": recipe_keys},
}
"""Page -> name of the table between `<!-- NAME -->` and `<!-- end of NAME -->` -> what makes it."""


def written(page: str) -> str:
    """Return a page with its tables as they should be."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, make in TABLES[page].items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        head, _, rest = text.partition(start)
        _, end_mark, tail = rest.partition(end)
        assert end_mark, f"{page} has no place for {name}"
        text = "\n".join([head + start, *make(), "", end_mark + tail])
    return text


if __name__ == "__main__":
    for page in TABLES:
        (DOCS / page).write_text(written(page), encoding="utf-8")
