"""Users' texts at a length that fits into a page."""

LONGEST = 2_000


def shortened(text: str, limit: int = LONGEST) -> str:
    """Return the text, cut with a note of its full length where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … (the first {limit:,} of {len(text):,} characters)"
