"""The form in which texts are compared across data sets: their words alone."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of a text: NFKC, lower-cased, alphanumeric only."""
    return _WORD.findall((text if text.isascii() else unicodedata.normalize("NFKC", text)).lower())


def normalised(text: str) -> str:
    """Return the words written together, so that hyphens, tokenisation and spacing make no difference.

    A text without a single letter or digit stays as it is.
    """
    return "".join(words(text)) or text
