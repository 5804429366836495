"""Papers by name: every folder of `recipes/papers` is one, without a list of them."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from angelshare.core.errors import InputError
from angelshare.core.factories import unknown_name
from angelshare.core.protocols import Progress
from angelshare.core.strict import Strict
from angelshare.recipes import papers
from angelshare.statement.reproduction import Reproduction

if TYPE_CHECKING:  # listing names must not load the engine of studies
    from angelshare.recipes.studies.paper import Paper
    from angelshare.recipes.studies.run import StudyRequest


def paper_names() -> tuple[str, ...]:
    """Return the names of the papers that can be reproduced; none of them is loaded."""
    return tuple(sorted(module.name.replace("_", "-") for module in iter_modules(papers.__path__) if module.ispkg))


def read_paper(name: str) -> "Paper[Strict]":
    """Return a paper.

    Raises:
        InputError: if there is none of this name.
    """
    if name not in paper_names():
        raise InputError(unknown_name("paper", name, paper_names()))
    paper: Paper[Strict] = import_module(f"{papers.__name__}.{name.replace('-', '_')}").PAPER
    return paper


def reproduce(name: str, request: "StudyRequest", *, progress: Progress) -> Reproduction:
    """Return a paper's claims, figures and tables beside ours, and write them with the statement behind them.

    Raises:
        InputError: if there is no such paper or scale, or its data are not at hand.
    """
    from angelshare.recipes.studies.run import carry_out

    return carry_out(read_paper(name), request, progress=progress)
