"""The commands that help in writing a recipe."""

from typing import Annotated

import typer

from angelshare.cli.helping import Command, example
from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name

recipes = typer.Typer(
    help="Show a built-in recipe, or the keys of recipes.", no_args_is_help=True, rich_markup_mode=None
)


@recipes.command(cls=Command, epilog=example("angelshare recipe show sst2 > my-recipe.yaml"))
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="One of {recipes}.")]) -> None:
    """Show a built-in recipe, as a start for your own."""
    from angelshare.recipes.reading import BUILTIN, builtin_names

    if name not in builtin_names():
        raise InputError(unknown_name("recipe", name, builtin_names()))
    typer.echo(BUILTIN.joinpath(f"{name}.yaml").read_text("utf-8"), nl=False)


@recipes.command(cls=Command, epilog=example("angelshare recipe keys transfer"))
def keys(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Only the keys at and below one of {keys}.")] = "",
) -> None:
    """Show every key: what it may be, its default, and what it means."""
    from angelshare.recipes.keys import key_sections, known_places

    if key and key not in known_places():
        raise InputError(unknown_name("section of keys", key, known_places()))
    for section in key_sections():
        if not key or section.place == key or section.place.startswith(f"{key}."):
            typer.echo("\n".join(section.markdown()))
