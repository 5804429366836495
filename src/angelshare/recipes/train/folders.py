"""The folders and files that a run makes, checked before anything is trained."""

import logging
from collections.abc import Iterator
from pathlib import Path

import yaml

from angelshare.core.atomic import set_aside, write_text
from angelshare.core.errors import InputError
from angelshare.recipes.entries import PretrainedEntry
from angelshare.recipes.folder.journal import was_here
from angelshare.recipes.folder.stages import refuse_foreign, refuse_unsealed
from angelshare.recipes.observe.observing import SPEED
from angelshare.recipes.schema import Recipe
from angelshare.recipes.train.members import members_of
from angelshare.recipes.train.transfers import TRANSFER

_LOG = logging.getLogger(__name__)

RECIPE_FILE = "recipe.yaml"
_HEAD = "# This run's recipe with all defaults filled in, as angelshare wrote it.\n"


def check_folders(recipe: Recipe, run: Path) -> None:
    """Check that nothing is lost when the models of a recipe are made.

    Raises:
        InputError: if a model would be made where other files are, or in the place of one that the recipe starts from.
    """
    folders = list(_made(recipe, run))
    for source in _sources(recipe):
        for folder in folders:
            if Path(source).resolve() == folder.resolve() or folder.resolve() in Path(source).resolve().parents:
                raise InputError(
                    f"The recipe starts from the model {source}, and would train another in its place. Choose another "
                    "--out."
                )
    for folder in folders:
        refuse_unsealed(folder)
    if not was_here(run):
        refuse_foreign(run / TRANSFER, tuple(sorted(path.name for path in (run / TRANSFER).glob("*.json"))))


def write_recipe(recipe: Recipe, run: Path) -> None:
    """Write the recipe into its run folder; one that was changed there is kept under another name.

    Raises:
        InputError: if a recipe stands there, and no run ever did.
    """
    file = run / RECIPE_FILE
    if file.exists() and not _is_ours(file):
        if not was_here(run):
            raise InputError(f"{file} is not one that angelshare wrote, and would be replaced. Choose another --out.")
        _LOG.warning("%s is not as the run wrote it. It is now %s.", file, set_aside(file))
    text = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_text(file, _HEAD + text)


def _made(recipe: Recipe, run: Path) -> Iterator[Path]:
    """Yield the folders of all models that a recipe trains, and of their speeds."""
    if recipe.teacher.fine_tune is not None:
        yield run / "teacher"
    yield from (member.folder(run) for member in members_of(recipe))
    if "speed" in {choice.kind for choice in recipe.choices}:
        yield run / SPEED


def _sources(recipe: Recipe) -> Iterator[str]:
    """Yield the models that a recipe starts from."""
    yield recipe.teacher.model
    yield from (entry.model for entry in recipe.students if isinstance(entry, PretrainedEntry))


def _is_ours(file: Path) -> bool:
    """Whether a recipe was written by a run."""
    if not file.is_file():
        return False  # a pipe is read forever
    with file.open("rb") as content:
        return content.read(len(_HEAD)) == _HEAD.encode()
