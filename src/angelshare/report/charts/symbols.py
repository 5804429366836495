"""One symbol for each model, the same in every chart of a page: shapes first, so that nothing hangs on colour."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHAPES = ("circle", "square", "up", "diamond", "down", "cross")
HUES = ("brown", "sea", "plum", "olive")

Key = tuple[str, str]
"""Role and name of a model."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one model is drawn.

    Attributes:
        role, name: which model. called: its name, with the role where another role has the same one.
        shape: of `SHAPES`; hollow: whether it is an outline, as every second round of shapes is.
        hue: of `HUES` for students, `ink` for teachers, `grey` for all others.
    """

    role: str
    name: str
    called: str
    shape: str
    hue: str
    hollow: bool


def symbols(models: Iterable[Key]) -> dict[Key, Symbol]:
    """Return a symbol for every model: the first twelve differ in shape or filling, students in colour too."""
    found: dict[Key, Symbol] = {}
    n_students = 0
    keys = tuple(dict.fromkeys(models))
    times = Counter(name for _, name in keys)
    for role, name in keys:
        hue = {"teacher": "ink", "student": HUES[n_students % len(HUES)]}.get(role, "grey")
        n_students += role == "student"
        turn, place = divmod(len(found), len(SHAPES))
        called = name if times[name] == 1 else f"{name} ({role})"
        found[role, name] = Symbol(role, name, called, SHAPES[place], hue, hollow=turn % 2 == 1)
    return found
