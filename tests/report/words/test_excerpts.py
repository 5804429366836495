"""Users' texts at a length that fits."""

from angelshare.report.words.excerpts import shortened


def test_a_long_text_is_cut_and_says_so():
    """A megabyte does not enter the page."""
    cut = shortened("a" * 1_000_000, 10)
    assert cut == "aaaaaaaaaa … (the first 10 of 1,000,000 characters)"
    assert shortened("short", 10) == "short"
