"""Standard streams that neither their encoding nor a reader who has gone can break."""

import codecs
import io
from typing import Any, TextIO

_PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "±": "+-",
    "×": "x",
    "…": "...",
    "⟨": "<",
    "⟩": ">",
    "≥": ">=",
    "≤": "<=",
}
_ERRORS = "angelshare.plain"


class _Tolerant(io.RawIOBase):
    """A stream to which everything can be written: what nobody reads any more is dropped, and the exit code stays."""

    def __init__(self, stream: TextIO, raw: io.FileIO) -> None:
        """Write to what is below a stream, which would be closed if nobody kept it."""
        self._stream, self._raw, self._failed = stream, raw, False

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def fileno(self) -> int:
        """Return the number of the stream below."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Return whether the stream below is a terminal."""
        return self._raw.isatty()

    def write(self, content: bytes | memoryview, /) -> int | None:  # type: ignore[override]  # Python 3.12 calls them Buffer
        """Write, if there is still a reader.

        Raises:
            OSError: if it fails for another reason, such as a full disk; once, so that the process can end after it.
        """
        try:
            return memoryview(content).nbytes if self._failed else self._raw.write(content)
        except OSError as error:
            self._failed = True
            if isinstance(error, BrokenPipeError):
                return memoryview(content).nbytes
            raise


def patient(stream: TextIO | None) -> TextIO:
    """Return a standard stream that shows plainly what its encoding lacks, and outlives its reader.

    A minus sign becomes a hyphen; other characters become escapes. A stream that is no file is returned as it is. In
    the place of one that the caller closed, nothing is shown.
    """
    if stream is None:
        return io.StringIO()
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw: Any = getattr(stream.buffer, "raw", stream.buffer)  # Any: where Python does not buffer, it has no other type
    below: io.RawIOBase = _Tolerant(stream, raw)
    codecs.register_error(_ERRORS, _plain)
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(below),
        encoding=stream.encoding,
        errors=_ERRORS,
        line_buffering=stream.line_buffering or stream.write_through,
    )


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return what is written in place of characters that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    shown = (_PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode("ascii") for each in lacking)
    return "".join(shown), error.end
