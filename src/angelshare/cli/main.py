"""The command line: parse, call, print, exit code.

Modules of commands import no more than their options; the rest is imported when a command is called, so that help is
shown at once.
"""

import logging
import os
import sys
import traceback
import warnings
from typing import Annotated, NoReturn

import typer

from angelshare import __version__
from angelshare.cli.audit import audit
from angelshare.cli.catalogue import catalogue
from angelshare.cli.check import check
from angelshare.cli.compare import compare
from angelshare.cli.helping import Command, example
from angelshare.cli.rebuild import rebuild
from angelshare.cli.recipes import recipes
from angelshare.cli.reproduce import reproduce
from angelshare.cli.run import demo, run
from angelshare.cli.suite import suite
from angelshare.core.errors import InputError, LeftOut, RecipeError
from angelshare.core.shown import one_line

INPUT_ERROR, INTERNAL_ERROR = 3, 70
HOME = "https://github.com/angelshare/angelshare"

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


def _shown(error: InputError) -> str:
    """Return an error's message on one line, or a recipe's mistakes on one each, so that no name can forge a line."""
    return "\n".join(map(one_line, error.problems if isinstance(error, RecipeError) else (str(error),)))


def _end(message: str, code: int) -> NoReturn:
    """Print what is wrong to standard error, and end."""
    typer.echo(message, err=True)
    sys.exit(code)


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Print what is left out to standard error."""
    typer.echo(f"warning: {one_line(str(message))}", err=True)


def main() -> None:
    """Run the command line and end with its exit code."""
    # warnings of libraries are not passed on; what matters is in the statement
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", LeftOut)
    warnings.showwarning = _warn
    logging.getLogger("transformers").setLevel(logging.ERROR)
    for variable in ("HF_HUB_VERBOSITY", "DATASETS_VERBOSITY"):  # both set their levels on import
        os.environ.setdefault(variable, "error")
    try:
        app()
    except InputError as error:
        # messages contain users' data, whose control and direction characters are shown, not obeyed
        _end(f"error: {_shown(error)}", INPUT_ERROR)
    except OSError as error:
        # such as a folder without write access or a full disk, which only the user can mend
        told = f"{error.strerror or error}: {error.filename or ''}"
        _end(f"error: {one_line(told)}", INPUT_ERROR)
    except Exception:  # noqa: BLE001  (the last resort of the process: shown whole, with its own exit code)
        traceback.print_exc()
        _end(f"This is a mistake in angelshare, not in your input. Please report it: {HOME}/issues", INTERNAL_ERROR)
