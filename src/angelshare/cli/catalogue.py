"""The commands that show the catalogue of data sets."""

import json
from typing import Annotated

import typer
from rich.console import Console

from angelshare.cli.options import AsJson
from angelshare.cli.summary import print_card, print_cards

catalogue = typer.Typer(help="The catalogue of data sets.", no_args_is_help=True)


@catalogue.command("list")
def list_data(as_json: AsJson = False) -> None:  # noqa: FBT002
    """List the data sets that the catalogue knows."""
    from angelshare.data.texts.catalog import catalog

    if as_json:
        typer.echo(json.dumps({name: card.model_dump(mode="json") for name, card in catalog().items()}, indent=1))
    else:
        print_cards(Console(), catalog())


@catalogue.command("show")
def show_data(
    name: Annotated[str, typer.Argument(help="A name from `angelshare data list`.")],
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show where a data set comes from, its licence and its hazards."""
    from angelshare.data.texts.catalog import catalog_card

    card = catalog_card(name)
    if as_json:
        typer.echo(card.model_dump_json(indent=1))
    else:
        print_card(Console(), name, card)
