"""The names of recipes, audits, metrics and so on, looked up only when they are shown."""

from collections.abc import Callable, Iterable, Mapping


def _recipes() -> Iterable[str]:
    """Return the recipes that come with the package."""
    from angelshare.recipes.reading import builtin_names

    return builtin_names()


def _keys() -> Iterable[str]:
    """Return the keys of a recipe that have keys below them."""
    from angelshare.recipes.keys import known_places

    return known_places()


def _audits() -> Iterable[str]:
    """Return the audits, installed ones among them."""
    from angelshare.audits.frame.installed import AUDITS

    return AUDITS.names()


def _questions() -> Iterable[str]:
    """Yield the name of every audit with its question, or with the reason why it cannot be used."""
    from angelshare.audits.frame.installed import AUDITS
    from angelshare.core.errors import InputError

    for name in AUDITS.names():
        try:
            yield f"{name:<14} {AUDITS.get(name).question}"
        except InputError as error:
            yield f"{name:<14} {error}"


def _metrics() -> Iterable[str]:
    """Return the metrics that gates can name."""
    from angelshare.statement.margins import judged_metrics

    return judged_metrics()


def _suites() -> Iterable[str]:
    """Return the suites of test sets."""
    from angelshare.data.suites.gathering import suites

    return suites()


def _papers() -> Iterable[str]:
    """Return the papers that can be reproduced."""
    from angelshare.recipes.reproduce import paper_names

    return paper_names()


def _sets() -> Iterable[str]:
    """Return the data sets."""
    from angelshare.data.texts.catalog import catalog

    return catalog()


NAMES: Mapping[str, Callable[[], Iterable[str]]] = {
    "recipes": _recipes,
    "keys": _keys,
    "audits": _audits,
    "questions": _questions,
    "metrics": _metrics,
    "suites": _suites,
    "papers": _papers,
    "sets": _sets,
}
"""What is named -> the function that looks up all names."""
