"""The page, as text."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

from angelshare.audits.frame.installed import facts_of
from angelshare.core.shown import visible
from angelshare.report import render_html
from angelshare.report.pages.views import page
from angelshare.report.words.excerpts import shortened
from angelshare.report.words.lookup import differences, unit
from angelshare.report.words.numbers import interval, signed
from angelshare.statement.schema import Statement, TableRow


class Tags(HTMLParser):
    """Collects tags, attributes and the text outside style and script."""

    def __init__(self, text: str):
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_every_difference_is_a_line_of_the_page(statement: Statement):
    """Each with its value, its interval and its verdict."""
    lines = [line for section in page(statement).sections for group in section.groups for line in group.lines]
    printed = sorted((line.delta, line.interval, line.verdict or "") for line in lines if not line.word)
    expected = sorted(
        (signed(row.delta, unit(row)), interval(row.interval.low, row.interval.high, unit(row)), row.verdict or "")
        for row in differences(statement)
        if row.scale == "difference"
    )
    ratios = [(line.delta, line.word, line.interval) for line in lines if line.word]
    assert ratios == [
        ("1.29\N{MULTIPLICATION SIGN}", "higher", "1.24\N{MULTIPLICATION SIGN} to 1.34\N{MULTIPLICATION SIGN}")
    ]
    assert printed == expected
    assert render_html(statement).count('<svg class="forest ') == len(lines) + 2  # and its excess loss by slice


def test_the_page_says_the_verdict_the_warnings_and_what_was_not_measured(statement: Statement):
    """Fragments that a reader must find."""
    text = " ".join("".join(Tags(render_html(statement)).texts).split())
    for fragment in (
        "mlp loses 7.2 points of accuracy (95% interval 5.8 to 8.6), more than the margin of 2.0.",
        "Of 4 gates: 1 failed, 1 undecided, 1 not measured, 1 held.",
        "bilstm/4: collapsed: it does not beat the majority class",
        "Not applicable: no item mentions an identity.",
        "Slice sarcasm is not measured: 9 labelled items, at least 30 are needed.",
        "There is one teacher: everything here is conditional on it.",
        "fewer parameters in mlp (22.7M → 81K)",
        "2.8\N{EN DASH}11.6%",
        "seed 4: collapsed",
        "unpinned",
        "CC0-1.0",
        "12" * 32,
        "torch: 2.13.0",
        "not judged",
    ):
        assert fragment in text, fragment


def shown(statement: Statement) -> str:
    """Return the words of the page."""
    return " ".join("".join(Tags(render_html(statement)).texts).split())


def test_margins_are_told_with_their_source_and_reason(statement: Statement):
    """Those of gates, those by default, and the one between a student and its baseline."""
    text = shown(statement)
    assert "The margin of accuracy is 2.0 points, from the recipe." in text
    assert f"The margin of accuracy is 1.0 points, by default. {facts_of('accuracy').reason}" in text
    assert "Between a student and its baseline the margin is 0" in text


def test_looks_are_counted_in_the_run_folder_and_name_the_split(statement: Statement):
    """What was measured on validation is not called test."""
    assert "The test split was looked at once in this run folder" in shown(statement)
    only = (statement.data[0].model_copy(update={"split": "validation"}),)
    text = shown(statement.model_copy(update={"data": only, "test_looks": 2}))
    assert "The validation split was looked at 2 times in this run folder" in text
    assert "validation items in reviews" in text
    assert "test split" not in text
    given = (statement.data[0].model_copy(update={"split": "given"}),)
    assert "The items were looked at once in this run folder" in shown(statement.model_copy(update={"data": given}))


def test_notes_that_warn_stand_among_the_warnings_and_only_there(statement: Statement):
    """A set that is not the one its card names must be seen first."""
    text = shown(statement)
    assert text.count("the content of reviews differs from the one that its card names.") == 1
    assert "Warning. the content of reviews differs" in text
    assert "Warning:" not in text


def test_sources_of_the_transfer_set_are_folded_away_in_a_table_of_their_own(statement: Statement):
    """Twelve sources; the splits stay in sight."""
    assert "The transfer set: 78,000 texts from 12 sources" in shown(statement)
    before, after = render_html(statement).split("<summary>The transfer set")
    assert "source-01/" not in before
    assert "source-12/" in after
    assert "left out over the limit: 4" in shown(statement)
    splits = statement.model_copy(update={"data": statement.data[:2]})
    assert "The transfer set" not in render_html(splits)


def test_a_row_whose_margin_was_given_later_shows_no_p_value_at_it(statement: Statement):
    """It is not known, so it is not printed."""
    row = differences(statement)[0].model_copy(update={"p_margin": None})
    audit = statement.audits[0].model_copy(update={"differences": (row,)})
    assert "p at margin" not in shown(statement.model_copy(update={"audits": (audit,)}))


def test_the_page_asks_for_nothing(statement: Statement):
    """No address to load, no handler, one script allowed by its hash, and a policy that forbids the rest."""
    html = render_html(statement)
    tags = Tags(html)
    assert not [tag for tag, attrs in tags.opened if {"src", "srcset", "data", "action"} & attrs.keys()]
    assert all(attrs["href"].startswith("#") for _, attrs in tags.opened if "href" in attrs)
    assert not [name for _, attrs in tags.opened for name in attrs if name.startswith("on")]
    assert "@import" not in html
    assert "url(" not in html
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in html


def test_hostile_texts_are_shown_as_text(hostile: tuple[str, ...], statement: Statement):
    """Each stands in the page as it is, its invisible characters named; none opens a tag."""
    html = render_html(statement)
    html.encode("utf-8")
    tags = Tags(html)
    assert [tag for tag, _ in tags.opened].count("script") == 1
    assert "img" not in {tag for tag, _ in tags.opened}
    assert "\u202e" not in html
    assert "\x00" not in html
    for text in hostile:
        assert visible(shortened(text)) in tags.texts


def test_names_that_users_give_are_data_too(statement: Statement):
    """Titles, students, slices and rules are escaped where they stand."""
    evil = "<img src=x onerror=alert(1)>"
    models = tuple(model.model_copy(update={"name": evil, "kind": evil, "remark": evil}) for model in statement.models)
    html = render_html(statement.model_copy(update={"title": evil, "models": models, "notes": (evil,)}))
    assert evil not in html
    assert "img" not in {tag for tag, _ in Tags(html).opened}


def test_left_out_texts_are_said_to_be_left_out(redacted_statement: Statement):
    """Ids and groups stay."""
    html = render_html(redacted_statement)
    assert "The texts were left out on request" in html
    assert "storm" not in html
    assert "r-0009" in html


def test_headings_are_in_order_and_tables_have_headers(statement: Statement):
    """What a screen reader walks along: one h1, no skipped level, a scope on every header, a name on every drawing."""
    tags = Tags(render_html(statement)).opened
    levels = [int(tag[1]) for tag, _ in tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attrs for tag, attrs in tags if tag == "th")
    drawings = [attrs for tag, attrs in tags if tag == "svg" and attrs.get("role") == "img"]
    assert drawings
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert all(attrs.get("aria-label") or set(attrs["aria-labelledby"].split()) <= set(ids) for attrs in drawings)
    assert len(ids) == len(set(ids))


def test_a_statement_without_anything_is_a_page_too(empty_statement: Statement):
    """Nothing measured is said, not hidden."""
    html = render_html(empty_statement)
    assert "No gate was set" in html
    assert "No audit was run" in html


def test_the_same_statement_gives_the_same_page(make_statement: Callable[..., Statement]):
    """No clock, no chance."""
    assert render_html(make_statement()) == render_html(make_statement())


def test_texts_that_were_not_at_hand_are_said_to_be_missing(redacted_statement: Statement):
    """Files of predictions need not hold texts: the column goes, the reason stays."""
    audits = tuple(
        audit.model_copy(update={"tables": tuple(t.model_copy(update={"redacted": False}) for t in audit.tables)})
        for audit in redacted_statement.audits
    )
    html = render_html(redacted_statement.model_copy(update={"audits": audits}))
    assert "The texts were not at hand" in html
    assert "left out on request" not in html
    assert '<td role="cell" data-name="text"' not in html


def test_a_suite_has_its_table_near_the_top_and_names_stand_ins(suite_statement: Statement):
    """Every model on every set, a set's name once; what stands in for what, beside the set."""
    columns = ("set", "model type", "model", "n_parameters", "auc_pr", "auc_roc", "difference", "low", "high")
    rows = (
        ("Hate Check", "teacher", "teacher", 110, 0.8, 0.7, 0.0, None, None),
        ("Hate Check", "student", "mlp", 8, 0.7, 0.6, -0.1, -0.15, -0.05),
        ("Covert Toxicity", "not measured", *(None,) * 7),
    )
    table = TableRow(name="table2", title="Every model on every set", columns=columns, rows=rows)
    audit = suite_statement.audits[-1].model_copy(update={"name": "suite", "tables": (table,)})
    stand_in = suite_statement.data[-1].model_copy(update={"made_from": "phrases", "stands_in_for": "other phrases"})
    html = render_html(
        suite_statement.model_copy(
            update={"audits": (*suite_statement.audits, audit), "data": (*suite_statement.data[:-1], stand_in)}
        )
    )
    section = html[html.index('<section id="suite"') : html.index("</section>", html.index('<section id="suite"'))]
    assert section.count("Hate Check") == 1
    assert "not measured" in section
    assert html.index('<section id="suite"') < html.index('<section id="differences"')
    assert "made from" in html
    assert "a stand-in for" in html
