"""Progress bars with remaining time on a terminal, nothing where output is piped; and what Ctrl-C means."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from angelshare.core.protocols import Progress as ProgressProtocol
from angelshare.core.protocols import Silent

INTERRUPTED = 130
"""The exit code after Ctrl-C."""


class Bars:
    """One bar at a time, on standard error."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        self._console = console
        self._bars: Progress | None = None
        self._task: TaskID | None = None

    def start(self, what: str, total: int) -> None:
        """Begin a bar of `total` steps; one that is still open ends."""
        self.finish()
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
        )
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._task = self._bars.add_task(what, total=total)
        self._bars.start()

    def advance(self, n: int) -> None:
        """Move on by n steps."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, n)

    def finish(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
        self._bars = self._task = None


@contextmanager
def resumable() -> Iterator[ProgressProtocol]:
    """Give work that can be interrupted its bars: the same command goes on where it stood.

    Raises:
        typer.Exit: with 130 after Ctrl-C.
    """
    console = Console(stderr=True)
    try:
        yield Bars(console) if console.is_terminal else Silent()
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None
