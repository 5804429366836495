"""The comment on a pull request."""

from hypothesis import given
from hypothesis import strategies as st

from angelshare.report import render_markdown
from angelshare.report.pages.markdown import escaped
from angelshare.statement.schema import Statement


def test_the_summary_fits_a_comment_and_starts_with_the_verdict(statement: Statement):
    """Under 60 lines: verdict, gates, main differences, warnings, provenance."""
    text = render_markdown(statement)
    lines = text.splitlines()
    assert len(lines) < 60
    assert lines[2].startswith("**▼ lost.** Of 4 gates")
    assert "mlp loses 7.2 points of accuracy" in text
    assert (
        "| mlp | accuracy | student \u2212 teacher | 89.0 → 81.8 | **\u22127.2** | \u22128.6 to \u22125.8 | 2.0 points | ▼ lost |"
        in text
    )
    assert "| interval | margin |" in text
    assert "Intervals are 95% where a gate names the row, else simultaneous over the student's rows" in text
    assert "more differences on the page." in text
    assert "conditional on it" in text
    assert "collapsed" in text
    assert "test items looked at once in this run folder" in text
    assert "- the content of reviews differs" in text


def test_slices_speed_and_flips_are_told_shortly(rich_statement: Statement):
    """The worst two slices of each student in a table, the other audits in a line for each."""
    text = render_markdown(rich_statement)
    assert len(text.splitlines()) < 60
    assert "| mlp | women | \u22125.0 → \u22129.0 | **\u22124.0** | \u22125.4 to \u22122.6 | ▼ lost |" in text
    assert "| mlp | negation | \u22125.0" not in text
    assert (
        "- mlp: agreement 88.4%, negative flips 9.4%, positive flips 2.2%, throughput 149× faster, "
        "median latency 47× faster, 99th-percentile latency 42× faster\n"
    ) in text


def test_the_summary_stays_short_however_much_was_measured(statement: Statement):
    """Many gates, many notes, many rows."""
    audits = tuple(statement.audits) * 40
    text = render_markdown(
        statement.model_copy(update={"audits": audits, "gates": statement.gates * 30, "notes": ("n",) * 99})
    )
    assert len(text.splitlines()) < 60
    assert "more gates on the page" in text


def test_user_text_is_neither_markup_nor_mention():
    """Pipes, backticks, mentions, HTML and links lose their meaning."""
    text = escaped("a|b `c` @someone <img src=x> [l](http://x) ![i](y)\n# h\u202e")
    assert "\\|" in text
    assert "\\`" in text
    assert "@\u200bsomeone" in text
    assert "&lt;img" in text
    assert "\\[l\\](http:\u200b//x)" in text
    assert escaped("1. first").startswith("1\\.")
    assert escaped("- item").startswith("\\-")
    assert [escaped(text) for text in ("2.0", "-7.2", "2026-01-02")] == ["2.0", "-7.2", "2026-01-02"]
    assert "\n" not in text
    assert "\u202e" not in text


@given(st.text(alphabet=st.characters()))
def test_an_escaped_text_never_ends_its_cell(text: str):
    """Every pipe has an odd number of backslashes before it, and there is no line break or tag."""
    shown = escaped(text)
    shown.encode("utf-8")
    assert not set(shown) & {"\n", "<", ">"}
    for i, character in enumerate(shown):
        if character == "|":
            before = shown[:i]
            assert (len(before) - len(before.rstrip("\\"))) % 2 == 1


def test_a_statement_without_anything_is_a_summary_too(empty_statement: Statement):
    """No table without rows."""
    text = render_markdown(empty_statement)
    assert "No overall verdict" in text
    assert "|" not in text.replace("\\|", "")


def test_of_several_text_sets_each_row_names_its_own(suite_statement: Statement):
    """Differences of three sets in one table; who loses more is told of one metric only."""
    text = render_markdown(suite_statement)
    assert "| mlp | accuracy, reviews |" in text
    assert "Who loses more than the others, in accuracy:" in text
    assert "| mlp | women, reviews |" in text
    assert "BPSN" not in text
