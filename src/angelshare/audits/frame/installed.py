"""Installed audits and their metrics, by name: the modules of `angelshare.audits`, and those of other packages.

Listing the names imports nothing. An audit's module has `AUDIT`, its class, and `METRICS`, the facts of what it
measures. Another package adds an audit by an entry point of the group `angelshare.audits`: its name, and such a module
(or `module:class`).
"""

import pkgutil
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from angelshare import audits
from angelshare.core.errors import InputError, LeftOut
from angelshare.core.factories import unknown_name
from angelshare.core.metric import MetricFacts, unknown_metric

if TYPE_CHECKING:  # listing names must not load tables of numbers
    from angelshare.core.audit import Audit

GROUP = "angelshare.audits"


def _of_other_packages() -> Iterable[EntryPoint]:
    """Return the entry points of all installed packages."""
    return entry_points(group=GROUP)


class InstalledAudits:
    """Audits by name, imported when first used."""

    def __init__(self, brought: Callable[[], Iterable[EntryPoint]] = _of_other_packages) -> None:
        """Keep the function that lists the audits of other packages; nothing is imported."""
        self._brought = brought

    def names(self) -> tuple[str, ...]:
        """Return the names of all audits, sorted, including those of packages that may turn out not to import."""
        return tuple(sorted(self._places))

    def get(self, name: str) -> "type[Audit[Any]]":
        """Return the class of an audit.

        Raises:
            InputError: if no audit has this name (the nearest is given), its package cannot be imported, or brings
                something else, or half an audit, under this name.
        """
        if name not in self._places:
            raise InputError(unknown_name("audit", name, self._places))
        from angelshare.core.audit import Audit

        entry = self._places[name]
        kind = self._part(name, entry.value.partition(":")[2] or "AUDIT")
        if not (isinstance(kind, type) and issubclass(kind, Audit)):
            raise InputError(
                f"The audit {name!r} is left out: at {entry.value} is {kind!r}, which is no class of audits."
            )
        lacking = [part for part in ("name", "question", "Options") if not hasattr(kind, part)]
        if lacking:
            raise InputError(f"The audit {name!r} is left out: its class at {entry.value} has no {', '.join(lacking)}.")
        return kind

    def metrics(self, name: str) -> tuple[MetricFacts, ...]:
        """Return the facts of what an audit measures.

        Raises:
            InputError: as `get`.
        """
        stated = self._part(name, "METRICS")
        metrics: tuple[MetricFacts, ...] = tuple(stated) if isinstance(stated, tuple | list) else (stated,)
        strange = [repr(facts) for facts in metrics if not isinstance(facts, MetricFacts)]
        if strange:
            raise InputError(
                f"The audit {name!r} is left out: its METRICS hold {', '.join(strange)}, which are not MetricFacts."
            )
        return metrics

    @cached_property
    def facts(self) -> Mapping[str, MetricFacts]:
        """Return the facts of every metric by its name.

        An audit that cannot be imported is left out with a warning. Where two audits contradict each other, the first
        prevails.
        """
        by_name: dict[str, MetricFacts] = {}
        for name in sorted(self._places, key=lambda name: (self._places[name].dist is not None, name)):
            try:
                metrics = self.metrics(name)
            except InputError as error:
                warnings.warn(str(error), LeftOut, stacklevel=2)
                continue
            for facts in metrics:
                if by_name.setdefault(facts.name, facts) != facts:
                    warnings.warn(_stated_twice(name, facts.name), LeftOut, stacklevel=2)
        return by_name

    def forget(self) -> None:
        """Forget what was looked up, since packages have come or gone."""
        for name in ("_places", "facts"):
            vars(self).pop(name, None)

    @cached_property
    def _places(self) -> Mapping[str, EntryPoint]:
        """Return the entry point of every audit; those of this package take precedence."""
        modules = (module.name for module in pkgutil.iter_modules(audits.__path__) if not module.ispkg)
        places = {name: EntryPoint(name, f"{audits.__name__}.{name}", GROUP) for name in modules}
        for entry in sorted(self._brought(), key=lambda entry: (entry.name, entry.value)):
            if places.setdefault(entry.name, entry) != entry:
                warnings.warn(_named_twice(entry, places[entry.name]), LeftOut, stacklevel=2)
        return places

    def _part(self, name: str, attribute: str) -> Any:  # noqa: ANN401  (a class, or facts)
        """Return one attribute of an audit's module.

        Raises:
            InputError: if the audit belongs to another package, and cannot be imported.
        """
        entry = self._places[name]
        try:
            return getattr(import_module(entry.module), attribute)
        except (Exception, SystemExit) as error:  # some modules end the process that imports them
            if entry.dist is None:
                raise
            raise InputError(
                f"The audit {name!r} of the package {entry.dist.name} is left out, since {entry.value} cannot be used: "
                f"{type(error).__name__}: {' '.join(str(error).split())}. Mend that package, or uninstall it."
            ) from error


def _named_twice(entry: EntryPoint, first: EntryPoint) -> str:
    """Return a sentence about an audit that bears the name of another."""
    return (
        f"The audit {entry.name!r} at {entry.value} is left out: {first.value} already has that name. "
        "Its package must give it another."
    )


def _stated_twice(name: str, metric: str) -> str:
    """Return a sentence about an audit that contradicts another about a metric."""
    return (
        f"What the audit {name!r} states of the metric {metric!r} is left out: another audit states it differently. "
        "Give the metric another name."
    )


AUDITS = InstalledAudits()


def facts_of(metric: str) -> MetricFacts:
    """Return the facts of a metric; if no installed audit has it, its name in words and plain numbers."""
    return AUDITS.facts.get(metric) or unknown_metric(metric)
