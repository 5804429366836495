"""How a call ends when it does not come to its own end: a last word, and an exit code."""

import errno
import re
import signal
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO

from angelshare.core.errors import AngelshareError, RecipeError
from angelshare.core.shown import one_line, visible

HOME = "https://github.com/angelshare/angelshare"
INPUT_ERROR, INTERNAL_ERROR = 3, 70
SIGNALLED = 128
"""The exit code after a signal is this and the signal's number: 130 after Ctrl-C, 143 after SIGTERM."""

_FULL = "Make room on the disk, then call the same command again."
_FORBIDDEN = "Get the right to read or write there, or name another place."
_REMEDIES: Mapping[int, str] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "Write to another disk.",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.EEXIST: "Move it away, or name another place.",
    errno.ENOTDIR: "A file stands where a folder is needed: move it away, or name another place.",
    errno.EISDIR: "A folder stands where a file is needed: move it away, or name another place.",
    errno.ENAMETOOLONG: "Choose shorter names.",
    errno.ENOENT: "Check the path.",
    errno.ELOOP: "Replace the link by what it should lead to.",
    errno.EIO: "Check the disk.",
}
MOST_CHARACTERS = 5000
"""Of a message on one line."""

_ENDLESS = re.compile(r"\d{40,}")
_FULL_DISK = ("No space left on device", "Disk quota exceeded", "inline_container", "PytorchStreamWriter")
"""What libraries say when they could not write; the last two are PyTorch, which names no reason."""


class Stopped(BaseException):
    """The user, or the system, wants the process to end. No library waits for this exception to swallow it."""

    def __init__(self, number: int) -> None:
        """Keep the number of the signal."""
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into `Stopped`, once: the second one ends the process at once.

    A signal that the caller of the process ignores stays ignored.
    """
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in wanted}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_of(error: BaseException) -> tuple[str, int]:
    """Return the last word on an error, without control characters, and the exit code."""
    reasons = list(_reasons(error))
    stop = next((each for each in reasons if isinstance(each, Stopped)), None)
    if stop is not None:
        what = "Interrupted" if stop.number == signal.SIGINT else "Terminated"
        return f"{what}. The same command goes on from here.", SIGNALLED + stop.number
    if isinstance(error, AngelshareError):
        # messages contain users' data, whose control and direction characters are shown, not obeyed
        lines = error.problems if isinstance(error, RecipeError) else (str(error),)
        return "error: " + "\n".join(map(_sober, lines)), INPUT_ERROR
    if isinstance(error, OSError):
        return f"error: {_of_system(error)}", INPUT_ERROR
    if any(words in str(each) for each in reasons for words in _FULL_DISK):
        return f"error: A file could not be written: {one_line(str(error))[:200]}. {_FULL}", INPUT_ERROR
    usage = _of_usage(error)
    if usage is not None:
        return usage
    # a bug of ours, shown whole
    whole = visible("".join(traceback.format_exception(error)))
    return f"{whole}This is a mistake in angelshare, not in your input. Please report it: {HOME}/issues", INTERNAL_ERROR


def _sober(message: str) -> str:
    """Return a message on one line, with numbers of endless digits cut short, and its own length bounded."""
    shown = _ENDLESS.sub(lambda digits: f"{digits[0][:10]}... ({len(digits[0]):,} digits)", one_line(message))
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}..."


def _stop(number: int, _frame: object) -> None:
    """Ask the process to end."""
    signal.signal(number, signal.SIG_DFL)
    raise Stopped(number)


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from: libraries wrap, but do not hide, what stopped them."""
    reason: BaseException | None = error
    while reason is not None:
        yield reason
        reason = reason.__cause__ or reason.__context__


def _of_system(error: OSError) -> str:
    """Return what the system refused, such as a folder without write access, and what to do about it."""
    what = one_line(error.strerror or str(error))
    place = f"{one_line(str(error.filename))}: " if error.filename is not None else ""
    return f"{place}{what}. {_REMEDIES.get(error.errno or 0, 'Check the path and the disk.')}"


def _of_usage(error: BaseException) -> tuple[str, int] | None:
    """Return what is wrong with the arguments, and the exit code 2; None for any other error.

    The classes of such errors moved from click into typer, so they are known by what they can do.
    """
    show, code, message = (getattr(error, name, None) for name in ("show", "exit_code", "message"))
    if not callable(show) or not isinstance(code, int) or not isinstance(message, str):
        return None
    if not message.startswith("Usage:"):  # a page of help, given for want of arguments
        error.message = one_line(message)  # type: ignore[attr-defined]  # it has just been read
    page = StringIO()
    show(page)
    return visible(page.getvalue().rstrip("\n")), code
