"""Help that ends with an example, and errors that name a missing extra, for all commands."""

import re
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from angelshare.cli.names import NAMES
from angelshare.core.extras import extra_named

_PLACE = re.compile(f"{{({'|'.join(NAMES)})}}")


def example(line: str, more: str = "") -> str:
    """Return the end of a command's help: a command line to copy, and what is too long for an option's line."""
    return f"\b\nExample:\n  {line}\n\n{more}"


class Command(TyperCommand):
    """A command in whose help `{audits}` stands for the names of all audits, which are looked up when it is shown."""

    def format_help(self, *given: Any) -> None:  # noqa: ANN401  (typer's own classes, passed on)
        """Write the help, with all names filled in."""
        for parameter in self.params:
            if isinstance(parameter, (TyperOption, TyperArgument)):
                parameter.help = _with_names(parameter.help)
        self.epilog = _with_names(self.epilog)
        super().format_help(*given)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  (typer's own context)
        """Read the arguments.

        Raises:
            typer.BadParameter: if an option does not take a value, with a message free of a library's prefix.
        """
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.replace("Value error, ", "")
            raise

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (typer's own context and whatever the command returns)
        """Call the command.

        Raises:
            MissingExtraError: if it needs packages that are not installed.
        """
        with extra_named(f"`{ctx.command_path}`"):
            return super().invoke(ctx)


def _with_names(told: str | None) -> str:
    """Return a help text with names filled in for places such as `{audits}`; questions of audits get a line each."""
    return _PLACE.sub(lambda place: ("\n  " if place[1] == "questions" else ", ").join(NAMES[place[1]]()), told or "")
