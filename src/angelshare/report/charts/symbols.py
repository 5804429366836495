"""A symbol for each model, the same in all charts of a page; shapes differ, so that none depends on colour."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHAPES = ("circle", "square", "up", "diamond", "down", "cross")
HUES = ("brown", "sea", "plum", "olive")

Key = tuple[str, str]
"""Role and name of a model."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The symbol of one model.

    Attributes:
        role: the model's role.
        name: the model's name.
        called: the name in the legend, with the role where another role has the same name.
        shape: one of `SHAPES`.
        hue: one of `HUES` for students, `ink` for teachers, `grey` for all others.
        hollow: whether only the outline is drawn, as in every second round of shapes.
    """

    role: str
    name: str
    called: str
    shape: str
    hue: str
    hollow: bool


def symbols(models: Iterable[Key]) -> dict[Key, Symbol]:
    """Return a symbol for each model: the first twelve differ in shape or filling, students also in colour."""
    drawn: dict[Key, Symbol] = {}
    n_students = 0
    keys = tuple(dict.fromkeys(models))
    times = Counter(name for _, name in keys)
    for role, name in keys:
        hue = {"teacher": "ink", "student": HUES[n_students % len(HUES)]}.get(role, "grey")
        n_students += role == "student"
        turn, place = divmod(len(drawn), len(SHAPES))
        called = name if times[name] == 1 else f"{name} ({role})"
        drawn[role, name] = Symbol(role, name, called, SHAPES[place], hue, hollow=turn % 2 == 1)
    return drawn
