"""A recipe carried out: what `ash.run` and `angelshare run` do."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from angelshare.api.asked import GateWish, gates_of
from angelshare.api.statement import Statement
from angelshare.core.atomic import folder_of
from angelshare.core.errors import InputError
from angelshare.core.protocols import Progress, Silent
from angelshare.recipes.reading import checked, read_recipe
from angelshare.recipes.schema import Recipe

MOST_JOBS = 4


def run(
    recipe: str | PathLike[str] | Mapping[str, Any] | Recipe,  # Any: whatever a recipe holds
    *,
    out: str | PathLike[str] | None = None,
    gates: GateWish | Sequence[GateWish] | Mapping[str, float] = (),
    jobs: int | None = None,
    redact_texts: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Statement:
    """Carry out a recipe, from data to statement: teacher, transfer set, students and baselines, audits.

    After an interruption the same call goes on where it stood.

    Args:
        recipe: the name of a built-in one, a file, or its content.
        out: the run folder; runs/NAME by default.
        gates: beside the recipe's: rules such as "accuracy >= -0.01", or metric -> margin.
        jobs: students trained side by side; by default one per processor, at most 4.
        redact_texts: leave users' texts out of the statement.
        overwrite: replace a statement of another origin in the folder, which is otherwise kept in a sub-folder.
        progress: told about every long step.

    Raises:
        RecipeError: with every mistake of the recipe.
        InputError: for data, gates or a number of jobs that cannot be used.
    """
    content, rules, side_by_side = _content(recipe), gates_of(gates), jobs_of(jobs)

    # mistakes show before the networks are loaded, which takes seconds
    from angelshare.recipes.run import RunSettings, run_recipe

    folder = Path("runs") / content.name if out is None else folder_of(out)
    settings = RunSettings(
        now=datetime.now(UTC), gates=rules, redact_texts=redact_texts, jobs=side_by_side, overwrite=overwrite
    )
    return Statement(run_recipe(content, folder, settings, progress=progress or Silent()), folder)


def jobs_of(given: int | None) -> int:
    """Return how many students train side by side.

    Raises:
        InputError: for fewer than one.
    """
    if given is not None and given < 1:
        raise InputError(f"--jobs is {given}. Give 1 or more, or leave it out for one per processor.")
    return given or min(os.cpu_count() or 1, MOST_JOBS)


def _content(recipe: str | PathLike[str] | Mapping[str, Any] | Recipe) -> Recipe:  # Any: whatever a recipe holds
    """Return the recipe in whatever form it was given."""
    if isinstance(recipe, str | PathLike):
        return read_recipe(fspath(recipe))
    if isinstance(recipe, Mapping):
        return checked(Recipe, recipe, where="recipe")
    if not isinstance(recipe, Recipe):
        raise InputError(f"recipe is a {type(recipe).__name__}. Give a recipe's name, its file, or its content.")
    return recipe
