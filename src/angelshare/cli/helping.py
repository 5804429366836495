"""What all commands have: help that ends with an example, and the name of the extra that a call needs."""

import re
from collections.abc import Iterable
from typing import Any, Literal, get_args

from typer.core import TyperArgument, TyperCommand, TyperOption

from angelshare.core.extras import extra_named

Sort = Literal["recipes", "audits", "metrics", "suites", "papers", "sets"]
_PLACE = re.compile(f"{{({'|'.join(get_args(Sort))})}}")


def example(line: str, more: str = "") -> str:
    """Return the end of a command's help: a command line to copy, and what does not fit beside an option."""
    return f"\b\nExample:\n  {line}\n\n{more}"


class Command(TyperCommand):
    """A command in whose help `{audits}` stands for the names of all audits, looked up when it is asked for."""

    def format_help(self, *given: Any) -> None:  # noqa: ANN401  (typer's own classes, passed on)
        """Write the help with the names in it."""
        for parameter in self.params:
            if isinstance(parameter, (TyperOption, TyperArgument)):
                parameter.help = _with_names(parameter.help)
        self.epilog = _with_names(self.epilog)
        super().format_help(*given)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (typer's own context and whatever the command returns)
        """Call the command.

        Raises:
            MissingExtraError: if it needs packages that are not installed.
        """
        with extra_named(f"`{ctx.command_path}`"):
            return super().invoke(ctx)


def _with_names(told: str | None) -> str:
    """Return a help text with all names of a sort in place of `{sort}`."""
    return _PLACE.sub(lambda place: ", ".join(known(place[1])), told or "")


def known(sort: str) -> Iterable[str]:
    """Return all names of a sort of thing."""
    match sort:
        case "recipes":
            from angelshare.recipes.reading import builtin_names

            return builtin_names()
        case "audits":
            from angelshare.audit.frame.installed import AUDITS

            return AUDITS.names()
        case "metrics":
            from angelshare.statement.margins import judged_metrics

            return judged_metrics()
        case "suites":
            from angelshare.data.suites.gathering import suites

            return suites()
        case "papers":
            from angelshare.recipes.studies.study import PAPERS

            return PAPERS
        case _:
            from angelshare.data.texts.catalog import catalog

            return catalog()
