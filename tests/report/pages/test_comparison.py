"""This release against the last, made readable."""

import base64
import hashlib
import re

from angelshare.report.pages.comparison import change_page, render_comparison_html, render_comparison_markdown
from angelshare.statement.comparison import Comparison

DECIDED = (
    "Accuracy of the new mlp against the old falls from 81.8 to 79.8, \u22122.0 points "
    "(95% interval \u22122.6 to \u22121.4; margin 1.0; 5 seeds)."
)
EVIL = "<img src=x onerror=alert(1)>"


def test_the_change_that_decided_is_told_first(comparison: Comparison):
    """79.8 - 81.8 = -2.0 points; then how many verdicts turned."""
    page = change_page(comparison)
    assert page.sentences == (
        DECIDED,
        "Changes from the old release to the new one, on the same items: 1 lost, 1 undecided, 0 preserved, 0 gained.",
        f"Verdicts of the two statements: 0 worse, 1 better, {len(comparison.rows) - 3} same, 1 new, 1 gone.",
        "Judged at another margin than before, so that the verdicts do not compare: 1.",
    )
    assert page.warnings[0] == "the items differ."


def test_verdicts_that_turned_stand_before_the_changes_of_numbers(comparison: Comparison):
    """Each with both releases' numbers and margins; populations that changed are told once with their seeds."""
    tables = {table.title: table for table in change_page(comparison).tables}
    titles = list(tables)
    assert titles.index("Verdicts of the two statements that changed") < titles.index("What changed on the same items")
    turned = tables["Verdicts of the two statements that changed"].rows
    assert turned[0][:3] == ("mlp", "accuracy", "student \u2212 teacher")
    assert turned[0][3:] == (
        "▼ lost, \u22127.2 (\u22128.6 to \u22125.8)", "◌ undecided, \u22127.2 (\u22128.6 to \u22125.8)", "2.0", "better",
    )  # fmt: skip
    assert [row[-1] for row in turned] == ["better", "gone", "new", "same"]
    assert turned[3][5] == "2.0 → 3.0"
    assert tables["Models that changed"].rows == (
        ("mlp", "student", "0, 1, 2, 3, 4", "changed"),
        ("mlp", "baseline", "0, 1, 2, 3, 4", "changed"),
        ("tfidf", "baseline", "0", "gone"),
    )
    changes = tables["What changed on the same items"].rows
    assert changes[1][2:4] == ("400 → 500", "1.25\N{MULTIPLICATION SIGN} faster")
    excess = tables["Whether a slice changed otherwise than the rest"].rows
    assert excess[0][1:4] == ("accuracy on slice women \u2212 rest", "\u22121.0 → \u22123.0", "\u22122.0 points")


def test_the_page_draws_the_changes_and_treats_names_as_data(comparison: Comparison):
    """A line for every difference, one script allowed by its hash, nothing to load."""
    html = render_comparison_html(comparison)
    assert html.count('<svg class="forest ') == 3
    assert EVIL not in html
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert len(scripts) == 1
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in html
    assert " src=" not in html.replace("&lt;img src=x", "")


def test_the_comment_holds_the_same_tables(comparison: Comparison):
    """Escaped, with the verdict on top."""
    text = render_comparison_markdown(comparison)
    assert text.splitlines()[2] == "**▼ lost.**"
    assert "| accuracy within 1.0 points | mlp | ▼ lost |" in text
    assert "<img" not in text


def test_nothing_changed_is_said(comparison: Comparison):
    """The same release twice."""
    same = comparison.model_copy(
        update={"identical": True, "models": (), "data": (), "rows": (), "audits": (), "gates": (), "gate_changes": (),
                "verdict": None, "notes": ()}
    )  # fmt: skip
    page = change_page(same)
    assert page.sentences == ("Nothing changed: the same models, the same data, the same numbers.",)
    assert (page.state, page.tables) == ("No gate on the change", ())
    assert "Nothing changed" in render_comparison_html(same)


def test_a_change_that_only_the_correction_for_other_gates_hides_is_said(make_difference, comparison):
    """As in a statement."""
    gate = {"family": "primary", "family_size": 2, "margin": 0.01, "contrast": "new-old"}
    alone = make_difference("accuracy", 0.85, 0.89, 0.005, p_adjusted=0.051, **gate)
    audit = comparison.audits[0].model_copy(update={"differences": (alone,)})
    changed = comparison.model_copy(update={"audits": (audit,), "verdict": "undecided", "identical": False})
    assert (
        change_page(changed)
        .sentences[0]
        .endswith("Lost by itself, not after correcting for 2 gates: the gate is undecided.")
    )
