"""The commands, for typer to parse, call and explain.

Modules of commands import no more than their options; the rest is imported when a command is called, so that help is
shown at once.
"""

from typing import Annotated

import typer

from angelshare import __version__
from angelshare.cli.audit import audit
from angelshare.cli.catalogue import catalogue
from angelshare.cli.check import check
from angelshare.cli.compare import compare
from angelshare.cli.ends import HOME
from angelshare.cli.helping import Command, example
from angelshare.cli.rebuild import rebuild
from angelshare.cli.recipes import recipes
from angelshare.cli.reproduce import reproduce
from angelshare.cli.run import demo, run
from angelshare.cli.suite import suite

app = typer.Typer(
    name="angelshare",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # plain text is as readable, is never cut on narrow terminals, and needs no slow import
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"`angelshare COMMAND -h` shows an example of each. Documentation: {HOME}",
)
METRICS = "Metrics of --margin and --gate: {metrics}."
AUDITS = "\b\nAudits, and what they ask:\n  {questions}\n\n"
for command, end in (
    (
        audit,
        example(
            "angelshare audit --teacher big.parquet --student small.csv --task binary --out audit/", AUDITS + METRICS
        ),
    ),
    (run, example("angelshare run sst2 --out runs/sst2", METRICS)),
    (check, example("angelshare check audit/ --margin accuracy=0.01", METRICS)),
    (compare, example("angelshare compare runs/last runs/this --margin accuracy=0.005", METRICS)),
    (suite, example("angelshare suite lost-in-distillation --teacher big/ --student small/ --scale tiny", METRICS)),
    (reproduce, example("angelshare reproduce lost-in-distillation --scale tiny")),
    (rebuild, example("angelshare rebuild docs/results/sst2")),
    (demo, example("angelshare demo --out runs/demo")),
):
    app.command(cls=Command, epilog=end)(command)
app.add_typer(recipes, name="recipe")
app.add_typer(catalogue, name="data")


def _version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"angelshare {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What a language model loses when it is made smaller, how sure that is, and whom it hurts."""
