"""Users' texts as cells of a table, cut so that a statement stays small enough to open."""

from angelshare.core.panel import Panel
from angelshare.core.predictions import Predictions

LONGEST = 2_000
"""The most characters of a cell, its marks included."""
SECOND = "\n⟨second text⟩ "


def cell_text(panel: Panel[Predictions], item: int) -> str | None:
    """Return the text of an item, or both texts of a pair, cut where they are long; None if texts are not known."""
    batch = panel.items.texts
    if batch is None:
        return None
    if batch.pairs is None:
        return _cut(batch.texts[item], LONGEST)
    room = (LONGEST - len(SECOND)) // 2
    return SECOND.join(_cut(half, room) for half in (batch.texts[item], batch.pairs[item]))


def _cut(text: str, limit: int) -> str:
    """Return the text in at most `limit` characters; where it is cut, its end says how long it was."""
    if len(text) <= limit:
        return text
    mark = f" … (cut: {len(text):,} characters)"
    return text[: limit - len(mark)] + mark
