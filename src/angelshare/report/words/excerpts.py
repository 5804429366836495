"""Users' texts, shortened to fit a page."""

LONGEST = 2_000


def shortened(text: str, limit: int = LONGEST) -> str:
    """Return the text, cut after `limit` characters with a note on its full length."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … (the first {limit:,} of {len(text):,} characters)"
