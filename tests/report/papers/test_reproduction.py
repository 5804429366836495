"""The page of a reproduction."""

import re
from collections.abc import Callable

import pytest

from angelshare.report import render_reproduction_html
from angelshare.report.papers.reproduction import claim_mark, duration, is_relative, reproduction_page, sentence
from angelshare.statement.reproduction import Claim, Reproduction


@pytest.fixture(scope="module")
def html(reproduction: Reproduction) -> str:
    """The page."""
    return render_reproduction_html(reproduction)


def test_the_claims_are_counted_first(reproduction: Reproduction):
    """Four claims, one of every verdict."""
    page = reproduction_page(reproduction)
    assert page.sentence == (
        "Of 4 claims of the paper, 1 holds, 1 is contradicted, 1 is undecided and 1 was not measured here."
    )
    assert page.tally == (("holds", 1), ("contradicted", 1), ("undecided", 1), ("not measured", 1))


def test_several_claims_of_one_verdict_are_in_the_plural(reproduction: Reproduction):
    """Two that hold; none at all is said, too."""
    first = reproduction.claims[0]
    assert sentence([first, first]) == "Of 2 claims of the paper, 2 hold here."
    assert sentence([]) == "No claim of the paper was checked."


def test_a_verdict_has_word_and_shape(html: str):
    """Every state of a claim is told in words beside its sign."""
    for sign, word in (
        ("●", "holds"),
        ("\N{MULTIPLICATION SIGN}", "contradicted"),
        ("◌", "undecided"),
        ("\N{EN DASH}", "not measured"),
    ):
        assert re.search(rf'<span aria-hidden="true">{sign}</span> {word}</span>', html), word


def test_the_deciding_number_is_drawn_with_zero():
    """From -0.13 to 0 with 8% of room on both sides: 0.13 * 1.16 = 0.1508 wide, 0 at (0.13 + 0.0104) / 0.1508."""
    claim = Claim(claim="c", where="w", verdict="holds", finding="f", value=-0.1, low=-0.13, high=-0.07)
    mark = claim_mark(claim)
    assert mark is not None
    assert (mark.low, mark.bounds) == (6.9, (93.1,))
    assert (mark.text, mark.interval) == ("\N{MINUS SIGN}0.100", "\N{MINUS SIGN}0.130 to \N{MINUS SIGN}0.070")


def test_what_a_claim_is_held_against_is_drawn():
    """An AUC of .5 to .7 against .6 is in the middle, and has no sign; 0 is not on the axis."""
    claim = Claim(claim="c", where="w", verdict="undecided", finding="f", value=0.6, low=0.5, high=0.7, bounds=(0.6,))
    mark = claim_mark(claim)
    assert mark is not None
    assert (mark.value, mark.bounds) == (50.0, (50.0,))
    assert mark.text == "0.600"


def test_a_claim_without_a_number_has_no_drawing(reproduction: Reproduction):
    """What was not measured is not drawn at 0."""
    assert [view.mark is None for view in reproduction_page(reproduction).claims] == [False, False, False, True]


def test_a_count_has_no_sign(reproduction: Reproduction):
    """Twelve functionalities, from 9 to 15."""
    mark = claim_mark(reproduction.claims[2])
    assert mark is not None
    assert (mark.text, mark.interval) == ("12", "9 to 15")


def test_a_tiny_run_warns_that_it_says_nothing_about_the_paper(reproduction: Reproduction):
    """The warning comes before those of the notes, and is not said twice."""
    page = reproduction_page(reproduction.model_copy(update={"scale": "tiny"}))
    assert page.warnings[0].startswith("It shows that every part runs")
    assert page.warnings[1] == "The transfer set is a thousandth of the paper's."
    assert page.scale == ""
    assert page.notes == ("Seeds: 3 of each student.",)


def test_how_many_numbers_have_one_of_ours_is_told(reproduction: Reproduction):
    """18 of 28 rows of three numbers are measured, 12 of them on stand-ins."""
    assert reproduction_page(reproduction).facts == (
        ("54 of 84", "numbers of the paper have one of ours beside them"),
        ("36", "of these on stand-ins for the paper's data"),
        ("5", "models in the charts"),
        ("61 min", "from the data to this page"),
    )


def test_durations_have_the_unit_that_fits():
    """Seconds, minutes, hours."""
    assert [duration(seconds) for seconds in (48.2, 3_661, 27_000)] == ["48 s", "61 min", "7.5 h"]


def test_only_relative_paths_are_links(html: str):
    """Neither scripts nor other machines can be reached from the page."""
    assert 'href="statements/suite/statement.html"' in html
    assert "javascript:alert(1)</bdi>" in html
    assert 'href="javascript' not in html
    refused = (
        "",
        "/etc/passwd",
        "//elsewhere/x",
        "\\\\elsewhere\\x",
        "https://elsewhere",
        "data:text/html,x",
        "a\x00b",
    )
    assert not any(is_relative(path) for path in refused)


def test_texts_that_mean_harm_are_data(
    make_reproduction: Callable[..., Reproduction], hostile: tuple[str, ...], html: str
):
    """No markup of a text becomes one of the page: its own tags and its one script stay as many as without them."""
    page = render_reproduction_html(make_reproduction(hostile=hostile))
    assert page.count("<script") == html.count("<script") == 1
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "{{ 7 * 7 }}" in page
    page.encode()


def test_nothing_is_loaded(html: str):
    """No address but links within the page and to its statements."""
    assert "default-src 'none'" in html
    assert not re.search(r'(src|href)="(https?:)?//', html)


def test_ids_are_unique_and_labels_point_to_them(html: str):
    """What a label or a drawing refers to is there, once."""
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    referred = {name for names in re.findall(r'aria-labelledby="([^"]+)"', html) for name in names.split()}
    referred |= set(re.findall(r'href="#([^"]+)"', html))
    assert referred <= set(ids)


def test_every_drawing_is_labelled_or_hidden(html: str):
    """An SVG is an image with a name, hidden, or a part of another."""
    assert not [
        tag
        for tag in re.findall(r"<svg[^>]*>", html)
        if 'overflow="visible"' not in tag and "aria-" not in tag
    ]  # fmt: skip


def test_a_reproduction_of_nothing_is_still_a_page(reproduction: Reproduction):
    """Without claims, figures, charts and settings it says so."""
    keys = ("claims", "figures", "charts", "tables", "settings", "not_reproducible", "notes", "statements")
    page = render_reproduction_html(reproduction.model_copy(update=dict.fromkeys(keys, ()) | {"seconds": None}))
    assert "No claim of the paper was checked." in page
    assert 'id="beside"' not in page
    assert 'id="charts"' not in page


def test_texts_left_out_on_request_are_told(make_reproduction: Callable[..., Reproduction]):
    """The table of texts says that they were left out."""
    assert "The texts were left out on request." in render_reproduction_html(make_reproduction(redacted=True))
