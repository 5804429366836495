"""Users' texts made visible: characters that a page or a terminal cannot or should not draw are named."""

import logging
import sys
import unicodedata

_JOINERS = "\u200c\u200d"  # Persian words and emoji families need them, and they reorder nothing
_LAYOUT = "\t\n"
LONGEST = 100
"""Characters of a user's value that a message shows."""


def visible(text: str) -> str:
    """Return the text with control, direction and surrogate characters named, such as `⟨U+202E⟩`.

    A direction override would turn the words around it, NUL ends documents, and a lone surrogate cannot be written as
    UTF-8 at all; none of them may vanish either, since they may be why two models disagree.
    """
    return text if text.isprintable() else "".join(_named(character) for character in text)


def one_line(text: str) -> str:
    """Return the text as `visible` does, with its line breaks and tabs named too: a name must not forge a line."""
    return "".join(f"⟨U+{ord(character):04X}⟩" if character in _LAYOUT else character for character in visible(text))


def shortened(text: str) -> str:
    """Return the text with its middle left out if it is longer than a message should be."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}...{text[-LONGEST // 4 :]}"


def _named(character: str) -> str:
    """Return the character, or its code point where it cannot be shown."""
    if character in _LAYOUT or character in _JOINERS:
        return character
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"⟨U+{ord(character):04X}⟩"
    return character


def warn(message: str) -> None:
    """Print a warning to standard error, on one line."""
    sys.stderr.write(f"warning: {one_line(message)}\n")


class _Shown(logging.Handler):
    """What is logged, as warnings on one line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        warn(record.getMessage())


def show_logs() -> None:
    """Print warnings that are logged, and that nobody else handles, so that no name in them is obeyed by a terminal."""
    logging.lastResort = _Shown(logging.WARNING)
