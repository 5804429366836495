"""Progress bars with the remaining time, on terminals only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from angelshare.core.protocols import Progress as ProgressProtocol
from angelshare.core.protocols import Silent
from angelshare.core.shown import one_line


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
        self._task = self._bars.add_task(one_line(what), total=total)
        self._bars.start()

    def advance(self, n: int) -> None:
        """Advance by n steps."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, n)

    def finish(self) -> None:
        """Remove the bar."""
        if self._bars is not None:
            self._bars.stop()
        self._bars = self._task = None


@contextmanager
def shown_progress() -> Iterator[ProgressProtocol]:
    """Provide progress bars; the last one is removed, and the cursor shown again, whatever ends the work."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Silent()
        return
    bars = Bars(console)
    try:
        yield bars
    finally:
        bars.finish()
