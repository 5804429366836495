import io

from rich.console import Console

from angelshare.cli.progress import Bars


def test_names_in_progress_bars_are_shown_and_not_obeyed():
    """Students and folders are called what users like."""
    console = Console(file=io.StringIO(), force_terminal=True, width=200, color_system=None, legacy_windows=False)
    bars = Bars(console)
    bars.start("training \x1b[2J\u202e\x9b", 3)
    bars.advance(1)
    bars.finish()
    drawn = console.file.getvalue()
    assert "training ⟨U+001B⟩[2J⟨U+202E⟩⟨U+009B⟩" in drawn
    assert not {"\u202e", "\x9b"} & set(drawn)
    assert "\x1b[2J\u202e" not in drawn
