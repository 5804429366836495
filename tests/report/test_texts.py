"""Users' texts made visible."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from angelshare.report.texts import shortened, visible


def test_what_cannot_be_drawn_is_named():
    """A direction override, NUL and a lone surrogate are shown by their code points."""
    assert visible("a\u202eb\x00c\ud800") == "a⟨U+202E⟩b⟨U+0000⟩c⟨U+D800⟩"


def test_what_texts_need_stays():
    """Emoji families, Persian joiners, other scripts, line breaks and tabs are no danger."""
    text = "\U0001f468\u200d\U0001f469 \u0645\u06cc\u200c\u062e שלום\n\tend"
    assert visible(text) == text


@given(st.text(alphabet=st.characters()))
def test_visible_text_is_writable_and_holds_no_control_character(text: str):
    """Whatever the text, its visible form is UTF-8 and reorders nothing."""
    shown = visible(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n" for c in shown)
    assert visible(shown) == shown


def test_a_long_text_is_cut_and_says_so():
    """A megabyte does not enter the page."""
    cut = shortened("a" * 1_000_000, 10)
    assert cut == "aaaaaaaaaa … (the first 10 of 1,000,000 characters)"
    assert shortened("short", 10) == "short"
