"""A reproduction as Markdown."""

from collections.abc import Callable

from angelshare.report import render_reproduction_markdown
from angelshare.statement.reproduction import Reproduction


def test_it_holds_what_the_page_holds(reproduction: Reproduction):
    """Claims, the paper's numbers, charts, texts, settings, gaps, notes and statements."""
    text = render_reproduction_markdown(reproduction)
    assert text.startswith("# Reproduction: lost-in-distillation\n")
    assert "**Of 4 claims of the paper, 1 holds" in text
    assert (
        "| \N{MULTIPLICATION SIGN} contradicted | The student is worse on 22 of 29 functionalities. (section 5, Hate Check) |"
        in text
    )
    assert "| Civil Comments | BERT (ours: teacher) | 0.980 | 0.950 (0.938 to 0.961) |" in text
    assert "not measured | distilled from proprietary texts: not reproducible |" in text
    assert "### Figure 2: AUC-ROC against transfer texts" in text
    assert "Never lend a thing to a married man" in text
    assert "| batch size | 64 | 64 |" in text
    for title in ("What cannot be reproduced", "Notes", "Statements behind it"):
        assert f"## {title}\n" in text


def test_every_table_has_cells_for_all_its_columns(
    make_reproduction: Callable[..., Reproduction], hostile: tuple[str, ...]
):
    """No text breaks a table, mentions anybody or becomes markup."""
    text = render_reproduction_markdown(make_reproduction(hostile=hostile))
    n_columns = None
    for line in text.splitlines():
        if not line.startswith("|"):
            n_columns = None
            continue
        n = line.replace("\\|", "").count("|")
        assert n_columns in (None, n), line
        n_columns = n
    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text


def test_a_reproduction_of_nothing_is_still_a_text(reproduction: Reproduction):
    """It says that no claim was checked."""
    keys = ("claims", "figures", "charts", "tables", "settings", "not_reproducible", "notes", "statements")
    text = render_reproduction_markdown(reproduction.model_copy(update=dict.fromkeys(keys, ()) | {"seconds": None}))
    assert "No claim of the paper was checked." in text
    assert "|" not in text
