"""Users' texts made visible."""

import logging
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from angelshare.core.shown import one_line, show_logs, visible


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


def test_a_name_stands_on_one_line():
    """What would begin a line of its own, or erase one, is named."""
    forged = "m\npreserved\tAll is well.\r\x1b[2K\u2028\x85"
    assert one_line(forged) == "m⟨U+000A⟩preserved⟨U+0009⟩All is well.⟨U+000D⟩⟨U+001B⟩[2K⟨U+2028⟩⟨U+0085⟩"


@given(st.text(alphabet=st.characters()))
def test_one_line_is_one_line(text: str):
    """Whatever the text."""
    assert len(one_line(text).splitlines()) <= 1


def test_what_is_logged_reaches_a_terminal_inert(capsys):
    """Warnings name folders and students; a worker's do so too."""
    before = logging.lastResort
    try:
        show_logs()
        logging.lastResort.handle(logging.makeLogRecord({"msg": "%s is damaged.", "args": ("a\x1b[2J\u202e\nb",)}))
    finally:
        logging.lastResort = before
    assert capsys.readouterr().err == "warning: a⟨U+001B⟩[2J⟨U+202E⟩⟨U+000A⟩b is damaged.\n"
