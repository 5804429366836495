"""A statement in a notebook's cell."""

import re
from html.parser import HTMLParser

from angelshare.report.pages.cell import MOST_WARNINGS, render_cell
from angelshare.report.words.main_rows import COLUMNS, MOST_ROWS, main_rows


class Tags(HTMLParser):
    """All tags of a piece of HTML, each opened and closed."""

    def __init__(self):
        super().__init__()
        self.opened, self.names = [], []

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.names.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


def tags_of(cell):
    """Return the names of its tags, after checking that all are closed in order."""
    parser = Tags()
    parser.feed(cell)
    assert parser.opened == []
    return parser.names


def test_it_has_the_verdict_the_main_differences_and_the_warnings(statement):
    """Beginning with the verdict; whatever else there is is told."""
    cell = render_cell(statement)
    assert cell.index("lost</b>") < cell.index("<table")
    rows = main_rows(statement).rows
    assert 0 < len(rows) <= MOST_ROWS
    assert cell.count("<th ") == len(COLUMNS)
    assert tags_of(cell).count("tr") == 1 + len(rows)
    assert cell.count("<b>Warning:</b>") <= MOST_WARNINGS
    assert "more differences on the page" in cell
    assert ".to_frame()" in cell


def test_it_brings_neither_style_sheet_nor_script_nor_requests(statement):
    """It stands among other cells, whose looks are not its own, and in light or dark."""
    cell = render_cell(statement)
    assert not {"style", "script", "link", "img", "iframe", "a"} & set(tags_of(cell))
    assert not re.search(r"https?:|url\(|background", cell)
    assert len(cell) < 20_000


def test_names_of_users_are_data(make_statement, hostile):
    """They open no tag and turn no line around."""
    statement = make_statement()
    for name in hostile:
        cell = render_cell(statement.model_copy(update={"title": name, "warnings": (name,)}))
        assert "<script" not in cell
        assert "<img" not in cell
        assert "\u202e" not in cell
        assert "\x00" not in cell
        tags_of(cell)


def test_a_statement_without_gates_says_so(statement):
    """There is no overall verdict then."""
    cell = render_cell(statement.model_copy(update={"gates": (), "verdict": None}))
    assert "No gate was set" in cell
