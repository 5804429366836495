"""The commands that show the catalogue of data sets."""

import json
from typing import Annotated

import typer

from angelshare.cli.helping import Command, example
from angelshare.cli.options import AsJson

catalogue = typer.Typer(help="List the known data sets, or show one.", no_args_is_help=True, rich_markup_mode=None)


@catalogue.command("list", epilog=example("angelshare data list"))
def list_data(as_json: AsJson = False) -> None:
    """List the data sets that can be given by name."""
    from rich.console import Console

    from angelshare.cli.summary import print_cards
    from angelshare.data.texts.catalog import catalog

    if as_json:
        typer.echo(json.dumps({name: card.model_dump(mode="json") for name, card in catalog().items()}, indent=1))
    else:
        print_cards(Console(), catalog())


@catalogue.command("show", cls=Command, epilog=example("angelshare data show sst2"))
def show_data(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of {sets}.")], as_json: AsJson = False
) -> None:
    """Show where a data set comes from, its licence and hazards."""
    from rich.console import Console

    from angelshare.cli.summary import print_card
    from angelshare.data.texts.catalog import catalog_card

    card = catalog_card(name)
    if as_json:
        typer.echo(card.model_dump_json(indent=1))
    else:
        print_card(Console(), name, card)
