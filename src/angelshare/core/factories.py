"""Factories named by string and imported when first used, so that `import angelshare` stays light."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from angelshare.core.errors import InputError


class Registry:
    """Names of one kind of thing, each with the place `module:attribute` of its factory."""

    def __init__(self, what: str, places: Mapping[str, str]) -> None:
        """Keep the places; nothing is imported."""
        self.what = what
        self.places = dict(places)

    def names(self) -> tuple[str, ...]:
        """Return the known names, sorted."""
        return tuple(sorted(self.places))

    def get(self, name: str) -> Any:  # noqa: ANN401  (each registry holds its own type of factory)
        """Return the factory called `name`.

        Raises:
            InputError: if there is none; the nearest known name is given.
        """
        if name not in self.places:
            raise InputError(unknown_name(self.what, name, self.places))
        module, attribute = self.places[name].split(":")
        return getattr(import_module(module), attribute)


def unknown_name(what: str, name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return the message for a name that is not known, with the nearest one."""
    return f"There is no {what} called {name!r}.{nearest(name, known)} Known: {', '.join(sorted(known))}."


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return " Did you mean NAME?" with the one name that begins so, else the nearest; "" where none is near."""
    begun = [other for other in known if name and other.startswith(name)]
    near = begun if len(begun) == 1 else get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
